r"""`dump_cookie`: whatever the arguments, a header inside of the grammar or `CookieError`.

- What is written is a set-cookie-string, by regular expressions made from the RFC's text.
- The server reads the value back, and the user agent name, value and each attribute.
- What is refused is refused by the part that is at fault, and the message has no value. What
  browsers drop is warned about.

An input has eight fields: options, key, path, domain, samesite, expires, max_age, value.
"""

from __future__ import annotations

import warnings
from typing import Any
from urllib.parse import unquote_to_bytes

import harness

with harness.instrumented(__name__):
    from cookiecodec import (
        CookieError,
        CookieRejectedWarning,
        CookieWarning,
        delete_cookie,
        dump_cookie,
        parse_cookie,
        parse_cookie_date,
        parse_set_cookie,
    )
from tests.support.grammar import assert_in_grammar

EXPIRED = "; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0"
PARTS = {"name", "value", "domain", "path", "expires", "max_age", "samesite"}
QUOTINGS = ("octal", "percent", "none")


def one_input(data: bytes) -> None:
    options, key, path, domain, samesite, expires, max_age, value = harness.fields(data, 8)
    bits = options[0] if options else 0
    quoting = QUOTINGS[bits % 3]
    scope: dict[str, object] = {
        "path": harness.text(path) if path else None,
        "domain": harness.text(domain) if domain else None,
        "secure": bool(bits & 4),
        "httponly": bool(bits & 8),
        "samesite": harness.text(samesite) if samesite else None,
        "partitioned": bool(bits & 16),
    }
    lifetime = {"expires": moment(expires), "max_age": number(max_age), "sync_expires": False}
    key_text, value_text = harness.text(key), harness.text(value)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        header = written(key_text, value_text, quoting=quoting, **scope, **lifetime)
    assert len(warned) <= 1, "at most one warning a call"
    for warning in warned:
        assert isinstance(warning.message, CookieWarning)
    if header is not None:
        attributes = assert_in_grammar(header, quoting)
        check_server(header, key_text, value_text, quoting)
        check_user_agent(header, attributes)
        check_attributes(attributes, scope, lifetime)
        check_warning(key_text, attributes, [warning.category for warning in warned])
    check_deletion(key_text, scope)


def moment(field: bytes) -> str | float | None:
    """A ready text, a Unix time if it starts with ``@``, or nothing."""
    text = harness.text(field)
    if text[:1] != "@":
        return text or None
    return number(field[1:])


def number(field: bytes) -> float | None:
    text = harness.text(field)
    try:
        return int(text[:30])
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return None


def written(key: str, value: str, **arguments: object) -> str | None:
    """The header, or None where it is refused as the contract says."""
    try:
        return dump_cookie(key, value, **arguments)  # type: ignore[arg-type]
    except CookieError as error:
        assert error.part in PARTS, error.part
        if error.part == "value":
            assert value not in str(error) or len(value) < 64, "no value in a message"
        elif value:  # then it does not matter for the message
            try:
                dump_cookie(key, "", **arguments)  # type: ignore[arg-type]
            except CookieError as same:
                assert str(same) == str(error)
    except TypeError:
        assert isinstance(arguments["max_age"], float), arguments
    return None


def check_server(header: str, key: str, value: str, quoting: Any) -> None:
    pair = header.split("; ", 1)[0]
    read = value if quoting != "none" else pair.partition("=")[2]
    assert parse_cookie(pair, quoting=quoting) == {key: read}
    assert parse_cookie("a=1; " + pair + "; b=2", quoting=quoting)[key] in (read, "1")


def check_user_agent(header: str, attributes: dict[str, str | None]) -> None:
    """As long as nothing is too large, the user agent reads all of what was meant."""
    cookie = parse_set_cookie(header)
    name, _, value = header.split("; ", 1)[0].partition("=")
    if len(name) + len(value) > 4096:
        assert cookie is None
        return
    if cookie is None:
        assert attributes.get("Domain") is not None, "only a Domain that is no host"
        return
    assert (cookie.name, cookie.value) == (name, value)
    assert cookie.secure is ("Secure" in attributes)
    assert cookie.httponly is ("HttpOnly" in attributes)
    assert cookie.partitioned is ("Partitioned" in attributes)
    assert cookie.samesite == attributes.get("SameSite")
    path = attributes.get("Path")
    if path is not None and path[:1] == "/" and len(path) <= 1024:
        assert cookie.path == path.rstrip(" ")
    else:
        assert cookie.path is None
    domain = attributes.get("Domain")
    if domain is not None:
        assert cookie.domain == domain.lower()


def check_attributes(
    attributes: dict[str, str | None], scope: dict[str, object], lifetime: dict[str, Any]
) -> None:
    """They say what was asked for."""
    max_age, expires, path = lifetime["max_age"], lifetime["expires"], scope["path"]
    assert attributes.get("Max-Age") == (None if max_age is None else str(max_age))
    assert ("Path" in attributes) is (path is not None)
    if path is not None:
        assert unquote_to_bytes(attributes["Path"] or "") == unquote_to_bytes(str(path))
    if expires is None or isinstance(expires, str):
        assert attributes.get("Expires") == expires
    elif expires >= -11644473600:  # 1601; user agents read no earlier year
        moment = parse_cookie_date(attributes["Expires"] or "")
        assert moment is not None
        assert moment.timestamp() == expires // 1
    assert ("Domain" in attributes) is (scope["domain"] is not None)


def check_warning(
    key: str, attributes: dict[str, str | None], warned: list[type[Warning]]
) -> None:
    """Who asks for Secure and has it not is dropped, and that is said."""
    asks = key.lower().startswith(("__secure-", "__host-", "__http-"))
    if "Secure" not in attributes and (asks or attributes.get("SameSite") == "None"):
        assert warned == [CookieRejectedWarning]


def check_deletion(key: str, scope: dict[str, object]) -> None:
    """A cookie that is deleted has the scope of the one that was set, and no value."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            header = delete_cookie(key, **scope)  # type: ignore[arg-type]
        except CookieError as error:
            assert error.part in PARTS, error.part
            return
    name, _, rest = header.partition("=")
    assert rest.startswith("; "), header
    assert "; Max-Age=0" in rest, header
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        kept = written(key, "", **scope)
    if kept is not None:  # no foreign name
        assert rest.replace(EXPIRED, "") == kept.partition("=")[2]
    assert not any(char in name for char in "=;\r\n\x00"), header
    assert not any(ord(char) < 0x20 or char == "\x7f" for char in header), header


if __name__ == "__main__":
    harness.fuzz(one_input)
