"""What a platform lacks, and what is used instead: here, and nowhere else.

`cpython` has it for CPython, PyPy and Pyodide, straight from the standard library, and
`micropython` the same names for MicroPython. (Hashes, zlib and JSON are in `crypto`, for
signing alone.)
"""

import time as _time

TYPE_CHECKING = False  # type checkers take this name for true
MICROPYTHON = not hasattr(str, "isascii")

# Seconds from 1970-01-01 to the platform's own epoch.
_EPOCH = 946684800 if _time.gmtime(0)[0] == 2000 else 0


def now() -> float:
    """The current Unix time in seconds."""
    return _time.time() + _EPOCH


if TYPE_CHECKING or not MICROPYTHON:
    from .cpython import *  # noqa: F403 - each name of the other, and no other
else:
    from .micropython import *  # noqa: F403
