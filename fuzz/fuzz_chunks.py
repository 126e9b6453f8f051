"""`dump_cookie_chunks` and `join_cookie_chunks`: the whole value, or none.

- What is written is inside of the grammar and of its limits, and is joined again.
- With a chunk lost, changed, swapped, or taken from another value, there is no value: never
  a wrong one. What others send has its digest, or is none.
- What the client holds and is not written again is expired, in the same list.

An input has five fields: options (quoting, size, two chunks), what is put in the place of
one, what else the client sends, another value, and the value.
"""

from __future__ import annotations

import hashlib
from typing import Any

import harness

with harness.instrumented(__name__):
    from cookiecodec import CookieError, dump_cookie_chunks, join_cookie_chunks, parse_cookie
from tests.support.grammar import assert_in_grammar

QUOTINGS: tuple[Any, ...] = ("octal", "percent")
SIZES = (120, 400, 1000, 4093)
MAX_CHUNKS, MAX_COOKIE_HEADER = 10, 8190


def one_input(data: bytes) -> None:
    options, patch, foreign, other, value = harness.fields(data, 5)
    kind, left, right = [*options, 0, 0, 0][:3]
    quoting, size = QUOTINGS[kind & 1], SIZES[kind >> 1 & 3]
    check_foreign(parse_cookie(foreign, quoting=quoting))
    sent = written(harness.text(value), quoting, size, {})
    if sent is None:
        return
    text = harness.text(value)
    assert join_cookie_chunks(sent, "k") == text
    check_changed(sent, text, left, right, harness.text(patch))
    before = written(harness.text(other), quoting, size, {})
    if before is not None:
        check_rewritten(sent, before, text, left, quoting, size)


def written(value: str, quoting: Any, size: int, held: dict[str, str]) -> dict[str, str] | None:
    """What the server reads when the user agent, which had *held*, sends it back."""
    try:
        headers = dump_cookie_chunks("k", value, max_size=size, quoting=quoting, cookies=held)
    except CookieError as error:
        assert error.part == "value"
        return None
    cookies = dict(held)
    pairs = []
    for header in headers:
        attributes = assert_in_grammar(header, quoting)
        assert len(header) <= size
        pair = header.split("; ")[0]
        cookies.update(parse_cookie(pair, quoting=quoting))
        if attributes.get("Max-Age") == "0":
            del cookies[pair.partition("=")[0]]
        else:
            pairs.append(pair)
    assert 1 <= len(cookies) <= MAX_CHUNKS
    assert len(pairs) == 1 or len("; ".join(pairs)) <= MAX_COOKIE_HEADER
    return cookies


def check_changed(sent: dict[str, str], value: str, left: int, right: int, patch: str) -> None:
    """One chunk is lost, another thing, or in the place of another one."""
    names = list(sent)
    one, two = names[left % len(names)], names[right % len(names)]
    if names == ["k"]:
        return
    for changed in (
        {name: text for name, text in sent.items() if name != one},
        {**sent, one: patch},
        {**sent, one: sent[one] + patch},
        {**sent, one: sent[two], two: sent[one]},
    ):
        whole = changed == sent
        assert join_cookie_chunks(changed, "k") == (value if whole else None)


def check_rewritten(
    sent: dict[str, str], before: dict[str, str], value: str, left: int, quoting: Any, size: int
) -> None:
    """After another value: nothing of that one is left, and its chunks are none of this."""
    assert written(value, quoting, size, before) == sent
    names = list(sent)
    name = names[left % len(names)]
    if len(names) > 1 and before.get(name) not in (None, sent[name]):
        assert join_cookie_chunks({**sent, name: before[name]}, "k") is None


def check_foreign(cookies: dict[str, str]) -> None:
    """A joined value has the digest that its chunks carry; else it is the plain cookie's."""
    for key in {name.partition(".")[0] for name in cookies} | {"k"}:
        value = join_cookie_chunks(cookies, key)
        if value is not None and value != cookies.get(key):
            digest = hashlib.sha256(value.encode()).hexdigest()[:16]
            assert cookies[key + ".0"].split(".")[2] == digest


if __name__ == "__main__":
    harness.fuzz(one_input)
