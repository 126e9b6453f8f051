"""The differential targets, without a fuzzer: all differences are named, the page is true."""

import http.cookies
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from ..support.peers import peer

for module in ("aiohttp", "django", "werkzeug"):
    peer(module)

FUZZ = Path(__file__).parents[2] / "fuzz"
sys.path.insert(0, str(FUZZ))

import _difference  # noqa: E402 - they are found now, and their peers are there
import _jars  # noqa: E402
import _readers  # noqa: E402
import differences  # noqa: E402
import fuzz_jars  # noqa: E402
import fuzz_readers  # noqa: E402

pytestmark = pytest.mark.interop

PAGE = differences.PAGE.read_text(encoding="utf-8")
EXAMPLES = list(differences.examples(PAGE))


# --- no difference is unnamed (the seeds are run in test_fuzz) ------------------------


@given(differences.headers)
def test_readers_differ_by_name(data: bytes) -> None:
    fuzz_readers.one_input(data)


@given(differences.responses)
def test_jars_differ_by_name(data: bytes) -> None:
    fuzz_jars.one_input(data)


def test_an_unnamed_difference_is_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    werkzeug = _readers.PEERS["werkzeug"]
    shouting = werkzeug._replace(read=lambda header: werkzeug.read(header.upper()))
    monkeypatch.setitem(_readers.PEERS, "werkzeug", shouting)
    with pytest.raises(_difference.UnnamedDifference, match="werkzeug") as caught:
        fuzz_readers.one_input(b"a=b")
    assert "[('A', 'B')]" in str(caught.value)


def test_a_reading_of_ours_that_is_not_the_plain_one_is_a_crash() -> None:
    def model(on: frozenset[str]) -> str:
        return "theirs" if on else "ours"

    with pytest.raises(_difference.UnnamedDifference, match="cookiecodec"):
        _difference.named("peer", b"", ("odd", "theirs"), ["a"], model)
    names = _difference.named("peer", b"", ("ours", "theirs"), ["a"], model)
    assert names() == ["a"]


def test_where_several_classes_do_the_same_one_is_enough() -> None:
    def model(on: frozenset[str]) -> bool:
        return bool(on & {"a", "b"})

    assert _difference.named("peer", b"", (False, True), "abc", model)() == ["b"]


def test_where_classes_do_it_together_all_of_them_are_named() -> None:
    def model(on: frozenset[str]) -> bool:
        return on >= {"a", "b"}

    assert _difference.named("peer", b"", (False, True), "abc", model)() == ["a", "b"]


def refusing(method: Any) -> Any:
    def checked(self: Any, *arguments: Any) -> None:
        texts = [str(each) for each in arguments if not isinstance(each, dict)]
        texts += [
            str(each) for one in arguments if isinstance(one, dict) for each in one.values()
        ]
        if any(char < " " for text in texts for char in text):
            raise http.cookies.CookieError("Control characters are not allowed in cookies")
        method(self, *arguments)

    return checked


@pytest.mark.parametrize(
    ("header", "peers"),
    [
        (rb'a="\001"; b=2', {"aiohttp", "http.cookies"}),
        (rb'b=2; path="\001"', {"aiohttp", "http.cookies"}),
        (rb'b=2; $Path="\001"', {"aiohttp"}),
        (b'b=2; $Path="\x01"', {"aiohttp", "http.cookies"}),
    ],
)
def test_newer_pythons_refuse_control_characters(
    header: bytes, peers: "set[str]", monkeypatch: pytest.MonkeyPatch
) -> None:
    for method in ("set", "__setitem__", "__setstate__"):
        changed = refusing(getattr(http.cookies.Morsel, method))
        monkeypatch.setattr(http.cookies.Morsel, method, changed)
    names = {name: which() for name, which in fuzz_readers.differences(header).items()}
    assert {name for name, seen in names.items() if "controls-refused" in seen} == peers


# --- the page is true ----------------------------------------------------------------


def test_the_page_has_each_class_and_no_other() -> None:
    readers = [each for peer in _readers.PEERS.values() for each in peer.classes]
    classes = [*dict.fromkeys(readers), *_jars.CLASSES]
    on_page = list(differences.sections(PAGE))
    assert [name for name, _ in on_page] == [each.name for each in classes]
    for each, (_, section) in zip(classes, on_page):
        assert each.text in " ".join(section.split())


#: What this version of a peer may not do: only newer Pythons refuse control characters.
UNSEEN = {("controls-refused", "aiohttp"), ("controls-refused", "http.cookies")}


def test_each_class_of_each_peer_has_an_example() -> None:
    expected = {
        (each.name, peer.title) for peer in _readers.PEERS.values() for each in peer.classes
    }
    expected |= {(each.name, _jars.TITLE) for each in _jars.CLASSES}
    assert {(example.name, example.title) for example in EXAMPLES} >= expected - UNSEEN


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: f"{each.title}-{each.name}")
def test_an_example_shows_its_class(example: differences.Example) -> None:
    assert example.name in differences.names_of(example)


def test_the_page_is_written_as_it_is_read() -> None:
    data = b"a=" + b"b" * 4096 + b'"\xff\\\n'
    assert differences._data(differences._literal(data)) == data


# --- how a target ends ---------------------------------------------------------------


def test_a_target_without_its_peers_says_what_to_install() -> None:
    code = "import _difference; _difference.need('__main__', 'no_such_peer')"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=FUZZ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr == "no_such_peer is missing: pip install -e . --group fuzz\n"
