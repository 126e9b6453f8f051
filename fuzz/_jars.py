"""The jar of the standard library, `http.cookiejar`, and the model that foretells it.

The model is a plain jar with switches (see `_difference`). Where one is off the rule is
ours: of a header that its parse reads as the text says, it takes what `CookieJar` itself
would store.

Steps are plain http and https URLs, one Set-Cookie header to a response. How URLs are
parsed is no question here, nor is time: it stands still.
"""

from __future__ import annotations

import contextlib
import http.cookiejar
import re
import sys
import time
import types
import urllib.parse
import urllib.request
import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple

from _difference import NOTHING, Class, On
from cookiecodec import default_path, parse_cookie_date, path_match
from cookiecodec._formats import urls
from cookiecodec._user_agent import judgement
from cookiecodec.limits import MAX_ATTRIBUTE_VALUE
from cookiecodec.set_cookie import domain_host, max_age_seconds

NOW = 1_750_000_000
TITLE = "http.cookiejar"
VERSION = f"Python {sys.version_info[0]}.{sys.version_info[1]}"

#: What the jar sends in each request, in turn.
Sent = list[str]


class Step(NamedTuple):
    """A request to *url*; with a *header*, the response to it instead."""

    url: str
    header: str | None = None


_is_plain_url = re.compile(
    r"https?://(?P<host>[a-z0-9.-]+)(?::[0-9]+)?(?:/[\w/.~%-]*)?", re.ASCII
).fullmatch


def is_plain(url: str) -> bool:
    """Whether nothing of *url* is a question of how URLs are parsed, but its path."""
    found = _is_plain_url(url)
    request = urls.read_url(url)
    return bool(found and request and request.host == found["host"])


# --- the peer ------------------------------------------------------------------------


class _Response:
    """As much of a response as the peer looks at."""

    def __init__(self, header: str) -> None:
        self.header = header

    def info(self) -> _Response:
        return self

    def get_all(self, name: str, default: list[str]) -> list[str]:
        return [self.header] if name == "Set-Cookie" else default


@contextlib.contextmanager
def standing_still() -> Iterator[None]:
    """Within, the peer's clock shows `NOW`, and what it catches of itself is no warning."""
    module: Any = http.cookiejar
    there = module.time
    module.time = types.SimpleNamespace(time=lambda: NOW, localtime=time.gmtime)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "http.cookiejar bug!")
            yield
    finally:
        module.time = there


def peer(steps: list[Step]) -> Sent:
    jar = http.cookiejar.CookieJar()
    sent = []
    for step in steps:
        request = urllib.request.Request(step.url)
        if step.header is None:
            jar.add_cookie_header(request)
            sent.append(str(request.get_header("Cookie", "")))
        else:
            jar.extract_cookies(_Response(step.header), request)  # type: ignore[arg-type]
    return sent


# --- the classes ---------------------------------------------------------------------

CLASSES = [
    Class(
        "host-only-to-subdomains",
        "ours",
        "A cookie without Domain goes to all subdomains, too (its policy's"
        " `DomainLiberal`). RFC 6265, 5.3, step 6 and 5.4: it is host-only. A host that was"
        " given to somebody else, or taken over, gets the session of the one above it.",
    ),
    Class(
        "negative-version",
        "ours",
        "With `Version=-1` the domain is not checked, since the checks ask for version 0, or"
        " for more: any site sets cookies for any other. RFC 6265 has no Version, and 5.3,"
        " step 6 refuses a domain that is not the host's.",
    ),
    Class(
        "deletes-unchecked",
        "ours",
        "A cookie that is expired deletes the one of its name, path and domain before the"
        " policy is asked, so that any site can delete the domain cookies of any other, and"
        " a refused header deletes, too (RFC 6265, 5.3: only after step 6).",
    ),
    Class(
        "domain-of-an-ip",
        "ours",
        "Of an IP address the end of the text is taken for a domain: 10.0.0.1 may set"
        " `Domain=0.0.1`, and every address that ends so gets it; and `Domain=` the address"
        " itself is another cookie than one without (RFC 6265, 5.1.3).",
    ),
    Class(
        "single-label-host",
        "ours",
        "A host without a dot is that name and `.local` behind it, as in RFC 2965, so that"
        " `Domain=local` is shared by all of them, or, in older Pythons, `Domain=localhost`"
        " refused. To us, and browsers, a single label is a public suffix, whose cookie is"
        " host-only (RFC 6265, 5.3, step 5).",
    ),
    Class(
        "domain-empty",
        "ours",
        "`Domain=` makes the cookie refused. RFC 6265, 5.2.3 and 5.3, step 6: it is as if it"
        " were not there.",
    ),
    Class(
        "dot-behind",
        "ours",
        "`com.`, with the dot behind it that makes a name absolute, passes for a domain with"
        " a dot inside, so that `Domain=com.` from example.com. goes to all sites of `com.`."
        " It is a public suffix (RFC 6265, 5.3, step 5).",
    ),
    Class(
        "repeated-attributes",
        "ours",
        "Of an attribute that comes twice the first counts (but of Max-Age the last); in"
        " browsers the last (RFC 6265, 5.3).",
    ),
    Class(
        "valueless-refused",
        "ours",
        "Path, Domain, Max-Age or Version without `=` makes the cookie refused; Max-Age even"
        " all cookies of the response, by a TypeError that is caught and warned of as"
        ' "http.cookiejar bug!". They are ignored, or empty (RFC 6265, 5.2).',
    ),
    Class(
        "max-age-by-int",
        "ours",
        "Max-Age is what Python's `int` reads: `+1`, `1_0` are numbers, and what is none, or"
        " is too large for a float, makes the cookie refused. RFC 6265, 5.2.2: ASCII digits"
        " with a minus, all else is ignored.",
    ),
    Class(
        "expires-otherwise",
        "ours",
        "Expires is read by the peer's own rules: two digits of a year are in the century"
        " that makes it nearest, so that `01-Jan-70`, by which many servers delete, is 2070;"
        " a zone must be a known one, a date before 1970 is none, and quotes are taken off; a"
        " month such as `Jxn` makes all cookies of the response refused, by a ValueError that"
        " is caught. RFC 6265, 5.1.1 has one rule for all dates. Cookies live on that the"
        " server has deleted.",
    ),
    Class(
        "secure-empty",
        "ours",
        "`Secure=` is read as false, so that the cookie goes over plain http. RFC 6265,"
        " 5.2.5: Secure, whatever its value.",
    ),
    Class(
        "secure-over-http",
        "ours",
        "Secure cookies are taken over plain http (layered 5.4.3: refused), so that"
        " somebody on the line can plant what https then gets.",
    ),
    Class(
        "secure-overlaid",
        "ours",
        "A Secure cookie is replaced, or joined by a second one of its name, over plain"
        ' http ("Leave Secure Cookies Alone", layered 5.4.3).',
    ),
    Class(
        "secure-to-localhost",
        "ours",
        "Secure cookies of localhost and 127.0.0.0/8 are not sent over http. Chromium and"
        " Firefox deem these secure.",
    ),
    Class(
        "prefixes",
        "ours",
        "`__Host-`, `__Secure-` and the like promise nothing: any subdomain, or plain http,"
        " sets them (layered 5.4.3; RFC 6265bis, 4.1.3).",
    ),
    Class(
        "samesite",
        "ours",
        "SameSite is unknown, so SameSite=None without Secure is kept, which layered 5.4.3"
        " refuses.",
    ),
    Class(
        "partitions",
        "ours",
        "Partitioned is unknown: kept without Secure, and the same cookie as one without it.",
    ),
    Class(
        "port",
        "ours",
        "Port, of RFC 2965, is obeyed: the cookie goes to no other port, or is refused. RFC"
        " 6265 has no such attribute (8.5: no isolation by port).",
    ),
    Class(
        "version",
        "ours",
        "Version, of RFC 2109, is obeyed: above 1, or no number, the cookie is refused, and"
        " with 1 the default-path keeps its slash. RFC 6265 has no such attribute.",
    ),
    Class(
        "nameless",
        "ours",
        "`=v` is refused, and `v` is a cookie with the name `v` and no value. Browsers keep"
        " both as nameless (layered 5.4.2), so that one replaces the other.",
    ),
    Class(
        "any-white-space",
        "ours",
        "All white space of latin-1 is trimmed, not SP and HTAB alone (RFC 6265, 5.2), so"
        " `<0xA0>__Host-sid` becomes `__Host-sid`, which is sent as such.",
    ),
    Class(
        "controls-kept",
        "ours",
        "A header with control characters is not refused (layered 5.4.2, step 1), and they"
        " are sent again: to a server behind a lenient proxy, another header.",
    ),
    Class(
        "tabs",
        "ours",
        "A tab in a name or value is sent, one in Path is escaped. Browsers refuse the one"
        " in Path, and Chromium all; we keep the others, and don't send them.",
    ),
    Class(
        "too-large",
        "ours",
        "Name and value of more than 4096 octets are kept (layered 5.4.2), and attributes of"
        " more than 1024 are not ignored.",
    ),
    Class(
        "path-relative",
        "ours",
        "A Path that does not start with `/` is kept, and matches nothing: the cookie is"
        " never sent. RFC 6265, 5.2.4: the default-path.",
    ),
    Class(
        "path-escaped",
        "ours",
        "Path is percent-encoded, as UTF-8, and its escapes put in capitals, before it is"
        " compared. RFC 6265, 5.1.4 compares octets.",
    ),
    Class(
        "url-path",
        "ours",
        "The request's path is taken with its `.` and `..` segments, which no HTTP client of"
        " the URL Standard sends, and with its escapes in capitals.",
    ),
    Class(
        "order",
        "ours",
        "Among paths of one length cookies go in the order of their domains' and paths'"
        " first, ever, in the jar; by RFC 6265, 5.4 in that of their creation. Servers that"
        " take the first of one name then take another one.",
    ),
    Class(
        "browsers-agree",
        "ours",
        "Chromium and Firefox come to one end, each by a rule of its own that the text does"
        " not have, and we with them: Chromium refuses a tab inside, Firefox a Partitioned"
        " without Secure, even one of more than 1024 octets.",
    ),
]
SWITCHES = [each.name for each in CLASSES]

#: What our refusals, by their codes, are there: no question.
_LENIENT = {
    "control-character": "controls-kept",
    "size": "too-large",
    "path-tab": "tabs",
    "secure-insecure": "secure-over-http",
    "samesite-none-insecure": "samesite",
    "partitioned-insecure": "partitions",
    "nameless-prefix": "prefixes",
    "prefix-secure": "prefixes",
    "prefix-host": "prefixes",
    "prefix-http": "prefixes",
    "prefix-host-http": "prefixes",
    judgement.BY_BOTH: "browsers-agree",
}
#: These, and what is expired, the parse below judges again.
_IN_PARSE = {
    "empty",
    "nameless-equals",
    "domain-invalid",
    "domain-mismatch",
    "domain-public-suffix",
    "expired",
}

# --- the model: one header -----------------------------------------------------------


class Cookie(NamedTuple):
    """A cookie of the model: *value* is None where the header has no ``=``.

    *checked* is false for a domain that its host may not use: only to delete by.
    """

    name: str
    value: str | None
    domain: str
    host_only: bool
    path: str
    secure: bool
    expiry: float | None
    partitioned: bool
    port: str | None = None
    unversioned: bool = False
    checked: bool = True


class Request(NamedTuple):
    """A URL, in our words and in the peer's."""

    url: str
    secure: bool
    host: str
    path: str
    port: str

    @property
    def is_https(self) -> bool:
        return self.url.startswith("https:")


def _request(url: str) -> Request:
    ours = urls.read_url(url)
    assert ours is not None
    port = urllib.parse.urlsplit(url).netloc.partition(":")[2]
    return Request(url, ours.secure, ours.host, ours.path, port=port or "80")


_Attribute = tuple[str, "str | None"]


class _Refused(Exception):  # noqa: N818 - it is no error
    """The cookie is not kept."""


def parse(header: str, request: Request, on: On) -> Cookie | None:
    """Read a header by the text, but for the classes *on*; None is none that is kept."""
    try:
        return _parse(header, request, on)
    except _Refused:
        return None


def _parse(header: str, request: Request, on: On) -> Cookie:
    pair, *pieces = header.split(";")
    name, value = _pair(pair, on)
    standard = _standard([_attribute(piece, on) for piece in pieces], on)
    version = _version(standard)
    domain, host_only, checked = _domain(standard.get("domain"), request, version, on)
    port = standard.get("port")
    if port is not None and port is not True:
        port = re.sub(r"\s+", "", port)
        checked = checked and _has_port(port, request.port)
    return Cookie(
        name=name,
        value=value,
        domain=domain,
        host_only=host_only,
        path=_path(standard.get("path"), request, version, on),
        secure=bool(standard.get("secure")),
        expiry=standard.get("expiry"),
        partitioned="partitioned" in standard,
        port=request.port if port is True else port,
        unversioned=version < 0,
        checked=checked and version < 2,
    )


def _trim(text: str, on: On) -> str:
    return text.strip() if "any-white-space" in on else text.strip(" \t")


def _pair(pair: str, on: On) -> tuple[str, str | None]:
    name, equals, value = pair.partition("=")
    name, value = _trim(name, on), _trim(value, on)
    if "nameless" in on:
        if not name:
            raise _Refused
        return name, value if equals else None
    if not equals:
        name, value = "", name
    if not name and (not value or "=" in value):
        raise _Refused
    return name, value


def _attribute(piece: str, on: On) -> _Attribute:
    name, equals, value = _trim(piece, on).partition("=")
    return _trim(name, on).lower(), _trim(value, on) if equals else None


def _standard(attributes: list[_Attribute], on: On) -> dict[str, Any]:
    """What the attributes mean; the lifetime is in ``expiry``."""
    standard: dict[str, Any] = {}
    aged = False
    for name, value in _that_count(attributes, on):
        if name in standard:
            continue
        if name == "secure":
            standard[name] = True if value is None or "secure-empty" not in on else value
        elif name == "partitioned":
            standard[name] = True
        elif name == "max-age":
            seconds = _seconds(value, on)
            aged = aged or seconds is not None
            standard["expiry"] = standard.get("expiry") if seconds is None else NOW + seconds
        elif name == "expires":
            moment = _moment(value, on)  # which may raise, whether it counts or not
            if moment is not None and not aged and "expiry-by-date" not in standard:
                standard["expiry"] = moment
                standard["expiry-by-date"] = True
        elif name in ("path", "domain"):
            if value is None and "valueless-refused" in on:
                raise _Refused
            standard[name] = value or ""
        elif name == "version" and on & {"version", "negative-version"}:
            standard[name] = _number_of_version(value, on)
        elif name == "port" and name in on:
            standard[name] = True if value is None else value
    _check_float(standard.get("expiry"))
    return standard


def _that_count(attributes: list[_Attribute], on: On) -> list[_Attribute]:
    if "too-large" not in on:
        attributes = [each for each in attributes if len(each[1] or "") <= MAX_ATTRIBUTE_VALUE]
    if "repeated-attributes" not in on:  # the last of each name
        attributes = list(dict(attributes).items())
    return attributes


def _check_float(expiry: float | None) -> None:
    """The peer makes a float of the lifetime, which raises for one past all of them."""
    try:
        float(expiry or 0)
    except OverflowError:
        raise _Refused from None


def _seconds(value: str | None, on: On) -> float | None:
    if value is None and "valueless-refused" in on:
        raise _Refused
    if "max-age-by-int" not in on or value is None:
        return max_age_seconds((value or "")[:MAX_ATTRIBUTE_VALUE])
    try:
        return int(value)
    except ValueError:
        raise _Refused from None


def _moment(value: str | None, on: On) -> float | None:
    if "expires-otherwise" not in on:
        moment = parse_cookie_date(value or "")
        return None if moment is None else moment.timestamp()
    try:
        unquoted = http.cookiejar.strip_quotes(value or "")  # type: ignore[attr-defined]
        seconds: float | None = http.cookiejar.http2time(unquoted)  # type: ignore[attr-defined]
    except ValueError:
        raise _Refused from None
    return seconds


def _number_of_version(value: str | None, on: On) -> int:
    """Of a Version attribute, as far as the classes *on* obey it."""
    if value is None:
        if "valueless-refused" in on:
            raise _Refused
        return 0
    try:
        number = int(http.cookiejar.strip_quotes(value))  # type: ignore[attr-defined]
    except ValueError:
        if "version" in on:
            raise _Refused from None
        return 0
    obeyed = "negative-version" if number < 0 else "version"
    return number if obeyed in on else 0


def _version(standard: dict[str, Any]) -> int:
    return int(standard.get("version", 0))


def _has_port(ports: str, port: str) -> bool:
    """Whether the request's port is in the list, and no wrong one is before it."""
    for each in ports.split(","):
        if not _is_int(each):
            return False
        if each == port:
            return True
    return False


def _is_int(text: str) -> bool:
    try:
        int(text)
    except ValueError:
        return False
    return True


# --- Domain ---------------------------------------------------------------------------


def _takes_a_single_label() -> bool:
    """Newer Pythons take `Domain=localhost` from localhost, if only to send it elsewhere."""
    jar = http.cookiejar.CookieJar()
    request = urllib.request.Request("http://localhost/")
    jar.extract_cookies(_Response("a=b; Domain=localhost"), request)  # type: ignore[arg-type]
    return len(jar) == 1


_TAKES_A_SINGLE_LABEL = _takes_a_single_label()


def _effective(host: str) -> str:
    """The effective request-host of RFC 2965."""
    return host if "." in host else host + ".local"


def _domain(
    value: str | None, request: Request, version: int, on: On
) -> tuple[str, bool, bool]:
    """The domain without its dot, host-only, and whether this host may use it."""
    host = request.host
    if value is None:
        return (_effective(host) if "single-label-host" in on else host), True, True
    # As the peer sees it; "." alone is what it makes of an empty one.
    domain = value.lower()
    domain = domain[1:] if domain.startswith(".") else domain
    unchecked = version < 0 and _embedded(domain, host)
    if unchecked or _class_of_domain(value, host) in on:
        return domain, False, unchecked or _may_use(host, domain)
    return _our_domain(value, host)


def _our_domain(value: str, host: str) -> tuple[str, bool, bool]:
    """By the text (layered 5.4.3); a single label is a public suffix."""
    domain = domain_host(value) if value else host
    if domain is None:
        return value, False, False
    if not value or (domain == host and ("." not in host or urls.is_ip_address(host))):
        return host, True, True
    public = "." not in domain.rstrip(".")
    return domain, False, not public and urls.host_matches(host, domain)


def _embedded(domain: str, host: str) -> bool:
    if _TAKES_A_SINGLE_LABEL:
        return "." in domain or _effective(host).endswith(".local")
    return "." in domain or domain == "local"


def _may_use(host: str, domain: str) -> bool:
    """The peer's policy on a domain, for version 0."""
    effective = _effective(host)
    if not _embedded(domain, host):
        return False
    if _TAKES_A_SINGLE_LABEL and effective.endswith(domain + ".local"):
        return True
    return ("." + effective).endswith("." + domain)


def _class_of_domain(value: str, host: str) -> str:
    """The one class that this Domain of this host can belong to, or ""."""
    if not value:
        return "domain-empty"
    if urls.is_ip_address(host):
        return "domain-of-an-ip"
    if "." not in host or host.endswith(".local"):
        return "single-label-host"
    return "dot-behind" if host.endswith(".") else ""


# --- Path -----------------------------------------------------------------------------


def _escaped(path: str) -> str:
    escaped: str = http.cookiejar.escape_path(path)  # type: ignore[attr-defined]
    return escaped


def _path(value: str | None, request: Request, version: int, on: On) -> str:
    if value and (value.startswith("/") or "path-relative" in on):
        return _escaped(value) if "path-escaped" in on else value
    path = _request_path(request, on)
    if version:
        return path[: path.rfind("/") + 1]
    return default_path(path)


def _request_path(request: Request, on: On) -> str:
    if "url-path" in on:
        return _escaped(urllib.parse.urlsplit(request.url).path) or "/"
    return request.path


# --- the model: the jar ----------------------------------------------------------------

_Key = tuple[str, str, str, bool]


class _Jar:
    """Cookies by domain, path and name, in that order of dicts or, by ours, in none."""

    def __init__(self, on: On) -> None:
        self.on = on
        self.cookies: dict[object, dict[object, dict[_Key, Cookie]]] = {}

    def shelf(self, cookie: Cookie) -> dict[_Key, Cookie]:
        domain, path, _, _ = self.key(cookie)
        if "order" not in self.on:
            domain = path = ""
        return self.cookies.setdefault(domain, {}).setdefault(path, {})

    def key(self, cookie: Cookie) -> _Key:
        domain = cookie.domain if cookie.host_only else "." + cookie.domain
        partitioned = cookie.partitioned and "partitions" not in self.on
        return domain, cookie.path, cookie.name, partitioned

    def __iter__(self) -> Iterator[Cookie]:
        for paths in self.cookies.values():
            for shelf in paths.values():
                yield from shelf.values()

    def receive(self, header: str, request: Request) -> None:
        cookie = self.read(header, request)
        if cookie is None:
            return
        expired = cookie.expiry is not None and cookie.expiry <= NOW
        if not cookie.checked and not (expired and "deletes-unchecked" in self.on):
            return
        if self.overlays(cookie, request):
            return
        if not expired:
            self.shelf(cookie)[self.key(cookie)] = cookie
        elif self.key(cookie) in list(map(self.key, self)):
            del self.shelf(cookie)[self.key(cookie)]

    def read(self, header: str, request: Request) -> Cookie | None:
        """By the text and the classes on; what these leave alone is as ours."""
        case = judgement.Case(header, urls.read_url(request.url), NOW)
        judged = judgement.judge(case)
        for code in judged.codes:
            if code not in _IN_PARSE and _LENIENT[code] not in self.on:
                return None
        by_text, cookie = parse(header, request, NOTHING), parse(header, request, self.on)
        ours = judged.stored
        if "browsers-agree" in self.on or ours is None:
            return cookie
        mine = Cookie(
            ours.name,
            ours.value,
            ours.domain,
            ours.host_only,
            ours.path,
            ours.secure,
            ours.expiry_time,
            ours.partitioned,
        )
        if by_text is None or cookie is None:
            return mine if cookie == by_text else cookie
        fields = zip(Cookie._fields, by_text, cookie)
        changed: dict[str, Any] = {name: its for name, text, its in fields if its != text}
        return mine._replace(**changed)

    def overlays(self, cookie: Cookie, request: Request) -> bool:
        """Leave Secure Cookies Alone (layered 5.4.3)."""
        if request.secure or "secure-overlaid" in self.on:
            return False
        return any(
            there.secure
            and there.name == cookie.name
            and _are_related(cookie.domain, there.domain)
            and path_match(cookie.path, there.path)
            for there in self
        )

    def cookie_header(self, request: Request) -> str:
        found = [cookie for cookie in self if self.goes_with(cookie, request)]
        found.sort(key=lambda cookie: -len(cookie.path))
        return "; ".join([_sent(cookie) for cookie in found])

    def goes_with(self, cookie: Cookie, request: Request) -> bool:
        secure = request.is_https if "secure-to-localhost" in self.on else request.secure
        if cookie.secure and not secure:
            return False
        if "tabs" not in self.on and "\t" in cookie.name + (cookie.value or ""):
            return False
        if cookie.port and request.port not in cookie.port.split(","):
            return False
        path = _request_path(request, self.on)
        return self.is_for(cookie, request.host) and path_match(path, cookie.path)

    def is_for(self, cookie: Cookie, host: str) -> bool:
        hosts = [_effective(host) if "single-label-host" in self.on else host]
        hosts += [host] if cookie.unversioned else []
        if cookie.host_only and "host-only-to-subdomains" not in self.on:
            return cookie.domain in hosts
        if "domain-of-an-ip" in self.on:
            return any(("." + each).endswith("." + cookie.domain) for each in hosts)
        return any(urls.host_matches(each, cookie.domain) for each in hosts)


def _are_related(one: str, other: str) -> bool:
    """Whether one of the domains is the other, or under it."""
    return urls.host_matches(one, other) or urls.host_matches(other, one)


def _sent(cookie: Cookie) -> str:
    if cookie.value is None:
        return cookie.name
    return f"{cookie.name}={cookie.value}" if cookie.name else cookie.value


def model(steps: list[Step], on: On) -> Sent:
    """What the peer's jar sends if it differs from ours in the classes *on*."""
    jar = _Jar(on)
    sent = []
    for step in steps:
        request = _request(step.url)
        if step.header is None:
            sent.append(jar.cookie_header(request))
        else:
            jar.receive(step.header, request)
    return sent
