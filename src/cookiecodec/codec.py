"""The server's side of RFC 6265 (section 4): Set-Cookie written, Cookie read.

Sections of "layered" are those of draft-ietf-httpbis-layered-cookies. This module's rules:

1. What is written is inside the grammar, whatever the arguments. The grammar is that of the
   RFC, with five extensions: a value in ``octal`` quoting, a negative Max-Age, a ready
   Expires, an underscore in Domain, and a foreign name to delete.
2. Reading never raises an exception, and never changes a name into another.
3. Values differ from call to call, while everything else repeats and is cached.
"""

from . import _platform, dates, errors
from ._core import attributes, grammar, quotings, wire
from .errors import CookieError
from .limits import MAX_SET_COOKIE

if _platform.TYPE_CHECKING:
    from . import _types

# Looked up once, for the hot paths.
_WSP = grammar.WSP
_is_cookie_octets = grammar.is_cookie_octets
_isascii = _platform.isascii
_isalnum = _platform.isalnum
_can_split_at_once = _platform.can_split_at_once
_find_separators = _platform.find_separators
_read_quoted = _platform.read_quoted

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
    samesite: "_types.SameSite" = None,
    partitioned: bool = False,
    *,
    quoting: "_types.Quoting" = "octal",
) -> str:
    r"""Return the value of a Set-Cookie header (layered 4.1.1).

    A drop-in for ``werkzeug.http.dump_cookie``: same positions, same bytes. The header is
    ASCII text, without the name of the field.

    - *key*: the cookie-name, a token (RFC 9110, 5.6.2).
    - *value*: any text. *quoting* determines how it travels.
    - *max_age*: seconds, as an integer of 64 bits or a `timedelta`. Zero or less deletes
      the cookie.
    - *expires*: what `format_cookie_date` takes, or a ready text of av-octets. Without it,
      *max_age* adds the matching Expires, limited to the years 1 to 9999, unless
      *sync_expires* is false.
    - *path*: percent-encoded where needed. ``None`` leaves the attribute out, and the user
      agent uses the directory of the request's path.
    - *domain*: a host name. A port and leading dots are removed. Non-ASCII names are
      converted by IDNA 2003, unless browsers would read them as another domain. ``None``,
      and only that, makes a host-only cookie.
    - *secure*, *httponly*, *partitioned*: flags, converted with `bool`. *partitioned* sets
      Secure too.
    - *samesite*: ``"Strict"``, ``"Lax"`` or ``"None"``, in any case.
    - *max_size*: octets of the whole header over which to warn. 0 (or None) turns size
      warnings off.
    - *quoting*: ``"octal"``, ``"percent"`` or ``"none"``. `parse_cookie` must be given the
      same. Values of cookie-octets only are the same in all three.

    Raises `CookieError` for an argument that can't be written (``part`` names it), and
    TypeError for one of the wrong type.

    Warns at most once, about the most serious problem: `CookieRejectedWarning` where browsers
    drop the cookie (SameSite=None or a name prefix without what they require, a *domain*
    that is a single label or a broken IPv4 address), `CookieSizeWarning` over *max_size*,
    `CookieIgnoredWarning` where browsers ignore an attribute (a relative path, over 1024
    octets, an *expires* text that is not a date, a *domain* of localhost with a port) or read
    it differently from the RFC (Expires before 1601, without *max_age*).

    >>> dump_cookie("theme", "dark, wide", max_age=3600, sync_expires=False)
    'theme="dark\\054 wide"; Max-Age=3600; Path=/'
    >>> dump_cookie("__Host-sid", "31d4", secure=True, httponly=True, samesite="lax")
    '__Host-sid=31d4; Secure; HttpOnly; Path=/; SameSite=Lax'
    """
    try:
        cookie = _last.get(key) if type(key) is str else None
        # By identity: what is equal may be of another type, and mean something else.
        if not (
            cookie is not None
            and path is cookie.path
            and domain is cookie.domain
            and secure is cookie.secure
            and httponly is cookie.httponly
            and samesite is cookie.samesite
            and partitioned is cookie.partitioned
        ):
            options = (key, path, domain, secure, httponly, samesite, partitioned)
            cookie = _attributes_of(options)
        if type(value) is not str:
            value = grammar.check_text(value, "value")
        if quoting != "octal":
            value = quotings.quote(value, quoting)
        # Most values are identifiers, and this is a quicker look.
        elif not (_isalnum(value) and _isascii(value)) and not _is_cookie_octets(value):
            value = quotings.quote_octal(value)
        problem = cookie.problem
        if max_age is None and expires is None:
            header = f"{cookie.name}={value}{cookie.text}"
        elif (
            expires is None
            and not sync_expires
            and type(max_age) is int
            and _INT64_MIN <= max_age <= _INT64_MAX
        ):
            header = f"{cookie.name}={value}{cookie.before}; Max-Age={max_age}{cookie.after}"
        else:
            expiry, expiry_problem = lifetime(max_age, expires, sync_expires)
            header = f"{cookie.name}={value}{cookie.before}{expiry}{cookie.after}"
            problem = problem or expiry_problem
        if problem is None and not (max_size and len(header) > max_size):
            return header
    except (CookieError, TypeError) as error:
        from ._core import invalid

        raise invalid.named(error, key, max_size) from None
    from ._core import lint

    lint.warn(problem, cookie.name, value, header, max_size)
    return header


def delete_cookie(
    key: str,
    path: "str | None" = "/",
    domain: "str | None" = None,
    secure: bool = False,
    httponly: bool = False,
    samesite: "_types.SameSite" = None,
    partitioned: bool = False,
) -> str:
    """Return the Set-Cookie value that makes the user agent delete a cookie (layered 4.1.2).

    Path, domain and partition must be those that the cookie was set with. A name prefix
    requires its attributes here too. The header is the one that ``Response.delete_cookie``
    of Werkzeug and Flask sends.

    *key* may also be a foreign name, as `parse_cookie` returns them, so that you can remove
    what others left behind: anything without control characters (HTAB too, which some user
    agents hold), ``;``, ``=`` and blanks at its ends. Non-ASCII names are sent as UTF-8, in
    a native string. You can't delete a cookie whose name came in other octets than UTF-8,
    since `parse_cookie` returns the same text for both.

    Raises what `dump_cookie` raises, and warns as it does about a cookie that browsers drop
    or an attribute that they ignore. The text of the warning does not contain the name.

    >>> delete_cookie("sid")
    'sid=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/'
    """
    name = _foreign_name(key)
    options = (path, domain, secure, httponly, samesite, partitioned)
    try:
        cookie = attributes.CookieAttributes(name, *options)
    except (CookieError, TypeError) as error:
        from ._core import invalid

        raise invalid.named(error, key) from None
    header = cookie.deletion(name)
    if cookie.problem is not None:
        # Without the name, which may come from a request: `warnings` keeps each text for good.
        errors.warn(cookie.problem.warning(key, "A cookie deletion"))
    return header


# The attributes for the last options of `dump_cookie`, and the last ones of each name. Only
# options of these types are cached: they are equal only if they are the same.
_CACHE_LIMIT = 64
_CACHED_CHARACTERS = 512
_CACHED_TYPES = frozenset((str, bool, type(None)))
_cache: "dict[object, attributes.CookieAttributes]" = {}
_last: "dict[str, attributes.CookieAttributes]" = {}


def _attributes_of(options: "tuple[_types.Any, ...]") -> "attributes.CookieAttributes":
    """Return the attributes for the options of `dump_cookie`, from the cache if possible."""
    cacheable = _CACHED_TYPES.issuperset(map(type, options))
    cookie = _cache.get(options) if cacheable else None
    if cookie is None:
        cookie = attributes.CookieAttributes(cookie_name(options[0]), *options[1:])
        sizes = [len(option) for option in options if isinstance(option, str)]
        if not cacheable or sum(sizes) > _CACHED_CHARACTERS:
            return cookie
        if len(_cache) >= _CACHE_LIMIT:
            _cache.clear()
            _last.clear()
        _cache[options] = cookie
    _last[cookie.name] = cookie
    return cookie


def cookie_name(key: object) -> str:
    """cookie-name = token (layered 4.1.1; RFC 9110, 5.6.2)"""
    name = grammar.check_text(key, "key")
    if not name or not grammar.is_tchars(name):
        from ._core import invalid

        raise invalid.characters(name, "name")
    return name


def _foreign_name(key: object) -> str:
    """Return a cookie-name that a user agent can hold (layered 5.4.2), as a native string."""
    name = grammar.check_text(key, "key")
    octets = grammar.to_utf8(name, "name")
    if not name:
        return cookie_name(name)  # raises the error
    for at, octet in enumerate(octets):
        blank = octet in b" \t" and at in (0, len(octets) - 1)
        if blank or octet < 0x20 or octet in b"\x7f;=":
            from ._core import invalid

            raise invalid.foreign_name(name, len(octets[:at].decode()))
    return _platform.from_latin1(octets)


def lifetime(
    max_age: "_types.MaxAge", expires: "_types.Expires", sync_expires: bool
) -> "tuple[str, _types.Problem | None]":
    """Return the attributes Expires and Max-Age, and the problem with them."""
    seconds = None if max_age is None else _max_age_seconds(max_age)
    ready = False
    if isinstance(expires, str):
        ready, date = True, grammar.check_text(expires, "expires")
        if not grammar.is_av_octets(date):
            from ._core import invalid

            raise invalid.characters(date, "expires")
    elif expires is not None:
        date = dates.format_cookie_date(expires)
    elif seconds is None or not sync_expires:
        return "" if seconds is None else f"; Max-Age={seconds}", None
    else:
        moment = max(dates.FIRST_SECOND, min(_platform.now() + seconds, dates.LAST_SECOND))
        # A whole number stays one: a device's floats may have 32 bits.
        date = dates.format_cookie_date(int(moment // 1))
    if seconds is not None:
        # Max-Age has precedence (layered 4.1.2.2), so no Expires is a problem.
        return f"; Expires={date}; Max-Age={seconds}", None
    problem = None
    if ready or date[12:16] < "1601":
        from ._core import lint

        problem = lint.expires_problem(date, ready)
    return "; Expires=" + date, problem


_INT64_MIN = -(2**63)
_INT64_MAX = 2**63 - 1


def _max_age_seconds(max_age: "_types.MaxAge") -> int:
    if type(max_age) is int:
        seconds = max_age
    elif isinstance(max_age, _platform.timedelta):
        seconds = int(max_age.total_seconds())
    else:
        seconds = dates.whole_number(max_age, "max_age", "an integer or timedelta")
    if _INT64_MIN <= seconds <= _INT64_MAX:
        return seconds
    from ._core import invalid

    raise invalid.wrong_value(seconds, "max_age")


# --- Cookie, read ---------------------------------------------------------------


def parse_cookie(
    header: "_types.Header", *, quoting: "_types.Quoting" = "octal"
) -> dict[str, str]:
    r"""Return the cookies of a Cookie header (layered 4.2) as a dict of names and values.

    A drop-in for ``werkzeug.http.parse_cookie``, with a `dict`. Of cookies with the same
    name the first one wins. It usually has the longest path, but a server should not rely
    on that (layered 4.2.2, 5.4.5).

    *header* is a `str` (a native string, as in WSGI, or text), bytes-like (ASGI), an
    iterable of those (several header lines), a WSGI environ, an ASGI scope, or None. An empty
    mapping is an environ, and any other one is a TypeError. *quoting* determines how values
    that are not made of cookie-octets travel, as in `dump_cookie`.

    Never raises an exception and never warns, whatever a client sends, and takes linear
    time. Raises `CookieError` (part ``"quoting"``) and TypeError for wrong arguments.

    **Values are untrusted**, and may contain ``;``, CR, LF or NUL once unescaped: never put
    one into a header, a log or a page as it is.

    - The header is split at every ``;``, inside quotes too, and never at ``,``.
    - Blanks (SP and HTAB, but no other white space) are trimmed. Pairs without ``=`` and
      pairs with an empty name are left out.
    - Names are never unquoted or decoded. ``$Version`` is a name like any other.
    - Octets are read as UTF-8, and only then unescaped: an escape inside of a character's
      octets leaves two halves. In a value, an octet sequence that is not UTF-8 becomes
      U+FFFD. A name that is not UTF-8 is returned in latin-1. A `str` with characters past
      latin-1 is used as it is.

    >>> parse_cookie('sid=31d4; theme="dark\\054 wide"; sid=other')
    {'sid': '31d4', 'theme': 'dark, wide'}
    >>> parse_cookie([b"lang=en", b"name=M%C3%BCller"], quoting="percent")
    {'lang': 'en', 'name': 'Müller'}
    """
    if quoting != "octal" or type(header) is not str or not _can_split_at_once(header):
        pass
    elif '"' in header:
        regular = _read_quoted(header)
        if regular is not None:
            return regular
    else:
        # Nothing to decode and nothing to unquote: nearly every header.
        if ";" not in header:
            name, equals, value = header.partition("=")
            name = name.strip(_WSP)
            return {name: value.strip(_WSP)} if equals and name else {}
        pairs = header.split("; ")
        rest = _find_separators(pairs)
        if ";" not in rest and " " not in rest and "\t" not in rest:
            # As a user agent writes it (layered 4.2.1): nothing to trim either. If a pair
            # has no name or no "=", or a name comes twice, `_read_pairs` decides.
            cookies = {}
            for pair in pairs:
                name, equals, value = pair.partition("=")
                if equals:
                    cookies[name] = value
            if len(cookies) == len(pairs) and "" not in cookies:
                return cookies
    cookies = {}
    _read_pairs(header, quoting, cookies.setdefault)
    return cookies


def parse_cookie_pairs(
    header: "_types.Header", *, quoting: "_types.Quoting" = "octal"
) -> list[tuple[str, str]]:
    """Return all cookies of a Cookie header in their order, including duplicates.

    Otherwise as `parse_cookie`. A sibling host that plants its own cookie sends a second
    one of the same name, so a reader that can verify values tries each of them.

    >>> parse_cookie_pairs("sid=a; lang=en; sid=b")
    [('sid', 'a'), ('lang', 'en'), ('sid', 'b')]
    """
    pairs: list[tuple[str, str]] = []
    _read_pairs(header, quoting, lambda name, value: pairs.append((name, value)))
    return pairs


def _read_pairs(header: "_types.Header", quoting: str, add: "_types.Add") -> None:
    """Call *add* with name and value of each cookie-pair, in their order."""
    quotings.check_quoting(quoting)
    unquote = quotings.UNQUOTE[quoting]
    for line in wire.header_lines(header):
        text, native = wire.decode_line(line)
        for part in _platform.split_at_semicolons(text):
            name, equals, value = part.partition("=")
            name = name.strip(_WSP)
            if equals and name:
                value = value.strip(_WSP)
                if native:
                    name, value = wire.decode_name(name), wire.decode_value(value)
                add(name, unquote(value))
