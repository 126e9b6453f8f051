"""Recordings of how Chromium 156 and Firefox 153 handled 2,000 headers and 114 jars."""

from typing import Any, Callable
from urllib.parse import urlsplit

import pytest

from cookiecodec import CookieJar

from ..support.browser_rules import agree, check, fields, our_fields
from ..support.peers import peer
from ..support.shared import vectors

CASES: "list[dict[str, Any]]" = vectors("browsers/cases.json")
LATER_CASES: "list[dict[str, Any]]" = vectors("browsers2/cases.json")
SEQUENCES: "list[dict[str, Any]]" = vectors("browsers2/sequences.json")

#: 2026-11-23T01:56:40Z, within minutes of every recording.
NOW = 1795399000

#: Octets that end a header line or the response, so that no cookie parser ever sees them:
#: the browsers' HTTP parsers split or join lines there (RFC 9112, 2.2 and 5.2). A jar
#: refuses a header with these octets (layered 5.4.2).
FRAMING = {
    "framing/0a-value-start",
    "framing/0d-name",
    "framing/0d-value",
    "framing/0d-value-start",
    "framing/fold",
}


@pytest.mark.parametrize(
    "case", [case for case in CASES if case["id"] not in FRAMING], ids=lambda case: case["id"]
)
def test_a_header_is_handled_as_recorded(case: "dict[str, Any]") -> None:
    chromium, firefox = case["chromium"], case["firefox"]
    read_url = case["url"].replace("/dir/page", "/dir/page2")
    check(case["url"], case["header"], read_url, chromium, firefox, NOW)


def test_the_recordings_have_the_documented_counts() -> None:
    """The documentation states these counts."""
    assert len(CASES) == 837
    assert {case["id"] for case in CASES} >= FRAMING
    rest = [case for case in CASES if case["id"] not in FRAMING]
    alike = [case for case in rest if agree(case["chromium"], case["firefox"])]
    assert (len(alike), len(rest) - len(alike)) == (693, 139)
    assert {urlsplit(case["url"]).scheme for case in CASES} == {"http", "https"}


# --- the second recordings, with the real list of public suffixes ------------------------


@pytest.fixture(scope="module")
def is_public_suffix() -> "Callable[[str], bool]":
    """With its private part, as browsers have it."""
    listed: Callable[[str], bool] = peer("publicsuffixlist").PublicSuffixList().is_public
    return listed


@pytest.mark.parametrize("case", LATER_CASES, ids=lambda case: case["id"])
def test_a_later_header_is_handled_as_recorded(
    case: "dict[str, Any]", is_public_suffix: "Callable[[str], bool]"
) -> None:
    chromium, firefox = case["chromium"], case["firefox"]
    read_url = case["url"].replace("/dir/page", "/dir/page2")
    now = chromium["set_at"]
    check(case["url"], case["header"], read_url, chromium, firefox, now, is_public_suffix)


@pytest.mark.parametrize("sequence", SEQUENCES, ids=lambda sequence: sequence["id"])
@pytest.mark.parametrize("browser", ["chromium", "firefox"])
def test_a_jar_with_a_past_is_handled_as_recorded(
    sequence: "dict[str, Any]", browser: str, is_public_suffix: "Callable[[str], bool]"
) -> None:
    """The same cookies are held and sent in the same order, or a finding says who differs.

    One difference has no finding: Chromium sends a cookie behind the others after a change
    of its value. Nor are names that are not UTF-8 compared, which DevTools shows as "".
    """
    times = iter(sequence[browser]["times"])
    now = 0.0
    jar = CookieJar(is_public_suffix=is_public_suffix, clock=lambda: now)
    differing = []
    for url, headers in sequence["steps"]:
        now = next(times)
        jar.cookie_header(url)
        verdicts = [jar.receive(header, url) for header in headers]
        differing += [f for verdict in verdicts for f in verdict.findings if f.browsers]
    held = {our_fields(cookie) for cookie in jar}
    sent = [jar.cookie_header(url) for url in sequence["reads"]]
    both = [sequence[name] for name in ("chromium", "firefox")]
    their_sent = [[header or "" for header in each["sent"]] for each in both]
    their_jars = [{fields(cookie) for cookie in each["jar"]} for each in both]
    if their_sent[0] == their_sent[1]:
        assert sent == their_sent[0]
        if their_jars[0] == their_jars[1]:
            assert held == their_jars[0]
    elif [set(header.split("; ")) for header in their_sent[0]] == [
        set(header.split("; ")) for header in their_sent[1]
    ]:
        assert sent == their_sent[1]
    else:
        assert differing
