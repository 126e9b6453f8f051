"""What platforms do differently: here, and nowhere else in the package.

`cpython` serves CPython, PyPy and Pyodide from the standard library. `micropython` defines
the same names for MicroPython. Hashes, zlib and JSON are in `crypto`, which only signing
loads.
"""

import time as _time

TYPE_CHECKING = False  # type checkers take this name for true
MICROPYTHON = not hasattr(str, "isascii")

# Seconds from 1970-01-01 to the platform's own epoch.
_EPOCH = 946684800 if _time.gmtime(0)[0] == 2000 else 0


def now() -> float:
    """Return the current Unix time in seconds."""
    return _time.time() + _EPOCH


if TYPE_CHECKING or not MICROPYTHON:
    from .cpython import *  # noqa: F403 - the same names as the other one

    def __getattr__(name: str) -> object:
        """Load `datetime` when one of its types is first needed (PEP 562)."""
        if name not in ("date", "datetime", "timedelta"):
            raise AttributeError("module %r has no attribute %r" % (__name__, name))
        import datetime

        value = globals()[name] = getattr(datetime, name)
        return value
else:
    from .micropython import *  # noqa: F403
