"""The three quotings: how a value that is not made of cookie-octets travels.

A quoting is a pair of functions that undo each other. Writing raises `CookieError` (part
``"value"``) for what the quoting can't express. Reading never raises an exception.

- ``octal``: in DQUOTEs, with a backslash and three octal digits for an octet, as Werkzeug,
  Django and `http.cookies` write and read it.
- ``percent``: percent-encoded UTF-8 (RFC 3986, 2.1), as ``encodeURIComponent`` writes it.
- ``none``: as it is.
"""

from .. import _platform
from ..errors import CookieError
from . import grammar

if _platform.TYPE_CHECKING:
    from .. import _types

_escape_octal = _platform.escaper(grammar.QUOTED_TEXT, "\\%03o", '"\\')
_escape_percent = _platform.escaper(grammar.URI_UNRESERVED, "%%%02X")


def quote(value: str, quoting: str) -> str:
    """Return *value* as it travels in *quoting*, or raise CookieError if it can't."""
    check_quoting(quoting)
    if quoting == "percent":
        return _escape_percent(grammar.to_utf8(value, "value"))
    if quoting == "none":
        return _check_value(value)
    return value if grammar.is_cookie_octets(value) else quote_octal(value)


def quote_octal(value: str) -> str:
    """Return *value* in DQUOTEs, whether it needs them or not."""
    return '"' + _escape_octal(grammar.to_utf8(value, "value")) + '"'


def _check_value(value: str) -> str:
    """cookie-value = *cookie-octet / ( DQUOTE *cookie-octet DQUOTE ) (layered 4.1.1)"""
    inner = value[1:-1] if len(value) > 1 and value[:1] == value[-1:] == '"' else value
    if not grammar.is_cookie_octets(inner):
        from . import invalid

        raise invalid.characters(value, "value")
    return value


def check_quoting(quoting: object) -> None:
    """Raise an exception if *quoting* is not the name of a quoting."""
    if quoting not in ("octal", "percent", "none"):
        quoting = grammar.check_text(quoting, "quoting")
        message = "quoting must be 'octal', 'percent' or 'none', not %r"
        raise CookieError(message % quoting[:60], "quoting")


def _unquote_octal(value: str) -> str:
    if value[:1] != '"':
        return value
    if len(value) < 2 or value[-1:] != '"':
        return value
    value = value[1:-1]
    if "\\" not in value:
        return value
    text = _platform.unescape_regular(value)
    return _unescape(value) if text is None else text


def _unescape(text: str) -> str:
    """Undo each escape, step by step. What is not UTF-8 then becomes U+FFFD.

    Three octal digits are an octet. Before anything else a backslash is dropped, as in a
    quoted-pair (RFC 9110, 5.6.4). One at the very end stays.
    """
    if not _platform.isascii(text):
        text = _platform.from_latin1(_platform.to_utf8_lax(text))
    parts = iter(text.split("\\"))
    unescaped = [next(parts)]
    for part in parts:
        if _is_octal(part[:3]):
            unescaped.append(chr(int(part[:3], 8)) + part[3:])
        elif part:
            unescaped.append(part)
        else:  # an escaped backslash: what follows it is literal
            unescaped.append("\\" + next(parts, ""))
    return _platform.native_to_text("".join(unescaped))


def _is_octal(digits: str) -> bool:
    return len(digits) == 3 and digits < "4" and not digits.strip("01234567")


def _unquote_percent(value: str) -> str:
    if "%" not in value:
        return value
    octets = _platform.percent_octets(value)
    text = None if octets is None else _platform.from_utf8(octets)
    return value if text is None else text


#: What undoes each quoting.
UNQUOTE: "dict[str, _types.Unquote]" = {
    "octal": _unquote_octal,
    "percent": _unquote_percent,
    "none": str,
}
