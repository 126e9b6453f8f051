"""The types of arguments, for type checkers. Nothing loads this module at run time.

Names that only type checkers need are here and not in the modules that use them, since
MicroPython keeps each name that it has read.
"""

import datetime
import time
from collections.abc import (
    Callable as Callable,
    Iterable as Iterable,
    Iterator as Iterator,
    Mapping as Mapping,
    Sequence as Sequence,
)
from typing import Any as Any, Literal, Protocol, SupportsIndex, Union

from ._core.attributes import CookieAttributes as CookieAttributes
from ._core.lint import Problem as Problem

Octets = Union[bytes, bytearray, memoryview]

#: A Cookie header in any of the forms in which servers have it: see `wire`.
Header = Union[str, Octets, Iterable[Union[str, Octets]], Mapping[str, Any], None]

StructTime = time.struct_time
Moment = Union[datetime.datetime, datetime.date, StructTime, int, float]
Expires = Union[Moment, str, None]
MaxAge = Union[SupportsIndex, datetime.timedelta, None]

#: How a value travels: see `quotings`.
Quoting = Union[Literal["octal"], Literal["percent"], Literal["none"]]
#: In any case at run time. Type checkers know the usual spellings.
SameSite = Union[
    Literal["Strict", "Lax", "None", "strict", "lax", "none", "STRICT", "LAX", "NONE"], None
]

#: Called with name and value of each cookie that is read.
Add = Callable[[str, str], object]


class Secret(Protocol):
    """A key in an object that hides it, such as pydantic's `SecretStr`."""

    def get_secret_value(self) -> Any: ...


#: How old a signature may be.
Age = Union[int, float, datetime.timedelta, None]
Key = Union[str, bytes, Secret]

#: Reads another format of sessions; None is for what it does not verify.
SessionReader = Callable[[str], Union[Mapping[str, Any], None]]

#: Undoes a quoting.
Unquote = Callable[[str], str]


class HasAttributes(Protocol):
    """The attributes that a name prefix may require."""

    @property
    def secure(self) -> bool: ...

    @property
    def httponly(self) -> bool: ...

    @property
    def path(self) -> Union[str, None]: ...


class Serializer(Protocol):
    """An object with these two functions, such as the module `json`."""

    def dumps(self, obj: Any, /) -> Any: ...

    def loads(self, text: Any, /) -> Any: ...
