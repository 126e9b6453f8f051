"""A cookie store, as naively as the text can be read (layered 5.1 to 5.5).

One list, and a loop over all of it for everything. Headers are read by the package, which
has tests of that; all that becomes of a cookie after that is written here once more, in the
order of the text, and as documented (docs/user-agent.md) where browsers have it otherwise.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from cookiecodec import MAX_AGE_SECONDS, StoredCookie, parse_set_cookie
from cookiecodec._formats import urls
from cookiecodec._user_agent import quirks


class Page(NamedTuple):
    """A URL, and what it is to cookies; no host: none go with it."""

    url: str
    secure: bool
    host: str
    path: str


class Visit(NamedTuple):
    """A response from a page, as far as its cookies depend on it."""

    page: Page
    now: float
    http_api: bool = True
    cross_site: bool = False


@dataclasses.dataclass
class Kept:
    """A cookie in the store; what happens is counted, for times may be equal, or go back."""

    cookie: StoredCookie
    created: int
    accessed: int
    site: str  #: the registrable domain of its host, when it was stored

    @property
    def group(self) -> "tuple[str, bool]":
        """What is counted together (browsers2, cause 4)."""
        return self.site, self.cookie.partitioned


def is_address(host: str) -> bool:
    return host.startswith("[") or host.replace(".", "").isdigit()


def domain_matches(host: str, domain: str) -> bool:
    """5.3.2"""
    labels = domain.split(".")
    ends_so = host.split(".")[-len(labels) :] == labels
    return host == domain or (ends_so and not is_address(host))


def default_path(path: str) -> str:
    """5.3.3: without the last segment."""
    return "/" + "/".join(path[1:].split("/")[:-1])


def path_matches(path: str, cookie_path: str) -> bool:
    """5.3.4; its last step means that a "/" follows, as in RFC 6265."""
    within = cookie_path if cookie_path.endswith("/") else cookie_path + "/"
    return path == cookie_path or path.startswith(within)


# From how near a request has to be for a cookie, to how near it is.
NEAR_ENOUGH = ["None", None, "Lax", "Strict"]
NEARNESS = ["none", "unset", "lax", "strict"]


class Model:
    """The cookie store of a user agent; *listed* are public suffixes of several labels."""

    def __init__(self, max_per_host: int, max_total: int, listed: "set[str]") -> None:
        self.max_per_host, self.max_total = max_per_host, max_total
        self.listed = listed
        self.store: list[Kept] = []
        self.events = 0

    def happens(self) -> int:
        self.events += 1
        return self.events

    def cookies(self) -> "list[StoredCookie]":
        """In the order of creation."""
        return [kept.cookie for kept in sorted(self.store, key=lambda kept: kept.created)]

    def is_public_suffix(self, host: str) -> bool:
        name = host[:-1] if host.endswith(".") else host
        return not is_address(host) and ("." not in name or name in self.listed)

    def site(self, host: str) -> str:
        """One label more than the longest public suffix, or the host, if it is one."""
        if is_address(host):
            return host
        labels = host.split(".")
        names = [".".join(labels[number:]) for number in range(len(labels))]
        suffixes = [self.is_public_suffix(name) for name in names]
        return names[max(suffixes.index(True) - 1, 0)]

    def is_same_site(self, host: str, domain: str) -> bool:
        """No public suffix is between them (browsers2, cause 1)."""
        return domain_matches(domain, self.site(host))

    # --- eviction (5.2) --------------------------------------------------------------

    def remove_expired(self, now: float) -> None:
        """At its last second it is expired, as in browsers."""
        self.store = [kept for kept in self.store if not is_expired(kept.cookie, now)]

    def remove_excess(self, group: "tuple[str, bool]") -> None:
        """By site, as recorded: a sixth more than the excess, insecure cookies first.

        Of partitioned ones no more than the excess, in number and in octets.
        """
        mine = [kept for kept in self.store if kept.group == group]
        if group[1]:
            while len(mine) > self.max_per_host or sum(map(octets, mine)) > 10240:
                self.store.remove(mine.pop(mine.index(min(mine, key=by_access))))
        elif len(mine) > self.max_per_host:
            for _ in range(len(mine) - self.max_per_host + self.max_per_host // 6):
                insecure = [kept for kept in mine if not kept.cookie.secure]
                oldest = min(insecure or mine, key=by_access)
                mine.remove(oldest)
                self.store.remove(oldest)

    def remove_global_excess(self) -> None:
        """From where there are most."""
        while len(self.store) > self.max_total:
            counts = Counter(kept.group for kept in self.store)
            most = max(counts.values())
            largest = [kept for kept in self.store if counts[kept.group] == most]
            self.store.remove(min(largest, key=by_access))

    # --- Set-Cookie (5.4.1 to 5.4.4) -------------------------------------------------

    def receive(self, header: str, visit: Visit) -> bool:
        """Parse and Store a Cookie, then Garbage Collect Cookies; whether it is kept."""
        self.remove_expired(visit.now)
        cookie = self.read(header, visit)
        if cookie is None:
            return False
        if not visit.page.secure and any(self.overlays(cookie, kept) for kept in self.store):
            return False
        if len(cookie.path) > 8190:
            return False
        kept = Kept(cookie, self.happens(), self.events, self.site(visit.page.host))
        for old in self.store:
            if identity(old.cookie) == identity(cookie):
                if old.cookie.httponly and not visit.http_api:
                    return False
                # A new value alone would be dropped by the text; browsers take it.
                kept.created = old.created
                kept.cookie = cookie._replace(creation_time=old.cookie.creation_time)
                self.store.remove(old)
                break
        self.store.append(kept)
        self.remove_expired(visit.now)
        self.remove_excess(kept.group)
        self.remove_global_excess()
        return kept in self.store

    def read(self, header: str, visit: Visit) -> "StoredCookie | None":
        """By the text, or, where the browsers agree with each other, by these."""
        if parse_set_cookie(header, now=visit.now) is None or not visit.page.host:
            return None
        by_text = self.judged(header, visit)
        request = urls.Request(visit.page.secure, visit.page.host, visit.page.path)
        said = (
            quirks.rewrite_as_chromium(header, request),
            quirks.rewrite_as_firefox(header, request),
        )
        chromium, firefox = [None if one is None else self.judged(one, visit) for one in said]
        if chromium == firefox:
            return chromium
        kept = [not is_gone(one, visit.now) for one in (chromium, firefox)]
        if is_gone(by_text, visit.now) and all(kept):
            return chromium  # with different contents (browsers2, cause 2)
        if is_gone(by_text, visit.now) or any(kept):
            return by_text
        # Both would have it gone, each for its own reasons.
        return chromium if firefox is not None else None

    def judged(self, header: str, visit: Visit) -> "StoredCookie | None":
        """Store a Cookie, up to where it looks at the store; None: refused."""
        parsed = parse_set_cookie(header, now=visit.now)
        if parsed is None:
            return None
        page, host = visit.page, parsed.domain
        if host == page.host and self.is_public_suffix(host):
            host = None
        if host is not None and self.is_public_suffix(host):
            return None
        if host is not None and not (
            domain_matches(page.host, host) and self.is_same_site(page.host, host)
        ):
            return None
        expiry = None if parsed.expires is None else parsed.expires.timestamp()
        if parsed.max_age is not None:
            expiry = visit.now + parsed.max_age
        cookie = StoredCookie(
            name=parsed.name,
            value=parsed.value,
            domain=page.host if host is None else host,
            path=default_path(page.path) if parsed.path is None else parsed.path,
            host_only=host is None or is_address(host),
            secure=parsed.secure,
            httponly=parsed.httponly,
            samesite=parsed.samesite,
            partitioned=parsed.partitioned,
            priority=parsed.priority,
            expiry_time=expiry,
            creation_time=visit.now,
            last_access_time=visit.now,
        )
        if cookie.httponly and not visit.http_api:
            return None
        if cookie.secure and not page.secure:
            return None
        return None if is_refused(cookie, parsed.path, visit.cross_site) else cookie

    def overlays(self, cookie: StoredCookie, kept: Kept) -> bool:
        """Whether it would stand over, or in the place of, a Secure cookie."""
        there = kept.cookie
        return (
            there.secure
            and not there.partitioned  # browsers2, cause 3
            and kept.site == self.site(cookie.domain)
            and there.name == cookie.name
            and (
                domain_matches(there.domain, cookie.domain)
                or domain_matches(cookie.domain, there.domain)
            )
            and path_matches(cookie.path, there.path)
        )

    # --- Cookie (5.4.5, 5.4.6) -------------------------------------------------------

    def cookie_header(self, visit: Visit, same_site: str) -> str:
        """Retrieve Cookies, Serialize Cookies."""
        self.remove_expired(visit.now)
        if not visit.page.host:
            return ""
        found = [kept for kept in self.store if self.goes_with(kept.cookie, visit, same_site)]
        # By the length of the path, as browsers do; the text counts segments.
        found.sort(key=lambda kept: (-len(kept.cookie.path), kept.created))
        for kept in sorted(found, key=lambda kept: kept.created):
            if visit.now - kept.cookie.last_access_time > 60:
                kept.cookie = kept.cookie._replace(last_access_time=visit.now)
                kept.accessed = self.happens()
        return "; ".join([pair(kept.cookie) for kept in found])

    def goes_with(self, cookie: StoredCookie, visit: Visit, same_site: str) -> bool:
        return (
            (visit.page.host == cookie.domain or self.is_shared_with(visit.page.host, cookie))
            and path_matches(visit.page.path, cookie.path)
            and (visit.page.secure or not cookie.secure)
            and (visit.http_api or not cookie.httponly)
            and NEARNESS.index(same_site) >= NEAR_ENOUGH.index(cookie.samesite)
            # Such ones are kept, as Firefox does, and never sent.
            and "\t" not in cookie.name + cookie.value
        )

    def is_shared_with(self, host: str, cookie: StoredCookie) -> bool:
        """Its domain, or one between them, may have become a public suffix since."""
        return (
            not cookie.host_only
            and domain_matches(host, cookie.domain)
            and self.is_same_site(host, cookie.domain)
        )

    # --- files -----------------------------------------------------------------------

    def loaded(self, records: "Iterable[StoredCookie]", now: float) -> "tuple[Model, int]":
        """A store of what a file holds, and how many of its cookies were left out.

        What happened in one second happened in the file's order; nothing in the future.
        """
        model = Model(self.max_per_host, self.max_total, self.listed)
        left_out = 0
        for cookie in sorted(records, key=lambda cookie: cookie.creation_time):
            if not cookie.host_only and self.is_public_suffix(cookie.domain):
                left_out += 1
            elif not is_expired(cookie, now):
                expiry = cookie.expiry_time
                mended = cookie._replace(
                    expiry_time=None if expiry is None else min(expiry, now + MAX_AGE_SECONDS),
                    creation_time=min(cookie.creation_time, now),
                    last_access_time=min(cookie.last_access_time, now),
                )
                site = model.site(cookie.domain)
                model.store.append(Kept(mended, model.happens(), 0, site))
        for kept in sorted(model.store, key=lambda kept: kept.cookie.last_access_time):
            kept.accessed = model.happens()
        before = len(model.store)
        for group in {kept.group for kept in model.store}:
            model.remove_excess(group)
        model.remove_global_excess()
        return model, left_out + before - len(model.store)


def by_access(kept: Kept) -> int:
    return kept.accessed


def octets(kept: Kept) -> int:
    return len(kept.cookie.name) + len(kept.cookie.value)


def is_refused(cookie: StoredCookie, path: "str | None", cross_site: bool) -> bool:
    """By what it says of itself; *path* is its Path attribute."""
    name, value = cookie.name.lower(), cookie.value.lower()
    is_host_compatible = cookie.secure and cookie.host_only and path == "/"
    is_http_compatible = cookie.secure and cookie.httponly
    prefixes = ("__secure-", "__host-", "__http-", "__host-http-")
    return (
        (cookie.samesite != "None" and cross_site)
        or (cookie.samesite == "None" and not cookie.secure)
        or (cookie.partitioned and not cookie.secure)  # the browsers' rule
        or (name.startswith("__secure-") and not cookie.secure)
        or (name.startswith("__host-") and not is_host_compatible)
        or (name.startswith("__http-") and not is_http_compatible)
        or (name.startswith("__host-http-") and not is_http_compatible)
        or (not name and value.startswith(prefixes))
    )


def identity(cookie: StoredCookie) -> "tuple[object, ...]":
    """What makes two cookies one (5.4.3); Partitioned as browsers have it."""
    return cookie.name, cookie.domain, cookie.host_only, cookie.path, cookie.partitioned


def is_expired(cookie: StoredCookie, now: float) -> bool:
    return cookie.expiry_time is not None and cookie.expiry_time <= now


def is_gone(cookie: "StoredCookie | None", now: float) -> bool:
    return cookie is None or is_expired(cookie, now)


def pair(cookie: StoredCookie) -> str:
    return f"{cookie.name}={cookie.value}" if cookie.name else cookie.value
