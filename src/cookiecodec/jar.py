"""A user agent's cookie store (layered 5.1 to 5.5), with its files.

Sections of "layered" are those of draft-ietf-httpbis-layered-cookies. Theory of operation:
cookies are in one dict per host, so that a request looks at its own host and the domains
above it only. Two other indexes have them in the order of their last access, for eviction:
all of them, and those of each site. A heap has them by expiry-time, so expired cookies are
found without a search. One lock guards these. The caller's functions, the clock and the list
of public suffixes, are called without it. What a file holds passes the same checks as what a
response says.
"""

from __future__ import annotations

import heapq
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import Any, Final, Literal, TypeVar, Union

from . import errors, matching
from ._core.attributes import split_pair
from ._core.prefixes import name_prefix
from ._formats import urls
from ._formats.urls import Request
from ._user_agent import loading, storing
from ._user_agent.files import Contents, Problem, browser_json, cookies_txt, disk, jar_json
from ._user_agent.judgement import Case, Seen, find_deletions, judge
from ._user_agent.quirks import BROWSERS
from ._user_agent.storing import (
    SENT_WITH,
    PublicSuffix,
    SameSite,
    StoredCookie,
    check_same_site,
)
from ._user_agent.verdict import Verdict, verdict_on
from .limits import MAX_COOKIE_HEADER
from .set_cookie import Octets, SetCookie, native_string

__all__ = ["CookieJar", "StoredCookie"]

_Path = Union[str, os.PathLike[str]]
_Format = Union[Literal["cookies.txt", "json", "storage_state", "list", "har"], None]
_Function = TypeVar("_Function")

_Writer = Callable[[Iterable[StoredCookie], PublicSuffix], tuple[str, list[str]]]

_WRITERS: dict[str, _Writer] = {
    "cookies.txt": cookies_txt.dump_cookies_txt,
    "json": jar_json.dump_json,
    "storage_state": browser_json.dump_storage_state,
    "list": browser_json.dump_list,
}
_READERS = {
    "cookies.txt": cookies_txt.load_cookies_txt,
    "json": jar_json.load_json,
    **dict.fromkeys(("storage_state", "list", "har"), browser_json.load_browser_json),
}

# What identifies a cookie within a host (layered 5.4.3; Partitioned as in browsers): name,
# path, host-only, partitioned.
_Key = tuple[str, str, bool, bool]
# What is counted together: the cookies of a site, and its partitioned ones apart.
_Group = tuple[str, bool]

# The limits of Chromium. If a site has more cookies than that, it loses a sixth of the limit
# beyond the excess, as in both browsers: of 181 cookies, 31 go and 150 stay.
_MAX_PER_HOST = 180
_MAX_TOTAL = 3300
_EXTRA = 6

# Octets of name and value of a site's partitioned cookies. In Chromium, that is the limit, by
# which the oldest ones go. Firefox evicts down to it, but not before a fifth more.
_MAX_PARTITIONED = 10240
_MAX_PARTITIONED_IN_FIREFOX = 12288

# One lock for all jars: a fork waits until no thread changes any of them, and its child has it
# free. Without forks, on Windows, `dict` ignores these functions.
_lock = threading.RLock()
getattr(os, "register_at_fork", dict)(
    before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release
)

# Seconds after an access in which both browsers note no other one.
_ACCESS_NOTED = 60


class _Entry:
    """A cookie in its place. The number of its creation orders those of the same second."""

    __slots__ = ("cookie", "created", "group", "key")

    def __init__(self, cookie: StoredCookie, key: _Key, created: int, group: _Group) -> None:
        self.cookie = cookie
        self.key = key
        self.created = created
        self.group = group


def _key(cookie: StoredCookie) -> _Key:
    return cookie.name, cookie.path, cookie.host_only, cookie.partitioned


class CookieJar:
    """The cookies of a user agent: responses set them, requests get them.

    - *is_public_suffix*: a function that tells whether sites of many owners share a domain,
      given in lower case and A-labels, such as the method of a public suffix list. Without
      it, a single label is one, which is the list's default rule. It is also an attribute.
    - *clock*: a function that returns the Unix time.
    - *max_per_host*, *max_total*: how many cookies are kept, 0 or more, of the hosts of one
      registrable domain, and in all (layered 5.1.1; the defaults are Chromium's). Excess
      cookies are evicted (layered 5.2), the least recently used ones first. A registrable
      domain loses a sixth of its limit more, and cookies without Secure before others, as in
      browsers. A full jar evicts cookies of the sites that have most of them. Partitioned
      cookies are counted apart, and have at most 10,240 octets in a registrable domain.

    Threads may share a jar, and a process that forks has one of its own in the child. It
    can't be copied or pickled: use `to_json` and `from_json`. An empty one is false.
    ``problems`` lists what a file held and its jar did not take, each with ``line``,
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
        self.is_public_suffix: Final = is_public_suffix
        self._clock = clock
        self._max_per_host = max_per_host
        self._max_total = max_total
        self._lock = _lock
        self.problems: list[Problem] = []
        self.clear()

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
            self._groups: dict[_Group, dict[_Entry, None]] = {}
            self._secure: dict[str, dict[_Entry, None]] = {}  # by name
            self._count = 0
            # Expiry-time, number and cookie. What is gone or replaced stays for a while.
            self._expiries: list[tuple[float, int, _Entry]] = []

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
            return iter([entry.cookie for entry in entries])

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

        The `Verdict` says whether the cookie is kept, and why not. One that deletes another is
        not ``accepted``. Raises TypeError for arguments of the wrong type, and nothing else.
        """
        text, request = native_string(header), _read_url(url)
        given = self.is_public_suffix
        case = Case(text, request, self._clock(), http_api, cross_site, given)
        judged = judge(case)
        if judged.stored is not None and request is not None:
            site = storing.site_hosts(request.host, given)[-1]
            deletions = find_deletions(case, judged) if judged.codes else []
            seen: Seen = {}
            with self._lock:
                if deletions:
                    seen = self._differences(deletions, case)
                codes = self._admit(judged.stored, site, judged.codes, case, seen)
            judged = judged._replace(codes=codes, seen=seen)
        verdict = verdict_on(case, judged)
        message = "" if request is not None else storing.url_mistake(url, text)
        if not message:
            return verdict
        findings = [
            each._replace(message=message) if each.code == "url" else each
            for each in verdict.findings
        ]
        return Verdict(False, verdict.cookie, lambda for_log: findings)

    def cookie_header(
        self, url: str, *, http_api: bool = True, same_site: SameSite = "strict"
    ) -> str:
        """Return the Cookie header of a request to *url*, as a native string (``""``: none).

        *http_api* is false for what a script may read. *same_site* tells, in any case, how
        close the request is (layered 5.4.5): ``"strict"`` from the same site or from the user,
        ``"lax"`` for a navigation from another site, ``"unset"`` for a request that still
        gets cookies without SameSite, ``"none"`` for any other request from another site.
        Raises ValueError for another word.

        The longest path comes first, then the oldest cookie. A cookie with a tab, which only
        Firefox keeps, is kept and not sent: no control character is ever written.
        """
        found = self._retrieve(url, http_api, check_same_site(same_site), access=True)
        return "; ".join(
            [f"{each.name}={each.value}" if each.name else each.value for each in found]
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
        found = self if url is None else self._retrieve(url, True, "strict", access=False)
        return [cookie for cookie in found if name in (None, cookie.name)]

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
        text, request = native_string(header).strip(), _read_url(url)
        text = text[len("cookie:") :] if text[:7].lower() == "cookie:" else text
        secure, verdicts = request is not None and request.secure, []
        for name, value in [split_pair(pair) for pair in text.split(";") if pair.strip()]:
            prefix = name_prefix(name)
            httponly = prefix is not None and prefix.httponly  # it requires that
            verdicts.append(self.set(name, value, url, secure=secure, httponly=httponly))
        return verdicts

    def add(self, cookie: StoredCookie) -> Verdict:
        """Store a cookie that its own host might have set over https.

        It keeps its times, within limits. An expired one deletes, as in `receive`. Raises
        `errors.CookieError` for what no header can express.
        """
        given = self.is_public_suffix
        seen: Seen = {}
        _check_stored([cookie])
        case, judged = loading.judge_stored(cookie, self._clock(), given)
        site = storing.site_hosts(cookie.domain, given)[-1]
        with self._lock:
            codes = self._admit(judged.stored or cookie, site, judged.codes, case, seen)
        return verdict_on(case, judged._replace(codes=codes, seen=seen))

    def update(self, cookies: Iterable[StoredCookie]) -> None:
        """Add the cookies of another jar, or others, in the order of their creation.

        They replace those of the same name, host and path. Those that `add` would refuse, or
        that are over a limit, are left out, with one `CookieRejectedWarning`.
        """
        added = list(cookies)
        _check_stored(added)
        file = "jar" if isinstance(cookies, CookieJar) else ""
        self._take(Contents(added, [0] * len(added), []), self._clock(), file)

    def remove(self, cookie: StoredCookie) -> bool:
        """Remove the cookie of this name, host and path. Return whether it was there."""
        with self._lock:
            entry = self._entry(cookie)
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
        return cls._read(text, format or found, strict, options)

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
        disk.write_file(path, self._write(format or by_suffix.get(suffix, "")))

    def to_json(self) -> str:
        """Return the jar's cookies in JSON, in ASCII, including session cookies.

        >>> jar = CookieJar()
        >>> verdict = jar.receive("sid=31d4; Path=/", "https://example.com/")
        >>> [cookie.name for cookie in CookieJar.from_json(jar.to_json())]
        ['sid']
        """
        return self._write("json")

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
        return self._write("cookies.txt")

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

    def _write(self, format: str) -> str:
        text, left_out = _known(format, _WRITERS)(self, self.is_public_suffix)
        if left_out:
            message = (
                "this format can't hold a tab, or octets that are not UTF-8, so such cookies"
                f" are left out ({len(left_out)}). Use to_json for them."
            )
            errors.warn(errors.CookieIgnoredWarning(message, left_out[0], "cookies-txt"))
        return text

    @classmethod
    def _read(cls, text: str, file: str, strict: bool, options: Any) -> CookieJar:
        filled, read = cls(**options), _known(file, _READERS)
        now = filled._clock()
        filled.problems = filled._take(read(text, now), now, file, strict)
        return filled

    def _take(
        self, contents: Contents, now: float, file: str, strict: bool = False
    ) -> list[Problem]:
        """Store cookies as far as responses might have set them, and return the problems.

        In the order of creation, and then, as far as that matters, of last access. Without a
        *file*, their fields may have any types.
        """
        given = self.is_public_suffix
        cookies, lines, problems = loading.check(contents, now, given, bool(file))
        domains = {cookie.domain for cookie in cookies}
        sites = {domain: storing.site_hosts(domain, given)[-1] for domain in domains}
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
                reason = "the jar is full of cookies that have precedence: evicted"
                problems += [
                    Problem(known.get(entry, 0), reason, "evicted", entry.cookie.name)
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

    def _retrieve(
        self, url: str, http_api: bool, same_site: str, access: bool
    ) -> list[StoredCookie]:
        """Return the cookies that go with a request, in order (layered 5.4.5)."""
        request = _read_url(url)
        if request is None:
            return []
        # The caller's functions are called without the lock.
        now, above, hosts = self._clock(), request.host, [request.host]
        while above := above.partition(".")[2]:
            if above in self._hosts:
                hosts = [*storing.site_hosts(request.host, self.is_public_suffix)]
                break
        with self._lock:
            self._remove_expired(now)
            found = [
                entry
                for host in hosts
                for entry in self._hosts.get(host, {}).values()
                if (host == request.host or not entry.cookie.host_only)
                and _goes_with(entry.cookie, request, http_api, same_site)
            ]
            if access:
                for entry in sorted(found, key=attrgetter("created")):
                    if now - entry.cookie.last_access_time > _ACCESS_NOTED:
                        entry.cookie = entry.cookie._replace(last_access_time=now)
                        for order in (self._recent, self._groups[entry.group]):
                            del order[entry]
                            order[entry] = None
            # Longer paths first, in characters as in browsers. (The text counts segments.)
            found.sort(key=lambda entry: (-len(entry.cookie.path), entry.created))
            return [entry.cookie for entry in found]

    def _admit(
        self, cookie: StoredCookie, site: str, codes: list[str], case: Case, seen: Seen
    ) -> list[str]:
        """Do the last steps of Store a Cookie (layered 5.4.3), which concern other cookies.

        *codes* are the causes so far to refuse it. Returns those for which it is not kept.
        """
        self._remove_expired(case.now)
        refused = [code for code in codes if code != "expired"]
        if len(cookie.path) > MAX_COOKIE_HEADER:  # servers refuse a request for it
            refused.append("path-too-long")
        secure = case.request is not None and case.request.secure
        # Leave Secure Cookies Alone. Partitioned ones do not count (the browsers' rule).
        named = () if secure else self._secure.get(cookie.name, ())
        same_site = [each.cookie for each in named if each.group == (site, False)]
        overlaid = [each for each in same_site if _overlays(cookie, each)]
        if overlaid:
            if not codes and not any(_firefox_protects(each, cookie) for each in overlaid):
                seen["secure-overlay"] = {"chromium": False, "firefox": True}
            refused.append("secure-overlay")
        there = None if case.http_api else self._entry(cookie)
        if there is not None and there.cookie.httponly:
            refused.append("httponly-overlay")
        if refused:
            return refused + [code for code in codes if code == "expired"]
        entry = self._place(cookie, site, case.now)
        if entry is None:
            return ["expired"]
        # Garbage Collect Cookies (layered 5.4.4). Expired ones are gone already.
        if self._remove_excess(entry.group):
            seen["eviction-differs"] = dict.fromkeys(BROWSERS, entry in self._recent)
        self._remove_global_excess()
        return [] if entry in self._recent else ["evicted"]

    def _differences(self, deletions: list[StoredCookie | None], case: Case) -> Seen:
        """Return what only one browser does: the deletion of a cookie that is there."""
        there = [cookie and self._entry(cookie) for cookie in deletions]
        gone = [each if each and case.may_replace(each.cookie) else None for each in there]
        kept = dict(zip(BROWSERS, [each is None for each in gone]))
        return {"deletion-differs": kept} if len(set(gone)) > 1 else {}

    def _entry(self, cookie: StoredCookie) -> _Entry | None:
        return self._hosts.get(cookie.domain, {}).get(_key(cookie))

    def _place(self, cookie: StoredCookie, site: str, now: float) -> _Entry | None:
        """Store a cookie. If it is there, take its place and its creation-time."""
        key = (cookie.name, cookie.path, cookie.host_only, cookie.partitioned)  # `_key`, inline
        old, created = self._hosts.get(cookie.domain, {}).get(key), self._count
        if old is not None:
            # The text (5.4.3) drops a cookie if only its value is new. No browser does.
            cookie = cookie._replace(creation_time=old.cookie.creation_time)
            created = old.created
            self._remove(old)
        expiry = cookie.expiry_time
        if expiry is not None and expiry <= now:
            return None
        self._count += 1
        entry = _Entry(cookie, key, created, (site, cookie.partitioned))
        self._hosts.setdefault(cookie.domain, {})[key] = entry
        self._groups.setdefault(entry.group, {})[entry] = None
        self._recent[entry] = None
        if cookie.secure:
            self._secure.setdefault(cookie.name, {})[entry] = None
        if expiry is not None:
            heapq.heappush(self._expiries, (expiry, self._count, entry))
        return entry

    def _remove(self, entry: _Entry) -> None:
        del self._recent[entry]
        cookie = entry.cookie
        indexes: Any = [
            (self._hosts, cookie.domain, entry.key),
            (self._groups, entry.group, entry),
        ]
        if cookie.secure:
            indexes.append((self._secure, cookie.name, entry))
        for index, place, key in indexes:
            del index[place][key]
            if not index[place]:
                del index[place]
        if len(self._expiries) > 2 * len(self._recent) + 64:  # most of these are gone
            waiting = [(at, n, each) for at, n, each in self._expiries if each in self._recent]
            self._expiries = waiting
            heapq.heapify(self._expiries)

    def _remove_excess(self, group: _Group) -> bool:
        """Remove Excess Cookies for a Host (layered 5.2.2), for a site, as browsers do.

        Return whether Firefox evicts others: none with Secure, if there are any without, and
        partitioned ones as others, but later.
        """
        entries = self._groups[group]
        excess = len(entries) - self._max_per_host
        if not group[1]:
            if excess <= 0:
                return False
            # A stable sort: equals stay in the order of access.
            recent = sorted(entries, key=attrgetter("cookie.secure"))
            evicted = recent[: excess + self._max_per_host // _EXTRA]
            for entry in evicted:
                self._remove(entry)
            return len({entry.cookie.secure for entry in evicted}) > 1
        sizes = {each: len(each.cookie.name) + len(each.cookie.value) for each in entries}
        octets = total = sum(sizes.values())
        for number, (entry, size) in enumerate(sizes.items()):
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
        while self._expiries:
            expiry, _, entry = self._expiries[0]
            if expiry > now:
                break
            heapq.heappop(self._expiries)
            if entry in self._recent:
                self._remove(entry)


def _goes_with(cookie: StoredCookie, request: Request, http_api: bool, same_site: str) -> bool:
    """Retrieve Cookies (layered 5.4.5), but for the host."""
    return (
        (request.secure or not cookie.secure)
        and (http_api or not cookie.httponly)
        and same_site in SENT_WITH[cookie.samesite]
        and matching.path_match(request.path, cookie.path)
        and "\t" not in cookie.name
        and "\t" not in cookie.value
    )


def _by_access(entries: dict[_Entry, None]) -> dict[_Entry, None]:
    return dict.fromkeys(sorted(entries, key=attrgetter("cookie.last_access_time")))


def _overlays(cookie: StoredCookie, secure: StoredCookie) -> bool:
    """Whether *cookie* is for a host above or below that of a Secure one, and for its path."""
    one, other = cookie.domain, secure.domain
    related = urls.host_matches(one, other) or urls.host_matches(other, one)
    return related and matching.path_match(cookie.path, secure.path)


def _firefox_protects(secure: StoredCookie, cookie: StoredCookie) -> bool:
    """Whether requests to one of the hosts get both: the upper cookie is not host-only."""
    upper = min(secure, cookie, key=lambda each: len(each.domain))
    return secure.domain == cookie.domain or not upper.host_only


def _read_url(url: str) -> Request | None:
    if isinstance(url, str):
        return urls.read_url(url)
    raise TypeError(
        f"url must be str, not {type(url).__name__}: give the address of the request, such as"
        " 'https://example.com/login'"
    )


def _check_stored(cookies: list[StoredCookie]) -> None:
    if not all(isinstance(cookie, StoredCookie) for cookie in cookies):
        raise TypeError("cookies must be StoredCookie objects. Use set for name and value.")


def _known(format: str, functions: dict[str, _Function]) -> _Function:
    if format not in functions:
        raise ValueError("format must be one of " + ", ".join(functions))
    return functions[format]
