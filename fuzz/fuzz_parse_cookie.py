"""`parse_cookie`: whatever octets a client sends, they are read as the contract says.

- Nothing raises and nothing warns, in any quoting.
- The names and the raw values are those that the rules give, read by the plainest code
  there is: `plain_pairs`.
- Octets, a native string, several lines and an environ are read alike.
- Of one name the first cookie counts; no name is empty, or becomes another one.
"""

from __future__ import annotations

from typing import Any

import harness

with harness.instrumented(__name__):
    from cookiecodec import CookieError, dump_cookie, parse_cookie, parse_cookie_pairs

QUOTINGS: tuple[Any, ...] = ("octal", "percent", "none")


def plain_pairs(header: bytes) -> list[tuple[str, bytes]]:
    """Names, and values as octets: split at ``;``, trimmed of SP and HTAB, cut at ``=``."""
    pairs = []
    for piece in header.split(b";"):
        name, equals, value = piece.partition(b"=")
        name = name.strip(b" \t")
        if equals and name:
            pairs.append((_name(name), value.strip(b" \t")))
    return pairs


def _name(octets: bytes) -> str:
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def one_input(data: bytes) -> None:
    plain = plain_pairs(data)
    raw = parse_cookie_pairs(data, quoting="none")
    assert raw == [(name, value.decode("utf-8", "replace")) for name, value in plain]
    for quoting in QUOTINGS:
        pairs = parse_cookie_pairs(data, quoting=quoting)
        assert [name for name, _ in pairs] == [name for name, _ in plain]
        check_values(pairs, raw, quoting)
        cookies = parse_cookie(data, quoting=quoting)
        assert list(cookies.items()) == list(first(pairs).items())
        check_forms(data, cookies, quoting)
    check_rewriting(parse_cookie(data))


def first(pairs: list[tuple[str, str]]) -> dict[str, str]:
    kept: dict[str, str] = {}
    for name, value in pairs:
        kept.setdefault(name, value)
    return kept


def check_values(
    pairs: list[tuple[str, str]], raw: list[tuple[str, str]], quoting: Any
) -> None:
    """Only what is escaped in this quoting is read in another way than it stands there."""
    for (_, value), (_, text) in zip(pairs, raw):
        quoted = len(text) > 1 and text[0] == text[-1] == '"'
        if quoting == "octal":
            assert quoted or value == text
            assert not quoted or len(value) <= len(text) - 2
        elif quoting == "percent":
            assert "%" in text or value == text
            assert len(value) <= len(text)


def check_forms(data: bytes, cookies: dict[str, str], quoting: Any) -> None:
    native = data.decode("latin-1")
    assert parse_cookie(native, quoting=quoting) == cookies
    assert parse_cookie({"HTTP_COOKIE": native}, quoting=quoting) == cookies
    assert parse_cookie([data], quoting=quoting) == cookies
    assert parse_cookie(memoryview(data), quoting=quoting) == cookies
    if data.isascii():  # a line of ASCII may be cut at any ";"
        assert parse_cookie(native.split(";"), quoting=quoting) == cookies


def check_rewriting(cookies: dict[str, str]) -> None:
    """What was read can be written, and is read again as the same."""
    for name, value in cookies.items():
        try:
            header = dump_cookie(name, value, max_size=0, secure=True, httponly=True)
        except CookieError as error:
            assert error.part == "name", error
        else:
            assert parse_cookie(header.split(";")[0]) == {name: value}


if __name__ == "__main__":
    harness.fuzz(one_input)
