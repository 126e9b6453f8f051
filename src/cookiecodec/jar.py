"""A user agent's cookie store (layered 5.1 to 5.5), with its files.

Sections of "layered" are those of draft-ietf-httpbis-layered-cookies. Theory of operation:
cookies are in one dict per host, so that a request looks at its own host and the domains
above it only. A second dict has all of them in the order of their last access, for eviction,
and a third has the same for each site. A heap has the expiry-times, so expired cookies are
found without a search. One lock guards them. The caller's functions, the clock and the list
of public suffixes, are called without it. What a file holds passes the same checks as what a
response says.
"""

from __future__ import annotations

import heapq
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any, Literal, NamedTuple, Union

from . import errors, matching
from ._core.attributes import split_pair
from ._core.prefixes import name_prefix
from ._formats import urls
from ._formats.urls import Request
from ._user_agent import loading, storing
from ._user_agent.files import Contents, Problem, browser_json, cookies_txt, disk, jar_json
from ._user_agent.judgement import Case, Judgement, Seen, find_deletions, judge
from ._user_agent.quirks import BROWSERS
from ._user_agent.storing import PublicSuffix, StoredCookie
from ._user_agent.verdict import Verdict, verdict_on
from .limits import MAX_COOKIE_HEADER
from .set_cookie import Octets, SetCookie, native_string

__all__ = ["CookieJar", "StoredCookie"]

_EVICTED = "the jar is full of cookies that have precedence: evicted"
_Path = Union[str, os.PathLike[str]]
_Format = Union[Literal["cookies.txt", "json", "storage_state", "list", "har"], None]

# What identifies a cookie within a host (layered 5.4.3; Partitioned as in browsers): name,
# path, host-only, partitioned.
_Key = tuple[str, str, bool, bool]

# The limits of Chromium. If a site has more cookies than that, it loses a sixth of the limit
# beyond the excess, as in both browsers: of 181 cookies, 31 go and 150 stay.
_MAX_PER_HOST = 180
_MAX_TOTAL = 3300
_EXTRA = 6

# Octets of name and value of a site's partitioned cookies. In Chromium, that is the limit, by
# which the oldest ones go. Firefox evicts down to it, but not before a fifth more.
_MAX_PARTITIONED = 10240
_MAX_PARTITIONED_IN_FIREFOX = 12288

# One lock for all jars, so that a fork waits until no thread changes any of them, and its
# child has it free. Without forks, on Windows, `dict` ignores these functions.
_lock = threading.RLock()
getattr(os, "register_at_fork", dict)(
    before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release
)

# Seconds after an access in which both browsers note no other one.
_ACCESS_NOTED = 60

# The cookies that a request gets, by how close it is to the cookie's site (layered 5.4.5).
_SAME_SITE = {
    "strict": ("Strict", "Lax", None, "None"),
    "lax": ("Lax", None, "None"),
    "unset": (None, "None"),
    "none": ("None",),
}


class _Entry:
    """A cookie in its place. The number of its creation orders those of the same second.

    Its group is its site, and whether it is partitioned: these are counted apart.
    """

    __slots__ = ("accessed", "cookie", "created", "group", "key")

    def __init__(self, cookie: StoredCookie, created: int, site: str) -> None:
        self.cookie = cookie
        self.key = _key(cookie)
        self.created = created
        self.accessed = cookie.last_access_time
        self.group = site, cookie.partitioned


class _Expiry(NamedTuple):
    """When a cookie expires, in the heap. The number tells two of one time apart."""

    time: float
    number: int
    entry: _Entry


def _key(cookie: StoredCookie) -> _Key:
    return cookie.name, cookie.path, cookie.host_only, cookie.partitioned


class CookieJar:
    """The cookies of a user agent: responses set them, requests get them.

    - *is_public_suffix*: a function that tells whether sites of many owners share a domain,
      given in lower case and A-labels, such as the method of a public suffix list. Without
      it, a single label is a public suffix, which is the list's default rule.
    - *clock*: a function that returns the Unix time.
    - *max_per_host*, *max_total*: how many cookies are kept, 0 or more, of the hosts of one
      registrable domain, and in all (layered 5.1.1; the defaults are Chromium's). Excess
      cookies are evicted (layered 5.2), the least recently used ones first. A registrable
      domain loses a sixth of its limit more, and cookies without Secure before others, as in
      browsers. A full jar evicts cookies of the sites that have most of them.

    Partitioned cookies are counted apart, and name and value of those of one registrable
    domain have at most 10,240 octets together.

    Threads may share a jar, and a process that forks has one of its own in the child. It
    can't be copied or pickled: use `to_json` and `from_json`. As any container, an empty one
    is false. ``problems`` lists what a file held and its jar did not take, each with ``line``,
    ``reason``, ``code`` and ``name``.

    >>> jar = CookieJar()
    >>> jar.receive("sid=31d4; Secure; HttpOnly", "https://example.com/login").accepted
    True
    >>> jar.cookie_header("https://example.com/"), jar.cookie_header("http://example.com/")
    ('sid=31d4', '')
    """

    def __init__(
        self,
        *,
        is_public_suffix: PublicSuffix = None,
        clock: Callable[[], float] = time.time,
        max_per_host: int = _MAX_PER_HOST,
        max_total: int = _MAX_TOTAL,
    ) -> None:
        if max_per_host < 0 or max_total < 0:
            raise ValueError("max_per_host and max_total must not be negative")
        self._is_public_suffix = is_public_suffix
        self._clock = clock
        self._max_per_host = max_per_host
        self._max_total = max_total
        self._lock = _lock
        self.problems: list[Problem] = []
        self.clear()

    @property
    def is_public_suffix(self) -> PublicSuffix:
        """The function that the jar was made with, or None."""
        return self._is_public_suffix

    def clear(self, host: str | None = None) -> None:
        """Remove all cookies, or those of *host* alone, not of hosts above or below it.

        Raises ValueError if *host* is not a valid host name.
        """
        if host is not None:
            domain = urls.canonical_host(host)
            if domain is None:
                raise ValueError(f"host must be a host name, without scheme and port: {host!a}")
            self._remove_all(lambda cookie: cookie.domain == domain)
            return
        with self._lock:
            self._hosts: dict[str, dict[_Key, _Entry]] = {}
            # In the order of last access. A dict, since it deletes in constant time.
            self._recent: dict[_Entry, None] = {}
            self._groups: dict[tuple[str, bool], dict[_Entry, None]] = {}
            self._count = 0
            # Expiry-time, number and cookie. What is gone or replaced stays for a while.
            self._expiries: list[_Expiry] = []
            self._secure: dict[str, set[_Entry]] = {}

    def __len__(self) -> int:
        now = self._clock()
        with self._lock:
            self._remove_expired(now)
            return len(self._recent)

    def __iter__(self) -> Iterator[StoredCookie]:
        """Iterate over the cookies that are not expired, in the order of their creation."""
        now = self._clock()
        with self._lock:
            self._remove_expired(now)
            entries = sorted(self._recent, key=attrgetter("created"))
            return iter(
                [entry.cookie._replace(last_access_time=entry.accessed) for entry in entries]
            )

    def __getstate__(self) -> object:
        """Refuse `copy` and `pickle`, which would share what the lock guards."""
        raise TypeError("a CookieJar can't be copied or pickled: use to_json and from_json")

    def __repr__(self) -> str:
        return f"<CookieJar of {len(self)} cookies>"

    def receive(
        self, header: str | Octets, url: str, *, http_api: bool = True, cross_site: bool = False
    ) -> Verdict:
        """Process one Set-Cookie *header* of the response from *url* (layered 5.4.1).

        *header* is what `parse_set_cookie` takes, *url* the absolute address of the
        request. *http_api* is false for what a script sets. *cross_site* is true for the
        response to a request that another site made.

        The `Verdict` says whether the cookie is kept, and why not. A header that deletes a
        cookie is carried out, and not ``accepted``. Raises TypeError for arguments of the
        wrong type, and nothing else.
        """
        text, request = native_string(header), urls.read_url(url)
        case = Case(text, request, self._clock(), http_api, cross_site, self._is_public_suffix)
        judged = judge(case)
        if judged.stored is not None and request is not None:
            site = self._site(request.host)
            deletions = find_deletions(case, judged) if judged.codes else []
            with self._lock:
                seen = self._differences(deletions, case) if deletions else {}
                codes = self._admit(judged.stored, site, judged.codes, case, seen)
            judged = Judgement(judged.cookie, judged.stored, codes, seen)
        return verdict_on(case, judged)

    def cookie_header(
        self, url: str, *, http_api: bool = True, same_site: str = "strict"
    ) -> str:
        """Return the Cookie header of a request to *url*, as a native string (``""``: none).

        *http_api* is false for what a script may read. *same_site* tells how close the
        request is (layered 5.4.5): ``"strict"`` from the same site or from the user,
        ``"lax"`` for a navigation from another site, ``"unset"`` for a request that still
        gets cookies without SameSite, ``"none"`` for any other request from another site.
        Raises ValueError for another word.

        The longest path comes first, then the oldest cookie. A cookie that contains a tab,
        which Firefox keeps and Chromium refuses, is kept and not sent: no control character
        is ever written.
        """
        if same_site not in _SAME_SITE:
            raise ValueError("same_site must be 'strict', 'lax', 'unset' or 'none'")
        request = urls.read_url(url)
        if request is None:
            return ""
        allowed = _SAME_SITE[same_site]
        now, hosts = self._clock(), self._related_hosts(request.host)
        with self._lock:
            self._remove_expired(now)
            found = self._retrieve(request, hosts, http_api, allowed)
            for entry in sorted(found, key=attrgetter("created")):
                self._touch(entry, now)
        return "; ".join(
            [
                f"{cookie.name}={cookie.value}" if cookie.name else cookie.value
                for cookie in [entry.cookie for entry in found]
            ]
        )

    # --- editing ---------------------------------------------------------------------

    def __contains__(self, item: object) -> bool:
        """Whether the jar has a cookie of this name, or this very `StoredCookie`."""
        return any(item in (cookie.name, cookie) for cookie in self)

    def find(self, name: str | None = None, *, url: str | None = None) -> list[StoredCookie]:
        """Return the cookies of this *name*; with *url*, those that a request there gets.

        With *url* the order is that of the Cookie header, else that of creation. To look is
        not an access: the times stay.
        """
        if url is None:
            return [cookie for cookie in self if name in (None, cookie.name)]
        request = urls.read_url(url)
        if request is None:
            return []
        now, hosts = self._clock(), self._related_hosts(request.host)
        with self._lock:
            self._remove_expired(now)
            found = self._retrieve(request, hosts, True, _SAME_SITE["strict"])
            cookies = [each.cookie._replace(last_access_time=each.accessed) for each in found]
        return [cookie for cookie in cookies if name in (None, cookie.name)]

    def set(self, name: str, value: str, url: str, **attributes: Any) -> Verdict:
        """Store a cookie as if a response from *url* had set it (layered 5.4.3).

        *name* and *value* are native strings or octets, as in `receive`. *attributes* are the
        other fields of `SetCookie`; *path* is ``"/"`` by default, None is the default-path.
        Raises `errors.CookieError` for what no header can express.

        >>> jar = CookieJar()
        >>> jar.set("sid", "31d4", "https://example.com/", max_age=60).accepted
        True
        >>> [cookie.value for cookie in jar.find("sid", url="https://example.com/docs")]
        ['31d4']
        """
        fields = {"path": "/", **attributes}
        cookie = SetCookie(native_string(name), native_string(value), **fields)
        return self.receive(cookie.to_header(), url)

    def add_cookie_header(self, header: str | Octets, url: str) -> list[Verdict]:
        """Store the cookies of a Cookie *header*, such as one that "Copy as cURL" gives.

        It has names and values only. The cookies are session cookies of the host of *url* with
        the path ``"/"``, and Secure unless *url* is plain http. Errors are those of `set`.

        >>> jar = CookieJar()
        >>> verdicts = jar.add_cookie_header("Cookie: a=1; b=2", "https://example.com/")
        >>> jar.cookie_header("https://example.com/")
        'a=1; b=2'
        """
        text = native_string(header).strip()
        text = text[len("cookie:") :] if text[:7].lower() == "cookie:" else text
        request, verdicts = urls.read_url(url), []
        for name, value in [split_pair(pair) for pair in text.split(";") if pair.strip()]:
            prefix = name_prefix(name)  # it may require HttpOnly
            flags = {"httponly": prefix is not None and prefix.httponly}
            flags["secure"] = request is not None and request.secure
            verdicts.append(self.set(name, value, url, **flags))
        return verdicts

    def add(self, cookie: StoredCookie) -> Verdict:
        """Store a cookie that its own host might have set over https.

        It keeps its times, within limits. An expired one deletes, as in `receive`. Raises
        `errors.CookieError` for what no header can express.
        """
        case, judged = loading.judge_stored(cookie, self._clock(), self._is_public_suffix)
        site = self._site(cookie.domain)
        seen: Seen = {}
        with self._lock:
            codes = self._admit(judged.stored or cookie, site, judged.codes, case, seen)
        return verdict_on(case, judged._replace(codes=codes, seen=seen))

    def update(self, cookies: Iterable[StoredCookie]) -> None:
        """Add the cookies of another jar, or others, in the order of their creation.

        They replace those of the same name, host and path. Those that `add` would refuse, or
        that are over a limit, are left out, with one `CookieRejectedWarning`.
        """
        added = list(cookies)
        if not all(isinstance(cookie, StoredCookie) for cookie in added):
            raise TypeError("cookies must be StoredCookie objects. Use set for name and value.")
        typed = isinstance(cookies, CookieJar)
        self._take(Contents(added, [0] * len(added), []), typed=typed)

    def remove(self, cookie: StoredCookie) -> bool:
        """Remove the cookie of this name, host and path. Return whether it was there."""
        with self._lock:
            entry = self._hosts.get(cookie.domain, {}).get(_key(cookie))
            if entry is not None:
                self._remove(entry)
        return entry is not None

    def clear_session_cookies(self) -> None:
        """Remove all cookies without an expiry-time: the session is over (layered 5.1.2)."""
        self._remove_all(lambda cookie: cookie.expiry_time is None)

    def _remove_all(self, condition: Callable[[StoredCookie], bool]) -> None:
        with self._lock:
            for entry in [entry for entry in self._recent if condition(entry.cookie)]:
                self._remove(entry)

    # --- files -----------------------------------------------------------------------

    @classmethod
    def load(
        cls, path: _Path, *, format: _Format = None, strict: bool = False, **options: Any
    ) -> CookieJar:
        """Return a jar of the file at *path*, in any format of `save`, or in ``"har"``.

        The format is recognised, unless *format* is given. The rest is as in
        `from_cookies_txt`. Raises OSError if the file can't be read.
        """
        text = disk.read_text(path)
        found = "list" if disk.kind_of(text) == "JSON" else "cookies.txt"
        return cls._read(text, disk.check_format(format or found, "har"), strict, options)

    def save(self, path: _Path, *, format: _Format = None) -> None:
        """Write all cookies to *path*, including session cookies.

        *format* is ``"cookies.txt"``, ``"json"`` (that of `to_json`), ``"storage_state"``
        (Playwright's), or ``"list"`` (as its ``add_cookies`` and the DevTools Protocol take
        it). Without it, the suffix tells: ``.txt`` or ``.json``.

        The file has mode 0600. It is written beside *path*, flushed, and renamed, so that
        the old file is whole if that fails, which raises OSError. What a format can't hold is
        left out, with one `CookieIgnoredWarning`.
        """
        by_suffix = {".txt": "cookies.txt", ".json": "json"}
        suffix = os.path.splitext(path)[1].lower()
        name = disk.check_format(format or by_suffix.get(suffix, ""))
        if name == "json":
            text = self.to_json()
        elif name == "cookies.txt":
            text = self.to_cookies_txt()
        else:
            text, left_out = browser_json.dump_list(self, self._is_public_suffix)
            _warn_of_left_out(left_out)
            text = text if name == "list" else '{"cookies": %s, "origins": []}' % text
        disk.write_file(path, text)

    def to_json(self) -> str:
        """Return the jar's cookies in JSON, in ASCII, including session cookies.

        >>> jar = CookieJar()
        >>> verdict = jar.receive("sid=31d4; Path=/", "https://example.com/")
        >>> [cookie.name for cookie in CookieJar.from_json(jar.to_json())]
        ['sid']
        """
        return jar_json.dump_json(self)

    @classmethod
    def from_json(cls, text: str, *, strict: bool = False, **options: Any) -> CookieJar:
        """Return a jar of what `to_json` wrote. The options are those of `CookieJar`.

        Each cookie passes the checks for a cookie from the network, set by its own host over
        https. Those that do not pass, or are over a limit, are left out, with one
        `CookieRejectedWarning`. Raises `errors.CookieError` with the line if *text* is not
        such a file.
        """
        return cls._read(text, "json", strict, options)

    def to_cookies_txt(self) -> str:
        """Return the jar's cookies as a Netscape cookies.txt, for curl, wget and yt-dlp.

        Save it as UTF-8. It has no field for SameSite and Partitioned: comments hold them,
        which `from_cookies_txt` reads. A cookie with a tab, or with octets that are not
        UTF-8, is left out, with one `CookieIgnoredWarning`.
        """
        text, left_out = cookies_txt.dump_cookies_txt(self)
        _warn_of_left_out(left_out)
        return text

    @classmethod
    def from_cookies_txt(cls, text: str, *, strict: bool = False, **options: Any) -> CookieJar:
        """Return a jar of a Netscape cookies.txt, read as UTF-8.

        The options are those of `CookieJar`, the checks those of `from_json`. A cookie is
        host-only if the second field of its line is FALSE. Lines that can't be read are left
        out too. ``problems`` lists them by line, and what has expired. With *strict*, the
        first one that has not merely expired raises `errors.CookieError`, as a file of
        another kind always does.

        >>> text = ".example.com\\tTRUE\\t/\\tTRUE\\t0\\tsid\\t31d4\\n"
        >>> CookieJar.from_cookies_txt(text).cookie_header("https://www.example.com/")
        'sid=31d4'
        """
        return cls._read(text, "cookies.txt", strict, options)

    @classmethod
    def _read(cls, text: str, file: str, strict: bool, options: Any) -> CookieJar:
        filled = cls(**options)
        if file == "json":
            contents = jar_json.load_json(text)
        elif file == "cookies.txt":
            contents = cookies_txt.load_cookies_txt(text, filled._clock())
        else:
            contents = browser_json.load_browser_json(text, filled._clock())
        filled.problems = filled._take(contents, file, strict)
        return filled

    def _take(
        self, contents: Contents, file: str = "", strict: bool = False, typed: bool = True
    ) -> list[Problem]:
        """Store cookies as far as responses might have set them, and return the problems.

        In the order of creation, and then, as far as that matters, of last access.
        """
        now = self._clock()
        cookies, lines, problems = loading.check(contents, now, self._is_public_suffix, typed)
        sites = {domain: self._site(domain) for domain in {cookie.domain for cookie in cookies}}
        with self._lock:
            self._remove_expired(now)
            placed = [self._place(cookie, sites[cookie.domain], now) for cookie in cookies]
            before = list(self._recent)
            if any(cookie.last_access_time != now for cookie in cookies):
                self._recent = _by_access(self._recent)
                self._groups = {group: _by_access(each) for group, each in self._groups.items()}
            for group in list(self._groups):
                self._remove_excess(group)
            self._remove_global_excess()
            if len(self._recent) < len(before):
                known = dict(zip(placed, lines))
                problems += [
                    Problem(known.get(entry, 0), _EVICTED, "evicted", entry.cookie.name)
                    for entry in before
                    if entry not in self._recent
                ]
        problems.sort()
        grave = [problem for problem in problems if problem.code != "expired"]
        if grave:
            line, reason, code, name = grave[0]
            first = f"{file}, line {line}: {reason}" if line else reason
            if strict:
                raise errors.CookieError(first)
            message = (
                f"Cookies are left out ({len(grave)}), or not kept as they are there. The first"
                f" is {first}. The jar's `problems` lists those of a file."
            )
            errors.warn(errors.CookieRejectedWarning(message, name, code))
        return problems

    # --- the store ------------------------------------------------------------------

    def _site(self, host: str) -> str:
        """Return the registrable domain of *host*. Without the lock, as the next one."""
        return storing.site_hosts(host, self._is_public_suffix)[-1]

    def _retrieve(
        self,
        request: Request,
        hosts: Sequence[str],
        http_api: bool,
        allowed: tuple[str | None, ...],
    ) -> list[_Entry]:
        """Return the cookies of *hosts* that go with a request, in order (layered 5.4.5)."""
        found = [
            entry
            for host in hosts
            for entry in self._hosts.get(host, {}).values()
            if (host == request.host or not entry.cookie.host_only)
            and _goes_with(entry.cookie, request, http_api, allowed)
        ]
        return sorted(found, key=_by_path_and_creation)

    def _related_hosts(self, host: str) -> Sequence[str]:
        """Return *host* and the hosts of its site above it, if any of these has cookies.

        Without the lock, since it may call a function of the caller.
        """
        above = host
        while above := above.partition(".")[2]:
            if above in self._hosts:
                return storing.site_hosts(host, self._is_public_suffix)
        return [host]

    def _admit(
        self, cookie: StoredCookie, site: str, codes: list[str], case: Case, seen: Seen
    ) -> list[str]:
        """Do the last steps of Store a Cookie (layered 5.4.3), which concern other cookies.

        *codes* are the causes so far to refuse it. Returns those for which it is not kept.
        """
        self._remove_expired(case.now)
        secure = case.request is not None and case.request.secure
        refused = [code for code in codes if code != "expired"]
        if len(cookie.path) > MAX_COOKIE_HEADER:  # servers refuse a request for it
            refused.append("path-too-long")
        overlaid = [] if secure else self._overlaid_secure(cookie, site)
        if overlaid:
            if not codes and not any(_firefox_protects(each, cookie) for each in overlaid):
                seen["secure-overlay"] = {"chromium": False, "firefox": True}
            refused.append("secure-overlay")
        if not case.http_api and self._overlays_httponly(cookie):
            refused.append("httponly-overlay")
        if refused:
            return refused + [code for code in codes if code == "expired"]
        entry = self._place(cookie, site, case.now)
        if entry is None:
            return ["expired"]
        # Garbage Collect Cookies (layered 5.4.4). Expired ones are gone already.
        full = cookie.partitioned or len(self._groups[entry.group]) > self._max_per_host
        if full and self._remove_excess(entry.group):
            seen["eviction-differs"] = dict.fromkeys(BROWSERS, entry in self._recent)
        self._remove_global_excess()
        return [] if entry in self._recent else ["evicted"]

    def _differences(self, deletions: list[StoredCookie | None], case: Case) -> Seen:
        """Return what only one browser does: the deletion of a cookie that is there."""
        there: list[_Entry | None] = []
        for cookie in deletions:
            entry = self._hosts.get(cookie.domain, {}).get(_key(cookie)) if cookie else None
            there.append(entry if entry and case.may_replace(entry.cookie) else None)
        if len(set(there)) < 2:
            return {}
        return {"deletion-differs": dict(zip(BROWSERS, [entry is None for entry in there]))}

    def _place(self, cookie: StoredCookie, site: str, now: float) -> _Entry | None:
        """Store a cookie. If it is there, take its place and its creation-time."""
        entry = _Entry(cookie, self._count, site)
        old = self._hosts.get(cookie.domain, {}).get(entry.key)
        if old is not None:
            # The text (5.4.3) drops a cookie if only its value is new. No browser does.
            entry.created = old.created
            entry.cookie = cookie._replace(creation_time=old.cookie.creation_time)
            self._remove(old)
        if storing.is_expired(cookie.expiry_time, now):
            return None
        self._count += 1
        self._hosts.setdefault(cookie.domain, {})[entry.key] = entry
        self._recent[entry] = None
        self._groups.setdefault(entry.group, {})[entry] = None
        if cookie.secure:
            self._secure.setdefault(cookie.name, set()).add(entry)
        if cookie.expiry_time is not None:
            expiry = _Expiry(cookie.expiry_time, self._count, entry)
            heapq.heappush(self._expiries, expiry)
            self._tidy_expiries()
        return entry

    def _tidy_expiries(self) -> None:
        """Remove the expiry-times of cookies that are gone, once they are the majority."""
        if len(self._expiries) > 2 * len(self._recent) + 64:
            self._expiries = [each for each in self._expiries if each.entry in self._recent]
            heapq.heapify(self._expiries)

    def _overlays_httponly(self, cookie: StoredCookie) -> bool:
        entry = self._hosts.get(cookie.domain, {}).get(_key(cookie))
        return entry is not None and entry.cookie.httponly

    def _overlaid_secure(self, cookie: StoredCookie, site: str) -> list[StoredCookie]:
        """Leave Secure Cookies Alone: return those of this name, on a host above or below.

        Partitioned ones do not count (the browsers' rule).
        """
        return [
            entry.cookie
            for entry in self._secure.get(cookie.name, ())
            if entry.group == (site, False)
            and (
                urls.host_matches(cookie.domain, entry.cookie.domain)
                or urls.host_matches(entry.cookie.domain, cookie.domain)
            )
            and matching.path_match(cookie.path, entry.cookie.path)
        ]

    def _touch(self, entry: _Entry, now: float) -> None:
        """Note an access, unless there was another one shortly before."""
        if now - entry.accessed > _ACCESS_NOTED:
            entry.accessed = now
            for order in (self._recent, self._groups[entry.group]):
                del order[entry]
                order[entry] = None

    def _remove(self, entry: _Entry) -> None:
        del self._recent[entry]
        group = self._groups[entry.group]
        del group[entry]
        if not group:
            del self._groups[entry.group]
        entries = self._hosts[entry.cookie.domain]
        del entries[entry.key]
        if not entries:
            del self._hosts[entry.cookie.domain]
        if entry.cookie.secure:
            named = self._secure[entry.cookie.name]
            named.remove(entry)
            if not named:
                del self._secure[entry.cookie.name]
        self._tidy_expiries()

    def _remove_excess(self, group: tuple[str, bool]) -> bool:
        """Remove Excess Cookies for a Host (layered 5.2.2), for a site, as browsers do.

        Return whether Firefox evicts others: none with Secure, if there are any without, and
        partitioned ones as others, but later.
        """
        entries = self._groups[group]
        if group[1]:
            return self._remove_excess_octets(list(entries))
        if len(entries) > self._max_per_host:
            # A stable sort: equals stay in the order of access.
            recent = sorted(entries, key=attrgetter("cookie.secure"))
            kept = self._max_per_host - self._max_per_host // _EXTRA
            evicted = recent[: len(recent) - kept]
            for entry in evicted:
                self._remove(entry)
            return len({entry.cookie.secure for entry in evicted}) > 1
        return False

    def _remove_excess_octets(self, entries: list[_Entry]) -> bool:
        """Evict the least recently used partitioned cookies of a site, to both limits."""
        sizes = [len(entry.cookie.name) + len(entry.cookie.value) for entry in entries]
        octets = total = sum(sizes)
        excess = len(entries) - self._max_per_host
        for number, (entry, size) in enumerate(zip(entries, sizes)):
            if octets > _MAX_PARTITIONED or number < excess:
                self._remove(entry)
                octets -= size
        return excess > 0 or _MAX_PARTITIONED < total <= _MAX_PARTITIONED_IN_FIREFOX

    def _remove_global_excess(self) -> None:
        """Remove Global Excess Cookies (layered 5.2.3), of the sites that have most of them."""
        while (excess := len(self._recent) - self._max_total) > 0:
            most = max(map(len, self._groups.values()))
            for entry in list(self._recent):
                if len(self._groups.get(entry.group, ())) == most:
                    self._remove(entry)
                    excess -= 1
                    if not excess:
                        break

    def _remove_expired(self, now: float) -> None:
        """Remove Expired Cookies (layered 5.2.1)."""
        while self._expiries and self._expiries[0].time <= now:
            entry = heapq.heappop(self._expiries).entry
            if entry in self._recent:
                self._remove(entry)


def _goes_with(
    cookie: StoredCookie, request: Request, http_api: bool, allowed: tuple[str | None, ...]
) -> bool:
    """Retrieve Cookies (layered 5.4.5), but for the host."""
    return (
        (request.secure or not cookie.secure)
        and (http_api or not cookie.httponly)
        and cookie.samesite in allowed
        and matching.path_match(request.path, cookie.path)
        and "\t" not in cookie.name
        and "\t" not in cookie.value
    )


def _by_access(entries: dict[_Entry, None]) -> dict[_Entry, None]:
    return dict.fromkeys(sorted(entries, key=attrgetter("accessed")))


def _by_path_and_creation(entry: _Entry) -> tuple[int, int]:
    """Longer paths first, in characters as in browsers. (The text counts segments.)"""
    return -len(entry.cookie.path), entry.created


def _firefox_protects(secure: StoredCookie, cookie: StoredCookie) -> bool:
    """Whether requests to one of the hosts get both: the upper cookie is not host-only."""
    upper = min(secure, cookie, key=lambda each: len(each.domain))
    return secure.domain == cookie.domain or not upper.host_only


def _warn_of_left_out(names: list[str]) -> None:
    if names:
        message = (
            "this format can't hold a tab, or octets that are not UTF-8, so such cookies are"
            f" left out ({len(names)}). Use to_json for them."
        )
        errors.warn(errors.CookieIgnoredWarning(message, names[0], "cookies-txt"))
