r"""The interface of the standard library's `http.cookies`, on this package's rules.

Changing the import is the whole switch. The classes are subclasses of those of `http.cookies`,
and `CookieError` is `cookiecodec.CookieError`. See "Switching" in the documentation.

Written: the bytes of `http.cookies`, but non-ASCII text is escaped as UTF-8, and what is
outside of the grammar (layered 4.1.1) is a `CookieError`. Read: by the rules of `parse_cookie`,
without an exception, in linear time. As in `http.cookies`, a name such as ``Path`` is an
attribute of the cookie before it: for a Cookie header alone, use `parse_cookie`.

>>> cookies = SimpleCookie('theme="dark\\054 wide"; [odd]=1; sid=31d4')
>>> {name: morsel.value for name, morsel in cookies.items()}
{'theme': 'dark, wide', '[odd]': '1', 'sid': '31d4'}
>>> cookies = SimpleCookie({"sid": "31d4"})
>>> cookies["sid"]["httponly"] = cookies["sid"]["partitioned"] = True
>>> print(cookies)
Set-Cookie: sid=31d4; HttpOnly; Partitioned
"""

import http.cookies as _std
import re as _re
from typing import Any, TypeVar

from .. import _platform, dates
from .._core import attributes, grammar, invalid, quotings, wire
from ..errors import CookieError

__all__ = ["BaseCookie", "CookieError", "Morsel", "SimpleCookie"]

_T = TypeVar("_T")
_StdMorsel = _std.Morsel  # looked up once
_WSP = grammar.WSP

# What `http.cookies` writes without DQUOTEs.
_is_plain = _platform.charset_matcher(grammar.TCHAR + ":")
# What ends neither a header nor an attribute. Browsers hold such a value and send it back.
_is_harmless = _re.compile(r"[^\x00-\x1f\x7f;]*").fullmatch
# cookie-pair, whose value may also be in `octal` quoting: each character can match in one way.
_octets, _quoted = _re.escape(grammar.COOKIE_OCTETS), _re.escape(grammar.QUOTED_TEXT)
_quoted = rf'"[{_octets} ]*(?:\\[{_quoted}][{_octets} ]*)*"'
_token = _re.escape(grammar.TCHAR)
_is_pair = _re.compile(f"[{_token}]+=(?:[{_octets}]*|{_quoted})").fullmatch
_is_integer = _re.compile("-?[0-9]+").fullmatch

# The text of attributes, by names and values: they repeat, while cookies differ.
_CACHE_LIMIT, _CACHED_CHARACTERS = 64, 512
_cache: "dict[tuple[Any, ...], str]" = {}

# Django, Starlette, Litestar and others import these two. `_quote` accepts None as well.
_unquote = quotings.UNQUOTE["octal"]


def _quote(text: Any) -> Any:
    if text is None or (text and _is_plain(text)):
        return text
    return quotings.quote_octal(text)


def __getattr__(name: str) -> Any:
    """Return another private name of `http.cookies`, since programs import these, too."""
    return getattr(_std, name)


def _outside(rule: str, text: str, allowed: str, part: str) -> CookieError:
    shown = invalid.show_character(text, len(text) - len(text.lstrip(allowed)))
    return CookieError(f"{rule} (layered 4.1.1); not allowed: {shown}", part)


def _wrong_pair(key: str, coded: str) -> CookieError:
    if not grammar.is_tchars(key) or not key:
        return invalid.characters(key, "name")
    inner = coded[1:-1] if len(coded) > 1 and coded[0] == coded[-1] == '"' else coded
    allowed = grammar.COOKIE_OCTETS + " " * (inner is not coded)
    return _outside("coded_value must be cookie-octets, or quoted", inner, allowed, "value")


def _attribute_value(field: str, value: object) -> str:
    """Return the text of an attribute, or raise CookieError if it can't be written."""
    if field == "expires" and isinstance(value, int):
        return dates.format_cookie_date(int(_platform.now() + value))
    text = "%d" % value if field == "max-age" and isinstance(value, int) else str(value)
    part = field.replace("-", "_")
    if field == "comment":
        return str(_quote(text))
    if field == "path" and not text.isascii() and _is_harmless(text):
        text = str(attributes.CookieAttributes("", text, None, False, False, None, False).path)
    if not grammar.is_av_octets(text):
        raise _outside(f"{field} must be made of av-octets", text, grammar.AV_OCTETS, part)
    if field == "samesite" and attributes.find_keyword(field, text) is None:
        message = f"SameSite must be 'Strict', 'Lax', or 'None', not {text[:20]!r}"
        raise CookieError(message, part)
    if field == "max-age" and not _is_integer(text):
        raise CookieError(f"max-age must be an integer, not {text[:20]!r}", part)
    return text


class Morsel(_std.Morsel[_T]):
    """One cookie: *key*, *value*, *coded_value* (the value as it travels), and its attributes.

    An attribute that is unknown, or has a control character or ``;``, is a `CookieError`.
    """

    # Falcon and others change these two, as in `http.cookies`.
    _reserved = dict(  # noqa: RUF012
        expires="expires", path="Path", comment="Comment", domain="Domain", secure="Secure",
        httponly="HttpOnly", version="Version", samesite="SameSite", partitioned="Partitioned",
        **{"max-age": "Max-Age"},
    )  # fmt: skip
    _flags = {"secure", "httponly", "partitioned"}  # noqa: RUF012
    _key: Any = None
    _value: Any = None
    _coded_value: Any = None
    _restored = False  # by `__setstate__`, from a state that was not checked
    # The key and the coded value that were checked, and their pair.
    _written: "tuple[Any, Any, str]" = (None, None, "None=None")

    def __init__(self) -> None:
        own = type(self) is not Morsel or len(self._reserved) != len(_defaults)
        dict.update(self, dict.fromkeys(self._reserved, "") if own else _defaults)

    def _checked(self, key: str, value: object) -> str:
        field = key.lower()
        if field not in self._reserved:
            raise CookieError(f"{key[:60]!r} is not an attribute of a cookie")
        if isinstance(value, str) and (not value.isprintable() or ";" in value):
            _attribute_value(field, value)
        return field

    def __setitem__(self, K: str, V: Any) -> None:  # noqa: N803
        dict.__setitem__(self, self._checked(K, V), V)

    def setdefault(self, key: str, val: Any = None) -> Any:
        return dict.setdefault(self, self._checked(key, val), val)

    def update(self, values: Any) -> None:  # type: ignore[override]
        dict.update(self, {self._checked(key, val): val for key, val in dict(values).items()})

    def __ior__(self, values: Any) -> "Morsel[_T]":  # type: ignore[override,misc]
        self.update(values)
        return self

    def copy(self) -> "Morsel[_T]":
        morsel = type(self).__new__(type(self))
        dict.update(morsel, self)
        morsel.__dict__.update(self.__dict__)
        return morsel

    def set(self, key: str, val: Any, coded_val: Any) -> None:
        """Set a cookie whose *key* is a token and *coded_val* a cookie-value, or quoted."""
        if "=" in key or not _is_pair(pair := f"{key}={coded_val}"):
            raise _wrong_pair(key, str(coded_val))
        if key.lower() in self._reserved:
            raise CookieError(f"{key!r} is the name of an attribute, not of a cookie", "name")
        self._key, self._value, self._coded_value = key, val, coded_val
        self._restored = False
        self._written = key, coded_val, pair

    def __getstate__(self) -> "dict[str, Any]":
        return {name: getattr(self, "_" + name) for name in (*_STATE, "restored")}

    def __setstate__(self, state: "dict[str, Any]") -> None:
        # aiohttp's client holds servers' cookies by this method, and has to send them back as
        # they are. These are written, unless they could carry an injection.
        self._key, self._value, self._coded_value = [state[name] for name in _STATE]
        self._restored = state.get("restored", True)
        for field in self._reserved:  # others' pickles may have less
            dict.setdefault(self, field, "")

    def _pair(self) -> str:
        """cookie-pair = cookie-name "=" cookie-value (layered 4.1.1)"""
        checked_key, checked_value, pair = self._written
        if checked_key is self._key and checked_value is self._coded_value:
            return pair
        key, coded = str(self._key), str(self._coded_value)
        pair = f"{key}={coded}"
        is_written = _is_harmless if self._restored else _is_pair
        if not self._restored and not _is_pair(pair):
            # As it came in a header. What is written has to be inside of the grammar.
            coded = quotings.quote_octal(self._value if type(self._value) is str else coded)
            pair = f"{key}={coded}"
        if "=" in key or not is_written(pair):
            raise _wrong_pair(key, coded)
        return pair

    def OutputString(self, attrs: Any = None) -> str:  # noqa: N802
        """Return the set-cookie-string, with the attributes in *attrs* (None: all)."""
        usual = attrs is None and type(self) is Morsel and type(self.get("expires")) is str
        if not usual:
            return self._pair() + self._attributes(attrs)
        # Equal values of other types than `str` may be written in another way.
        shown = (*self, *self.values(), type(self.get("max-age")))
        try:
            text = _cache.get(shown)
        except TypeError:  # a value that has no hash
            return self._pair() + self._attributes(attrs)
        if text is None:
            text = self._attributes(attrs)
            rest = [v for f, v in self.items() if f not in self._flags and f != "max-age"]
            if {*map(type, rest)} == {str} and len(text) <= _CACHED_CHARACTERS:
                if len(_cache) >= _CACHE_LIMIT:
                    _cache.clear()
                _cache[shown] = text
        return self._pair() + text

    def _attributes(self, attrs: Any) -> str:
        text = ""
        for field, value in sorted([item for item in self.items() if item[1] != ""]):
            if attrs is not None and field not in attrs:
                continue
            if field not in self._flags:
                text += f"; {self._reserved[field]}={_attribute_value(field, value)}"
            elif value:
                text += f"; {self._reserved[field]}"
        return text

    def __repr__(self) -> str:
        try:
            return f"<{type(self).__name__}: {self.OutputString()}>"
        except CookieError:
            pair = f"{self._key!r}={self._coded_value!r}"
            return f"<{type(self).__name__}: {pair}, which can't be written>"

    def js_output(self, attrs: Any = None) -> str:
        """Return a script, which no value can end. Its form is the one of this Python."""
        script = super().js_output(attrs)
        if 'atob("' in script:  # base64, since python/cpython 143919
            return script
        text = self.OutputString(attrs).replace("\\", r"\\").replace("<", r"\x3c")
        start = '\n        <script type="text/javascript">\n        <!-- begin hiding\n        '
        end = "\n        // end hiding -->\n        </script>\n        "
        return start + 'document.cookie = "%s";' % text.replace('"', r"\"") + end


_STATE = ("key", "value", "coded_value")
_defaults = dict.fromkeys(Morsel._reserved, "")


class BaseCookie(_std.BaseCookie[_T]):
    """A dict of Morsels. Subclasses override ``value_decode`` and ``value_encode``."""

    def __set(self, key: str, value: Any, coded_value: Any) -> None:
        morsel: Any = self.get(key) or Morsel()
        morsel.set(key, value, coded_value)
        dict.__setitem__(self, key, morsel)

    def __setitem__(self, key: str, value: Any) -> None:
        if not isinstance(value, _StdMorsel):
            self.__set(grammar.check_text(key, "key"), *self.value_encode(value))
            return
        if not isinstance(value, Morsel):
            morsel: Morsel[_T] = Morsel()
            morsel.__setstate__({name: getattr(value, name) for name in _STATE})
            dict.update(morsel, value)
            value = morsel
        dict.__setitem__(self, key, value)

    def load(self, rawdata: Any) -> None:
        """Read a Cookie or Set-Cookie header, or set what is in a mapping.

        Of cookies of the same name in a text, the first wins. Attributes that could not be
        written are left out. Names that are not tokens are read, but can't be written.
        """
        if not isinstance(rawdata, str):
            return super().load(rawdata)
        line, native = wire.decode_line(rawdata)
        simple = type(self) is SimpleCookie
        reserved = Morsel._reserved
        morsel: Any = None
        read: "dict[str, Any]" = {}
        for part in line.split(";"):
            name, equals, coded = part.partition("=")
            name, coded = name.strip(_WSP), coded.strip(_WSP)
            if native:
                name, coded = wire.decode_name(name), wire.decode_value(coded)
            field = name.lower()
            if field in reserved and morsel is not None:
                if equals and _is_harmless(coded := _unquote(coded)):
                    dict.__setitem__(morsel, field, coded)
                elif not equals and field in Morsel._flags:
                    dict.__setitem__(morsel, field, True)
            elif equals and name:
                morsel = Morsel()
                if name not in read:
                    if name in self:
                        morsel = self[name]
                        morsel._restored = False
                    read[name] = morsel
                morsel._key = name
                if simple and coded[:1] != '"':
                    morsel._value = morsel._coded_value = coded
                else:
                    morsel._value, morsel._coded_value = self.value_decode(coded)
        return dict.update(self, read)


class SimpleCookie(BaseCookie[str], _std.SimpleCookie):
    r"""A dict of cookies whose values are text, in the ``octal`` quoting of `dump_cookie`.

    >>> SimpleCookie({"name": "Müller"}).output(header="")
    ' name="M\\303\\274ller"'
    """

    def value_decode(self, val: str) -> "tuple[str, str]":
        return _unquote(val), val

    def value_encode(self, val: object) -> "tuple[str, str]":
        text = val if type(val) is str else grammar.check_text(str(val), "value")
        return text, _quote(text)
