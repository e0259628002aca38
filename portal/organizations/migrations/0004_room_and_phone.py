from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("organizations", "0003_transfer_requests"),
    ]

    operations = [
        migrations.AddField(
            model_name="jobassignment",
            name="room",
            field=models.CharField(blank=True, default="", max_length=60, verbose_name="room"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="jobassignment",
            name="phone",
            field=models.CharField(blank=True, default="", max_length=40, verbose_name="telephone"),
            preserve_default=False,
        ),
    ]
