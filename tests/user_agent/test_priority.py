"""The attribute Priority of Chromium (draft-west-cookie-priority), in headers and files."""

import pytest

from cookiecodec import CookieJar, SetCookie, explain_set_cookie, parse_set_cookie

URL = "https://example.com/"


@pytest.mark.parametrize(
    ("header", "priority"),
    [
        ("a=b", None),
        ("a=b; Priority=High", "High"),
        ("a=b; priority=MEDIUM", "Medium"),
        ("a=b; Priority= low ", "Low"),
        ("a=b; Priority=Low; Priority=High", "High"),
        ("a=b; Priority=High; Priority=none", None),  # the last one counts, even if invalid
        ("a=b; Priority", None),
        ("a=b; Priority=" + "x" * 1025, None),
    ],
)
def test_priority_is_read(header: str, priority: "str | None") -> None:
    cookie = parse_set_cookie(header)
    assert cookie is not None
    assert cookie.priority == priority


def test_priority_is_written() -> None:
    assert SetCookie("a", "b", priority="High").to_header() == "a=b; Priority=High"
    for wrong in ("high", "x; Domain=example.com", ""):
        with pytest.raises(ValueError, match="priority"):
            SetCookie("a", "b", priority=wrong).to_header()


def test_a_jar_keeps_priority_in_both_files() -> None:
    jar = CookieJar()
    jar.receive("a=b; Priority=Low; SameSite=Lax", URL)
    for copy in (
        CookieJar.from_json(jar.to_json()),
        CookieJar.from_cookies_txt(jar.to_cookies_txt()),
    ):
        assert [cookie.priority for cookie in copy] == ["Low"]


def test_a_file_without_priority_is_read() -> None:
    jar = CookieJar()
    jar.receive("a=b", URL)
    older = jar.to_json().replace(', "priority": null', "")
    assert "priority" not in older
    assert [cookie.priority for cookie in CookieJar.from_json(older)] == [None]


def test_an_unknown_priority_is_explained() -> None:
    codes = [finding.code for finding in explain_set_cookie("a=b; Priority=x", URL).findings]
    assert codes == ["priority-unknown", "attribute-priority"]
