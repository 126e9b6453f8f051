"""The page on fuzzing: its tests find what it says, in the versions that it says."""

import asyncio
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from cookiecodec import testing

from ..conftest import FEWER
from ..support import pages
from ..support.peers import COMPLETE, peer
from .test_testing import SHARES

PAGE = "docs/fuzzing.md"
TEXT = (pages.ROOT / PAGE).read_text("utf-8")

#: In place of Atheris, which has no wheels for some Pythons: octets without a plan.
ATHERIS = """
import contextlib, random
instrument_imports = lambda include: contextlib.nullcontext()
def Setup(arguments, one_input):
    global fuzzed
    fuzzed = one_input
def Fuzz():
    octets = random.Random(1)
    for _ in range(50_000):
        fuzzed(octets.randbytes(octets.randrange(100)))
"""


def test_no_block_is_left_out() -> None:
    files = ["test_cookies.py", "test_writing.py", "fuzz_cookies.py"]
    pythons = [f"python {tag}" for tag in [*files, "example", "wsgi", "asgi", "client"]]
    shells = ["sh found", "sh repaired", "sh writing"]
    blocks = re.findall(r"^```(.+)$", TEXT, re.MULTILINE)
    assert sorted(blocks) == sorted([*pythons, *shells, "text"])
    assert len(pages.block(PAGE, "python test_cookies.py").splitlines()) <= 25


# --- in an environment of its own ---------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A reader's new folder, beside a clone, with the page's files."""
    if sys.platform == "emscripten":
        pytest.skip("this Python starts no other")
    if FEWER:
        pytest.skip("it is much the same on each Python, and takes a while")
    (tmp_path / "cookiecodec").symlink_to(pages.ROOT, target_is_directory=True)
    yours = tmp_path / "yours"
    yours.mkdir()
    for name in ("test_cookies.py", "test_writing.py", "fuzz_cookies.py"):
        (yours / name).write_text(pages.block(PAGE, f"python {name}"), "utf-8")
    return yours


def run(command: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """As in a reader's shell, whose `python3` is this one, and which is not in CI."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    ours = ("CI", "COOKIECODEC_", "HYPOTHESIS_", "PYTEST_", "PYTHON", "VIRTUAL_ENV")
    env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env={**env, "PATH": path, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def outcome(tag: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Of the last of the block's commands; what comes before has to pass."""
    *before, last = pages.block(PAGE, f"sh {tag}").splitlines()
    for command in before:
        result = run(command, folder)
        if result.returncode and "pip install" in command and not COMPLETE:
            pytest.skip(f"pip can't install here: {result.stderr.strip()[-200:]}")
        assert result.returncode == 0, (command, result.stdout, result.stderr)
    return run(last, folder)


def test_its_commands(folder: Path) -> None:
    found = outcome("found", folder)
    assert found.returncode == 1, (found.stdout, found.stderr)
    assert re.search(r"header='=__Host-[^;]*'", found.stdout), "CVE-2023-23934"
    assert "1 failed" in found.stdout
    check_example(folder)
    check_fuzzing(folder)
    repaired = outcome("repaired", folder)
    assert repaired.returncode == 0, repaired.stdout
    assert "1 passed" in repaired.stdout
    writing = outcome("writing", folder)
    assert writing.returncode == 1, writing.stdout
    assert re.search(r"value='\\x1[a-f]'", writing.stdout)


def check_example(folder: Path) -> None:
    """A header that is kept is tried first: here as the only one."""
    code = pages.block(PAGE, "python test_cookies.py")
    kept = code.replace("@given(hostile_headers())\n", pages.block(PAGE, "python example"))
    kept = kept.replace("max_examples=1000", "phases=[Phase.explicit]")
    more = "from hypothesis import Phase, example\n"
    (folder / "test_kept.py").write_text(more + kept, "utf-8")
    result = run(".venv/bin/python -m pytest -q test_kept.py", folder)
    assert result.returncode == 1, result.stdout
    assert "=__Host-sid=stolen" in result.stdout


def check_fuzzing(folder: Path) -> None:
    (folder / "atheris.py").write_text(ATHERIS, "utf-8")
    result = run(".venv/bin/python fuzz_cookies.py -max_total_time=60", folder)
    assert result.returncode == 1
    assert "AssertionError" in result.stderr, result.stderr
    assert "test_a_host_cookie_is_sent_as_one" in result.stderr


def test_what_it_names_is_there() -> None:
    for path in re.findall(r"python (fuzz/\w+\.py)", TEXT):
        assert (pages.ROOT / path).is_file()
    for name in set(testing.__all__) - {"assert_cookies_kept"}:
        assert f"`{name}()`" in TEXT


# --- with the peers that are here ---------------------------------------------------


def example(tag: str) -> "dict[str, Any]":
    return pages.example(PAGE, tag)


def breaks(header: str) -> None:
    """What a bug in a framework may look like."""
    if not header.isascii():
        raise ValueError


@pytest.mark.interop
def test_wsgi() -> None:
    flask = peer("flask")
    names = example("wsgi")
    names["test_no_header_breaks_the_application"]()
    names["app"].before_request_funcs[None] = [
        lambda: breaks(flask.request.environ["HTTP_COOKIE"])
    ]
    with pytest.raises(AssertionError):
        names["test_no_header_breaks_the_application"]()


@pytest.mark.interop
def test_asgi() -> None:
    peer("starlette")
    peer("httpx")
    names = example("asgi")
    names["test_no_header_breaks_the_application"]()
    inner = names["app"]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        breaks(dict(scope["headers"])[b"cookie"].decode("latin-1"))
        await inner(scope, receive, send)

    names["app"] = app
    with pytest.raises(ValueError):  # noqa: PT011 - it has no message
        names["test_no_header_breaks_the_application"]()


@pytest.mark.interop
def test_octets_reach_an_asgi_application_as_they_are() -> None:
    peer("starlette")
    peer("httpx")
    names = example("asgi")
    received: "list[bytes]" = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        received.append(dict(scope["headers"])[b"cookie"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    names["app"] = app
    asyncio.run(names["get"]("a=\x80\xc3\xa9\r\n\x00"))
    assert received == [b"a=\x80\xc3\xa9\r\n\x00"]


@pytest.mark.interop
def test_client() -> None:
    peer("httpx")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # http.cookiejar has some of its own
        example("client")["test_cookies_stay_where_they_are_from"]()


# --- what it says of the strategies ---------------------------------------------------


def test_the_table_of_shares() -> None:
    """Its numbers are within what `test_each_kind_has_its_share` allows."""
    table = TEXT.split("| of a hundred |")[1].split("\n\n")[0]
    head, _, *rows = [
        [cell.strip(" `") for cell in line.strip("|").split("|")] for line in table.splitlines()
    ]
    strategies = [name for name in head if name]
    shares = {strategy.__name__: limits for strategy, _, limits in SHARES}
    assert set(strategies) == set(shares)
    for kind, *numbers in rows:
        for strategy, number in zip(strategies, numbers):
            if number:
                least, most = shares[strategy][kind]
                assert least <= int(number) <= most, (strategy, kind)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "without"),
    [
        ("cookie_names", "__"),
        ("cookie_values", "é"),
        ("cookie_headers", '"'),
        ("set_cookie_headers", '"'),
        ("hostile_headers", "Path"),
    ],
)
def test_a_failure_shows_the_text(name: str, without: str) -> None:
    """And not the calls that made it, as Hypothesis explains others: it is to be copied."""
    strategy: "st.SearchStrategy[str]" = getattr(testing, name)()
    last: "list[str]" = []

    @settings(
        max_examples=500,
        database=None,
        derandomize=True,
        print_blob=False,
        phases=[Phase.generate, Phase.shrink, Phase.explain],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def it_is_without(text: str) -> None:
        last[:] = [text]
        assert without not in text

    with pytest.raises(AssertionError) as caught:
        it_is_without()
    shown = "".join(getattr(caught.value, "__notes__", []))
    assert f"text={last[0]!r}" in shown
