"""Five readers of the Cookie header, and the model that foretells each (see `_difference`).

Each gets the octets as its framework gives them to it:

- Werkzeug: the native string (latin-1) of a WSGI environ, as ``Request.cookies`` does.
- Django by WSGI: the same, through the handler's ``get_str_from_wsgi``.
- Django by ASGI: latin-1, as the handler's ``META`` has it, and as it stays.
- aiohttp: UTF-8 with ``surrogateescape``, as its HTTP parser decodes header lines.
- http.cookies: the native string, as a WSGI application without a framework has it.

A reading is what an application finds, as a list of names and values, or the name of the
exception that it gets.
"""

from __future__ import annotations

import functools
import http.cookies
import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Union

from _difference import Class, On

# By name: none of them has to be there, nor to have types.
_aiohttp_helpers: Any = importlib.import_module("aiohttp._cookie_helpers")
_django_handler: Any = importlib.import_module("django.core.handlers.wsgi")
_django_http: Any = importlib.import_module("django.http.cookie")
_werkzeug_http: Any = importlib.import_module("werkzeug.http")

Reading = Union[list[tuple[str, str]], str]

# --- the peers -----------------------------------------------------------------------


def _werkzeug(header: bytes) -> Reading:
    try:
        return list(_werkzeug_http.parse_cookie(header.decode("latin-1")).items())
    except UnicodeDecodeError:
        return "UnicodeDecodeError"


def _django_wsgi(header: bytes) -> Reading:
    environ = {"HTTP_COOKIE": header.decode("latin-1")}
    text = _django_handler.get_str_from_wsgi(environ, "HTTP_COOKIE", "")
    return list(_django_http.parse_cookie(text).items())


def _django_asgi(header: bytes) -> Reading:
    return list(_django_http.parse_cookie(header.decode("latin-1")).items())


def _aiohttp(header: bytes) -> Reading:
    text = header.decode("utf-8", "surrogateescape")
    try:
        pairs = _aiohttp_helpers.parse_cookie_header(text)
    except http.cookies.CookieError:
        return "CookieError"
    return list({name: str(morsel.value) for name, morsel in pairs}.items())


def _http_cookies(header: bytes) -> Reading:
    cookies: http.cookies.SimpleCookie = http.cookies.SimpleCookie()
    try:
        cookies.load(header.decode("latin-1"))
    except http.cookies.CookieError:
        return "CookieError"
    return [(name, str(morsel.value)) for name, morsel in cookies.items()]


# --- the classes ---------------------------------------------------------------------

_CLASSES = {
    "quotes-hold-semicolons": Class(
        "quotes-hold-semicolons",
        "ours",
        "A `;` inside of a quoted value does not end the cookie. By the grammar (RFC 6265,"
        " 4.1.1 and 4.2.1) no cookie-value has one, and browsers end the cookie there"
        " (5.2). Who can plant two cookies, one that opens a quote and one that closes it,"
        " gets those between them into one value: the cookie sandwich, which steals HttpOnly"
        " cookies.",
    ),
    "no-equals-is-a-name": Class(
        "no-equals-is-a-name",
        "ours",
        "A piece without `=` is a cookie with an empty value. Browsers send their nameless"
        " cookies so (layered 5.4.5; RFC 6265bis, 5.8.3): its *value* becomes a name, so"
        " that whoever sets a nameless cookie decides which flags, asked for by name alone,"
        " seem set. We leave it out.",
    ),
    "name-left-out": Class(
        "name-left-out",
        "both",
        "A cookie whose name has a character that the peer refuses is left out: Werkzeug"
        ' SP, HTAB and `"`, aiohttp also `,`, `\\`, controls and all that is not ASCII. No'
        " server may give such names (RFC 6265, 4.1.1), but browsers keep them. We give"
        " any name, so that the application can delete it.",
    ),
    "value-left-out": Class(
        "value-left-out",
        "ours",
        'A cookie whose value has SP, HTAB or a `"` that is no closed quoted string is left'
        " out. Browsers keep and send such values, and real sites set them (JSON as it is,"
        " text with blanks); an application finds the cookie missing, and sets it anew each"
        " time. Nothing is gained: the `;` rule alone keeps cookies apart.",
    ),
    "not-utf8-raises": Class(
        "not-utf8-raises",
        "ours",
        "`werkzeug.http.parse_cookie` decodes the header as UTF-8, strictly: one octet that is"
        " not, in a cookie that some server set for the whole domain, makes it raise"
        " UnicodeDecodeError for as long as the browser keeps it (RFC 6265, 5.4: the user agent"
        " converts nothing). `Request.cookies` goes another way, and leaves all octets in"
        " latin-1, those of UTF-8 too. We give the value with U+FFFD.",
    ),
    "not-utf8-names-replaced": Class(
        "not-utf8-names-replaced",
        "ours",
        "What is not UTF-8 becomes U+FFFD in names, too, so that many names become one. A"
        " name keeps its latin-1 form here.",
    ),
    "not-utf8-escaped": Class(
        "not-utf8-escaped",
        "both",
        "What is not UTF-8 becomes lone surrogates (PEP 383). Nothing is lost, but the text"
        " can't be written out as UTF-8: a log or a template then raises. We give U+FFFD.",
    ),
    "latin1-text": Class(
        "latin1-text",
        "ours",
        "The header stays in latin-1, so that UTF-8, which is what JavaScript's"
        " `document.cookie` sends, reads as other characters. Django does this by ASGI and"
        " not by WSGI: the same request has other cookies.",
    ),
    "octal-is-latin1": Class(
        "octal-is-latin1",
        "ours",
        "Each octal escape is a character of its own, where we and Werkzeug take the octets"
        " for UTF-8: `\\303\\251` is two characters there and `é` here. http.cookies writes"
        " characters up to U+00FF so, and can't write others; every other writer of these"
        " escapes means octets.",
    ),
    "escaped-newline": Class(
        "escaped-newline",
        "both",
        "The backslash before a LF stays, since the `.` of the peer's pattern is any"
        " character but that. A quoted-pair has no LF (RFC 9110, 5.6.4), and no HTTP server"
        " lets one through.",
    ),
    "any-white-space": Class(
        "any-white-space",
        "ours",
        "More is trimmed than SP and HTAB (RFC 6265, 5.2): controls, and in Django and, for"
        " pieces that its pattern refuses, aiohttp, all white space of Unicode. So a cookie"
        " that browsers take for `<U+00A0>__Host-sid`, and let any subdomain and plain http"
        " set, becomes `__Host-sid`, of which they promise that only this host has set it.",
    ),
    "last-wins": Class(
        "last-wins",
        "both",
        "Of two cookies of one name the last counts. Servers should not rely on an order"
        " (RFC 6265, 4.2.2), but user agents send the one with the longer path first (5.4):"
        " the last is the one that is meant less, and that a parent path can plant.",
    ),
    "nameless-kept": Class(
        "nameless-kept",
        "both",
        'A cookie without a name, or a piece without `=`, is kept under the name `""`. That'
        " is what it is in browsers (layered 5.4.2). We leave it out, so that nothing that"
        " writes cookies again makes a named one of it (CVE-2023-23934).",
    ),
    "blanks-separate": Class(
        "blanks-separate",
        "ours",
        "White space ends a cookie as `;` does, so that `a=b c=d` is two cookies. Values"
        " with blanks are sent by browsers as they were set, and so one cookie can plant"
        " another one's name.",
    ),
    "open-quote": Class(
        "open-quote",
        "both",
        "A quote that is not closed is read to the next `;`, with the blanks before it, or,"
        " if another quote comes first, to the last blank before that. We give the piece"
        " without its outer blanks, as any other.",
    ),
    "gives-up": Class(
        "gives-up",
        "ours",
        "At the first piece that the pattern does not match, all the rest is left out. One"
        " odd cookie, of any script on the domain, hides those behind it: the session is"
        " gone (bpo-25228).",
    ),
    "equals-in-name": Class(
        "equals-in-name",
        "ours",
        "A name may have `=` ahead or inside, where there is none to split at: `==a` or"
        " `=a=b`. By RFC 6265, 5.2 the first `=` ends the name, which is then empty: a"
        " nameless cookie, which we leave out (CVE-2023-23934).",
    ),
    "no-equals-voids-all": Class(
        "no-equals-voids-all",
        "ours",
        "A piece without `=`, as browsers send nameless cookies, makes the whole header"
        " none: a single cookie without a name logs the user out.",
    ),
    "illegal-name-raises": Class(
        "illegal-name-raises",
        "ours",
        "A name with a character outside of the legal ones, which the pattern lets through,"
        " makes `load` raise CookieError, also for the cookies before and behind it.",
    ),
    "dollar-names": Class(
        "dollar-names",
        "ours",
        "Names that start with `$` are attributes of the cookie before, as in RFC 2965, which"
        " RFC 6265 made historic; they are left out, or, unless they are known, CookieError.",
    ),
    "attribute-words": Class(
        "attribute-words",
        "ours",
        "A name such as `path` or `expires` is an attribute of the cookie before, though a"
        " Cookie header has none (RFC 6265, 4.2.1): it is left out, and with it, if it comes"
        " first or has no `=`, the whole header.",
    ),
    "controls-refused": Class(
        "controls-refused",
        "both",
        "In newer Pythons a name or value with a control character, also one that came of an"
        " escape, is refused: CookieError in http.cookies and, with aiohttp 3.13, in"
        " `request.cookies`, where 3.14 leaves the cookie out. We give the value, and say that"
        " it is untrusted.",
    ),
}


class Peer(NamedTuple):
    """A reader, and the classes in which it differs from ours."""

    title: str
    read: Callable[[bytes], Reading]
    classes: list[Class]


def _peer(title: str, read: Callable[[bytes], Reading], *names: str) -> Peer:
    return Peer(title, read, [_CLASSES[name] for name in names])


PEERS = {
    "werkzeug": _peer(
        "Werkzeug",
        _werkzeug,
        "quotes-hold-semicolons",
        "no-equals-is-a-name",
        "name-left-out",
        "value-left-out",
        "not-utf8-raises",
    ),
    "django-wsgi": _peer(
        "Django by WSGI",
        _django_wsgi,
        "any-white-space",
        "last-wins",
        "nameless-kept",
        "octal-is-latin1",
        "escaped-newline",
        "not-utf8-names-replaced",
    ),
    "django-asgi": _peer(
        "Django by ASGI",
        _django_asgi,
        "any-white-space",
        "last-wins",
        "nameless-kept",
        "octal-is-latin1",
        "escaped-newline",
        "latin1-text",
    ),
    "aiohttp": _peer(
        "aiohttp",
        _aiohttp,
        "quotes-hold-semicolons",
        "blanks-separate",
        "open-quote",
        "any-white-space",
        "no-equals-is-a-name",
        "name-left-out",
        "last-wins",
        "octal-is-latin1",
        "escaped-newline",
        "not-utf8-escaped",
        "controls-refused",
    ),
    "http.cookies": _peer(
        "http.cookies",
        _http_cookies,
        "quotes-hold-semicolons",
        "blanks-separate",
        "any-white-space",
        "gives-up",
        "equals-in-name",
        "no-equals-voids-all",
        "illegal-name-raises",
        "dollar-names",
        "attribute-words",
        "last-wins",
        "octal-is-latin1",
        "latin1-text",
        "controls-refused",
    ),
}

# --- the model -----------------------------------------------------------------------


class Piece(NamedTuple):
    """A name and a value (None: no ``=``), one character per octet, as the scan cut them.

    *matched* says that a pattern has cut it, and its blanks off.
    """

    name: str
    value: str | None
    matched: bool = False


def model(header: bytes, peer: str, on: On) -> Reading:
    """What *peer* reads if it differs from us in the classes *on*, and in no other."""
    if "not-utf8-raises" in on and not _is_utf8(header):
        return "UnicodeDecodeError"
    pieces = _pieces(header.decode("latin-1"), peer, on)
    pairs = _http_cookies_pairs(pieces, on) if peer == "http.cookies" else None
    if isinstance(pairs, str):
        return pairs
    cookies: dict[str, str] = {}
    try:
        pairs = list(_pairs(pieces, peer, on)) if pairs is None else pairs
    except http.cookies.CookieError:
        return "CookieError"
    for name, value in pairs:
        if "last-wins" in on or name not in cookies:
            cookies[name] = value
    return list(cookies.items())


def _is_utf8(octets: bytes) -> bool:
    try:
        octets.decode()
    except UnicodeDecodeError:
        return False
    return True


def _pieces(native: str, peer: str, on: On) -> Iterator[Piece]:
    """Cut at each ``;``, but for what the peer's pattern cuts in another way."""
    pattern = _pattern(peer, on)
    at, end = 0, len(native)
    while at < end:
        found = pattern.match(native, at) if pattern else None
        if found:
            yield Piece(found["name"], found["value"], True)
            at = found.end()
            continue
        if "gives-up" in on:
            return
        semicolon = native.find(";", at)
        stop = end if semicolon < 0 else semicolon
        name, equals, value = native[at:stop].partition("=")
        yield Piece(name, value if equals else None)
        at = stop + 1


_CLOSED = r'"(?:[^\\"]|\\.)*"'
_CLOSED_IN_PIECE = r'"(?:[^\\";]|\\[^;\n])*"'
_WORD = r"\w!#%&'~_`><@,:/$*+.^|)(?}{\-"
_HTTP_DATE = r"\w{3},\s[\w\s-]{9,11}\s[\d:]{8}\sGMT"
_AIOHTTP_DATES = (
    r"(?:\w{3,6}day|\w{3}),\s[\w\s-]{9,11}\s[\d:]{8}\s(?:GMT|[+-]\d{4})"
    r"|\w{3}\s+\w{3}\s+[\s\d]\d\s+\d{2}:\d{2}:\d{2}\s+\d{4}"
)


@functools.lru_cache(maxsize=None)
def _pattern(peer: str, on: On) -> re.Pattern[str] | None:
    """What cuts a piece before the next ``;`` is looked for, if anything does."""
    holds = "quotes-hold-semicolons" in on
    if peer == "werkzeug" and holds:
        text = rf'[ \t]*(?P<name>[^ \t=";]+)[ \t]*=[ \t]*(?P<value>{_CLOSED})[ \t]*(?:;|\Z)'
        return re.compile(text, re.ASCII)
    if peer not in ("aiohttp", "http.cookies") or not on:
        return None
    separates = "blanks-separate" in on
    forms = [_CLOSED if holds else _CLOSED_IN_PIECE]
    forms += ['"[^";]*'] if "open-quote" in on else []
    if separates:  # a date is one value, blanks and all
        forms.append(_AIOHTTP_DATES if peer == "aiohttp" else _HTTP_DATE)
    forms.append(rf"[{_WORD}=\[\]]*")
    in_name = r"\[\]" if peer == "aiohttp" else ""
    in_name += "=" if "equals-in-name" in on else ""
    name = f"[{_WORD}{in_name}]" + ("+" if peer == "aiohttp" else "+?")
    blanks = r"\s*" if "any-white-space" in on else r"[ \t]*"
    optional = "?" if on & {"no-equals-is-a-name", "no-equals-voids-all"} else ""
    end = r"(?:\s+|;|$)" if separates else r"(?:;|\Z)"
    text = f"{blanks}(?P<name>{name})"
    text += f"(?:{blanks}={blanks}(?P<value>{'|'.join(forms)})){optional}{blanks}{end}"
    return re.compile(text, re.ASCII)


def _pairs(pieces: Iterator[Piece], peer: str, on: On) -> Iterator[tuple[str, str]]:
    for piece in pieces:
        if piece.value is None:
            if "nameless-kept" in on:
                piece = Piece("", piece.name)  # noqa: PLW2901 - it is the same one
            elif "no-equals-is-a-name" in on and (piece.matched or peer == "werkzeug"):
                piece = piece._replace(value="")  # noqa: PLW2901
            else:
                continue
        name, value = _texts(piece, on)
        kept = name or (value and "nameless-kept" in on)
        if kept and not _is_left_out(name, value, peer, on):
            yield name, _unquoted(value, on)


_is_werkzeug_name = re.compile(r'[^ \t=";]+').fullmatch
_is_werkzeug_value = re.compile(rf'{_CLOSED}|[^ \t";]*').fullmatch
_is_aiohttp_name = re.compile(r"[!#$%&'()*+\-./0-9:<>?@A-Z\[\]^_`a-z{|}~]+").fullmatch


def _is_left_out(name: str, value: str, peer: str, on: On) -> bool:
    legal = _is_aiohttp_name if peer == "aiohttp" else _is_werkzeug_name
    if "name-left-out" in on and not legal(name):
        return True
    if "value-left-out" in on and not _is_werkzeug_value(value):
        return True
    if "controls-refused" not in on:
        return False
    refused = _is_refused(name, _unquoted(value, on), value, True)
    if refused and not _AIOHTTP_CATCHES:
        raise http.cookies.CookieError
    return refused


#: Whether this aiohttp leaves out what a newer Python refuses, or lets its error pass.
_AIOHTTP_CATCHES = "CookieError" in inspect.getsource(_aiohttp_helpers.parse_cookie_header)


_has_control = re.compile(r"[\x00-\x1f\x7f]").search


def _is_refused(name: str, value: str, coded: str, as_state: bool = False) -> bool:
    """Whether this Python's Morsel refuses a control character that is in one of these.

    They came to do so one after another: as a cookie is set, and as its state is, which
    aiohttp does.
    """
    if not any(map(_has_control, (name, value, coded))):
        return False
    morsel: Any = http.cookies.Morsel()
    try:
        if as_state:
            morsel.__setstate__({"key": name, "value": value, "coded_value": coded})
        else:
            morsel.set("k", value, coded)
    except http.cookies.CookieError:
        return True
    return False


def _is_refused_attribute(value: str) -> bool:
    morsel: Any = http.cookies.Morsel()
    try:
        morsel["path"] = value
    except http.cookies.CookieError:
        return bool(_has_control(value))
    return False


def _texts(piece: Piece, on: On) -> tuple[str, str]:
    """Name and value decoded, and their outer blanks taken off."""
    name, value = _decoded(piece.name, on, True), _decoded(piece.value or "", on, False)
    if piece.matched:
        return name, value
    if "any-white-space" in on:
        return name.strip(), value.strip()
    return name.strip(" \t"), value.strip(" \t")


def _decoded(native: str, on: On, is_name: bool) -> str:
    octets = native.encode("latin-1")
    if "latin1-text" in on:
        return native
    if "not-utf8-escaped" in on:
        return octets.decode("utf-8", "surrogateescape")
    if is_name and not _is_utf8(octets) and "not-utf8-names-replaced" not in on:
        return native
    return octets.decode("utf-8", "replace")


_ESCAPE = r"\\(?:([0-3][0-7]{2})|(.))"
_escapes = re.compile(_ESCAPE)
_escapes_of_all = re.compile(_ESCAPE, re.DOTALL)


def _unquoted(value: str, on: On) -> str:
    if len(value) < 2 or not value[0] == value[-1] == '"':
        return value
    escapes = _escapes if "escaped-newline" in on else _escapes_of_all
    if "octal-is-latin1" in on:
        return escapes.sub(_unescaped, value[1:-1])
    octets = value[1:-1].encode("utf-8", "surrogatepass").decode("latin-1")
    return escapes.sub(_unescaped, octets).encode("latin-1").decode("utf-8", "replace")


def _unescaped(found: re.Match[str]) -> str:
    octal, char = found.groups()
    return chr(int(octal, 8)) if octal else char or ""


# --- what http.cookies alone does -----------------------------------------------------

_is_legal_name = re.compile(r"[\w!#$%&'*+.^`|~:-]+", re.ASCII).fullmatch
# Newer Pythons know one attribute more.
_ATTRIBUTES = frozenset(http.cookies.Morsel())
_FLAGS = {"secure", "httponly"} | ({"partitioned"} & _ATTRIBUTES)


def _http_cookies_pairs(pieces: Iterator[Piece], on: On) -> Reading:
    """Nothing is set before all is read: a piece can void the header, or raise later."""
    found: list[tuple[Piece, str]] = []
    seen = False
    for piece in pieces:
        word = piece.name.lower()
        if piece.name.startswith("$") and "dollar-names" in on:
            found += [(piece._replace(name=piece.name[1:]), "$")] if seen else []
        elif word in _ATTRIBUTES and "attribute-words" in on:
            if not seen or (piece.value is None and word not in _FLAGS):
                return []
            found.append((piece, "word"))
        elif piece.value is not None:
            found.append((piece, ""))
            seen = True
        elif "no-equals-voids-all" in on:
            return []
    pairs: list[tuple[str, str]] = []
    refuses = "controls-refused" in on
    for piece, attribute in found:
        name, coded = _texts(piece, on)
        value = _unquoted(coded, on)
        if attribute:
            held = coded if attribute == "$" else value
            if name.lower() not in _ATTRIBUTES or (refuses and _is_refused_attribute(held)):
                return "CookieError"
        elif name:
            if "illegal-name-raises" in on and not _is_legal_name(name):
                return "CookieError"
            if refuses and _is_refused(name, value, coded):
                return "CookieError"
            pairs.append((name, value))
    return pairs
