"""Each example, over its own server, in a real browser: Debian's Chromium, by Playwright."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ..support.peers import COMPLETE, peer

pytestmark = pytest.mark.browser

EXAMPLES = Path(__file__).parents[2] / "examples"
COMMANDS = {
    "wsgi": ["wsgi_app.py", "{port}"],
    "flask": ["flask_app.py", "{port}"],
    "starlette": ["starlette_app.py", "{port}"],
    "django": ["django_app.py", "runserver", "--noreload", "localhost:{port}"],
}
NAME = "__Host-session"


@contextlib.contextmanager
def served(app: str, log: Path) -> "Iterator[str]":
    """The URL of an example that runs as its docstring says."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [part.format(port=port) for part in COMMANDS[app]]
    command[0] = str(EXAMPLES / command[0])
    with log.open("wb") as out, subprocess.Popen(
        [sys.executable, *command],
        stdout=out,
        stderr=subprocess.STDOUT,
        env={**os.environ, "SECRET_KEY": "for this test", "PYTHONUNBUFFERED": "1"},
    ) as server:  # fmt: skip
        try:
            for _ in range(300):
                assert server.poll() is None, log.read_text("utf-8")
                with contextlib.suppress(OSError), socket.create_connection(
                    ("localhost", port), 1
                ):  # fmt: skip
                    break
                time.sleep(0.1)
            yield f"http://localhost:{port}/"
        finally:
            server.terminate()


def browser() -> str:
    found = shutil.which("chromium")
    if found is None:
        assert not COMPLETE, "chromium is not installed"
        pytest.skip("chromium is not installed (Debian's package)")
    return found


@contextlib.contextmanager
def window(profile: Path) -> "Iterator[Any]":
    """A page of a browser that keeps its profile in this folder."""
    with peer("playwright.sync_api").sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(profile), executable_path=browser(), headless=True
        )
        try:
            yield context.pages[0]
        finally:
            context.close()


def told(page: Any) -> str:
    """What the shop says of this visit."""
    return str(page.text_content("p"))


def cookies(page: Any) -> "dict[str, Any]":
    return {cookie["name"]: cookie for cookie in page.context.cookies()}


def enter(page: Any, path: str, text: str = "") -> None:
    """Fill the form that goes to this path, and press its button."""
    form = page.locator(f"form[action='/{path}']")
    form.locator("input").fill(text)
    form.locator("button").click()
    page.wait_for_load_state()


@pytest.mark.parametrize("app", sorted(COMMANDS))
def test_a_shop_in_a_browser(app: str, tmp_path: Path) -> None:
    browser()
    peer("django" if app == "django" else "flask" if app == "flask" else "uvicorn")
    with served(app, tmp_path / "log") as url:
        with window(tmp_path / "profile") as page:
            answer = page.goto(url)
            assert told(page) == "nobody is here"
            assert cookies(page) == {}
            assert "cookie" in answer.headers["vary"].lower()

            enter(page, "login", "Müller <b>")
            assert told(page) == "Müller <b> is here, visit 1, cart: nothing"
            cookie = cookies(page)[NAME]
            assert (cookie["secure"], cookie["httpOnly"], cookie["path"]) == (True, True, "/")
            assert cookie["sameSite"] == "Lax"
            assert cookie["expires"] > time.time() + 13 * 86400

            enter(page, "cart", "apples")
            enter(page, "cart", "pears; €")
            assert told(page) == "Müller <b> is here, visit 3, cart: apples, pears; €"

        with window(tmp_path / "another profile") as page:
            page.goto(url)
            assert told(page) == "nobody is here"

        with window(tmp_path / "profile") as page:  # the browser was closed in between
            page.goto(url)
            assert told(page) == "Müller <b> is here, visit 4, cart: apples, pears; €"

            kept = cookies(page)[NAME]
            signed = kept["value"]
            for forged in (
                signed[:4] + ("A" if signed[4] != "A" else "B") + signed[5:],
                signed[:-1],
                "junk",
                "junk." * 800,
            ):
                page.context.add_cookies([{**kept, "value": forged}])
                answer = page.goto(url)
                assert (answer.status, told(page)) == (200, "nobody is here")
            page.context.add_cookies([kept])
            page.goto(url)
            assert told(page).startswith("Müller <b> is here")

            enter(page, "logout")
            assert told(page) == "nobody is here"
            assert cookies(page) == {}
            page.reload()
            assert told(page) == "nobody is here"
        assert "Traceback" not in (tmp_path / "log").read_text("utf-8")
