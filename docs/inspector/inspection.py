"""What the page shows: the library's answer to a pasted text, as JSON.

`worker.js` calls `inspect` in Pyodide. All text in the answer is for reading, with escapes in
place of controls and marks that change the direction of text. Only headers to copy are as they
are: ``suggestion`` and ``corrected`` are such a header, and the same header for reading.
"""

from __future__ import annotations

import difflib
import json
import re
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pkgutil import get_data
from typing import Any

from cookiecodec import (
    BadSignature,
    CookieSizeWarning,
    Finding,
    SetCookie,
    Signer,
    check_cookie_header,
    default_path,
    explain_set_cookie,
    format_cookie_date,
    parse_cookie_pairs,
)
from cookiecodec._core.attributes import ATTRIBUTES, split_pair
from cookiecodec._formats import urls
from cookiecodec._formats.responses import Head, is_status_line, read_heads
from cookiecodec._user_agent.attributes import FLAGS, read_attributes
from cookiecodec.compat import django_signing
from cookiecodec.explain import Line, Verdict, explain_lines, is_refused
from cookiecodec.set_cookie import native_string
from cookiecodec.signing import payload_data, peek

ASSUMED = "https://example.com/"
_MAX_COOKIES = 200  # of a response or request; a page with more is of no use
_MAX_ROWS = 40
_MAX_SHOWN = 10_000  # characters of a value or payload
_MAX_CORRECTIONS = 10

_ATTRIBUTES = {name.lower() for _, name in ATTRIBUTES}
_DIGESTS = {27: "sha1", 43: "sha256", 64: "sha384", 86: "sha512"}  # by length in base64
_SALTS = ("cookie-session", "cookiecodec", "itsdangerous.Signer", "itsdangerous")

# Browsers' developer tools copy the name of a header and its value as two lines.
_on_two_lines = re.compile(r"^(set-cookie|cookie):?[ \t]*\r?\n(?=\S)", re.I | re.M)
_cookie_lines = re.compile(r"^(?:> )?[ \t]*cookie[ \t]*:[ \t]*(.*)$", re.I | re.M)
_set_cookie_line = re.compile(r"^(?:< )?[ \t]*set-cookie[ \t]*:[ \t]*", re.I | re.M)
# A signature in base64, and before it the time: in base64 (itsdangerous) or 62 (Django).
_signed = re.compile(r"([^;=\s]*={0,2})(?:\.([\w-]{1,11})\.|:(\w{1,11}):)([\w-]+)", re.ASCII)


def inspect(request: str) -> str:
    """Answer a request of the page, both JSON.

    The request has ``text`` and may have ``url``, ``kind`` (what the text is; by default
    this is detected), ``cross_site``, ``script``, ``embedded``, ``key`` and ``salt``.
    """
    asked = json.loads(request)
    text = _on_two_lines.sub(r"\1: ", asked["text"].strip("\r\n"))
    octets = _octets(text)
    kind = asked.get("kind") or _detect(text)
    answer = {"empty": _nothing, "cookie": _request, "signed": _token}.get(kind, _response)
    return json.dumps({"kind": kind, **answer(text, octets, {**asked, "kind": kind})})


def _detect(text: str) -> str:
    stripped = text.strip()
    several = "\n" in stripped
    if not stripped:
        kind = "empty"
    elif _set_cookie_line.search(text):
        kind = "response" if several else "set-cookie"
    elif _cookie_lines.search(text):
        kind = "cookie"
    elif several or is_status_line(_octets(stripped)):
        kind = "response"
    elif _looks_signed(stripped):
        kind = "signed"
    else:
        pairs = [pair for pair in stripped.split(";")[1:] if pair.strip()]
        is_request = pairs and not any(map(_is_attribute, pairs))
        kind = "cookie" if is_request else "set-cookie"
    return kind


def _is_attribute(pair: str) -> bool:
    """Whether this is an attribute, perhaps misspelled, and no cookie of a Cookie header."""
    name, equals, _ = pair.partition("=")
    name = name.strip().lower()[:20]
    return not equals or bool(difflib.get_close_matches(name, _ATTRIBUTES, 1, 0.75))


def _nothing(text: str, octets: bytes, asked: dict[str, Any]) -> dict[str, Any]:
    return {}


# --- public suffixes ----------------------------------------------------------------------


def _read_suffixes() -> Callable[[str], bool] | None:
    """Read the list of public suffixes, if it is there: it is where the page is assembled."""
    try:
        data = get_data(__name__, "public_suffixes.txt")
    except OSError:
        return None
    rules = frozenset((data or b"").decode("ascii").split())

    def is_public_suffix(domain: str) -> bool:
        parent = domain.partition(".")[2]
        if not parent or domain in rules or f"*.{domain}" in rules:
            return True
        return f"*.{parent}" in rules and f"!{domain}" not in rules

    return is_public_suffix


is_public_suffix = _read_suffixes()


# --- Set-Cookie ---------------------------------------------------------------------------


def _response(text: str, octets: bytes, asked: dict[str, Any]) -> dict[str, Any]:
    url = (asked.get("url") or "").strip() or ASSUMED
    if "://" not in url:
        url = "https://" + url
    heads = []
    if asked["kind"] == "response":
        heads = read_heads(octets, url)
        if not any(head.lines for head in heads) and not is_status_line(octets):
            heads = [Head(url, [line for line in octets.splitlines() if line.strip()])]
    else:
        name = _set_cookie_line.match(text)
        heads = [Head(url, [_octets(text[name.end() if name else 0 :])])]
    context = (asked.get("cross_site"), not asked.get("script"), asked.get("embedded"))
    given = [(head.url, line) for head in heads for line in head.lines]
    lines = [Line(at, line, time.time(), *map(bool, context)) for at, line in given]
    lines, more = lines[:_MAX_COOKIES], lines[_MAX_COOKIES:]
    verdicts = explain_lines(lines, is_public_suffix)
    return {
        "assumed": not (asked.get("url") or "").strip(),
        "url": escape(url),
        "cookies": [_cookie(*each, asked) for each in zip(lines, verdicts)],
        "dropped": sum(map(is_refused, verdicts)),
        "responses": len(heads),
        "more": len(more),
    }


def _cookie(line: Line, verdict: Verdict, asked: dict[str, Any]) -> dict[str, Any]:
    native = native_string(line.header)
    pair = split_pair(native.partition(";")[0])
    name, value = map(_readable, pair)
    state = "kept" if verdict.accepted else "dropped" if is_refused(verdict) else "deletes"
    return {
        "state": state,
        "url": escape(line.url),
        "name": escape(name[:_MAX_SHOWN]),
        "header": escape(_readable(native)[:_MAX_SHOWN]),
        "findings": [_finding(finding) for finding in verdict.findings],
        "corrected": _corrected(line, verdict),
        "rows": [
            [escape(_readable(label[:40])), escape(_readable(text)[:_MAX_SHOWN])]
            for label, text in _rows(native, verdict.cookie, line.url)
        ],
        "signed": _read_signed(name, value, asked),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    message, suggestion = escape(finding.message), _to_copy(finding.suggestion)
    return {**finding._asdict(), "message": message, "suggestion": suggestion}


def _to_copy(native: str | None) -> list[str] | None:
    return None if native is None else [_readable(native), escape(_readable(native))]


def _corrected(line: Line, verdict: Verdict) -> list[str] | None:
    """Return a header without the problems that have a correction, one after the other."""
    text = None
    for _ in range(_MAX_CORRECTIONS):
        corrections = [
            finding.suggestion
            for finding in verdict.findings
            if finding.severity != "info" and finding.suggestion is not None
        ]
        if not corrections:
            break
        text = corrections[0]
        verdict = explain_set_cookie(
            text,
            line.url,
            is_public_suffix=is_public_suffix,
            cross_site=line.cross_site,
            http_api=line.http_api,
            embedded=line.embedded,
        )
    return _to_copy(text)


def _rows(native: str, cookie: SetCookie | None, url: str) -> Iterator[tuple[str, str]]:
    """Yield name, value and attributes: as read, or as written if all is ignored."""
    if cookie is None:
        name, value = split_pair(native.partition(";")[0])
        yield from (("Name", name or "(none)"), ("Value", value))
        for each in read_attributes(native)[:_MAX_ROWS]:
            yield each.name, each.value
        return
    yield from (("Name", cookie.name or "(none)"), ("Value", cookie.value))
    request = urls.read_url(url)
    for field, label in ATTRIBUTES:
        value = getattr(cookie, field)
        if field in FLAGS:
            yield label, "yes" if value else "no"
        elif value is not None:
            shown = format_cookie_date(value) if field == "expires" else str(value)
            yield label, shown + (" s" if field == "max_age" else "")
        elif field == "domain" and request is not None:
            yield label, f"not set: only {request.host}"
        elif field == "path" and request is not None:
            yield label, f"not set: {default_path(request.path)}, from the address"
        else:
            yield label, "not set"


# --- Cookie -------------------------------------------------------------------------------


def _request(text: str, octets: bytes, asked: dict[str, Any]) -> dict[str, Any]:
    lines = _cookie_lines.findall(text) or text.split("\n")
    headers = [line.strip().encode("utf-8", "replace") for line in lines]
    pairs = parse_cookie_pairs(headers)
    counts = Counter(name for name, _ in pairs)
    notes = [
        f"{escape(repr(name[:40]))} is there {count} times. Most servers read the first, which"
        " browsers send for the longest path. A sibling host may have set another."
        for name, count in counts.items()
        if count > 1
    ][:_MAX_ROWS]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", CookieSizeWarning)
        size = check_cookie_header(headers)
    notes += [_size_note(each.message) for each in caught]
    return {
        "size": size,
        "notes": notes,
        "cookies": [
            {
                "name": escape(name[:_MAX_SHOWN]),
                "value": escape(value[:_MAX_SHOWN]),
                "signed": _read_signed(name, value, asked),
            }
            for name, value in pairs[:_MAX_COOKIES]
        ],
        "more": max(0, len(pairs) - _MAX_COOKIES),
    }


def _size_note(warning: Any) -> str:
    what = "octets" if warning.code == "header-size" else "cookies"
    largest = ", ".join([f"{name[:40]!r} ({size})" for name, size in warning.largest])
    return escape(
        f"There are {warning.size} {what}; servers and browsers usually accept {warning.limit}."
        f" The largest cookies, with their octets, are {largest}."
    )


# --- signed values ------------------------------------------------------------------------


def _token(text: str, octets: bytes, asked: dict[str, Any]) -> dict[str, Any]:
    return {"signed": _read_signed("session", text.strip(), asked)}


def _looks_signed(value: str) -> re.Match[str] | None:
    """Match a value with a time and a signature of a usual length."""
    found = _signed.fullmatch(value)
    return found if found and len(found.group(4)) in _DIGESTS else None


def _read_signed(name: str, value: str, asked: dict[str, Any]) -> dict[str, Any] | None:
    """Return what a signed value holds. None: this is not one."""
    value = value.strip('"')
    found = _looks_signed(value)
    if found is None:
        return None
    payload, _, time62, signature = found.groups()
    digest = _DIGESTS[len(signature)]
    if time62:
        signed_at = 0
        for digit in time62:
            signed_at = signed_at * 62 + _BASE62.find(digit)
    else:
        signed_at = peek(_octets(value), True)[1] or 0
    try:
        moment = format_cookie_date(signed_at)
    except (ValueError, OverflowError, OSError):
        return None
    key = asked.get("key") or ""
    return {
        "format": "Django" if time62 else "itsdangerous, Flask, Starlette or cookiecodec",
        "digest": digest,
        "signed_at": moment,
        "payload": escape(_payload_text(payload)[:_MAX_SHOWN], "\n"),
        "verified": _verify(name, value, digest, bool(time62), asked) if key else None,
    }


_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _payload_text(payload: str) -> str:
    """Return a payload as indented JSON, if it is JSON, or as text."""
    octets = _octets(payload)
    # Starlette writes base64 with its padding and with the characters that URLs do not have.
    plain = octets.translate(bytes.maketrans(b"+/", b"-_")).rstrip(b"=")
    data = payload_data(plain)
    try:
        return json.dumps(json.loads(data or octets), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return (octets if data is None else data).decode("utf-8", "replace")


def _verify(name: str, value: str, digest: Any, django: bool, asked: dict[str, Any]) -> str:
    """Return who verifies a value with the given key, or ``""``."""
    key, salt = [_octets(asked.get(each) or "").decode() for each in ("key", "salt")]
    signers: dict[str, Callable[[str], object]]
    if django:
        salts = [salt] if salt else [_DJANGO_SESSIONS, "django.core.signing"]
        signers = {
            f"salt {each!r}": django_signing.TimestampSigner(
                key=key, salt=each, algorithm=digest
            ).unsign
            for each in salts
        }
        signers["set_signed_cookie"] = django_signing.get_cookie_signer(name, key, salt).unsign
    else:
        signers = dict(_signers(name, key, [salt] if salt else _SALTS, digest))
    for label, unsign in signers.items():
        try:
            unsign(value)
        except BadSignature as error:
            if error.payload is None:
                continue
            return escape(f"{label}; {error}")
        return escape(label)
    return ""


_DJANGO_SESSIONS = "django.contrib.sessions.backends.signed_cookies"


def _signers(
    name: str, key: str, salts: Any, digest: Any
) -> Iterator[tuple[str, Callable[[str], object]]]:
    derivations: Any = ("hmac", "django-concat", "concat", "none")
    for salt in salts:
        for derivation in derivations:
            signer = Signer(key, salt=salt, digest=digest, key_derivation=derivation)
            label = f"{digest}, salt {salt!r}, key derivation {derivation!r}"
            yield label, signer.unsign
            try:
                bound = signer.for_cookie(name)
            except ValueError:  # without a derivation, and for a name that is not a token
                continue
            yield f"{label}, bound to the cookie {name!r}", bound.loads
            yield f"{label}, a text bound to the cookie {name!r}", bound.unsign


# --- text ---------------------------------------------------------------------------------


def _octets(text: str) -> bytes:
    """Return the UTF-8 that browsers send for a text, which may have lone surrogates."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def _readable(native: str) -> str:
    """Decode a native string, which has one character per octet."""
    return native.encode("latin-1").decode("utf-8", "backslashreplace")


def escape(text: str, keep: str = "") -> str:
    r"""Return *text* with escapes for controls, bidi marks, odd blanks, but not for *keep*.

    >>> print(escape("a\x1b[31m\u202eb"))
    a\x1b[31m\u202eb
    """
    return "".join(
        [
            char if char.isprintable() or char in keep
            else char.encode("unicode_escape").decode("ascii")
            for char in text
        ]
    )  # fmt: skip
