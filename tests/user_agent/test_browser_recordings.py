"""Recordings of how Chromium 156 and Firefox 153 handled 2,000 headers and 114 jars."""

from typing import Any, Callable
from urllib.parse import urlsplit

import pytest

from ..support.browser_rules import agree, check, check_sequence
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
    check_sequence(
        sequence["steps"],
        sequence[browser]["times"],
        sequence["reads"],
        sequence["chromium"],
        sequence["firefox"],
        is_public_suffix,
    )


def test_the_later_recordings_have_the_documented_counts() -> None:
    alike = [case for case in LATER_CASES if agree(case["chromium"], case["firefox"])]
    assert (len(alike), len(LATER_CASES) - len(alike)) == (912, 251)
    assert len(SEQUENCES) == 114
