"""The command line: ``python -m cookiecodec``, or ``cookiecodec``."""

import os
import sys

if __name__ == "__main__":  # python -m: a file of the current folder is no module of ours
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != os.getcwd()]

from ._cli.main import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
