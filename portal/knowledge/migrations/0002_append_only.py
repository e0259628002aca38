"""Texts of policies and their clauses are record: the database itself refuses to change or remove them."""

from django.db import migrations

from portal.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0001_initial")]

    operations = [AppendOnly("knowledge_policyexpression"), AppendOnly("knowledge_provision")]
