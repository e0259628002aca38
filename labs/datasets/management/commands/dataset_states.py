"""Draws the states of a draft from the one dict that holds them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from labs.datasets.models.states import TRANSITIONS, DraftState


def diagram() -> str:
    """Return the states and what leads from one to the next, as a Mermaid diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {DraftState.DRAFT.value}: create_draft"]
    for state, following in TRANSITIONS.items():
        lines += [f"    {state.value} --> {after.value}: {action}" for after, action in following.items()]
        if not following:
            lines.append(f"    {state.value} --> [*]")
    return "\n".join(lines)


class Command(BaseCommand):
    """Prints the diagram that docs/reference/data-desk.md holds; a test compares the two."""

    help = "Prints the states of a draft as a Mermaid diagram."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(diagram())
