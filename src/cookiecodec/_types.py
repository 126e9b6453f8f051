"""What arguments may be, for type checkers: at run time nobody loads this.

Names that only a type checker needs stand here, not in the modules, since MicroPython
keeps each name that it has read.
"""

import datetime
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol, SupportsIndex, Union

from . import errors

__all__ = [
    "Add",
    "Age",
    "Any",
    "Callable",
    "Concern",
    "Expires",
    "Header",
    "Iterable",
    "Iterator",
    "Key",
    "Mapping",
    "MaxAge",
    "Moment",
    "Octets",
    "Scope",
    "Serializer",
    "Unquote",
]

Octets = Union[bytes, bytearray, memoryview]

#: A Cookie header in any of the forms that servers have it in: see `_wire`.
Header = Union[str, Octets, Iterable[Union[str, Octets]], dict[str, Any], None]

Moment = Union[datetime.datetime, datetime.date, time.struct_time, int, float]
Expires = Union[Moment, str, None]
MaxAge = Union[SupportsIndex, datetime.timedelta, None]

#: A warning to be: its class, its code, and what the message says of "the cookie".
Concern = tuple[type[errors.CookieWarning], str, str]

#: The name with its ``=``, the attributes before and after the lifetime, the concern.
Scope = tuple[str, str, str, "Concern | None"]

#: What is called with name and value of each cookie that is read.
Add = Callable[[str, str], object]

#: How old a signature may be.
Age = Union[int, float, datetime.timedelta, None]
Key = Union[str, bytes]


class Serializer(Protocol):
    """Anything with these two, such as the module `json`."""

    def dumps(self, __obj: Any) -> Any: ...

    def loads(self, __text: Any) -> Any: ...


#: What undoes a quoting.
Unquote = Callable[[str], str]
