"""What real programs do with cookies.txt: the table of the documentation is what they do."""

import json
import sys
from pathlib import Path

import pytest

from ..support import cookies_txt_programs as programs
from ..support.peers import COMPLETE

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "user-agent.md"
RECORDED = json.loads(programs.RECORDED.read_text("utf-8"))


@pytest.mark.parametrize("program", programs.PROGRAMS)
def test_a_program_does_what_the_table_says(program: str) -> None:
    if programs.command(program) is None:
        assert not COMPLETE, f"{program} is missing"
        pytest.skip(f"{program} is not installed")
    expected = RECORDED[program]["observed"]
    if program == "http.cookiejar" and sys.version_info < (3, 10):  # no `#HttpOnly_`
        expected["127.0.0.1"]["sends"].remove("HttpOnly")
    for host, seen in programs.observe(program).items():
        assert seen == expected[host], host


def test_the_documentation_has_the_table_and_the_lines() -> None:
    text = DOCUMENTATION.read_text("utf-8")
    assert programs.table(RECORDED) in text
    lines = programs.LINES.split("\n\n")[1].split("handlers")[0]
    assert lines.replace("sys.argv[2]", '"cookies.txt"') in text
