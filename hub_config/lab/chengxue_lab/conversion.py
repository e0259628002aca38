"""Which formats the server converts notebooks to: these names and no others, whoever names them.

nbconvert takes a name with a dot for a module and imports it; a notebook names one in its metadata.
"""

from __future__ import annotations

from typing import Any

# None of them starts another program. `jupyter nbconvert` in a terminal knows all.
FORMATS = ("html", "markdown", "notebook", "python", "script", "slides")


def convert_to_known_formats_alone() -> None:
    """Replace nbconvert's look-up, for the addresses of the server and for the exporter that asks the notebook."""
    from nbconvert.exporters import base, script  # late: it is slow

    find = base.get_exporter

    def get_exporter(name: str, config: Any = None) -> Any:
        if name not in FORMATS:
            raise base.ExporterNameError(f"not converted here: {name}")
        return find(name) if config is None else find(name, config)

    def get_export_names(config: Any = None) -> list[str]:
        return list(FORMATS)

    base.get_exporter = script.get_exporter = get_exporter
    base.get_export_names = get_export_names
