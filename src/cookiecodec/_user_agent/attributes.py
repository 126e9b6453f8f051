"""The attributes of one Set-Cookie header, as they are written (layered 5.4.2)."""

from __future__ import annotations

from typing import NamedTuple

from .._core import grammar
from .._core.attributes import ATTRIBUTES, split_attribute
from ..limits import MAX_ATTRIBUTE_VALUE

#: The name of each attribute that user agents know, by its name in lower case.
KNOWN = {name.lower(): name for _, name in ATTRIBUTES}
#: The names, in lower case, of those that have no value.
FLAGS = ("secure", "httponly", "partitioned")


class Attribute(NamedTuple):
    """A cookie-av: its name in lower case, its value, and both as they are written."""

    key: str
    value: str
    text: str

    @property
    def name(self) -> str:
        return self.text.partition("=")[0].strip(grammar.WSP)

    @property
    def is_too_long(self) -> bool:
        return len(self.value) > MAX_ATTRIBUTE_VALUE


def read_attributes(text: str) -> list[Attribute]:
    """Return the attributes of a header in their order, without empty ones."""
    found = [Attribute(*split_attribute(part), part) for part in text.split(";")[1:] if part]
    return [attribute for attribute in found if attribute.key or "=" in attribute.text]


def last_values(attributes: list[Attribute]) -> dict[str, str]:
    """Return the last value of each attribute that user agents know and do not ignore."""
    return {
        attribute.key: attribute.value
        for attribute in attributes
        if attribute.key in KNOWN and not attribute.is_too_long
    }
