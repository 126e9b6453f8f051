"""Which format a file has, and how it is written so that no failure costs the old one."""

from __future__ import annotations

import contextlib
import os
import re

# Other kinds of text, by their beginning. (`http.cookiejar` writes hosts in brackets.)
_kind = re.compile(
    r"(?P<JSON>\{|\[\s*[\]{])|(?P<HTML><[!?a-zA-Z])|(?P<LWP>#LWP-Cookies)"
    r"|(?P<SQLite>SQLite format 3)|(?P<empty>\Z)"
).match
_path = re.compile(r"(?!.*[\t\r\n;=#])(?:.*[/\\]|.*[.](?:txt|json|har)\Z)", re.S | re.I).match


def kind_of(text: str) -> str:
    """Return what *text* is if it is no cookies.txt: a word for a sentence, or ``""``."""
    if not isinstance(text, str):
        raise TypeError(
            f"text must be str, not {type(text).__name__}: decode octets as UTF-8, and give a"
            " path to CookieJar.load"
        )
    found = _kind(text.lstrip("\ufeff \t\r\n"))
    if found is None:
        name = text.strip()
        is_path = len(name) < 1024 and len(name.split()) < 6 and _path(name)
        return "path" if is_path else ""
    return found.lastgroup or ""


def read_text(path: str | os.PathLike[str]) -> str:
    """Return a file in UTF-8 (or UTF-16, by its mark), with other octets escaped (PEP 383)."""
    with open(path, "rb") as file:
        octets = file.read()
    if octets[:2] in (b"\xff\xfe", b"\xfe\xff"):  # as PowerShell writes
        return octets.decode("utf-16", "replace")
    return octets.decode("utf-8", "surrogateescape")


def write_file(path: str | os.PathLike[str], text: str) -> None:
    """Write a file of mode 0600 beside *path*, flush it, and put it in its place.

    After a kill, the file beside it may stay. The old one is whole, or the new one.
    """
    target = os.path.realpath(path)  # a link stays one
    beside = f"{target}.{os.urandom(6).hex()}.tmp"
    try:
        with open(beside, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise
