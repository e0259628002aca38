"""Command line of the engine, under the name that operators and universities call."""

import sys

from labs.grader.engine.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
