"""A user agent's cookie store (layered 5.1 to 5.5), with its files.

Sections of "layered" are those of draft-ietf-httpbis-layered-cookies. Theory of operation:
cookies are in one dict per host, so that a request looks at its own host and the domains
above it only. A second dict has all of them in the order of their last access, for eviction.
A heap has the expiry-times, so expired cookies are found without a search. One lock guards all
of them. What a file holds passes the same checks as what a response says.
"""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any, NamedTuple

from . import errors, matching
from ._formats import urls
from ._formats.urls import Request
from ._user_agent import storing
from ._user_agent.files import Record, cookies_txt, jar_json
from ._user_agent.judgement import Case, judge, judge_by_text
from ._user_agent.storing import PublicSuffix, StoredCookie
from ._user_agent.verdict import Verdict, verdict_on
from .limits import MAX_AGE_SECONDS, MAX_ATTRIBUTE_VALUE
from .set_cookie import Octets, SetCookie, find_control, native_string, write_header

__all__ = ["CookieJar", "StoredCookie"]

# What identifies a cookie within a host (layered 5.4.3; Partitioned as in browsers): name,
# path, host-only, partitioned.
_Key = tuple[str, str, bool, bool]

# The limits of Chromium.
_MAX_PER_HOST = 180
_MAX_TOTAL = 3300

# The cookies that a request gets, by how close it is to the cookie's site (layered 5.4.5).
_SAME_SITE = {
    "strict": ("Strict", "Lax", None, "None"),
    "lax": ("Lax", None, "None"),
    "unset": (None, "None"),
    "none": ("None",),
}


class _Entry:
    """A cookie in its place. The number of its creation orders those of the same second."""

    __slots__ = ("accessed", "cookie", "created", "key")

    def __init__(self, cookie: StoredCookie, created: int) -> None:
        self.cookie = cookie
        self.key = _key(cookie)
        self.created = created
        self.accessed = cookie.last_access_time


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
    - *max_per_host*, *max_total*: how many cookies are kept, 0 or more (layered 5.1.1; the
      defaults are Chromium's). Excess cookies are evicted (layered 5.2): expired cookies,
      then those without Secure of the host, then any, the least recently used ones first.

    Threads may share a jar. It can't be copied or pickled: use `to_json` and `from_json`. As
    any container, an empty one is false.

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
        self._lock = threading.RLock()
        self.clear()

    @property
    def is_public_suffix(self) -> PublicSuffix:
        """The function that the jar was made with, or None."""
        return self._is_public_suffix

    def clear(self) -> None:
        """Remove all cookies."""
        with self._lock:
            self._hosts: dict[str, dict[_Key, _Entry]] = {}
            # In the order of last access. A dict, since it deletes in constant time.
            self._recent: dict[_Entry, None] = {}
            self._count = 0
            # Expiry-time, number and cookie. What is gone or replaced stays for a while.
            self._expiries: list[_Expiry] = []
            self._secure: dict[str, set[_Entry]] = {}

    def __len__(self) -> int:
        with self._lock:
            self._remove_expired(self._clock())
            return len(self._recent)

    def __iter__(self) -> Iterator[StoredCookie]:
        """Iterate over the cookies that are not expired, in the order of their creation."""
        with self._lock:
            self._remove_expired(self._clock())
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
        if judged.stored is not None:
            with self._lock:
                codes = self._admit(judged.stored, judged.codes, case)
            judged = judged._replace(codes=codes)
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
        now = self._clock()
        with self._lock:
            self._remove_expired(now)
            found = [
                entry
                for entry in self._candidates(request.host)
                if _goes_with(entry.cookie, request, http_api, allowed)
            ]
            found.sort(key=_by_path_and_creation)
            for entry in found:
                self._touch(entry, now)
        return "; ".join(
            [
                f"{cookie.name}={cookie.value}" if cookie.name else cookie.value
                for cookie in [entry.cookie for entry in found]
            ]
        )

    # --- files -----------------------------------------------------------------------

    def to_json(self) -> str:
        """Return the jar's cookies in JSON, in ASCII, including session cookies.

        >>> jar = CookieJar()
        >>> verdict = jar.receive("sid=31d4; Path=/", "https://example.com/")
        >>> [cookie.name for cookie in CookieJar.from_json(jar.to_json())]
        ['sid']
        """
        return jar_json.dump_json(self)

    @classmethod
    def from_json(cls, text: str, **options: Any) -> CookieJar:
        """Return a jar of what `to_json` wrote. The options are those of `CookieJar`.

        Each cookie passes the checks for a cookie from the network, set by its own host over
        https. Those that do not pass, or are over a limit, are left out, with one
        `CookieRejectedWarning`. Raises `errors.CookieError` with the line if *text* is not
        such a file.
        """
        jar = cls(**options)
        jar._load(jar_json.load_json(text))
        return jar

    def to_cookies_txt(self) -> str:
        """Return the jar's cookies as a Netscape cookies.txt, for curl, wget and yt-dlp.

        Save it as UTF-8. It has no field for SameSite and Partitioned: comments hold them,
        which `from_cookies_txt` reads. A cookie with a tab, or with octets that are not
        UTF-8, is left out, with one `CookieIgnoredWarning`.
        """
        text, left_out = cookies_txt.dump_cookies_txt(self)
        if left_out:
            message = (
                "cookies.txt can't hold a tab or octets that are not UTF-8, so such cookies are"
                " left out (%d). The first is %a. Use to_json for them."
            )
            message %= (len(left_out), left_out[0][:40])
            errors.warn(errors.CookieIgnoredWarning(message, left_out[0], "cookies-txt"))
        return text

    @classmethod
    def from_cookies_txt(cls, text: str, **options: Any) -> CookieJar:
        """Return a jar of a Netscape cookies.txt, read as UTF-8.

        The options are those of `CookieJar`. A cookie is host-only if the second field of its
        line is FALSE. Checks and errors are those of `from_json`.

        >>> text = ".example.com\\tTRUE\\t/\\tTRUE\\t0\\tsid\\t31d4\\n"
        >>> CookieJar.from_cookies_txt(text).cookie_header("https://www.example.com/")
        'sid=31d4'
        """
        jar = cls(**options)
        jar._load(cookies_txt.load_cookies_txt(text, jar._clock()))
        return jar

    def _load(self, records: list[Record]) -> None:
        """Store what a file holds, as far as a response might have set it.

        In the order of creation, and then, as far as that matters, of last access.
        """
        now = self._clock()
        left_out = []
        for place, record in sorted(records, key=attrgetter("cookie.creation_time")):
            code = self._load_cookie(record, now)
            if code:
                left_out.append((place, record.name, code))
        with self._lock:
            before = list(self._recent)
            self._recent = dict.fromkeys(sorted(before, key=attrgetter("accessed")))
            for host in list(self._hosts):
                self._remove_excess(host)
            self._remove_global_excess()
            left_out += [
                (entry.cookie.domain, entry.cookie.name, "evicted")
                for entry in before
                if entry not in self._recent
            ]
        if left_out:
            place, name, code = left_out[0]
            message = (
                "Cookies of the file are left out (%d), since no response could have set them,"
                " or because of the jar's limits. The first is %a, %s: %s"
            )
            message %= (len(left_out), name[:40], place, code)
            errors.warn(errors.CookieRejectedWarning(message, name, code))

    def _load_cookie(self, record: StoredCookie, now: float) -> str:
        """Store one record of a file, or return the code of why not. Skip expired ones."""
        if urls.canonical_host(record.domain) != record.domain:
            return "domain-invalid"
        if not _is_path(record.path):
            return "path-invalid"
        # A default-path may have what a Path attribute can't: then the request has that path.
        attribute = len(record.path) <= MAX_ATTRIBUTE_VALUE and ";" not in record.path
        fields = {field: getattr(record, field) for field in storing.SHARED_FIELDS}
        fields["domain"] = None if record.host_only else record.domain
        fields["path"] = record.path if attribute else None
        cookie = SetCookie(**fields)
        try:
            header = write_header(cookie)
        except errors.CookieError as error:
            return error.part + "-invalid"
        request = Request(True, record.domain, record.path + "/")
        case = Case(header, request, now, is_public_suffix=self._is_public_suffix)
        judged = judge_by_text(case)
        if judged.stored is None or judged.codes:
            return judged.codes[0]
        is_ip = urls.is_ip_address(record.domain)
        if judged.stored.host_only and not record.host_only and not is_ip:
            return "domain-public-suffix"
        expiry = record.expiry_time
        loaded = judged.stored._replace(
            expiry_time=None if expiry is None else min(expiry, now + MAX_AGE_SECONDS),
            creation_time=min(record.creation_time, now),
            last_access_time=min(record.last_access_time, now),
        )
        with self._lock:
            self._place(loaded, now)
        return ""

    # --- the store ------------------------------------------------------------------

    def _candidates(self, host: str) -> Iterator[_Entry]:
        yield from self._hosts.get(host, {}).values()
        if urls.is_ip_address(host):
            return
        at = host.find(".")
        while at >= 0:
            domain = host[at + 1 :]
            entries = self._hosts.get(domain)
            if entries and not storing.is_public_suffix(domain, self._is_public_suffix):
                yield from [entry for entry in entries.values() if not entry.cookie.host_only]
            at = host.find(".", at + 1)

    def _admit(self, cookie: StoredCookie, codes: list[str], case: Case) -> list[str]:
        """Do the last steps of Store a Cookie (layered 5.4.3), which concern other cookies.

        *codes* are the causes so far to refuse it. Returns those for which it is not kept.
        """
        self._remove_expired(case.now)
        secure = case.request is not None and case.request.secure
        refused = [code for code in codes if code != "expired"]
        if not secure and self._overlays_secure(cookie):
            refused.append("secure-overlay")
        if not case.http_api and self._overlays_httponly(cookie):
            refused.append("httponly-overlay")
        if refused:
            return refused + [code for code in codes if code == "expired"]
        entry = self._place(cookie, case.now)
        if entry is None:
            return ["expired"]
        # Garbage Collect Cookies (layered 5.4.4). Expired ones are gone already.
        self._remove_excess(cookie.domain)
        self._remove_global_excess()
        return [] if entry in self._recent else ["evicted"]

    def _place(self, cookie: StoredCookie, now: float) -> _Entry | None:
        """Store a cookie. If it is there, take its place and its creation-time."""
        entry = _Entry(cookie, self._count)
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

    def _overlays_secure(self, cookie: StoredCookie) -> bool:
        """Leave Secure Cookies Alone: is there one of this name, on a host above or below?"""
        for entry in self._secure.get(cookie.name, ()):
            there = entry.cookie
            related = urls.host_matches(cookie.domain, there.domain)
            related = related or urls.host_matches(there.domain, cookie.domain)
            if related and matching.path_match(cookie.path, there.path):
                return True
        return False

    def _touch(self, entry: _Entry, now: float) -> None:
        entry.accessed = now
        del self._recent[entry]
        self._recent[entry] = None

    def _remove(self, entry: _Entry) -> None:
        del self._recent[entry]
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

    def _remove_excess(self, host: str) -> None:
        """Remove Excess Cookies for a Host (layered 5.2.2)."""
        entries = self._hosts.get(host, {})
        excess = len(entries) - self._max_per_host
        if excess > 0:
            members = set(entries.values())
            recent = [entry for entry in self._recent if entry in members]
            recent.sort(
                key=attrgetter("cookie.secure")
            )  # a stable sort: equals stay in the order of access
            for entry in recent[:excess]:
                self._remove(entry)

    def _remove_global_excess(self) -> None:
        """Remove Global Excess Cookies (layered 5.2.3)."""
        while len(self._recent) > self._max_total:
            self._remove(next(iter(self._recent)))

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


def _by_path_and_creation(entry: _Entry) -> tuple[int, int]:
    """Longer paths first, in characters as in browsers. (The text counts segments.)"""
    return -len(entry.cookie.path), entry.created


def _is_path(path: str) -> bool:
    """Whether a cookie may have it: from the root, in octets, without control characters."""
    invalid = find_control(path) or "\t" in path or not path.startswith("/")
    return not invalid and max(path) <= "\xff"
