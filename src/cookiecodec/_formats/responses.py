"""Responses as curl and other tools print them, and the Set-Cookie lines of any headers."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, Union
from urllib.parse import urljoin

Headers = Union[str, bytes, Iterable[Any]]

is_status_line = re.compile(rb"\s*(?:< )?HTTP/[0-9.]+[ \t]+[0-9]{3}").match
_field = re.compile(rb"[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:[ \t]*(.*)", re.DOTALL).match


class Head(NamedTuple):
    """The address of a response, as far as it is known, and its Set-Cookie lines."""

    url: str
    lines: list[bytes]


def read_heads(text: bytes, url: str) -> list[Head]:
    """Return the head of each response in *text*, the first of which is from *url*.

    *text* is what ``curl -i``, ``curl -v`` or ``wget -S`` prints, of any version of HTTP, or
    header lines only. Each response is from where the one before redirects to. Bodies are
    left out: after a blank line, only a status line is read.
    """
    if re.search(rb"^< HTTP/", text, re.MULTILINE):  # curl -v
        text = b"\n".join(re.findall(rb"^<(?: (.*))?$", text, re.MULTILINE))
    heads: list[Head] = []
    location, field, after_blank, in_head = "", b"", True, True
    for raw in text.split(b"\n"):
        line = raw[:-1] if raw.endswith(b"\r") else raw
        found = _field(line) if in_head else None
        if (after_blank or in_head) and is_status_line(line):
            with contextlib.suppress(ValueError):
                url = urljoin(url, location)
            location = ""
            heads.append(Head(url, []))
            in_head = True
        elif not line.strip(b" \t"):
            in_head = in_head and not heads
        elif found is not None:
            field = found.group(1).lower()
            heads = heads or [Head(url, [])]
            if field == b"set-cookie":
                heads[-1].lines.append(found.group(2))
            elif field == b"location":
                location = found.group(2).decode("latin-1").strip()
        elif in_head and line[:1] in b" \t" and field == b"set-cookie":  # a folded line
            heads[-1].lines[-1] += b" " + line.strip(b" \t")
        after_blank = not line.strip(b" \t")
    return heads


def set_cookie_lines(headers: Headers) -> Iterator[str | bytes]:
    """Yield the values of Set-Cookie in *headers*: those of a response, in any usual form."""
    if isinstance(headers, (str, bytes)):
        text = headers.encode("utf-8", "surrogatepass") if isinstance(headers, str) else headers
        for head in read_heads(text, ""):
            yield from head.lines
        return
    items = getattr(headers, "multi_items", None) or getattr(headers, "items", None)
    if not items and not isinstance(headers, Iterable):
        raise TypeError(
            "headers must be the headers of a response (pairs of name and value, a mapping, or"
            f" text), not {type(headers).__name__}"
        )
    for item in items() if items else headers:
        name, value = item if isinstance(item, (tuple, list)) else ("set-cookie", item)
        name = name.decode("latin-1") if isinstance(name, bytes) else name
        if name.lower() == "set-cookie":
            yield from value if isinstance(value, (tuple, list)) else [_without_name(value)]


def _without_name(line: str | bytes) -> str | bytes:
    """Take off the name of the field. No name of a cookie has a colon there."""
    text = line.decode("latin-1") if isinstance(line, bytes) else line
    found = re.match(r"[ \t]*set-cookie[ \t]*:[ \t]*", text, re.IGNORECASE)
    return line[found.end() :] if found else line
