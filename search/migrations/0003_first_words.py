"""Words that every installation begins with; the staff keeps them from here on."""

from django.db import migrations

SYNONYMS = (
    ("智慧城市", "城市大脑", "城市信息模型", "CIM"),
    ("物联网", "IoT"),
    ("人工智能", "AI"),
    ("地理信息系统", "GIS"),
)
SHORT = (
    ("个保法", "个人信息保护法"),
    ("数安法", "数据安全法"),
    ("网安法", "网络安全法"),
    ("等保", "网络安全等级保护"),
    ("密评", "商用密码应用安全性评估"),
    ("数据二十条", "关于构建数据基础制度更好发挥数据要素作用的意见"),
)


def plant(apps, schema_editor):
    """This will add the words that are not there."""
    synonym = apps.get_model("search", "Synonym")
    for words, is_one_way in [*((words, False) for words in SYNONYMS), *((words, True) for words in SHORT)]:
        synonym.objects.get_or_create(words="\n".join(words), defaults={"is_one_way": is_one_way})


def uproot(apps, schema_editor):
    """This will remove them, unless the staff changed them."""
    apps.get_model("search", "Synonym").objects.filter(words__in=["\n".join(words) for words in SYNONYMS + SHORT]).delete()


class Migration(migrations.Migration):
    dependencies = [("search", "0002_facets_and_staff_words")]

    operations = [migrations.RunPython(plant, uproot)]
