"""What the audit tells the apps above, inside its transaction."""

from __future__ import annotations

from django.dispatch import Signal

anchored = Signal()
"""The newest seal was signed; `anchor` (AuditAnchor), `at`."""

chain_broken = Signal()
"""The chain no longer holds what was signed; `seq` is the place, `at`."""
