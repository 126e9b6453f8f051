"""A user agent's cookie store (layered 5.1 to 5.5), with its files.

Sections of "layered" are those of draft-ietf-httpbis-layered-cookies. Theory of
operation: cookies live in one dict per host, so that a request looks at its own host
and the domains above it and at no other; a second dict has all of them in the order of
their last access, for eviction; a heap has the expiry-times, so that nobody looks for
expired cookies. All are guarded by one lock. What a file holds goes
through the same door as what a response says.
"""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable, Iterator

from . import errors, explain, matching, set_cookie
from ._formats import urls as _urls
from ._formats.urls import Request
from ._user_agent import judgement as _judge
from ._user_agent import storing as _store
from ._user_agent.files import cookies_txt as _jar_files
from ._user_agent.judgement import Case
from ._user_agent.storing import PublicSuffix, StoredCookie
from .explain import Verdict
from .limits import MAX_AGE_SECONDS, MAX_ATTRIBUTE_VALUE
from .set_cookie import Octets, SetCookie

__all__ = ["CookieJar", "StoredCookie"]

# What makes two cookies one (layered 5.4.3; Partitioned as browsers have it): name, path,
# host-only, partitioned, within one host.
_Key = tuple[str, str, bool, bool]

# What Chromium keeps.
_MAX_PER_HOST = 180
_MAX_TOTAL = 3300

_SAME_SITE = {
    "strict": ("Strict", "Lax", None, "None"),
    "lax": ("Lax", None, "None"),
    "unset": (None, "None"),
    "none": ("None",),
}


class _Entry:
    """A cookie in its place; the number of its creation tells two of one second apart."""

    __slots__ = ("accessed", "cookie", "created", "key")

    def __init__(self, cookie: StoredCookie, created: int) -> None:
        self.cookie = cookie
        self.key = _key(cookie)
        self.created = created
        self.accessed = cookie.last_access_time


def _key(cookie: StoredCookie) -> _Key:
    return cookie.name, cookie.path, cookie.host_only, cookie.partitioned


class CookieJar:
    """The cookies of a user agent: what responses set, and what requests get.

    - *is_public_suffix*: says of a domain, in lower case and A-labels, whether sites of
      many owners share it; the method of that kind of a public suffix list. Without it,
      a single label is a public suffix, which is the list's default rule.
    - *clock*: gives the Unix time.
    - *max_per_host*, *max_total*: how many cookies are kept (layered 5.1.1; the defaults
      are Chromium's), 0 or more. What is over is evicted (layered 5.2): expired cookies,
      then of the host those without Secure, then of all, the least recently used first.

    One jar may be shared by threads. It can't be copied or pickled; `to_json` and
    `from_json` do that. As any container, an empty one is false.

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

    def clear(self) -> None:
        """Forget all cookies."""
        with self._lock:
            self._hosts: dict[str, dict[_Key, _Entry]] = {}
            # In the order of last access; a dict, since it forgets in constant time.
            self._recent: dict[_Entry, None] = {}
            self._count = 0
            # Expiry-time, number and cookie; what is gone or replaced stays a while.
            self._expiries: list[tuple[float, int, _Entry]] = []
            self._secure: dict[str, set[_Entry]] = {}

    def __len__(self) -> int:
        with self._lock:
            self._remove_expired(self._clock())
            return len(self._recent)

    def __iter__(self) -> Iterator[StoredCookie]:
        """The cookies that are not expired, in the order of their creation."""
        with self._lock:
            self._remove_expired(self._clock())
            entries = sorted(self._recent, key=_by_creation)
            return iter(
                [entry.cookie._replace(last_access_time=entry.accessed) for entry in entries]
            )

    def __getstate__(self) -> object:
        """Asked for by `copy` and `pickle`, which would share what the lock guards."""
        raise TypeError("a CookieJar can't be copied or pickled: use to_json and from_json")

    def __repr__(self) -> str:
        return f"<CookieJar of {len(self)} cookies>"

    def receive(
        self,
        header: str | Octets,
        url: str,
        *,
        http_api: bool = True,
        cross_site: bool = False,
    ) -> Verdict:
        """Take one Set-Cookie *header* of the response from *url* (layered 5.4.1).

        *header* is what `parse_set_cookie` takes, *url* the absolute address of the
        request. *http_api* is false for what a script sets; *cross_site* is true for the
        response to a request that another site made.

        The `Verdict` says whether the cookie is kept now, and why not. A header that
        deletes a cookie is carried out, and not ``accepted``. Only arguments of the wrong
        type raise, `TypeError`.
        """
        text = set_cookie._native(header)
        request = _urls.read_url(url)
        case = Case(text, request, self._clock(), http_api, cross_site, self._is_public_suffix)
        judged = _judge.judge(case)
        if judged.stored is not None:
            with self._lock:
                codes = self._admit(judged.stored, judged.codes, case)
            judged = judged._replace(codes=codes)
        return explain._verdict(case, judged)

    def cookie_header(
        self, url: str, *, http_api: bool = True, same_site: str = "strict"
    ) -> str:
        """The Cookie header of a request to *url*, as a native string; ``""`` for none.

        *http_api* is false for what a script may read. *same_site* is how near the
        request is (layered 5.4.5): ``"strict"`` from the same site or the user's own hand,
        ``"lax"`` for a navigation from another site, ``"unset"`` for one that a cookie
        without SameSite still goes with, ``"none"`` for any other from another site; for
        another word, `ValueError`.

        The longest path comes first, then the oldest cookie. A cookie with a tab in it,
        which Firefox keeps and Chromium refuses, is kept and not sent: no control character
        is ever written.
        """
        if same_site not in _SAME_SITE:
            raise ValueError("same_site must be 'strict', 'lax', 'unset' or 'none'")
        request = _urls.read_url(url)
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
        """The jar's cookies in JSON, in ASCII; session cookies are among them.

        >>> jar = CookieJar()
        >>> verdict = jar.receive("sid=31d4; Path=/", "https://example.com/")
        >>> [cookie.name for cookie in CookieJar.from_json(jar.to_json())]
        ['sid']
        """
        return _jar_files.dump_json(self)

    @classmethod
    def from_json(
        cls,
        text: str,
        *,
        is_public_suffix: PublicSuffix = None,
        clock: Callable[[], float] = time.time,
        max_per_host: int = _MAX_PER_HOST,
        max_total: int = _MAX_TOTAL,
    ) -> CookieJar:
        """A jar of what `to_json` wrote; the options are those of `CookieJar`.

        Each cookie passes the checks of one that comes over the wire, from its own host
        by https. Those that don't pass, or are over a limit, are left out, with one
        `CookieRejectedWarning`. Raises `errors.CookieError` for what is no such file, with
        the line.
        """
        jar = cls(
            is_public_suffix=is_public_suffix,
            clock=clock,
            max_per_host=max_per_host,
            max_total=max_total,
        )
        jar._load(_jar_files.load_json(text))
        return jar

    def to_cookies_txt(self) -> str:
        """The jar's cookies as a Netscape cookies.txt, for curl, wget, yt-dlp and others.

        Save it as UTF-8. SameSite and Partitioned, for which it has no field, stand in
        comments that `from_cookies_txt` reads. A cookie with a tab, or with octets that are
        not UTF-8, is left out, with one `CookieIgnoredWarning`.
        """
        text, left_out = _jar_files.dump_cookies_txt(self)
        if left_out:
            warning = errors.CookieIgnoredWarning(
                "Left out, since cookies.txt can't carry a tab, or what is not UTF-8: %d. The"
                " first is %a; use to_json for them." % (len(left_out), left_out[0][:40]),
                left_out[0],
                "cookies-txt",
            )
            errors.emit_warning(warning, 3)
        return text

    @classmethod
    def from_cookies_txt(
        cls,
        text: str,
        *,
        is_public_suffix: PublicSuffix = None,
        clock: Callable[[], float] = time.time,
        max_per_host: int = _MAX_PER_HOST,
        max_total: int = _MAX_TOTAL,
    ) -> CookieJar:
        """A jar of a Netscape cookies.txt, read as UTF-8; the options are those of `CookieJar`.

        A cookie is host-only where the file's second field says FALSE. Checks and errors
        are those of `from_json`.

        >>> text = ".example.com\\tTRUE\\t/\\tTRUE\\t0\\tsid\\t31d4\\n"
        >>> CookieJar.from_cookies_txt(text).cookie_header("https://www.example.com/")
        'sid=31d4'
        """
        jar = cls(
            is_public_suffix=is_public_suffix,
            clock=clock,
            max_per_host=max_per_host,
            max_total=max_total,
        )
        jar._load(_jar_files.load_cookies_txt(text, clock()))
        return jar

    def _load(self, records: list[tuple[str, StoredCookie]]) -> None:
        """Take what a file holds, as far as a response might have set it.

        In the order of creation, and then, as far as that matters, of last access.
        """
        now = self._clock()
        left_out = []
        for place, record in sorted(records, key=_by_record):
            code = self._load_cookie(record, now)
            if code:
                left_out.append((place, record.name, code))
        with self._lock:
            before = list(self._recent)
            self._recent = dict.fromkeys(sorted(before, key=_by_access))
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
            warning = errors.CookieRejectedWarning(
                "Left out of the file's cookies, since no response could have set them or for"
                " the jar's limits: %d. The first is %a, %s: %s"
                % (len(left_out), name[:40], place, code),
                name,
                code,
            )
            errors.emit_warning(warning, 4)

    def _load_cookie(self, record: StoredCookie, now: float) -> str:
        """Store one record of a file, or give the code of why not; expired ones just end."""
        if _urls.canonical_host(record.domain) != record.domain:
            return "domain-invalid"
        if not _is_path(record.path):
            return "path-invalid"
        # A default-path may have what no Path attribute can: then it is the request's.
        attribute = len(record.path) <= MAX_ATTRIBUTE_VALUE and ";" not in record.path
        cookie = SetCookie(
            record.name,
            record.value,
            domain=None if record.host_only else record.domain,
            path=record.path if attribute else None,
            secure=record.secure,
            httponly=record.httponly,
            samesite=record.samesite,
            partitioned=record.partitioned,
        )
        try:
            header = set_cookie._written(cookie)
        except errors.CookieError as error:
            return error.part + "-invalid"
        request = Request(True, record.domain, record.path + "/")
        case = Case(header, request, now, is_public_suffix=self._is_public_suffix)
        judged = _judge.judge_by_text(case)
        if judged.stored is None or judged.codes:
            return judged.codes[0]
        is_ip = _urls.is_ip_address(record.domain)
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
        """The cookies of *host* and the domain cookies above it."""
        yield from self._hosts.get(host, {}).values()
        if _urls.is_ip_address(host):
            return
        at = host.find(".")
        while at >= 0:
            domain = host[at + 1 :]
            entries = self._hosts.get(domain)
            if entries and not _store.is_public_suffix(domain, self._is_public_suffix):
                yield from [entry for entry in entries.values() if not entry.cookie.host_only]
            at = host.find(".", at + 1)

    def _admit(self, cookie: StoredCookie, codes: list[str], case: Case) -> list[str]:
        """The end of Store a Cookie (layered 5.4.3), where it meets other cookies.

        *codes* say what speaks against it already; gives those of why it is not kept.
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
        return self._insert(cookie, case.now)

    def _insert(self, cookie: StoredCookie, now: float) -> list[str]:
        entry = self._place(cookie, now)
        if entry is None:
            return ["expired"]
        self._collect_garbage(cookie.domain)
        return [] if entry in self._recent else ["evicted"]

    def _place(self, cookie: StoredCookie, now: float) -> _Entry | None:
        """In the place of the same cookie, if it is there, with its creation-time."""
        entry = _Entry(cookie, self._count)
        old = self._hosts.get(cookie.domain, {}).get(entry.key)
        if old is not None:
            # Text 5.4.3 would drop a cookie whose value alone is new; no browser does.
            entry.created = old.created
            entry.cookie = cookie._replace(creation_time=old.cookie.creation_time)
            self._remove(old)
        if _store.is_expired(cookie.expiry_time, now):
            return None
        self._count += 1
        self._hosts.setdefault(cookie.domain, {})[entry.key] = entry
        self._recent[entry] = None
        if cookie.secure:
            self._secure.setdefault(cookie.name, set()).add(entry)
        if cookie.expiry_time is not None:
            heapq.heappush(self._expiries, (cookie.expiry_time, self._count, entry))
            self._tidy_expiries()
        return entry

    def _tidy_expiries(self) -> None:
        """Forget those of cookies that are gone, once they are most."""
        if len(self._expiries) > 2 * len(self._recent) + 64:
            self._expiries = [item for item in self._expiries if item[2] in self._recent]
            heapq.heapify(self._expiries)

    def _overlays_httponly(self, cookie: StoredCookie) -> bool:
        entry = self._hosts.get(cookie.domain, {}).get(_key(cookie))
        return entry is not None and entry.cookie.httponly

    def _overlays_secure(self, cookie: StoredCookie) -> bool:
        """Leave Secure Cookies Alone: none of this name, on a host above or below."""
        for entry in self._secure.get(cookie.name, ()):
            there = entry.cookie
            related = _urls.host_matches(cookie.domain, there.domain)
            related = related or _urls.host_matches(there.domain, cookie.domain)
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

    def _collect_garbage(self, host: str) -> None:
        """Garbage Collect Cookies (layered 5.4.4); the expired are gone already."""
        self._remove_excess(host)
        self._remove_global_excess()

    def _remove_excess(self, host: str) -> None:
        """Remove Excess Cookies for a Host (layered 5.2.2)."""
        entries = self._hosts.get(host, {})
        excess = len(entries) - self._max_per_host
        if excess > 0:
            members = set(entries.values())
            recent = [entry for entry in self._recent if entry in members]
            recent.sort(key=_by_security)  # which leaves the order of last access among equals
            for entry in recent[:excess]:
                self._remove(entry)

    def _remove_global_excess(self) -> None:
        """Remove Global Excess Cookies (layered 5.2.3)."""
        while len(self._recent) > self._max_total:
            self._remove(next(iter(self._recent)))

    def _remove_expired(self, now: float) -> None:
        """Remove Expired Cookies (layered 5.2.1)."""
        while self._expiries and self._expiries[0][0] <= now:
            entry = heapq.heappop(self._expiries)[2]
            if entry in self._recent:
                self._remove(entry)


def _goes_with(
    cookie: StoredCookie,
    request: Request,
    http_api: bool,
    allowed: tuple[str | None, ...],
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


def _by_creation(entry: _Entry) -> int:
    return entry.created


def _by_path_and_creation(entry: _Entry) -> tuple[int, int]:
    """Longer paths first, by characters as in browsers (the text counts segments)."""
    return -len(entry.cookie.path), entry.created


def _by_security(entry: _Entry) -> bool:
    return entry.cookie.secure


def _by_access(entry: _Entry) -> float:
    return entry.accessed


def _by_record(record: tuple[str, StoredCookie]) -> float:
    return record[1].creation_time


def _is_path(path: str) -> bool:
    """Whether it can be a cookie's: from the root, in octets, without controls."""
    odd = set_cookie._has_control(path) or "\t" in path or not path.startswith("/")
    return not odd and max(path) <= "\xff"
