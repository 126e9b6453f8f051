"""What the README shows is what happens."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from cookiecodec import CookieError, CookieRejectedWarning

from ..support import pages

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def block(tag: str) -> str:
    return pages.block("README.md", tag)


def test_the_first_example() -> None:
    code = block("python")
    assert len(code.strip().splitlines()) == 10
    good, bad = code.split("\ndump_cookie(")[0], code.split("\ndump_cookie(")[1:]
    names: dict[str, object] = {}
    exec(good, names)
    injection, dropped = ("dump_cookie(" + line for line in bad)
    with pytest.raises(CookieError, match=r"has ';' \(U\+003B\)"):
        exec(injection, names)
    with pytest.warns(CookieRejectedWarning, match="requires secure=True"):
        exec(dropped, names)


def test_it_is_short() -> None:
    assert len(README.split()) <= 700


def test_its_links_lead_somewhere() -> None:
    """To a file, and to a heading in it, as GitHub makes anchors of headings."""
    links = re.findall(r"\]\(([^)]+)\)", README)
    assert len(links) > 15
    for link in links:
        path, _, anchor = link.partition("#")
        text = (ROOT / path).read_text("utf-8")
        headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
        anchors = [re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings]
        assert not anchor or anchor in anchors, link


def test_its_commands_run_a_script_that_a_shell_can_read() -> None:
    """`nox -s readme` runs both as they stand."""
    assert re.findall(r"^```sh\n(.*)\n```$", README, re.MULTILINE) == ["./try", "./try test"]
    if sys.platform == "emscripten":
        pytest.skip("this Python starts no other process")
    wrong = subprocess.run(["sh", ROOT / "try", "what"], capture_output=True, check=False)
    assert (wrong.returncode, wrong.stdout) == (2, b"")
    assert wrong.stderr == b"usage: ./try [test]\n"
