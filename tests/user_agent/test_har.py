"""`explain --har`: what became of the cookies in a HAR file."""

import json
from pathlib import Path
from typing import Any

import pytest

from cookiecodec.__main__ import main
from cookiecodec._cli import har

from ..support import har_export, live_browsers
from ..support.peers import COMPLETE, peer

SITE: har_export.Site = {
    "http://shop.localhost/": (
        ["sid=31d4; Path=/; HttpOnly", "bad=1; SameSite=None", "admin=1; Path=/admin"],
        "<!doctype html><script src='http://ads.localhost/pixel'></script>"
        "<script src='/next'></script>",
    ),
    "http://shop.localhost/next": (["old=; Max-Age=0"], ""),
    "http://ads.localhost/pixel": (["ad=42; SameSite=None; Secure", "lax=42"], ""),
}


@pytest.mark.browser
@pytest.mark.parametrize("browser", ["chromium", "firefox"])
def test_a_file_that_a_browser_exports_is_explained(browser: str) -> None:
    if browser == "chromium":
        peer("playwright")
    if not live_browsers.program(browser):
        assert not COMPLETE
        pytest.skip(f"{browser} is not installed")
    report = har.report(har_export.export(browser, SITE, "http://shop.localhost/"), None)
    assert names(report.dropped) == {
        "bad": ["samesite-none-insecure"],
        "lax": ["samesite-cross-site"],
    }
    never = names(report.never_sent)
    never.pop("sid", None)  # a panel may lack the Cookie header of a request that just ended
    assert never == {"admin": ["unsent-path"], "ad": ["never-sent"]}
    assert names(report.third_party) == {"ad": ["third-party"]}


def names(items: "list[har.Item]") -> "dict[str, list[str]]":
    return {
        item.name: [each.code for each in item.findings if each.severity != "info"]
        or [each.code for each in item.findings]
        for item in items
    }


def entry(url: str, *lines: str, page: str = "1", second: int = 0, **fields: str) -> "Any":
    return {
        "startedDateTime": f"2026-01-01T00:00:{second:02}.123Z",
        "pageref": page,
        "request": {
            "url": url,
            "headers": [
                {"name": name.replace("_", "-"), "value": fields[name]} for name in fields
            ],
        },
        "response": {"headers": [{"name": "set-cookie", "value": line} for line in lines]},
    }


def of(*entries: Any) -> har.Report:
    return har.report(json.dumps({"log": {"entries": entries}}).encode(), None)


def test_a_third_party_is_of_another_site_than_the_page() -> None:
    """Hosts of one site are no third parties; a page that the user goes to is none either."""
    cookie = "a=b; SameSite=None; Secure"
    for url, fields, is_third_party in [
        ("https://cdn.example.co.uk/", {}, False),
        ("https://other.co.uk/", {}, True),
        ("https://other.co.uk/", {"Sec_Fetch_Dest": "iframe"}, True),
        ("https://other.co.uk/", {"Sec_Fetch_Dest": "document"}, False),
        ("http://127.0.0.1/", {"Accept": "text/html,*/*"}, False),
        ("http://127.0.0.1/", {"Accept": "image/png"}, True),
    ]:
        first = entry("https://www.example.co.uk/", Cookie="x=y")
        report = of(first, entry(url, cookie, second=1, **fields))
        assert bool(report.third_party) == is_third_party, url


def test_a_cookie_that_is_sent_later_is_not_reported() -> None:
    first = entry("https://example.com/", "a=1; Path=/")
    for header, codes in [("a=1", []), ("b=2; a=3", []), ("b=2", ["never-sent"])]:
        report = of(first, entry("https://example.com/x", second=1, Cookie=header))
        assert names(report.never_sent) == ({"a": codes} if codes else {})


def test_a_cookie_that_is_deleted_is_not_reported() -> None:
    """It is not dropped, and nobody expects it to be sent."""
    lines = ["a=1; Path=/x", "a=; Path=/x; Max-Age=0", "old=; Max-Age=0"]
    report = of(entry("https://example.com/", *lines), entry("https://example.com/", second=1))
    assert (report.cookies, report.dropped, report.never_sent) == (3, [], [])


def test_dates_are_read_as_of_the_recording() -> None:
    """A file of last year has cookies that were valid then."""
    report = of(entry("https://example.com/", "a=1; Expires=Thu, 01 Jan 2026 01:00:00 GMT"))
    assert (report.cookies, report.dropped) == (1, [])


def test_chromium_joins_lines_and_repeated_causes_are_counted() -> None:
    bad = entry("https://example.com/", "a=1; SameSite=None\nb=2")
    report = of(bad, bad, entry("data:text/plain,x", "c=d"))
    assert (report.responses, report.cookies) == (2, 4)
    assert [(item.name, item.times) for item in report.dropped] == [("a", 2)]
    assert names(of(entry("https://example.com/", "=\x01")).dropped) == {
        "": ["control-character"]
    }


def test_all_but_the_url_may_be_missing() -> None:
    """Tools leave fields out, and a cookie may be in the list of cookies alone."""
    line = {"name": "Set-Cookie", "value": "a=1; SameSite=None"}
    records: "list[tuple[dict[str, Any], list[str]]]" = [
        ({"response": {"headers": [line]}}, ["a"]),
        (
            {"response": {"headers": [{}, {"name": "Set-Cookie"}, 5, {"value": "x"}, line]}},
            ["a"],
        ),
        ({"startedDateTime": "yesterday", "response": {"headers": [line]}}, ["a"]),
        ({"startedDateTime": 5, "pageref": None, "response": None}, []),
        ({"response": {"headers": None}}, []),
    ]
    for record, dropped in records:
        cookies = [{"name": "z"}, {}, None]
        asked = {"url": "https://example.com/", "cookies": cookies, "headers": None}
        report = of({"request": asked, **record}, {}, {"request": {"url": 5}}, None)
        assert (report.responses, list(names(report.dropped))) == (1, dropped)


@pytest.mark.parametrize("date", ["2026-01-01T00:00:00Z", "2026-01-01T01:00:00.5+01:00",
                                  "2026-01-01T01:00:00,123456789+0100"])  # fmt: skip
def test_entries_are_in_the_order_of_time(date: str) -> None:
    """Whatever the order in the file, and the zone."""
    first, second = entry("https://example.com/", "a=1; Path=/"), entry("https://example.com/")
    first["startedDateTime"], second["startedDateTime"] = date, "2026-01-01T00:00:01Z"
    second["request"]["headers"] = [
        {"name": "Cookie", "value": name} for name in ("b=2", "a=1")
    ]
    assert of(second, first).never_sent == []
    del first["startedDateTime"], second["startedDateTime"]
    assert names(of(second, first).never_sent) == {"a": ["never-sent"]}


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"log": {"entries": [{}]}}', b"\xff",
                                  b'{"log": {"entries": [1]}}'])  # fmt: skip
def test_another_file_is_bad_input(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a HAR file"):
        har.report(data, None)


def test_a_file_without_cookies_is_bad_input() -> None:
    """Chrome leaves cookies out by default."""
    with pytest.raises(ValueError, match="with sensitive data"):
        of(entry("https://example.com/"))


def test_the_command_shows_dropped_cookies_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entries = [
        entry("https://example.com/", *["n=1; Path=/x"] * 999),
        entry("https://ads.test/", "ad=1; SameSite=None; Secure", second=1),
        entry("https://example.com/", "bad=1; SameSite=None", second=2),
    ]
    file = tmp_path / "x.har"
    file.write_text(json.dumps({"log": {"entries": entries}}))
    assert main(["explain", "--har", str(file)]) == 1
    out, err = capsys.readouterr()
    assert out.index("DROPPED bad") < out.index("NEVER SENT n") < out.index("THIRD PARTY ad")
    assert out.endswith(
        "3 responses, 1001 Set-Cookie lines: 1 dropped, 2 never sent, 1 third party\n"
    )
    assert err == "cookiecodec: 1000 of 1001 Set-Cookie lines\n"
    assert main(["explain", "--har", str(file), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["dropped"][0]["name"] == "bad"
    assert told["dropped"][0]["findings"][0]["suggestion"] == "bad=1; SameSite=None; Secure"
    assert main(["explain", "--har", str(tmp_path / "none")]) == 2
    assert "--har needs a file" in capsys.readouterr().err
