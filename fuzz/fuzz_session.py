"""`SessionCookie`: a Cookie header opens as a session that this key signed, or as none.

- Nothing raises and nothing warns. Without a cookie of ours there is no session.
- Whatever else a client sends with it, the cookie that we wrote opens as what was saved:
  junk of the same name locks nobody out.
- A cookie with anything changed in it opens as no session, and not as another one.
- What is saved is inside the grammar, names our cookies alone, and opens as what it was.

An input has five fields: options, what stands before our cookie in the header, what stands
behind it, a change (where, how much, and what instead), and the session, in JSON.
"""

from __future__ import annotations

import contextlib
import json
import warnings
from typing import Any

import harness

with harness.instrumented(__name__):
    from cookiecodec import CookieError, Session, SessionCookie, parse_cookie_pairs, tagged_json
from tests.support.grammar import assert_in_grammar

KEY = b"a key of thirty-two octets, or so"
NOW = 1_700_000_000
NAMES = {"session", *[f"session.{number}" for number in range(10)]}


def made(chunked: bool, flask: bool) -> SessionCookie:
    make = SessionCookie.flask if flask else SessionCookie
    return make(KEY, chunked=chunked, max_size=400 if chunked else 0, clock=lambda: NOW)


KINDS = [made(chunked, flask) for chunked in (False, True) for flask in (False, True)]
#: Who must not read them: another cookie's server; the same one after the lifetime, or
#: with a clock that is more than a minute behind.
STRANGERS = [SessionCookie(KEY, name="other", clock=lambda: NOW)]
for make in (SessionCookie, SessionCookie.flask):
    STRANGERS += [
        make(KEY, clock=lambda: NOW + 31 * 86400 + 1),
        make(KEY, clock=lambda: NOW - 61),
    ]


def one_input(data: bytes) -> None:
    options, before, behind, change, content = harness.fields(data, 5)
    bits = options[0] if options else 0
    cookies, chunked = KINDS[bits & 3], bool(bits & 2)
    check_foreign(cookies, before + b"; " + behind)
    session = Session(content_of(content))
    session.modified = True
    session.permanent = bool(bits & 4)
    sent = saved(cookies, session)
    if sent is None:
        return
    check_among(cookies, sent, before, behind, chunked, dict(session))
    check_changed(cookies, sent, change, chunked, dict(session))
    for stranger in STRANGERS:
        assert stranger.open(sent + "; " + sent.replace("session=", "other=", 1)).new
    if chunked:
        check_logout(cookies, sent)
    check_payload(cookies, content)


def content_of(field: bytes) -> dict[str, Any]:
    """An object of JSON, or any text as one entry."""
    text = field.decode("utf-8", "replace")
    try:
        content = json.loads(text)
        if not isinstance(content, dict):
            content = {"v": content}
        tagged_json.loads(tagged_json.dumps(content))
    except (ValueError, RecursionError, KeyError, TypeError):
        content = {"v": text}
    reserved = ("_permanent", "_lifetimes")
    return {name: value for name, value in content.items() if name not in reserved}


def check_foreign(cookies: SessionCookie, header: bytes) -> None:
    session = cookies.open(header)
    assert session.payload is None, "a session that nobody signed"
    assert not dict.__len__(session)
    assert cookies.open(header.decode("latin-1")).new
    lines = cookies.save(session)
    assert lines == [], "an untouched session says nothing"
    assert len(session) == 0
    assert cookies.save(session) == [("Vary", "Cookie")]


def saved(cookies: SessionCookie, session: Session) -> str | None:
    """The Cookie header that a user agent sends back, or None: too large."""
    try:
        lines = cookies.save(session)
    except CookieError as error:
        assert error.part == "value"
        return None
    assert lines[-1] == ("Vary", "Cookie")
    pairs = []
    for field, header in lines[:-1]:
        assert field == "Set-Cookie"
        assert_in_grammar(header, "octal")
        pair = header.split("; ")[0]
        assert pair.partition("=")[0] in NAMES
        pairs.append(pair)
    assert cookies.save(session) == lines, "saved once more, it is the same"
    return "; ".join(pairs)


def check_among(
    cookies: SessionCookie,
    sent: str,
    before: bytes,
    behind: bytes,
    chunked: bool,
    content: dict[str, Any],
) -> None:
    header = before + b"; " + sent.encode() + b"; " + behind
    planted = [name for name, _ in parse_cookie_pairs(before) if name in NAMES]
    if len(planted) > 199 or (chunked and parse_cookie_pairs(behind)):
        cookies.open(header)  # may be locked out; raises nothing
        return
    session = cookies.open(header)
    if not chunked or not planted:
        assert not session.new, "planted cookies lock out"
        assert same(dict(session), content)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        lines = cookies.save(session)
    for field, line in lines:
        assert field == "Vary" or line.partition("=")[0] in NAMES


def same(left: object, right: object) -> bool:
    """In tagged JSON, which tells 1 from True and has one NaN."""
    return tagged_json.dumps(left) == tagged_json.dumps(right)


def check_changed(
    cookies: SessionCookie, sent: str, change: bytes, chunked: bool, content: dict[str, Any]
) -> None:
    """With one stretch of it another there is no session, but for what makes no difference."""
    where, count = [*change, 0, 0][:2]
    start = sent.index("=") + 1
    at = start + where * (len(sent) - start) // 256
    forged = sent[:at] + change[2:].decode("latin-1") + sent[at + count :]
    session = cookies.open(forged)
    assert session.new or same(dict(session), content), "forged"
    if not chunked:
        tokens = [value for name, value in parse_cookie_pairs(forged) if name == "session"]
        assert session.new or sent[start:] in tokens, "a changed cookie verifies"


def check_logout(cookies: SessionCookie, sent: str) -> None:
    """Every name that the session can have is expired, whether it was sent or not."""
    session = cookies.open(sent)
    session.clear()
    expired = {
        line.partition("=")[0] for field, line in cookies.save(session) if field != "Vary"
    }
    assert expired == NAMES


def check_payload(cookies: SessionCookie, payload: bytes) -> None:
    """Signed by us, whatever it is (by an older version, say): a session, or none."""
    for data in (payload, b"{" + payload + b"}"):
        token = cookies._signer.seal(data)
        session = cookies.open(f"session={token}")
        assert session.new is (session.payload is None)
        with contextlib.suppress(CookieError):  # permanent, and then too large for chunks
            cookies.save(session)


if __name__ == "__main__":
    harness.fuzz(one_input)
