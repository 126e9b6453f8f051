"""HAR files as the developer tools of real browsers export them.

One loopback server plays every host. A browser opens its network panel, visits pages, and
writes the HAR file with the panel's own code: "Save all as HAR with sensitive data" in
Chromium, "Save All As HAR" in Firefox.
"""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from . import live_browsers

#: What the server answers, by the URL: lines of Set-Cookie, and the page.
Site = dict[str, tuple[Sequence[str], str]]

CHROMIUM_EXPORT = """async () => {
  const har = await import('./models/har/har.js');
  const logs = await import('./models/logs/logs.js');
  const requests = logs.NetworkLog.NetworkLog.instance().requests();
  const log = await har.Log.Log.build(requests, {sanitize: false});
  return JSON.stringify({log});
}"""
FIREFOX_OPEN = """
const done = arguments[arguments.length - 1];
const loader = ChromeUtils.importESModule("resource://devtools/shared/loader/Loader.sys.mjs");
const { gDevTools } = loader.require("devtools/client/framework/devtools");
const { gBrowser } = Services.wm.getMostRecentWindow("navigator:browser");
Services.prefs.setBoolPref("devtools.netmonitor.persistlog", true);
gDevTools.showToolboxForTab(gBrowser.selectedTab, { toolId: "netmonitor" })
  .then(() => done(null), error => done(String(error)));
"""
FIREFOX_EXPORT = """
const done = arguments[arguments.length - 1];
const loader = ChromeUtils.importESModule("resource://devtools/shared/loader/Loader.sys.mjs");
const { gDevTools } = loader.require("devtools/client/framework/devtools");
const { gBrowser } = Services.wm.getMostRecentWindow("navigator:browser");
gDevTools.getToolboxForTab(gBrowser.selectedTab).getHARFromNetMonitor()
  .then(log => done(JSON.stringify({log})), error => done("error: " + error));
"""


def export(browser: str, site: Site, url: str) -> bytes:
    """Return the HAR file of a visit to *url*. Raises `live_browsers.BrowserError`."""
    with _serving(site) as port:
        text = {"chromium": _chromium, "firefox": _firefox}[browser](port, url)
    return text.encode()


@contextmanager
def _serving(site: Site) -> Iterator[int]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            lines, page = site.get(self.path, ((), ""))
            self.send_response(200 if self.path in site else 404)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(page.encode())))
            for line in lines:
                self.send_header("Set-Cookie", line)
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

        def handle(self) -> None:
            with suppress(OSError):  # a browser may drop a connection
                super().handle()

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
        try:
            yield server.server_port
        finally:
            server.shutdown()


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _chromium(proxy: int, url: str) -> str:
    """Let one tab be the developer tools of another one."""
    from playwright.sync_api import sync_playwright

    debugging = _free_port()
    options = [
        option
        for option in live_browsers.CHROMIUM_OPTIONS
        if "pipe" not in option and "bypass" not in option
    ]
    options += [f"--remote-debugging-port={debugging}", "--remote-allow-origins=*"]
    options += [f"--proxy-server=127.0.0.1:{proxy}"]
    options += [f"--proxy-bypass-list=<-loopback>;127.0.0.1:{debugging}"]
    program = live_browsers.program("chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=options)
        context = chromium.new_context()
        page, panel = context.new_page(), context.new_page()
        target = context.new_cdp_session(page).send("Target.getTargetInfo")["targetInfo"]
        debugged = f"127.0.0.1:{debugging}/devtools/page/{target['targetId']}"
        address = "devtools://devtools/bundled/devtools_app.html"
        panel.goto(f"{address}?ws={debugged}")
        text = ""
        for _ in range(50):  # the panel sees the visits once it is attached
            page.goto(url)
            panel.wait_for_timeout(200)
            text = panel.evaluate(CHROMIUM_EXPORT)
            if f'"url":"{url}"' in text:
                chromium.close()
                return str(text)
    raise live_browsers.BrowserError("the developer tools see no requests")


def _firefox(proxy: int, url: str) -> str:
    with live_browsers.firefox(proxy) as driver:
        driver.asynchronous(FIREFOX_OPEN)
        driver.visit(url)
        return str(driver.asynchronous(FIREFOX_EXPORT))
