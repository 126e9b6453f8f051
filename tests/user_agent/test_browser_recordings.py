"""Recordings of how Chromium 156 and Firefox 153 handled 837 headers."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from ..support.browser_rules import agree, check
from ..support.shared import vectors

CASES: "list[dict[str, Any]]" = vectors("browsers/cases.json")

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
