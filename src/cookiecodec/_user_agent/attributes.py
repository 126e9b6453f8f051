"""The attributes of one Set-Cookie header, as they are written (layered 5.4.2)."""

from __future__ import annotations

from typing import NamedTuple

from .._core.attributes import ATTRIBUTES, split_attribute
from ..limits import MAX_ATTRIBUTE_VALUE

#: The name of each attribute that user agents know, by its name in lower case.
KNOWN = {name.lower(): name for _, name in ATTRIBUTES}
#: The names, in lower case, of those that have no value.
FLAGS = ("secure", "httponly", "partitioned")


class Attribute(NamedTuple):
    """A cookie-av without blanks at its ends. `key` is its name in lower case."""

    key: str
    name: str
    value: str

    @property
    def is_too_long(self) -> bool:
        return len(self.value) > MAX_ATTRIBUTE_VALUE

    def __str__(self) -> str:
        return f"{self.name}={self.value}"


def read_attributes(text: str) -> list[Attribute]:
    """Return the attributes of a header in their order, without empty ones."""
    found = []
    for cookie_av in text.split(";")[1:]:
        key, value = split_attribute(cookie_av)
        if key or "=" in cookie_av:
            name = cookie_av.strip(" \t")[: len(key)]
            found.append(Attribute(key, name, value))
    return found


def last_values(attributes: list[Attribute]) -> dict[str, str]:
    """Return the last value of each attribute that user agents know and do not ignore."""
    return {
        attribute.key: attribute.value
        for attribute in attributes
        if attribute.key in KNOWN and not attribute.is_too_long
    }
