"""The roots that Wagtail makes carry an English word that every editor reads; they get a name here."""

from django.db import migrations

THEIRS, PAGES, COLLECTIONS = "Root", "全部页面", "公共文件"


def say(apps, schema_editor):
    page, collection = apps.get_model("wagtailcore", "Page"), apps.get_model("wagtailcore", "Collection")
    page.objects.filter(depth=1, title=THEIRS).update(title=PAGES, draft_title=PAGES)
    collection.objects.filter(depth=1, name=THEIRS).update(name=COLLECTIONS)


def unsay(apps, schema_editor):
    page, collection = apps.get_model("wagtailcore", "Page"), apps.get_model("wagtailcore", "Collection")
    page.objects.filter(depth=1, title=PAGES).update(title=THEIRS, draft_title=THEIRS)
    collection.objects.filter(depth=1, name=COLLECTIONS).update(name=THEIRS)


class Migration(migrations.Migration):
    dependencies = [
        ("pages", "0002_names_in_the_plural"),
        ("wagtailcore", "0094_alter_page_locale"),
    ]

    operations = [migrations.RunPython(say, unsay)]
