"""The conformance suite written for RFC 6265 (abarth/http-state): 222 scenarios, 70 dates.

The suite dates from 2011. If the current draft or both browsers have another rule, the
scenario is listed with its current outcome and the reason. Every scenario that differs must
be listed, and no other.
"""

import datetime
from collections import Counter
from typing import Any
from urllib.parse import urljoin

import pytest

from cookiecodec import CookieJar, format_cookie_date, parse_cookie_date

from ..support.shared import vectors

SCENARIOS: "list[dict[str, Any]]" = vectors("http_state/parser.json")
DATES = vectors("http_state/dates.json") + vectors("http_state/dates_bsd.json")

#: The suite has dates before and after this time.
NOW = datetime.datetime(2011, 4, 1, tzinfo=datetime.timezone.utc).timestamp()

NAMELESS = "layered 5.4.2 keeps a nameless cookie; RFC 6265, 5.2 ignored it"
CONTROL = "layered 5.4.2 refuses a header with a CTL; RFC 6265 ended the header there"
LAST_DOMAIN = "in both browsers an empty last Domain counts: host-only, so it is sent"
NO_MATCH = "disabled in the suite: the request does not path-match (layered 5.3.4)"

CHANGED = {
    "0004": ("foo", NAMELESS),
    "0021": ("a=b; x; c=d", NAMELESS),
    "0023": ("foo", NAMELESS),
    "0024": ("foo", NAMELESS),
    "0025": ("foo", NAMELESS),
    "0026": ("foo", NAMELESS),
    "0027": ("bar", NAMELESS),
    "0028": ("foo", NAMELESS),
    "CHROMIUM0009": ("BLAHHH", NAMELESS),
    "CHROMIUM0010": ('"BLA\\"HHH"', NAMELESS),
    "CHROMIUM0012": ("ABC", NAMELESS),
    "DISABLED_CHROMIUM0022": ("", CONTROL),
    "DISABLED_CHROMIUM0023": ("", CONTROL),
    "DISABLED_PATH0029": ("", NO_MATCH),
    "MOZILLA0012": ('test="fubar! = foo; five', NAMELESS),
    "MOZILLA0014": ("six", NAMELESS),
    "MOZILLA0015": ("seven", NAMELESS),
    "MOZILLA0016": ("eight", NAMELESS),
    "MOZILLA0017": ("eight; test=six", NAMELESS),
    "NAME0023": ("foo", NAMELESS),
    "NAME0028": ("a", NAMELESS),
    "NAME0031": ('"foo', NAMELESS),
    "NAME0032": ('"foo\\"bar', NAMELESS),
    "NAME0033": ("aaa", NAMELESS),
    "OPTIONAL_DOMAIN0042": ("foo=bar", LAST_DOMAIN),
}


def native(text: str) -> str:
    """Return the octets of *text* in the suite's file, as a native string."""
    return text.encode().decode("latin-1")


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: str(scenario["test"]))
def test_a_scenario_sends_the_expected_cookies(scenario: "dict[str, Any]") -> None:
    host = "http://home.example.org:8888/"
    jar = CookieJar(clock=lambda: NOW, is_public_suffix={"org", "com"}.__contains__)
    for header in scenario["received"]:
        jar.receive(native(header), host + "cookie-parser?TEST")
    sent = jar.cookie_header(
        urljoin(host, scenario.get("sent-to", "/cookie-parser-result?TEST"))
    )
    expected = native("; ".join([f"{c['name']}={c['value']}" for c in scenario["sent"]]))
    changed = CHANGED.get(scenario["test"])
    if changed is None:
        assert sent == expected
    else:
        assert sent == changed[0] != expected, changed[1]


def test_the_number_of_changed_scenarios_is_known() -> None:
    assert len(SCENARIOS) == 222
    assert set(CHANGED) <= {scenario["test"] for scenario in SCENARIOS}
    assert Counter(reason for _, reason in CHANGED.values()) == {
        NAMELESS: 21,
        CONTROL: 2,
        LAST_DOMAIN: 1,
        NO_MATCH: 1,
    }


@pytest.mark.parametrize("case", DATES, ids=lambda case: ascii(case["test"]))
def test_a_date_is_read_as_expected(case: "dict[str, str | None]") -> None:
    assert case["test"] is not None
    moment = parse_cookie_date(case["test"])
    assert (moment and format_cookie_date(moment)) == case["expected"]
