"""The inspector, `docs/inspector`: what it answers, and the page in real browsers."""

import contextlib
import functools
import http.server
import importlib.util
import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol
from urllib.parse import unquote, urlencode

import pytest
from hypothesis import given, strategies as st

from cookiecodec import Signer, explain_set_cookie
from cookiecodec.compat import django_signing

from ..support import devices, live_browsers
from ..support.pages import ROOT
from ..support.peers import COMPLETE, peer

FOLDER = ROOT / "docs" / "inspector"
KEY = "a secret key of 32 octets or more"
NOW = 1700000000
MOMENT = "Tue, 14 Nov 2023 22:13:20 GMT"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


inspection = load("inspection")


def ask(text: str, **asked: Any) -> Any:
    return json.loads(inspection.inspect(json.dumps({"text": text, **asked})))


# --- what it answers --------------------------------------------------------------------

TOKEN = Signer(KEY, salt="cookie-session", clock=lambda: NOW).for_cookie("session").dumps([1])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "empty"),
        (" \r\n", "empty"),
        ("a=1", "set-cookie"),
        ("a=1; Path=/", "set-cookie"),
        ("a=1; b=2; Secure", "set-cookie"),
        ("a=1; Paht=/", "set-cookie"),
        ("Set-Cookie: a=1", "set-cookie"),
        ("set-cookie:\na=1; Path=/", "set-cookie"),  # as developer tools copy it
        ("set-cookie\na=1\nset-cookie\nb=2", "response"),
        ("a=1; b=2", "cookie"),
        ("Cookie: a=1", "cookie"),
        ("GET / HTTP/1.1\r\nHost: example.com\r\nCookie: a=1\r\n\r\n", "cookie"),
        ("HTTP/1.1 200 OK\r\nServer: x\r\n\r\n", "response"),
        ("< HTTP/2 200\n< set-cookie: a=1\n", "response"),
        ("server: x\nset-cookie: a=1", "response"),
        ("a=1\nb=2", "response"),
        (TOKEN, "signed"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyIjo0Mn0." + "x" * 43, "set-cookie"),  # a JWT
    ],
)
def test_it_detects_what_a_text_is(text: str, kind: str) -> None:
    assert ask(text)["kind"] == kind


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("a=1; SameSite=None", ["dropped"]),
        ("a=1; Max-Age=0", ["deletes"]),
        ("a=1\nb=2; Domain=other.test\nc=; Max-Age=0", ["kept", "dropped", "deletes"]),
        ("HTTP/1.1 200\nSet-Cookie: a=1\n\nSet-Cookie: b=2", ["kept"]),
        ("HTTP/1.1 200\n", []),
    ],
)
def test_it_judges_each_line(text: str, states: "list[str]") -> None:
    assert [cookie["state"] for cookie in ask(text)["cookies"]] == states


def test_each_response_of_a_redirect_has_its_address() -> None:
    dump = (
        "HTTP/1.1 302\nlocation: //b.test/x\nset-cookie: a=1\n\nHTTP/1.1 200\nset-cookie: b=1"
    )
    answer = ask(dump, url="https://a.test/")
    assert [cookie["url"] for cookie in answer["cookies"]] == [
        "https://a.test/",
        "https://b.test/x",
    ]
    assert (answer["assumed"], ask(dump)["assumed"]) == (False, True)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"cross_site": True}, "samesite-cross-site"),
        ({"embedded": True}, "samesite-cross-site"),
        ({"script": True}, "httponly-not-http"),
        ({"url": "ftp://example.com/"}, "url"),
        ({"url": "example.com"}, ""),
    ],
)
def test_circumstances_count(asked: "dict[str, Any]", code: str) -> None:
    (cookie,) = ask("a=1; HttpOnly", **asked)["cookies"]
    errors = [each["code"] for each in cookie["findings"] if each["severity"] == "error"]
    assert errors == ([code] if code else [])


def test_all_corrections_together_are_a_header_without_problems() -> None:
    for text in (
        "__Host-a=1; Domain=example.com; SameSite=None; HttpsOnly",
        'a="\xfc b"; Path=x; Expires=2027-01-01; Secure=true',
        "__Host-a=1",
    ):
        (cookie,) = ask(text)["cookies"]
        verdict = explain_set_cookie(cookie["corrected"][0].encode())
        assert verdict.accepted
        assert {finding.severity for finding in verdict.findings} <= {"info"}
    assert ask("a=1")["cookies"][0]["corrected"] is None


def test_a_request_is_shown_as_servers_read_it() -> None:
    answer = ask('Cookie: a="x\\054 y"; sid=1; sid=2; =3')
    assert [(cookie["name"], cookie["value"]) for cookie in answer["cookies"]] == [
        ("a", "x, y"),
        ("sid", "1"),
        ("sid", "2"),
    ]
    (note,) = answer["notes"]
    assert note.startswith("'sid' is there 2 times.")
    (note,) = ask("; ".join(f"n{i}=1" for i in range(60)))["notes"]
    assert note.startswith("There are 60 cookies; servers and browsers usually accept 50.")


def signed_values() -> "dict[str, str]":
    """Values that libraries write, by their bytes, at `NOW`."""

    def signer(**options: Any) -> Signer:
        return Signer(KEY, clock=lambda: NOW, **options)

    content = {"user": 42}
    django = "eyJ1c2VyIjo0Mn0:1r31eq"  # `NOW` in base 62
    salt = "django.contrib.sessions.backends.signed_cookies"
    starlette = {"salt": "itsdangerous.Signer", "digest": "sha1"}
    return {
        "session": signer(salt="cookie-session").for_cookie("session").dumps(content),
        "Flask": signer(salt="cookie-session", digest="sha1").dumps(content),
        "Starlette": signer(**starlette, key_derivation="django-concat").sign(
            "eyJ1c2VyIjogNDJ9"
        ),
        "itsdangerous": signer(
            salt="itsdangerous", digest="sha1", key_derivation="django-concat"
        ).dumps(content),
        "Django": django_signing.Signer(key=KEY, salt=salt).sign(django),
        "compressed": signer().dumps({"user": 42, "x": "x" * 200}),
        "text": signer().sign("user 42".replace(" ", "-")),
    }


@pytest.mark.parametrize("name", sorted(signed_values()))
def test_a_signed_value_is_shown_and_verified(name: str) -> None:
    token = signed_values()[name]
    for text in (token, f"session={token}", f"Cookie: session={token}"):
        for key, verified in (("", None), ("wrong", ""), (KEY, "salt")):
            answer = ask(text, key=key)
            signed = answer["signed"] if "signed" in answer else answer["cookies"][0]["signed"]
            assert signed["signed_at"] == MOMENT
            assert "user" in signed["payload"]
            assert (verified or "") in (signed["verified"] or "")
            assert (signed["verified"] is None) == (verified is None)
            assert bool(signed["verified"]) == bool(verified)
            assert "wrong" not in json.dumps(answer)
            assert KEY not in json.dumps(answer)


def test_a_salt_of_ones_own() -> None:
    token = Signer(KEY, salt="mine").dumps(1)
    assert ask(token, key=KEY)["signed"]["verified"] == ""
    assert "'mine'" in ask(token, key=KEY, salt="mine")["signed"]["verified"]


texts = st.text() | st.text("a=;: .\n\x1b\u202e\ud800\"'Set-Cookie")


@given(texts, texts)
def test_any_text_is_answered_in_printable_characters(text: str, key: str) -> None:
    for kind in ("", "set-cookie", "response", "cookie", "signed"):
        answer = ask(text, kind=kind, key=key, url=text[:5])
        for each in answer.get("cookies", []):
            for header in [each, *each.get("findings", [])]:
                for name in {"corrected", "suggestion"} & set(header):
                    header[name] = header[name] and header[name][1]  # 0 is for copying
        assert json.dumps(answer, ensure_ascii=False).isprintable()


def test_the_list_of_public_suffixes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page's own reader of the list agrees with the package that the list is from."""
    listed = peer("publicsuffixlist").PublicSuffixList()
    rules = load("assemble")._public_suffixes()
    monkeypatch.setattr(inspection, "get_data", lambda *_: rules)
    is_public_suffix = inspection._read_suffixes()
    for rule in rules.decode().split():
        name = rule.lstrip("!").replace("*", "any")
        for host in (name, f"a.{name}", f"b.a.{name}", name.partition(".")[2] or "x"):
            assert is_public_suffix(host) == listed.is_public(host), host


# --- its files --------------------------------------------------------------------------


def test_nothing_in_the_page_makes_markup_of_text() -> None:
    for name in ("inspector.js", "worker.js", "sw.js"):
        script = (FOLDER / name).read_text("utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval", script)
    page = (FOLDER / "index.html").read_text("utf-8")
    assert not re.search(r"\son\w+=|\sstyle=|<style|<script>|https?://(?!example)", page)


def test_colors_have_enough_contrast() -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1, in light and dark."""
    css = (FOLDER / "inspector.css").read_text("utf-8")
    themes = [dict(re.findall(r"--([\w-]+): (#\w+);", part)) for part in css.split("@media")]
    light, dark = themes[0], themes[1]
    assert set(light) == set(dark)
    states = [(each, f"{each}-back") for each in ("good", "bad", "warn", "info")]
    on_cards = [(each, "card") for each in ("text", "soft", "accent", "good", "bad", "warn")]
    more = [
        ("text", "code-back"),
        ("soft", "code-back"),
        ("soft", "back"),
        ("soft", "bad-back"),
    ]
    for theme in (light, dark):
        for front, back in [*states, *on_cards, *more]:
            bright, dim = sorted((luminance(theme[front]), luminance(theme[back])))[::-1]
            assert (bright + 0.05) / (dim + 0.05) >= 4.5, (front, back)


def luminance(color: str) -> float:
    digits = color[1:] if len(color) == 7 else "".join(digit * 2 for digit in color[1:])
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


# --- in real browsers -------------------------------------------------------------------

START_TIME = 90.0


class Window(Protocol):
    """A browser's window. `script` is the body of a function."""

    def visit(self, url: str) -> None: ...
    def run(self, script: str) -> Any: ...
    def paste(self, text: str) -> None: ...
    def press(self, key: str) -> None: ...


class Chromium:
    KEYS = {"Tab": "Tab", "Enter": "Enter", "Space": "Space"}  # noqa: RUF012

    def __init__(self, page: Any) -> None:
        self.page = page

    def visit(self, url: str) -> None:
        self.page.goto("about:blank")
        self.page.goto(url)

    def run(self, script: str) -> Any:
        return self.page.evaluate(f"() => {{ {script} }}")

    def paste(self, text: str) -> None:
        self.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.press("Control+V")

    def press(self, key: str) -> None:
        self.page.keyboard.press(self.KEYS[key])


class Firefox:
    KEYS = {"Tab": "\ue004", "Enter": "\ue007", "Space": " "}  # noqa: RUF012

    def __init__(self, driver: Any) -> None:
        self.driver = driver
        # The pages come from their own server, not through a proxy.
        driver.script("Services.prefs.setIntPref('network.proxy.type', 0)")
        driver.script("Services.prefs.setBoolPref('dom.events.testing.asyncClipboard', true)")

    def visit(self, url: str) -> None:
        self.driver.visit("about:blank")
        assert self.driver.visit(url) == ("", [])

    def run(self, script: str) -> Any:
        return self.driver.call("WebDriver:ExecuteScript", script=script, args=[])["value"]

    def paste(self, text: str) -> None:
        helper = "Cc['@mozilla.org/widget/clipboardhelper;1'].getService(Ci.nsIClipboardHelper)"
        self.driver.script(f"{helper}.copyString({json.dumps(text)});")
        self._send("\ue009av")  # with Control

    def press(self, key: str) -> None:
        self._send(self.KEYS[key])

    def _send(self, text: str) -> None:
        element = self.driver.call("WebDriver:GetActiveElement")["value"]
        (reference,) = element.values()
        self.driver.call("WebDriver:ElementSendKeys", id=reference, text=text)


class Site:
    """The assembled page, as a static host serves it."""

    def __init__(self, folder: Path) -> None:
        self.requests: "list[str]" = []
        site = self

        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                site.requests.append(self.requestline)

            def handle(self) -> None:
                with contextlib.suppress(OSError):  # a browser may drop a connection
                    super().handle()

        handler = functools.partial(Handler, directory=str(folder))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://localhost:{self.server.server_port}/inspector/"
        threading.Thread(target=self.server.serve_forever, args=[0.05], daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="module")
def assembled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (devices.NODE_MODULES / "pyodide").is_dir():
        devices.lacks("npm's pyodide (nox -s npm)")
    folder = tmp_path_factory.mktemp("site")
    arguments = [FOLDER / "assemble.py", devices.NODE_MODULES, folder / "inspector"]
    subprocess.run([sys.executable, *map(str, arguments)], check=True)
    return folder


@pytest.fixture
def site(assembled: Path) -> "Iterator[Site]":
    site = Site(assembled)
    yield site
    site.stop()


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def window(request: pytest.FixtureRequest) -> "Iterator[Window]":
    if not live_browsers.program(request.param):
        assert not COMPLETE
        pytest.skip(f"{request.param} is not installed")
    if request.param == "chromium":
        with chromium() as page:
            yield page
    else:
        with firefox() as driver:
            yield driver


@contextlib.contextmanager
def chromium() -> "Iterator[Chromium]":
    with peer("playwright.sync_api").sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=live_browsers.program("chromium"))
        context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
        yield Chromium(context.new_page())
        browser.close()


@contextlib.contextmanager
def firefox() -> "Iterator[Firefox]":
    with live_browsers.firefox(9) as driver:
        yield Firefox(driver)


def wait(window: Window, script: str) -> Any:
    """What a script returns, once that is true."""
    deadline = time.monotonic() + START_TIME
    while not (value := window.run(script)):
        assert time.monotonic() < deadline, window.run("return document.body.innerText")
        time.sleep(0.05)
    return value


def show(window: Window, text: str) -> str:
    """What the page says of a text that is pasted into it."""
    window.run("document.getElementById('text').focus();")
    return answered(window, lambda: window.paste(text))


def answered(window: Window, act: "Callable[[], object]") -> str:
    """What the page says after an act that changes what is asked."""
    window.run("window.old = document.querySelector('.time');")
    act()
    now = "const now = document.querySelector('.time');"
    wait(window, f"{now} return now && now !== window.old")
    return shown(window)


def shown(window: Window) -> str:
    return str(window.run("return document.getElementById('result').innerText"))


def click(window: Window, selector: str) -> None:
    """Press a control by the keyboard, which only works for what can have the focus."""
    window.run(f"document.querySelector({json.dumps(selector)}).focus();")
    window.press("Enter")


@pytest.mark.browser
def test_paste_and_verdict(window: Window, site: Site) -> None:
    window.visit(site.url)
    wait(window, "return document.activeElement.id === 'text'")
    assert not any("pyodide" in line for line in site.requests)  # before the first keystroke
    text = show(window, "Set-Cookie: sid=31d4; SameSite=None")
    assert re.search(r"Dropped\s+sid at https://example.com/", text)
    assert "samesite-none-insecure" in text
    assert "sid=31d4; SameSite=None; Secure" in text
    assert window.run("return document.getElementById('status').textContent").startswith(
        "Dropped"
    )

    text = show(window, "sid=31d4; Secure")
    assert re.search(r"Kept\s+sid", text)
    assert "31d4" not in " ".join(site.requests)  # nothing that is entered leaves the page


@pytest.mark.browser
def test_a_link_carries_the_header_and_no_key(window: Window, site: Site) -> None:
    window.visit(site.url)
    text = show(window, f"session={TOKEN}; Path=/ü & <x>#%41")
    assert "Not verified" in text
    window.run("document.getElementById('key').focus();")
    assert "Verified By this key" in re.sub(
        r"\s+", " ", answered(window, lambda: window.paste(KEY))
    )
    window.run("document.getElementById('cross_site').focus();")
    text = answered(window, lambda: window.press("Space"))
    assert "samesite-cross-site" in text
    click(window, "#link")
    link = wait(window, "return location.hash && location.href")
    assert KEY not in unquote(link)
    assert KEY.replace(" ", "+") not in link

    window.visit(link)
    wait(window, "return document.querySelector('.time')")
    assert "samesite-cross-site" in shown(window)
    assert "Not verified" in shown(window)
    entered = window.run("return document.getElementById('text').value")
    assert entered == f"session={TOKEN}; Path=/ü & <x>#%41"
    assert TOKEN not in " ".join(site.requests)


HOSTILE = "<img src=x onerror='window.hacked=1'><script>window.hacked=1</script>"


@pytest.mark.browser
def test_a_hostile_header_is_text(window: Window, site: Site) -> None:
    """Markup in each place, and marks that turn text around."""
    token = Signer(KEY, clock=lambda: NOW).dumps({"user": HOSTILE + "\u202e"})
    texts = [
        f"{HOSTILE}={HOSTILE}; {HOSTILE}={HOSTILE}; Path={HOSTILE}; Domain={HOSTILE}",
        f"a={HOSTILE}; Expires={HOSTILE}; SameSite={HOSTILE}; Max-Age={HOSTILE}\u202e",
        f"HTTP/1.1 200\nlocation: {HOSTILE}\nset-cookie: {HOSTILE}\nset-cookie: a=\u202e",
        f"Cookie: {HOSTILE}={HOSTILE}; {HOSTILE}=\u202e",
        token,
    ]
    window.visit(site.url)
    for text in texts:
        show(window, text)
        page = window.run("return document.getElementById('result').textContent")
        assert "<img src=x onerror='window.hacked=1'><script>" in page
        assert "\u202e" not in page
        assert window.run("return window.hacked === undefined")
        found = "return document.querySelectorAll('#result :is(img, script, iframe)').length"
        assert window.run(found) == 0
    fragment = urlencode({"text": texts[0], "url": f"https://{HOSTILE}/", "kind": HOSTILE})
    window.visit(f"{site.url}#{fragment}")
    wait(window, "return document.querySelector('.time')")
    assert window.run("return window.hacked === undefined")
    assert not any(line.split()[1].endswith("/x") for line in site.requests)


@pytest.mark.browser
def test_it_works_offline_after_the_first_use(window: Window, site: Site) -> None:
    window.visit(site.url)
    show(window, "a=1")
    wait(window, "return document.getElementById('offline').textContent")
    site.stop()
    window.visit(site.url)
    assert "domain-mismatch" in show(window, "a=1; Domain=other.test")


@pytest.mark.browser
def test_it_says_that_it_could_not_load(window: Window, site: Site) -> None:
    """Without the service worker, as in a private window, and without a connection."""
    window.visit(site.url)
    window.run(
        "navigator.serviceWorker.getRegistrations()"
        ".then(all => Promise.all(all.map(each => each.unregister())));"
        "caches.keys().then(all => all.forEach(each => caches.delete(each)));"
    )
    window.visit(site.url + "?again")
    site.stop()
    window.run("document.getElementById('text').focus();")
    window.paste("a=1")
    wait(window, "return !document.getElementById('failure').hidden")
    assert "Try again" in window.run("return document.getElementById('failure').innerText")


@pytest.mark.browser
def test_it_can_be_used_by_the_keyboard_alone(window: Window, site: Site) -> None:
    window.visit(site.url)
    wait(window, "return document.activeElement.id === 'text'")
    window.press("Tab")
    assert "Dropped" in answered(window, lambda: window.press("Enter"))  # the first example
    names = []
    while "Copy this header" not in names:
        window.press("Tab")
        names.append(
            window.run(
                "const now = document.activeElement;"
                "return now.getAttribute('aria-label') ?? now.id ?? now.textContent"
            )
        )
        assert len(names) < 20
    assert {"kind", "url", "cross_site", "embedded", "script"} < set(names)
    window.press("Enter")
    wait(window, "return document.getElementById('status').textContent === 'Copied'")
    window.press("Tab")
    text = answered(window, lambda: window.press("Enter"))  # "Use"
    assert "Kept" in text
    assert window.run("return document.activeElement.id") == "text"


in_chromium = pytest.mark.parametrize("window", ["chromium"], indirect=True)


@pytest.mark.browser
@in_chromium
def test_it_fits_a_phone(window: Chromium, site: Site) -> None:
    window.visit(site.url)
    window.page.set_viewport_size({"width": 320, "height": 640})
    texts = ["a=1; SameSite=None", f"session={TOKEN * 20}", "Cookie: " + "n" * 500 + "=1"]
    for text in [*texts, f"a={'b' * 500}; Domain={'c' * 300}", "x\ny=" + "z" * 400]:
        show(window, text)
        assert window.run("return document.documentElement.scrollWidth") <= 320, text
    window.page.set_viewport_size({"width": 1280, "height": 720})


@pytest.mark.browser
def test_the_policy_holds_where_python_runs(window: Window, site: Site) -> None:
    """A worker from a blob, as the page's own, can't connect to another origin."""
    window.visit(site.url)

    def fetched(url: str) -> Any:
        answer = "fetch({}).then(() => postMessage('reached'), () => postMessage('refused'))"
        code = json.dumps(answer.format(json.dumps(url)))
        window.run(
            "delete document.body.dataset.answer;"
            f"const worker = new Worker(URL.createObjectURL(new Blob([{code}])));"
            "worker.onmessage = event => { document.body.dataset.answer = event.data; };"
        )
        return wait(window, "return document.body.dataset.answer")

    assert fetched(site.url) == "reached"
    with socket.create_server(("127.0.0.1", 0)) as other:
        assert fetched(f"http://127.0.0.1:{other.getsockname()[1]}/") == "refused"
        other.setblocking(False)
        with pytest.raises(BlockingIOError):
            other.accept()
