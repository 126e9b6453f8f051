"""The page on embedding: its commands, its numbers, and both Pythons in a real browser."""

import functools
import http.server
import json
import re
import shlex
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from cookiecodec import Signer
from cookiecodec.__main__ import main
from cookiecodec._vendor import copies, disk

from ..project import test_package
from ..project.test_examples import browser, window
from ..support import devices, pages
from ..support.pages import ROOT

PAGE = ROOT / "docs" / "embedding.md"


@pytest.mark.slow
def test_its_commands_do_what_they_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: "pytest.CaptureFixture[str]"
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").mkdir()
    lines = re.findall(r"cookiecodec vendor [^#&\n]*", PAGE.read_text("utf-8"))
    commands = [shlex.split(line)[1:] for line in lines if "`" not in line]
    assert len(commands) >= 8
    for command in commands:
        assert main(command) == 0, (command, capsys.readouterr())
    for line in re.findall(r"`cookiecodec (vendor [^`]*)`", PAGE.read_text("utf-8")):
        assert main(shlex.split(line)) == 0


def test_its_numbers_are_those_on_record() -> None:
    record = json.loads(devices.ON_RECORD.read_text("utf-8"))
    rows = {
        "heap: import codec": "heap: `import codec`",
        "heap: import codec, signing": "heap: `codec` and `signing`",
        "heap: parse_cookie, 4 KB": "heap: `parse_cookie`, 50 cookies in 4 KB: the result",
        "heap: parse_cookie, 4 KB, at most": "the same, and what it takes meanwhile",
        "instructions: parse_cookie, two cookies": "instructions: `parse_cookie`, two cookies",
        "instructions: parse_cookie, 4 KB": "instructions: `parse_cookie`, 4 KB",
        "instructions: dump_cookie": "instructions: `dump_cookie` with `expires`",
        "instructions: dump_cookie, quoted": "instructions: `dump_cookie`, quoted",
        "instructions: dumps": "instructions: `dumps`",
        "instructions: loads": "instructions: `loads`",
    }
    assert set(rows) == set(record["next"])
    for name, row in rows.items():
        before = f"{record['0.1.0'][name]:,}" if name in record["0.1.0"] else ""
        start = f"| {row} | {before} | {record['next'][name]:,} |".replace("|  |", "| |")
        assert start in PAGE.read_text("utf-8")


def test_its_sizes_are_those_of_the_copies() -> None:
    text = PAGE.read_text("utf-8")
    for form, stripped in (("folder", False), ("folder, stripped", True)):
        (files, octets) = re.findall(
            rf"^\| {form} \| ([0-9]+) \| ([0-9,]+) \|", text, re.MULTILINE
        )[0]
        copy = copies.files(["codec", "signing"], stripped)
        assert int(files) == len(copy)
        size = sum(map(len, copy.values()))
        assert abs(int(octets.replace(",", "")) - size) <= size * 0.01


def zipped(folder: Path, only: "list[str]") -> Path:
    """A copy of the package as one file, which Python can import from."""
    disk.write(folder / "build" / "cookiecodec", copies.files(only, stripped=True))
    return Path(shutil.make_archive(str(folder / "cookiecodec"), "zip", folder / "build"))


@pytest.mark.slow
@pytest.mark.parametrize("only", [[], ["codec", "signing"]])
def test_a_zip_on_the_path_is_one_file(tmp_path: Path, only: "list[str]") -> None:
    archive = zipped(tmp_path, only)
    code = f"""
import sys
sys.path.insert(0, {str(archive)!r})
sys.modules.pop("cookiecodec", None)
import cookiecodec
assert cookiecodec.__file__.startswith({str(archive)!r})
signer = cookiecodec.Signer("6f1d0b9c83a24e57b0c2d94f7a615e38").for_cookie("sid")
header = cookiecodec.dump_cookie("sid", signer.dumps([1, 2]), domain="b\xfccher.test")
print(signer.loads(cookiecodec.parse_cookie(header.split(";")[0])["sid"]))
"""
    assert test_package.run(code, "-W", "error", cwd=tmp_path) == "[1, 2]\n"


# --- in a real browser ------------------------------------------------------------------


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files; quietly."""

    extensions_map = {  # noqa: RUF012
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def site(tmp_path: Path) -> "Iterator[tuple[Path, str]]":
    """A folder, and the address at which it is served."""
    folder = tmp_path / "site"
    folder.mkdir()
    handler = functools.partial(Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield folder, f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def from_npm(name: str) -> Path:
    found = devices.NODE_MODULES / name
    if not found.is_dir():
        devices.lacks(f"npm's {name}")
    return found


def shown(profile: Path, url: str, script: str) -> Any:
    """What a page's script gives, in Chromium."""
    with window(profile) as page:
        page.goto(url)
        return page.evaluate(script)


@pytest.mark.browser
def test_pyodide_in_chromium(tmp_path: Path, site: "tuple[Path, str]") -> None:
    """The function of the documentation's page."""
    browser()
    folder, url = site
    shutil.copytree(from_npm("pyodide"), folder / "pyodide")
    (folder / "index.html").write_text("<!doctype html><title>x</title>")
    zipped(folder, [])
    script = f"""async () => {{
        {pages.block("docs/embedding.md", "js page")}
        const {{ loadPyodide }} = await import("/pyodide/pyodide.mjs");
        return withCookies(await loadPyodide());
    }}"""
    assert "Path=/" in shown(tmp_path / "profile", url, script)


@pytest.mark.browser
def test_micropython_in_chromium(tmp_path: Path, site: "tuple[Path, str]") -> None:
    browser()
    folder, url = site
    package = "@micropython/micropython-webassembly-pyscript"
    shutil.copytree(from_npm(package), folder / "micropython")
    (folder / "index.html").write_text("<!doctype html><title>x</title>")
    copy = copies.files(["codec", "signing"], stripped=True)
    disk.write(folder / "cookiecodec", copy)
    folders = sorted({str(PurePosixPath("cookiecodec", path).parent) for path in copy})
    script = f"""async () => {{
        const {{ loadMicroPython }} = await import("/micropython/micropython.mjs");
        const lines = [];
        const micropython = await loadMicroPython({{ stdout: (line) => lines.push(line) }});
        for (const folder of {folders}) micropython.FS.mkdir(folder);
        for (const path of {sorted(copy)}) {{
            const text = await (await fetch(`cookiecodec/${{path}}`)).text();
            micropython.FS.writeFile(`cookiecodec/${{path}}`, text);
        }}
        micropython.runPython(`
from cookiecodec import Signer, dump_cookie, parse_cookie
print(dump_cookie("theme", "dark, wide"), parse_cookie('a="b\\\\\\\\073"'))
print(Signer("k", clock=lambda: 1700000000).dumps({{"id": 42}}))
`);
        return lines;
    }}"""
    assert shown(tmp_path / "profile", url, script) == [
        "theme=\"dark\\054 wide\"; Path=/ {'a': 'b;'}",
        Signer("k", clock=lambda: 1700000000).dumps({"id": 42}),
    ]
