"""Hosts and URLs, as far as cookies need them (the URL Standard, 3.5 and 4.4).

A canonical host is in lower case and in A-labels, an IP address in its one canonical form.
A URL that parsers might read differently is rejected.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from .._core import hosts

# --- hosts, in their canonical form ---------------------------------------------


def host_matches(host: str, domain: str) -> bool:
    """Whether a canonical host domain-matches another one (layered 5.3.2)."""
    if host == domain:
        return True
    return host.endswith("." + domain) and not is_ip_address(host)


def is_ip_address(host: str) -> bool:
    """Whether a canonical host is an IP address: domains never end in a number."""
    return host.startswith("[") or _ends_in_number(host)


# The code points of a domain in lower case and A-labels. The URL Standard accepts more, but
# such a host can't be looked up.
_is_host_text = re.compile(r"[a-z0-9_.-]+").fullmatch
# Most hosts are canonical already: in lower case, and the last label is not a number.
_is_plain = re.compile(r"(?:[a-z0-9_-]+[.])*[a-z][a-z0-9_-]*").fullmatch


def canonical_host(text: str) -> str | None:
    """Return the host that *text* names, or None (the URL Standard, 3.5, "host parsing").

    Percent-encoded hosts are rejected, not decoded. One trailing dot makes another host, as
    in browsers.

    >>> canonical_host("WWW.Example.COM"), canonical_host("0x7f.1"), canonical_host("a..b")
    ('www.example.com', '127.0.0.1', None)
    """
    if _is_plain(text) and len(text) <= hosts.MAX_LABEL:
        return text
    if text.startswith("["):
        return _ipv6(text)
    if not text.isascii():
        labels = hosts.a_labels(text)
        if labels is None or not is_valid_idn(labels):
            return None
        text = labels
    host = text.lower()
    if _ends_in_number(host):
        return _ipv4(host)
    name = host[:-1] if host.endswith(".") else host
    return host if _is_host_text(host) and hosts.has_valid_lengths(name) else None


# Letters of Hangul and Khmer that UTS 46 ignores, and letters that it does not fold.
_ignored = re.compile("[\u115f\u1160\u17b4\u17b5\u3164\uffa0]").search
_unfolded = re.compile("[\xdf\u03c2]").sub


def is_valid_idn(host: str) -> bool:
    """Whether a host in A-labels passes the validity criteria of UTS 46 (4.1), as in browsers.

    `hosts.a_labels` follows IDNA 2003, which knows Unicode 3.2 only. No label starts with a
    mark, or has a character that is unassigned, invisible or folded to another one, and all
    have one direction, if there are letters from right to left.
    """
    labels = []
    for label in host.lower().split("."):
        text = label
        if label.startswith("xn--"):
            try:
                text = label[4:].encode().decode("punycode")
            except UnicodeError:
                return False
            if text.isascii() or not _is_valid_label(text):
                return False
        labels.append(text)
    has_both = any(not _LEFT_TO_RIGHT.issuperset(_directions(label)) for label in labels)
    return not has_both or all(_has_one_direction(label) for label in labels if label)


def _is_valid_label(label: str) -> bool:
    text = _unfolded("", label)
    return (
        unicodedata.normalize("NFKC", text.casefold()) == text
        and unicodedata.category(label[0])[0] != "M"
        and not _ignored(label)
        and all(
            unicodedata.category(char)[0] not in "CZ"
            or (char in "\u200c\u200d" and unicodedata.combining(before) == 9)
            for before, char in zip("-" + label, label)
        )
    )


_LEFT_TO_RIGHT = {"L", "EN", "ES", "CS", "ET", "ON", "BN", "NSM"}
_RIGHT_TO_LEFT = _LEFT_TO_RIGHT - {"L"} | {"R", "AL", "AN"}


def _directions(label: str) -> list[str]:
    return [unicodedata.bidirectional(char) for char in label]


def _has_one_direction(label: str) -> bool:
    """The Bidi Rule (RFC 5893, 2)."""
    found = _directions(label)
    last = next((each for each in reversed(found) if each != "NSM"), "")
    if found[0] == "L":
        return _LEFT_TO_RIGHT.issuperset(found) and last in ("L", "EN")
    mixed = not _RIGHT_TO_LEFT.issuperset(found) or {"EN", "AN"}.issubset(found)
    return found[0] in ("R", "AL") and not mixed and last in ("R", "AL", "EN", "AN")


_number = re.compile(r"0x[0-9a-f]*|[0-9]+").fullmatch


def _ends_in_number(host: str) -> bool:
    """The URL Standard's "ends in a number checker"."""
    last = host[:-1] if host.endswith(".") else host
    return bool(_number(last[last.rfind(".") + 1 :]))


def _ipv4(host: str) -> str | None:
    """The URL Standard's "IPv4 parser": one to four numbers, decimal, octal or hexadecimal."""
    parts = (host[:-1] if host.endswith(".") else host).split(".")
    *leading, last = [_ipv4_number(part) for part in parts[:5]]
    if len(parts) > 4 or max(leading, default=0) > 255 or last >= 256 ** (4 - len(leading)):
        return None
    address = last + sum([number << 8 * (3 - at) for at, number in enumerate(leading)])
    return ".".join([str(address >> shift & 255) for shift in (24, 16, 8, 0)])


_NO_ADDRESS = 2**64


def _ipv4_number(part: str) -> int:
    hexadecimal, octal = part.startswith("0x"), part.startswith("0")
    digits = (part[2:] if hexadecimal else part).lstrip("0") or "0"
    if len(digits) > 16 or not _number(part):  # `int` would take quadratic time, or refuse
        return _NO_ADDRESS
    try:
        return int(digits, 16 if hexadecimal else 8 if octal else 10)
    except ValueError:  # 08, 09
        return _NO_ADDRESS


def _ipv6(text: str) -> str | None:
    """Return an address in brackets, compressed as the URL Standard writes it."""
    import ipaddress

    if not text.endswith("]") or "%" in text:
        return None
    try:
        address = ipaddress.IPv6Address(text[1:-1])
    except ValueError:
        return None
    if address.ipv4_mapped is None:
        return "[" + address.compressed + "]"
    # Newer Pythons write the last two groups as an IPv4 address.
    return "[::ffff:%x:%x]" % (int(address) >> 16 & 0xFFFF, int(address) & 0xFFFF)


# --- the request ------------------------------------------------------------------


class Request(NamedTuple):
    """The parts of a request's URL that matter to cookies; *plain* is true without TLS."""

    secure: bool
    host: str
    path: str
    plain: bool = False


# Blanks, control characters and the backslash: URL parsers disagree about where the host
# ends. A URL that can be sent has none of them.
_ambiguous = re.compile(r"[\s\x00-\x20\x7f-\xa0\\\ud800-\udfff]").search
_url = re.compile(r"(https?|wss?)://([^/?#]*)([^?#]*)", re.IGNORECASE | re.ASCII).match
_port = re.compile(r"[0-9]{0,5}").fullmatch


def read_url(url: str) -> Request | None:
    """Return the request for *url*, or None if cookies are not stored for this URL.

    >>> read_url("http://user@Example.com:8080/a/./b?q")
    Request(secure=False, host='example.com', path='/a/b', plain=True)
    """
    found = None if _ambiguous(url) else _url(url)
    if found is None:
        return None
    scheme, authority, path = found.groups()
    text = authority.rpartition("@")[2]
    name, colon, port = text.rpartition(":")
    if not colon or text.endswith("]"):
        name, port = text, ""
    host = canonical_host(name) if name else None
    if host is None or not _port(port) or int(port or "0") > 65535:
        return None
    plain = scheme.lower() in ("http", "ws")
    return Request(not plain or is_trustworthy(host), host, _url_path(path), plain)


def is_trustworthy(host: str) -> bool:
    """Whether plain http to *host* stays on this machine, so that it gets Secure cookies.

    Layered leaves "deemed secure" to the user agent. Chromium and Firefox agree on these
    hosts (Secure Contexts, 3.1).
    """
    name = host[:-1] if host.endswith(".") else host
    if name in ("localhost", "[::1]") or name.endswith(".localhost"):
        return True
    return host.startswith("127.") and is_ip_address(host)


# The URL Standard's path percent-encode set, as far as `_ambiguous` accepts it.
_to_encode = re.compile(r'[^\x00-\x7f]+|["<>^`{}]').sub


def _url_path(path: str) -> str:
    """Return the path as it is sent: the URL Standard's "path state"."""
    path = _to_encode(lambda found: "".join(["%%%02X" % o for o in found[0].encode()]), path)
    if "/." not in path and "/%2" not in path:
        return path or "/"
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        dots = segment.lower().replace("%2e", ".")
        if dots == "..":
            del kept[-1:]
        elif dots != ".":
            kept.append(segment)
    return "/" + "/".join(kept if dots not in (".", "..") else [*kept, ""])
