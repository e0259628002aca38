"""Command line of the engine where this folder is installed as `chengxue_grader`."""

import sys

from .engine.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
