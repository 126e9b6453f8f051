"""The three quotings: how a value outside of cookie-octets travels.

A quoting is a pair of functions, one for each way, that undo each other. Writing
raises `CookieError` (part ``"value"``) for what it can't say; reading never raises.

- ``octal``: DQUOTE-wrapped, a backslash and three octal digits for an octet. What
  Werkzeug, Django and `http.cookies` write and read.
- ``percent``: percent-encoded UTF-8 (RFC 3986, 2.1), as ``encodeURIComponent``.
- ``none``: as it is.
"""

from .. import _platform
from ..errors import CookieError
from . import grammar as _grammar

if _platform.TYPE_CHECKING:
    from .. import _types

_escape_octal = _platform.escaper(_grammar.QUOTED_TEXT, "\\%03o")
_escape_percent = _platform.escaper(_grammar.URI_UNRESERVED, "%%%02X")
_is_cookie_octets = _grammar.is_cookie_octets
_unquote_regular = _platform.unquote_regular
_isascii = _platform.isascii


def quote(value: str, quoting: str) -> str:
    """*value* as it travels in *quoting*, or CookieError for what can't."""
    check_quoting(quoting)
    if quoting == "percent":
        return _escape_percent(_grammar.to_utf8(value, "value"))
    if quoting == "none":
        return _checked_value(value)
    return value if _is_cookie_octets(value) else quote_octal(value)


def quote_octal(value: str) -> str:
    """*value* in DQUOTEs, whether it needs them or not."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + _escape_octal(_grammar.to_utf8(escaped, "value")) + '"'


def _checked_value(value: str) -> str:
    """cookie-value = *cookie-octet / ( DQUOTE *cookie-octet DQUOTE ) (layered 4.1.1)."""
    inner = value[1:-1] if len(value) > 1 and value[:1] == value[-1:] == '"' else value
    if not _is_cookie_octets(inner):
        rule = "cookie-value must be made of cookie-octets (layered 4.1.1)"
        raise _grammar.out_of_place(inner, _grammar.COOKIE_OCTETS, rule, "value")
    return value


def check_quoting(quoting: object) -> None:
    if quoting not in ("octal", "percent", "none"):
        _grammar.check_text(quoting, "quoting")
        raise CookieError("quoting must be 'octal', 'percent' or 'none'", "quoting")


def _unquote_octal(value: str) -> str:
    """A DQUOTE-wrapped value unwrapped and unescaped; any other as it is."""
    if value[:1] != '"':
        return value
    escaped = "\\" in value
    if escaped:
        text = _unquote_regular(value)
        if text is not None:
            return text
    if len(value) < 2 or value[-1:] != '"':
        return value
    return _unescape(value[1:-1]) if escaped else value[1:-1]


def _unescape(text: str) -> str:
    """Each escape undone, by the letter; what is not UTF-8 then becomes U+FFFD.

    Three octal digits are an octet; before anything else a backslash is dropped,
    as in a quoted-pair (RFC 9110, 5.6.4). One at the very end stays.
    """
    if not _isascii(text):
        text = _platform.from_latin1(_platform.to_utf8_lax(text))
    parts = iter(text.split("\\"))
    unescaped = [next(parts)]
    for part in parts:
        if _is_octal(part[:3]):
            unescaped.append(chr(int(part[:3], 8)) + part[3:])
        elif part:
            unescaped.append(part)
        else:  # a backslash that is escaped: what follows it is literal
            unescaped.append("\\" + next(parts, ""))
    return _platform.native_to_text("".join(unescaped))


def _is_octal(digits: str) -> bool:
    """Whether these are three octal digits that say an octet."""
    return len(digits) == 3 and digits < "4" and not digits.strip("01234567")


def _unquote_percent(value: str) -> str:
    """A percent-encoded value decoded; one with a broken escape as it is."""
    if "%" not in value:
        return value
    octets = _platform.percent_octets(value)
    text = None if octets is None else _platform.from_utf8(octets)
    return value if text is None else text


UNQUOTE: "dict[str, _types.Unquote]" = {
    "octal": _unquote_octal,
    "percent": _unquote_percent,
    "none": str,
}
