"""Expands an author's ### AUTOTEST lines by nbgrader's own preprocessor, with this shell in the place of a kernel."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import nbgrader
from nbconvert.exporters.exporter import ResourcesDict
from nbgrader.preprocessors import InstantiateTests
from nbgrader.preprocessors.base import NbGraderPreprocessor

TEMPLATES = "autotests.yml"
DEFAULT = Path(nbgrader.__file__).parent / "docs" / "source" / "user_guide" / TEMPLATES


class InShell(InstantiateTests):
    """Runs snippets in the shell of this process, which is in a sandbox already and has no network for a kernel."""

    shell: Any = None

    def preprocess(self, notebook: Any, resources: Any) -> Any:
        """Expand a whole notebook."""
        resources["kernel_name"] = "python3"
        self._load_test_template_file(resources)
        self.global_tests_loaded = True
        self.sanitizer = self.sanitizers["python3"]
        return NbGraderPreprocessor.preprocess(self, notebook, resources)

    def _execute_code_snippet(self, code: str) -> str | None:
        result = self.shell.run_cell(code, store_history=False)
        result.raise_error()
        if result.result is None:
            return None
        text: str = self.sanitizer(self.shell.display_formatter.format(result.result)[0]["text/plain"])
        return text


def expand(shell: Any, source: str, target: str) -> None:
    """Write the text of every cell of an expanded notebook; the templates are the author's, else nbgrader's."""
    if not Path(TEMPLATES).exists():
        Path(TEMPLATES).write_bytes(DEFAULT.read_bytes())
    notebook: Any = nbformat.read(source, as_version=4)  # type: ignore[no-untyped-call]  # partial types
    expander = InShell()
    expander.shell = shell
    expanded, _ = expander.preprocess(notebook, ResourcesDict(nbgrader={}, metadata={"path": "."}))
    Path(target).write_text(json.dumps([cell.source for cell in expanded.cells]), "utf-8")
