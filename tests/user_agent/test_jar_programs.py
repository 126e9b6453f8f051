"""What real programs do with cookies.txt: the table of the documentation is what they do."""

import copy
import json
import shutil
import sys
from pathlib import Path

import pytest

from cookiecodec import CookieJar, StoredCookie

from ..support import cookies_txt_programs as programs, live_browsers
from ..support.peers import COMPLETE, peer

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "user-agent.md"
RECORDED = json.loads(programs.RECORDED.read_text("utf-8"))


@pytest.mark.program
@pytest.mark.parametrize("program", programs.PROGRAMS)
def test_a_program_does_what_the_table_says(program: str) -> None:
    if programs.command(program) is None:
        assert not COMPLETE, f"{program} is missing"
        pytest.skip(f"{program} is not installed")
    expected = copy.deepcopy(RECORDED[program]["observed"])
    if program == "http.cookiejar" and sys.version_info < (3, 10):  # no `#HttpOnly_`
        expected["127.0.0.1"]["sends"].remove("HttpOnly")
    for host, seen in programs.observe(program).items():
        assert seen == expected[host], host


def test_the_documentation_has_the_table_and_the_lines() -> None:
    text = DOCUMENTATION.read_text("utf-8")
    assert programs.table(RECORDED) in text
    lines = programs.LINES.split("\n\n")[1].split("handlers")[0]
    assert lines.replace("sys.argv[2]", '"cookies.txt"') in text


@pytest.mark.browser
def test_playwright_and_cookiecodec_read_each_other(tmp_path: Path) -> None:
    """With Chromium, as storage_state and as the list of `add_cookies`."""
    reason = live_browsers.available("chromium")
    if reason:
        assert not COMPLETE, reason
        pytest.skip(reason)
    jar, path = CookieJar(), tmp_path / "state.json"
    for header in (
        "host=1; Path=/; SameSite=Lax",
        "domain=2; Domain=example.com; Path=/docs; Max-Age=1000; SameSite=Lax",
        "strict=3; SameSite=Strict; Secure; HttpOnly",
        "parted=4; SameSite=None; Secure; Partitioned",
        "utf-8=\xc3\xa9; SameSite=Lax",
        "__Host-id=5; Secure; Path=/; SameSite=Lax",
    ):
        assert jar.receive(header, "https://www.example.com/docs/x").accepted
    expected = {_identity(cookie) for cookie in jar}
    with peer("playwright.sync_api").sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        jar.save(path, format="storage_state")
        browser.new_context(storage_state=path).storage_state(path=path)
        assert {_identity(cookie) for cookie in CookieJar.load(path)} == expected
        jar.save(path, format="list")
        context = browser.new_context()
        context.add_cookies(json.loads(path.read_text("utf-8")))
        path.write_text(json.dumps(context.cookies()), "utf-8")
        assert {_identity(cookie) for cookie in CookieJar.load(path)} == expected
        browser.close()


def _identity(cookie: StoredCookie) -> StoredCookie:
    expiry = None if cookie.expiry_time is None else round(cookie.expiry_time)
    return cookie._replace(expiry_time=expiry, creation_time=0, last_access_time=0)
