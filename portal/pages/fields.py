"""StreamField whose blocks stay out of migrations: a changed block is a matter of code, not of tables."""

from __future__ import annotations

from typing import Any

from wagtail.fields import StreamField


class MigrationFriendlyStreamField(StreamField):
    """A StreamField that migrations know as an empty one."""

    def __init__(self, block_types: Any = (), **kwargs: Any) -> None:
        super().__init__(block_types, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Describe the field without its blocks."""
        name, path, _, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, path, [], kwargs
