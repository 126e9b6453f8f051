"""The three quotings: how a value that is not made of cookie-octets travels.

A quoting is a pair of functions that undo each other. Writing raises `CookieError` (part
``"value"``) for what the quoting can't express. Reading never raises an exception.

- ``octal``: in DQUOTEs, with a backslash and three octal digits for an octet, as Werkzeug,
  Django and `http.cookies` write and read it.
- ``percent``: percent-encoded UTF-8 (RFC 3986, 2.1), as ``encodeURIComponent`` writes it.
- ``none``: as it is.
"""

from .. import _platform
from . import grammar

if _platform.TYPE_CHECKING:
    from .. import _types

_escape_octal = _platform.escaper(grammar.QUOTED_TEXT, "\\%03o", '"\\')
_escape_percent = _platform.escaper(grammar.URI_UNRESERVED, "%%%02X")


def quote(value: str, quoting: str) -> str:
    """Return *value* as it travels in *quoting*, or raise CookieError if it can't."""
    if quoting == "percent":
        return _escape_percent(grammar.to_utf8(value, "value"))
    if quoting == "none":
        # cookie-value = *cookie-octet / ( DQUOTE *cookie-octet DQUOTE ) (layered 4.1.1)
        inner = value[1:-1] if len(value) > 1 and value[:1] == value[-1:] == '"' else value
        if not grammar.is_cookie_octets(inner):
            from . import invalid

            raise invalid.characters(value, "value")
        return value
    check_quoting(quoting)
    return value if grammar.is_cookie_octets(value) else quote_octal(value)


def quote_octal(value: str) -> str:
    """Return *value* in DQUOTEs, whether it needs them or not."""
    return '"' + _escape_octal(grammar.to_utf8(value, "value")) + '"'


def check_quoting(quoting: object) -> None:
    """Raise an exception if *quoting* is not the name of a quoting."""
    if quoting not in ("octal", "percent", "none"):
        from . import invalid

        raise invalid.wrong_value(grammar.check_text(quoting, "quoting"), "quoting")


def _unquote_octal(value: str) -> str:
    if value[:1] != '"' or value[-1:] != '"' or len(value) < 2:
        return value
    value = value[1:-1]
    return _platform.unescape(value) if "\\" in value else value


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
