"""The documentation site: each code block of each page runs, and the reference is complete."""

import contextlib
import importlib
import json
import re
import secrets
import sys
import threading
import urllib.request
import wsgiref.simple_server
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import cookiecodec

from ..support import pages
from ..support.pages import DOCS, ROOT

PAGES = sorted(str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md"))

#: Pages whose blocks are run by a test of their own, which knows what each has to do.
TESTED_ELSEWHERE = {
    "fuzzing.md": "tests/project/test_fuzzing_docs.py",
    "switching.md": "tests/compat/test_switching_docs.py",
}

#: Blocks that need more than a Python and this package, and the test that runs them.
OTHER_TESTS = {
    ("cookies.md", "python wsgi"): "tests/project/test_docs.py",
    ("embedding.md", "python device"): "tests/embedding/test_devices.py",
    ("embedding.md", "sh device"): "tests/embedding/test_embedding.py",
    ("embedding.md", "sh vendor"): "tests/embedding/test_embedding.py",
    ("embedding.md", "python microdot"): "tests/embedding/test_device_login.py",
    ("embedding.md", "js page"): "tests/embedding/test_embedding.py",
    ("index.md", "sh install"): "noxfile.py",  # the session `sdist` installs it
    ("sessions.md", "sh examples"): "tests/project/test_examples.py",
    ("user-agent.md", "python scrapy"): "tests/user_agent/test_clients.py",
    ("user-agent.md", "python yt-dlp"): "tests/user_agent/test_clients.py",
}

RESPONSE = """HTTP/1.1 200 OK\r
Content-Type: text/html\r
Set-Cookie: theme=dark; Path=/; Max-Age=3600\r
Set-Cookie: __Host-sid=31d4; Secure; Path=/app\r
\r
"""


def blocks_to_run(page: str) -> "list[pages.Block]":
    if page in TESTED_ELSEWHERE:
        return []
    blocks = pages.blocks(f"docs/{page}")
    return [b for b in blocks if (page, f"{b.language} {b.tag}".strip()) not in OTHER_TESTS]


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if blocks_to_run(page)])
def test_a_page_from_top_to_bottom(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = blocks_to_run(page)
    if sys.platform == "emscripten" and any(each.language == "sh" for each in blocks):
        pytest.skip("this Python starts no other process")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("SECRET_KEY", secrets.token_urlsafe(32))
    with contextlib.ExitStack() as stack:
        replaced = {}
        if any("http://localhost:8000/" in each.code for each in blocks):
            replaced["http://localhost:8000/"] = stack.enter_context(shop())
        reader = pages.Reader(tmp_path, replaced)
        (tmp_path / "response").write_bytes(RESPONSE.encode())
        reader.add_program("curl", f"cat '{tmp_path / 'response'}'")
        (tmp_path / "cookies.txt").write_text(cookiecodec.CookieJar().to_cookies_txt())
        (tmp_path / "shop.har").write_text(har(), "utf-8")
        stack.callback(lambda: [sys.modules.pop(name, None) for name in reader.files])
        for block in blocks:
            reader.follow(block)


class Quiet(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@contextlib.contextmanager
def shop() -> "Iterator[str]":
    """The URL of the example in WSGI, on a free port."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "examples"))
        app = importlib.import_module("wsgi_app").app
    with wsgiref.simple_server.make_server("127.0.0.1", 0, app, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def har() -> str:
    """A recording of two visits: of two cookies, one is dropped, and one is never sent."""

    def entry(second: int, path: str, *lines: str) -> "dict[str, Any]":
        return {
            "startedDateTime": f"2026-01-02T03:04:{second:02}.000Z",
            "request": {
                "method": "GET",
                "url": f"https://shop.example/{path}",
                "headers": [{"name": "Cookie", "value": "lang=en"}],
            },
            "response": {"headers": [{"name": "Set-Cookie", "value": each} for each in lines]},
        }

    first = entry(1, "", "ad=1; SameSite=None", "cart=2; Path=/basket", "lang=en; Path=/")
    return json.dumps({"log": {"entries": [first, entry(2, "account")]}})


@pytest.mark.parametrize(("page", "tag"), sorted(OTHER_TESTS))
def test_what_another_test_runs_is_there(page: str, tag: str) -> None:
    blocks = pages.blocks(f"docs/{page}")
    assert tag in [f"{each.language} {each.tag}".strip() for each in blocks]
    assert (ROOT / OTHER_TESTS[page, tag]).is_file()


@pytest.mark.parametrize("page", sorted(TESTED_ELSEWHERE))
def test_pages_with_a_test_of_their_own(page: str) -> None:
    """Its test names the tag of each block that is not a doctest."""
    text = (ROOT / TESTED_ELSEWHERE[page]).read_text("utf-8")
    for each in pages.blocks(f"docs/{page}"):
        if not each.code.startswith(">>> ") and each.language != "text":
            assert each.tag, each.code
            assert each.tag in text, each.tag


def test_the_example_in_wsgi() -> None:
    """Over a real server, with the standard library's client."""
    app = pages.example("docs/cookies.md", "wsgi")["application"]

    class Quiet(wsgiref.simple_server.WSGIRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    with wsgiref.simple_server.make_server("127.0.0.1", 0, app, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.server_port}/"
            opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
            request = urllib.request.Request(url, headers={"Cookie": "visits=junk"})
            with urllib.request.urlopen(request) as answer:
                assert answer.read() == b"visit 1"
                assert answer.headers["Vary"] == "Cookie", "CVE-2023-30861"
            assert [opener.open(url).read() for _ in range(3)] == [
                b"visit 1",
                b"visit 2",
                b"visit 3",
            ]
        finally:
            server.shutdown()
            thread.join()


# --- the site ---------------------------------------------------------------------------


def test_every_page_is_in_the_sidebar() -> None:
    tables = re.findall(
        r"^```\{toctree\}\n(.*?)^```$", (DOCS / "index.md").read_text("utf-8"), re.M | re.S
    )
    listed = {line.split("<")[-1].strip(">") for line in "\n".join(tables).splitlines()}
    assert {page[: -len(".md")] for page in PAGES} - {"index"} <= listed


def reference() -> "set[str]":
    """The objects that the pages of the reference describe, by module and name."""
    found = set()
    directive = re.compile(r"^\.\. (\w+):: (\S+?)(?:\(\))?$", re.M)
    for path in sorted((DOCS / "reference").glob("*.rst")):
        module = "cookiecodec"
        for kind, name in directive.findall(path.read_text("utf-8")):
            if kind in ("module", "automodule", "currentmodule"):
                module = name
            elif kind.startswith("auto") and kind != "autosummary":
                found.add(name if name.startswith("cookiecodec.") else f"{module}.{name}")
    return found


def test_every_public_name_is_in_the_reference() -> None:
    expected = {f"cookiecodec.{name}" for name in cookiecodec.__all__}
    expected -= {"cookiecodec.session_readers", "cookiecodec.tagged_json"}
    source = Path(cookiecodec.__file__).parent
    modules = [*source.glob("ext/[a-z]*.py"), *source.glob("compat/[a-z]*.py")]
    modules += [source / f"{name}.py" for name in ("session_readers", "tagged_json", "testing")]
    for path in modules:
        name = ".".join(path.relative_to(source.parent).with_suffix("").parts)
        public = re.findall(r"^__all__ \+?= \[(.*?)\]", path.read_text("utf-8"), re.M | re.S)
        expected |= {f"{name}.{each}" for each in re.findall(r'"(\w+)"', " ".join(public))}
    # They are described where they are defined.
    expected -= {"cookiecodec.compat.http_cookies.CookieError"}
    signing = "cookiecodec.compat.django_signing"
    expected -= {f"{signing}.{n}" for n in ("BadPayload", "BadSignature", "SignatureExpired")}
    assert (
        reference() - {"cookiecodec._types.Secret", "cookiecodec._types.Serializer"} == expected
    )


# --- the page on security -----------------------------------------------------------------


def test_each_vulnerability_has_a_test_that_names_it() -> None:
    page = (DOCS / "security.md").read_text("utf-8")
    rows = re.findall(r"^\| (CVE-[^|]*) \|.*\| `(test_\w+)` \|$", page, re.M)
    assert len(rows) >= 20
    tests = {
        name: code
        for path in (ROOT / "tests").glob("*/test_*.py")
        for name, code in re.findall(
            r"^def (test_\w+)(.*?)(?=^def |\Z)", path.read_text("utf-8"), re.M | re.S
        )
    }
    for vulnerabilities, test in rows:
        assert test in tests, test
        for number in re.findall(r"CVE-(\d+-\d+)", vulnerabilities):
            in_name = number.replace("-", "_") in test
            assert in_name or f"CVE-{number}" in tests[test], (number, test)


def test_each_vulnerability_of_the_tests_is_on_the_page() -> None:
    page = (DOCS / "security.md").read_text("utf-8")
    for path in (ROOT / "tests").glob("*/test_*.py"):
        text = path.read_text("utf-8")
        numbers = re.findall(r"CVE-(\d{4}-\d+)", text)
        numbers += [f"{y}-{n}" for y, n in re.findall(r"cve_(\d{4})_(\d+)", text)]
        for number in numbers:
            assert f"CVE-{number}" in page, (path.name, number)
