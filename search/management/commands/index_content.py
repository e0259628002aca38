"""`manage.py index_content`: the search index anew from everything that apps want found."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from search.actions import rebuild_index, refresh_entries
from search.engines import IndexBusy
from search.indexing import installed_engine

PATIENCE = 60
"""Seconds for which the worker, which writes a moment at a time, is waited for."""


class Command(BaseCommand):
    """Rebuilds the search index and puts it in the old one's place at one blow."""

    help = "Rebuild the search index from the registered sources. 按登记的来源重建检索索引。"

    def handle(self, *args: Any, **options: Any) -> None:
        """Refresh the table of entries, then the index."""
        refresh_entries(at=timezone.now())
        for left in range(PATIENCE, -1, -1):
            try:
                count = rebuild_index(installed_engine())
            except IndexBusy as error:
                if not left:
                    text = _("The index is being written to. Try again in a minute.")
                    raise CommandError(text, returncode=1) from error
                time.sleep(1)
            else:
                self.stdout.write(_("%(count)d entries indexed.") % {"count": count})
                return
