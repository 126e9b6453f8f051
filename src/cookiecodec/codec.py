"""The server's side of RFC 6265: Set-Cookie written, Cookie read.

Section 4 of "layered" (draft-ietf-httpbis-layered-cookies) and of "bis"
(draft-ietf-httpbis-rfc6265bis). Rules of this room:

1. What is written is inside the grammar of `_grammar`, whatever the arguments:
   each of them goes through a rule of its own, or raises `CookieError`. It is the
   RFC's, but for what the caller asks for by name: a value in ``octal`` quoting, a
   negative Max-Age, a ready Expires, an underscore in Domain, a foreign name to
   delete.
2. What is read never raises, and a name is never changed into another.
3. Values don't repeat from call to call, all else does: what is not a value is
   worked out once, and remembered.
"""

import math as _math

from . import _platform, dates
from ._core import grammar as _grammar
from ._core import quoting as _quoting
from ._core import wire as _wire
from .errors import CookieError
from .limits import MAX_ATTRIBUTE_VALUE, MAX_SET_COOKIE

if _platform.TYPE_CHECKING:
    from . import _types

# Looked up once, for the paths that are hot.
_WSP = _grammar.WSP
_is_cookie_octets = _grammar.is_cookie_octets
_may_hurry = _platform.may_hurry
_pieces = _platform.pieces
_together = _platform.together
_escape_path = _platform.escaper(_grammar.PATH_TEXT, "%%%02X")

__all__ = ["delete_cookie", "dump_cookie", "parse_cookie", "parse_cookie_pairs"]


# --- Set-Cookie, written --------------------------------------------------------


def dump_cookie(
    key: str,
    value: str = "",
    max_age: "_types.MaxAge" = None,
    expires: "_types.Expires" = None,
    path: "str | None" = "/",
    domain: "str | None" = None,
    secure: bool = False,
    httponly: bool = False,
    sync_expires: bool = True,
    max_size: int = MAX_SET_COOKIE,
    samesite: "str | None" = None,
    partitioned: bool = False,
    *,
    quoting: str = "octal",
) -> str:
    r"""The value of a Set-Cookie header (layered 4.1.1).

    A drop-in for ``werkzeug.http.dump_cookie``: same positions, same bytes. The
    header comes as ASCII text, without its field name.

    - *key*: the cookie-name, a token (RFC 9110, 5.6.2).
    - *value*: any text; see *quoting* for how it travels.
    - *max_age*: seconds, as an integer of 64 bits or a `timedelta`; zero and
      less delete the cookie.
    - *expires*: what `format_cookie_date` takes, or a ready text of av-octets.
      Without it, *max_age* adds the Expires that matches it, clamped to the
      years 1 to 9999, unless *sync_expires* is false.
    - *path*: percent-encoded where needed; ``None`` leaves the attribute out,
      and the user agent takes the directory of the request's path.
    - *domain*: a host name; a port and leading dots are taken off. Non-ASCII
      names are converted by IDNA 2003, except where browsers would take them
      for another domain. ``None``, and that alone, makes a host-only cookie.
    - *secure*, *httponly*, *partitioned*: by their truth, as Python has it.
      *partitioned* sets Secure too.
    - *samesite*: ``"Strict"``, ``"Lax"`` or ``"None"``, in any case.
    - *max_size*: octets of the whole header from which on to warn; a larger
      limit is taken at its word, and 0 (or None) turns size warnings off.
    - *quoting*: ``"octal"``, ``"percent"`` or ``"none"``; `parse_cookie` has to
      be given the same. Values of cookie-octets alone are the same in all three.

    Raises `CookieError` for an argument that can't be written, its ``part``
    naming the argument, and `TypeError` for one of the wrong type.

    Warns at most once, with the gravest that applies: `CookieRejectedWarning`
    where browsers drop the cookie (SameSite=None or a name prefix without what
    it asks), `CookieSizeWarning` over *max_size*, `CookieIgnoredWarning` where
    browsers ignore an attribute (a relative path, over 1024 octets) or read it
    otherwise than the RFC (Expires before 1601, without *max_age*).

    >>> dump_cookie("theme", "dark, wide", max_age=3600, sync_expires=False)
    'theme="dark\\054 wide"; Max-Age=3600; Path=/'
    >>> dump_cookie("__Host-sid", "31d4", secure=True, httponly=True, samesite="lax")
    '__Host-sid=31d4; Secure; HttpOnly; Path=/; SameSite=Lax'
    """
    try:
        scope = _scopes[key, path, domain, secure, httponly, samesite, partitioned]
    except (KeyError, TypeError):
        scope = _remember(key, path, domain, secure, httponly, samesite, partitioned)
    start, before, after, concern = scope
    if type(value) is not str:
        value = _grammar.check_text(value, "value")
    if quoting != "octal":
        value = _quoting.quote(value, quoting)
    elif not _is_cookie_octets(value):
        value = _quoting.quote_octal(value)
    if max_age is None and expires is None:
        header = f"{start}{value}{before}{after}"
    else:
        lifetime, lifetime_concern = _lifetime(max_age, expires, sync_expires)
        header = f"{start}{value}{before}{lifetime}{after}"
        concern = concern or lifetime_concern
    if concern is not None or (max_size and len(header) > max_size):
        from ._core import lint as _concerns  # noqa: PLC0415

        _concerns.warn(concern, start[:-1], value, header, max_size)
    return header


def delete_cookie(
    key: str,
    path: "str | None" = "/",
    domain: "str | None" = None,
    secure: bool = False,
    httponly: bool = False,
    samesite: "str | None" = None,
    partitioned: bool = False,
) -> str:
    """The Set-Cookie value that makes the user agent forget a cookie (layered 4.1.2).

    Path, domain and partition have to be those that the cookie was set with; a
    name prefix asks for its attributes here too. The header is what
    ``Response.delete_cookie`` of Werkzeug and Flask sends.

    *key* may also be a foreign name, as `parse_cookie` returns them, so that
    what others left behind can be removed: anything without control characters
    (HTAB too, which some user agents hold), ``;``, ``=`` and outer blanks. Non-ASCII
    is sent as UTF-8, in a native string; a name that came in other octets can't be
    told from that and stays.

    Raises as `dump_cookie` does, and warns as it does of a cookie that browsers drop
    or an attribute that they ignore.

    >>> delete_cookie("sid")
    'sid=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/'
    """
    name = _foreign_name(key)
    start, before, after, concern = _scope(
        name, path, domain, secure, httponly, samesite, partitioned
    )
    header = f"{start}{before}{_EXPIRED}{after}"
    if concern is not None:
        from ._core import lint as _concerns  # noqa: PLC0415

        _concerns.warn(concern, _grammar.check_text(key, "key"), "", header, 0)
    return header


_EXPIRED = "; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0"


# What `_scope` said of the last arguments: names, domains and paths repeat from
# call to call, while values don't. Bounded in entries and in the size of each, and
# nothing but plain text and booleans, which are equal only if they are the same.
_SCOPES_LIMIT = 64
_SCOPE_CHARACTERS = 512
_scopes: "dict[object, _types.Scope]" = {}


def _remember(
    key: str,
    path: "str | None",
    domain: "str | None",
    secure: bool,
    httponly: bool,
    samesite: "str | None",
    partitioned: bool,
) -> "_types.Scope":
    scope = _scope(_cookie_name(key), path, domain, secure, httponly, samesite, partitioned)
    small = len(key) + len(path or "") + len(domain or "") <= _SCOPE_CHARACTERS
    texts = (str, type(None))
    plain = type(key) is str and type(path) in texts and type(domain) in texts
    if small and plain and type(secure) is type(httponly) is type(partitioned) is bool:
        if len(_scopes) >= _SCOPES_LIMIT:
            _scopes.clear()
        _scopes[key, path, domain, secure, httponly, samesite, partitioned] = scope
    return scope


def _scope(
    name: str,
    path: "str | None",
    domain: "str | None",
    secure: bool,
    httponly: bool,
    samesite: "str | None",
    partitioned: bool,
) -> "_types.Scope":
    """The cookie-name with its ``=``, the attributes before and after the lifetime.

    The last item is what is wrong with all of them together, or None.
    """
    path = None if path is None else _path(path)
    if domain is not None:
        from ._core import hosts as _host  # noqa: PLC0415 - few have a Domain: small devices

        domain = _host.domain_value(domain)
    samesite = None if samesite is None else _samesite(samesite)
    secure = bool(secure or partitioned)
    after = ""
    if secure:
        after += "; Secure"
    if httponly:
        after += "; HttpOnly"
    if path is not None:
        after += "; Path=" + path
    if samesite is not None:
        after += "; SameSite=" + samesite
    if partitioned:
        after += "; Partitioned"
    before = "" if domain is None else "; Domain=" + domain
    # `_concerns` decides; it is asked whenever it may find one.
    concern = None
    usual_path = path is None or (path[:1] == "/" and len(path) <= MAX_ATTRIBUTE_VALUE)
    if not usual_path or samesite == "None" or name[:2] == "__":
        from ._core import lint as _concerns  # noqa: PLC0415 - seldom needed: small devices

        concern = _concerns.of_scope(name, path, domain, secure, bool(httponly), samesite)
    return name + "=", before, after, concern


# --- the parts of a Set-Cookie, each by its rule --------------------------------


def _cookie_name(key: object) -> str:
    """cookie-name = token (layered 4.1.1; RFC 9110, 5.6.2)."""
    name = _grammar.check_text(key, "key")
    if not name:
        raise CookieError("cookie-name must not be empty", "name")
    if not _grammar.is_tchars(name):
        rule = "cookie-name must be a token (RFC 9110, 5.6.2)"
        raise _grammar.out_of_place(name, _grammar.TCHAR, rule, "name")
    return name


def _foreign_name(key: object) -> str:
    """A cookie-name that a user agent can hold (layered 5.4.2), as a native string."""
    name = _grammar.check_text(key, "key")
    if not name:
        raise CookieError("cookie-name must not be empty", "name")
    octets = _grammar.to_utf8(name, "name")
    for at, octet in enumerate(octets):
        blank = octet in b" \t" and at in (0, len(octets) - 1)
        if blank or octet < 0x20 or octet in b"\x7f;=":
            rule = "cookie-name must have no control character, ';', '=' or outer blank"
            before = len(octets[:at].decode())
            shown = "%s; not allowed: %s at index %d"
            raise CookieError(shown % (rule, _grammar.show(chr(octet)), before), "name")
    return _platform.from_latin1(octets)


def _path(path: object) -> str:
    """path-value = *av-octet (layered 4.1.1), percent-encoded as Werkzeug does."""
    text = _grammar.check_text(path, "path")
    if _grammar.is_path_text(text):
        return text
    return _escape_path(_grammar.to_utf8(text, "path"))


_SAMESITE = {"strict": "Strict", "lax": "Lax", "none": "None"}


def _samesite(samesite: object) -> str:
    """samesite-value = "Strict" / "Lax" / "None" (layered 4.1.1)."""
    text = _grammar.check_text(samesite, "samesite")
    word = _SAMESITE.get(text.lower())
    if word is None:
        message = "SameSite must be 'Strict', 'Lax', or 'None', not %r"
        raise CookieError(message % text[:20], "samesite")
    return word


def _lifetime(
    max_age: "_types.MaxAge", expires: "_types.Expires", sync_expires: bool
) -> "tuple[str, _types.Concern | None]":
    """The attributes Expires and Max-Age, and what is wrong with them."""
    seconds = None if max_age is None else _seconds(max_age)
    if expires is None:
        if seconds is None or not sync_expires:
            return "" if seconds is None else "; Max-Age=%d" % seconds, None
        moment = max(dates.FIRST_SECOND, min(_platform.now() + seconds, dates.LAST_SECOND))
        # A whole number stays one: a device's floats may be of 32 bits.
        date = dates.format_cookie_date(moment if type(moment) is int else _math.floor(moment))
    elif isinstance(expires, str):
        date = _ready_date(expires)
    else:
        date = dates.format_cookie_date(expires)
    if seconds is not None:
        # Whatever becomes of Expires: Max-Age has precedence (layered 4.1.2.2).
        return f"; Expires={date}; Max-Age={seconds}", None
    concern = None  # as above
    if len(date) > MAX_ATTRIBUTE_VALUE or (date[12:16] < "1601" and date != expires):
        from ._core import lint as _concerns  # noqa: PLC0415

        concern = _concerns.of_expires(date)
    return "; Expires=" + date, concern


def _seconds(max_age: "_types.MaxAge") -> int:
    if isinstance(max_age, _platform.timedelta):
        return int(max_age.total_seconds())
    if isinstance(max_age, bool):
        raise TypeError("max_age must be a number of seconds, not bool")
    try:
        seconds = int(_platform.index(max_age))  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(
            "max_age must be an integer or timedelta, not " + type(max_age).__name__
        ) from None
    if not -(2**63) <= seconds < 2**63:
        raise CookieError("max_age must fit in 64 bits", "max_age")
    return seconds


def _ready_date(expires: object) -> str:
    date = _grammar.check_text(expires, "expires")
    if not _grammar.is_av_octets(date):
        rule = "expires must be made of av-octets (layered 4.1.1)"
        raise _grammar.out_of_place(date, _grammar.AV_OCTETS, rule, "expires")
    return date


# --- Cookie, read ---------------------------------------------------------------


def parse_cookie(header: "_types.Header", *, quoting: str = "octal") -> dict[str, str]:
    r"""The cookies of a Cookie header (layered 4.2), as name and value.

    A drop-in for ``werkzeug.http.parse_cookie``, with a `dict`; of cookies with
    the same name the first wins, which is usually the one with the longest path (a
    server should not rely on that: layered 4.2.2, 5.4.5).

    *header* is a `str` (a native string, as WSGI has it, or text), bytes-like
    (ASGI), an iterable of those (several header lines), a `dict` (a WSGI
    environ, whose ``HTTP_COOKIE`` is read), or None. *quoting* is how values
    outside of cookie-octets travel, as in `dump_cookie`.

    It never raises and never warns for what a client can send, and takes linear
    time. `CookieError` (part ``"quoting"``) and `TypeError` are for arguments.

    **Values are untrusted**, and may hold ``;``, CR, LF or NUL once unescaped:
    never put one into a header, a log or a page as it is.

    - It splits at every ``;``, inside of quotes too, and never at ``,``.
    - Blanks (SP and HTAB, no other white space) are trimmed. Pairs without
      ``=`` and pairs with an empty name are left out.
    - Names are never unquoted or decoded. ``$Version`` is a name like any other.
    - Octets are read as UTF-8. In a value, what is not UTF-8 becomes U+FFFD; a
      name that is not UTF-8 is given in latin-1. A `str` with characters past
      latin-1 is taken as it is.

    >>> parse_cookie('sid=31d4; theme="dark\\054 wide"; sid=other')
    {'sid': '31d4', 'theme': 'dark, wide'}
    >>> parse_cookie([b"lang=en", b"name=M%C3%BCller"], quoting="percent")
    {'lang': 'en', 'name': 'Müller'}
    """
    if quoting == "octal" and type(header) is str and _may_hurry(header) and '"' not in header:
        # Nothing to decode, nothing to unquote: nearly every header there is.
        if ";" not in header:
            name, equals, value = header.partition("=")
            name = name.strip(_WSP)
            return {name: value.strip(_WSP)} if equals and name else {}
        pairs = header.split("; ")
        rest = _together(pairs)
        if ";" not in rest and " " not in rest and "\t" not in rest:
            # As a user agent writes it (layered 4.2.1): nothing to trim either. Where
            # a pair has no name or no "=", or a name comes twice, `_read` decides.
            cookies = {}
            for pair in pairs:
                name, equals, value = pair.partition("=")
                if equals:
                    cookies[name] = value
            if len(cookies) == len(pairs) and "" not in cookies:
                return cookies
    cookies = {}
    _read(header, quoting, cookies.setdefault)
    return cookies


def parse_cookie_pairs(
    header: "_types.Header", *, quoting: str = "octal"
) -> list[tuple[str, str]]:
    """All cookies of a Cookie header, in their order, duplicates among them.

    As `parse_cookie` in all else. Two cookies of one name are how a sibling
    host plants its own; a reader that can verify values tries each.

    >>> parse_cookie_pairs("sid=a; lang=en; sid=b")
    [('sid', 'a'), ('lang', 'en'), ('sid', 'b')]
    """
    pairs: list[tuple[str, str]] = []
    _read(header, quoting, lambda name, value: pairs.append((name, value)))
    return pairs


def _read(header: "_types.Header", quoting: str, add: "_types.Add") -> None:
    """Call *add* with name and value of each cookie-pair, in their order."""
    _quoting.check_quoting(quoting)
    unquote = _quoting.UNQUOTE[quoting]
    for line in _wire.header_lines(header):
        text, native = _wire.decode_line(line)
        for piece in _pieces(text):
            name, equals, value = piece.partition("=")
            name = name.strip(_WSP)
            if equals and name:
                value = value.strip(_WSP)
                if native:
                    name, value = _wire.decode_name(name), _wire.decode_value(value)
                add(name, unquote(value))
