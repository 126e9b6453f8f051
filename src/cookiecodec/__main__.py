"""The command line: ``python -m cookiecodec``, or ``cookiecodec``."""

import sys

from ._cli.main import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
