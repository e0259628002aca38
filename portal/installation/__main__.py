"""The verbs of the Makefile."""

from __future__ import annotations

import sys

from portal.installation.commands import main

sys.exit(main(sys.argv[1:]))
