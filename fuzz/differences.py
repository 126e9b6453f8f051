"""Write DIFFERENCES.md: every class of difference, how often a run saw it, an example.

    python fuzz/differences.py [FOLDER ...]

The run: the seeds, a fixed number of headers of `cookiecodec.testing`'s strategies, always
the same, and what is in the folders, such as a fuzzer's corpus; the name of each starts
with that of its target.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from hypothesis import HealthCheck, Phase, given, seed, settings, strategies as st

import _jars
import _readers
import fuzz_jars
import fuzz_readers
import harness
from _difference import Class
from cookiecodec import parse_cookie, testing

PAGE = harness.HERE / "DIFFERENCES.md"
EXAMPLES = 3000
SEED = 6265

# --- the inputs -----------------------------------------------------------------------

headers = (testing.cookie_headers() | testing.hostile_headers()).map(
    lambda header: header.encode("latin-1")
)

_HOSTS = ["example.com", "www.example.com", "a.www.example.com", "example.org", "localhost"]
_HOSTS += ["10.0.0.1", "20.0.0.1", "test", "foo.local", "example.com."]
_PATHS = ["/", "", "/docs", "/docs/", "/docs/a", "/a/../docs/b", "/%2e/a", "/%c3%a9/"]
_urls = st.builds(
    "{}://{}{}{}".format,
    st.sampled_from(["https", "http"]),
    st.sampled_from(_HOSTS[:2]) | st.sampled_from(_HOSTS),
    st.sampled_from(["", ":8080"]),
    st.sampled_from(_PATHS),
)
# What the strategies, made for browsers' rules, don't have: RFC 2109's, and these hosts.
_attributes = st.sampled_from(
    [
        "",
        *[f"; Domain={host}" for host in [*_HOSTS, "com", "com.", "local", "0.0.1"]],
        *[f"; Version={version}" for version in ("1", "2", "-1", "x")],
        *[f"; Port{ports}" for ports in ("", "=80", '="80,8080"', "=x")],
        "; Path",
        "; Secure=",
        "; Max-Age=0",
        "; Expires=Thu, 01-Jan-70 00:00:00 GMT",
    ]
)
_set_cookies = st.builds(
    "{}{}{}".format,
    testing.set_cookie_headers() | testing.hostile_headers(),
    st.just("") | _attributes,
    _attributes,
)
_steps = st.builds(
    lambda url, header: f"{url} {header}".replace("\xff", "\xfe").encode("latin-1"),
    _urls,
    _set_cookies,
) | _urls.map(str.encode)
responses = st.lists(_steps, min_size=1, max_size=6).map(harness.SEPARATOR.join)


def inputs(target: str, strategy: st.SearchStrategy[bytes], folders: list[Path]) -> list[bytes]:
    """The seeds of a target, the examples, and what else is in its folders."""
    found = []
    for folder in [harness.HERE / "corpus" / target, *folders]:
        if folder.name.startswith(target) and folder.is_dir():
            found += [file.read_bytes() for file in sorted(folder.iterdir())]

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(data: bytes) -> None:
        found.append(data)

    collect()
    return found


# --- what was seen --------------------------------------------------------------------


class Seen:
    """How often a class was seen, and the plainest input that shows it."""

    def __init__(self) -> None:
        self.times: Counter[tuple[str, str]] = Counter()
        self.examples: dict[tuple[str, str], bytes] = {}
        self._ranks: dict[tuple[str, str], tuple[int, bool, int, bytes]] = {}

    def add(self, peer: str, names: list[str], data: bytes, is_seed: bool) -> None:
        rank = len(names), not is_seed, len(data), data
        for name in names:
            at = peer, name
            self.times[at] += 1
            if rank < self._ranks.get(at, (99, True, 0, b"")):
                self._ranks[at], self.examples[at] = rank, data


def _seeds(target: str) -> set[bytes]:
    return {file.read_bytes() for file in (harness.HERE / "corpus" / target).iterdir()}


def readers_seen(every: list[bytes]) -> Seen:
    seen = Seen()
    seeds = _seeds("fuzz_readers")
    for data in every:
        for peer, names in fuzz_readers.differences(data).items():
            seen.add(peer, names(), data, data in seeds)
    return seen


def jars_seen(every: list[bytes]) -> Seen:
    seen = Seen()
    seeds = _seeds("fuzz_jars")
    for data in every:
        seen.add(_jars.TITLE, fuzz_jars.difference(data)(), data, data in seeds)
    return seen


# --- the page -------------------------------------------------------------------------

_RIGHT = {
    "ours": "We are right.",
    "theirs": "The peer is right.",
    "both": "The text leaves it open.",
}

_INTRO = """\
# Where others read cookies otherwise

Written by `python fuzz/differences.py`; `tests/project/test_differences.py` sees to it that the
classes are these, and that each example shows its own.
`fuzz_readers.py` and `fuzz_jars.py` compare on every input: each peer is modelled as our own
reading with switches. Without any the model has to do what we do, with all of a peer's what the
peer does. A switch is a class of difference, and is seen where the peer would do something else
without it. What the model does not foretell has no name, and is a crash.

- Peers: {versions}.
- Inputs: {headers} Cookie headers and {responses} sequences of responses and requests: the
  seeds in `corpus/`, and what the strategies of `cookiecodec.testing` make.

Inputs and readings are Python's literals; a name in place of a reading is the exception that
the peer raises. Numbers say in how many of the inputs a class was seen. Each peer gets the
octets of a header as its framework gives them to it: Werkzeug and http.cookies as a native
string (latin-1, PEP 3333); Django by WSGI as its handler decodes that, and by ASGI in latin-1,
as its handler leaves them; aiohttp in UTF-8 with `surrogateescape`, as its HTTP parser does.
"""


def page(headers: list[bytes], responses: list[bytes]) -> str:
    parts = [
        _INTRO.format(versions=_versions(), headers=len(headers), responses=len(responses))
    ]
    parts.append("## A Cookie header, read\n")
    seen = readers_seen(headers)
    classes = _unique([each for peer in _readers.PEERS.values() for each in peer.classes])
    parts.append(_table(classes, seen))
    for each in classes:
        parts.append(_class(each))
        for key, peer in _readers.PEERS.items():
            if each in peer.classes:
                parts.append(_reader_example(key, each.name, seen))
    parts.append("## A jar: http.cookiejar\n")
    parts.append("The last requests, one to each URL, are part of every sequence.\n")
    seen = jars_seen(responses)
    for each in _jars.CLASSES:
        parts.append(_class(each))
        parts.append(_jar_example(each.name, seen))
    return "\n".join(parts)


def _unique(classes: list[Class]) -> list[Class]:
    return list(dict.fromkeys(classes))


def _table(classes: list[Class], seen: Seen) -> str:
    titles = [peer.title for peer in _readers.PEERS.values()]
    rows = [["", *titles], ["---", *["--:"] * len(titles)]]
    for each in classes:
        counts = [
            str(seen.times[key, each.name]) if each in peer.classes else ""
            for key, peer in _readers.PEERS.items()
        ]
        rows.append([f"`{each.name}`", *counts])
    return "\n".join(["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def _versions() -> str:
    names = [("Werkzeug", "werkzeug"), ("Django", "django"), ("aiohttp", "aiohttp")]
    versions = [f"{title} {metadata.version(name)}" for title, name in names]
    python = ".".join(map(str, sys.version_info[:3]))
    return ", ".join(versions) + f", http.cookies and http.cookiejar of Python {python}"


def _class(each: Class) -> str:
    return f"### `{each.name}`\n\n{_folded(f'{_RIGHT[each.right]} {each.text}')}\n"


def _folded(text: str, width: int = 98) -> str:
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + word
    return "\n".join(lines)


def _reader_example(key: str, name: str, seen: Seen) -> str:
    peer = _readers.PEERS[key]
    data = seen.examples.get((key, name))
    if data is None:
        return f"{peer.title}: not seen in this run.\n"
    ours = list(parse_cookie(data).items())
    return _block(
        f"{peer.title} ({seen.times[key, name]}):",
        [("Cookie", data), ("we", ours), ("peer", peer.read(data))],
    )


def _jar_example(name: str, seen: Seen) -> str:
    data = seen.examples.get((_jars.TITLE, name))
    if data is None:
        return "http.cookiejar: not seen in this run.\n"
    steps = fuzz_jars.steps_of(data)
    with _jars.standing_still():
        theirs = _jars.peer(steps)
    fields = [("step", field) for field in data.split(harness.SEPARATOR)]
    rows = [*fields, ("we", fuzz_jars.ours(steps)), ("peer", theirs)]
    return _block(f"http.cookiejar ({seen.times[_jars.TITLE, name]}):", rows)


def _block(title: str, rows: Iterable[tuple[str, object]]) -> str:
    lines = [f"{label:<7}{_literal(value)}" for label, value in rows]
    return "\n".join([title, "", "```text", *lines, "```", ""])


_RUN = re.compile(r"([^\\])\1{39,}")


def _literal(value: object) -> str:
    """The value as a literal, runs of one letter cut short: ``{a*4096}``."""
    return _RUN.sub(lambda run: "{%s*%d}" % (run[1], len(run[0])), ascii(value))


def _data(literal: str) -> bytes:
    """The octets that `_literal` shows."""
    data = ast.literal_eval(
        re.sub(r"\{(.)\*([0-9]+)\}", lambda run: run[1] * int(run[2]), literal)
    )
    assert isinstance(data, bytes)
    return data


# --- the page, read again -------------------------------------------------------------


class Example(NamedTuple):
    """An input on the page, and the title of the peer that shows the class with it."""

    name: str
    title: str
    data: bytes


_HEADING = re.compile(r"^### `(.+)`$", re.MULTILINE)
_BLOCK = re.compile(r"^([^\n]+) \([0-9]+\):\n\n```text\n(.+?)\n```$", re.MULTILINE | re.DOTALL)
_INPUT = re.compile(r"^(?:Cookie|step) +(.+)$", re.MULTILINE)


def sections(text: str) -> Iterator[tuple[str, str]]:
    """Each class on the page, and what is said of it."""
    cut = _HEADING.split(text)
    yield from zip(cut[1::2], cut[2::2])


def examples(text: str) -> Iterator[Example]:
    for name, section in sections(text):
        for title, block in _BLOCK.findall(section):
            fields = [_data(literal) for literal in _INPUT.findall(block)]
            yield Example(name, title, harness.SEPARATOR.join(fields))


def names_of(example: Example) -> list[str]:
    """The classes that an example shows now."""
    names: Callable[[], list[str]]
    if example.title == _jars.TITLE:
        names = fuzz_jars.difference(example.data)
    else:
        keys = {peer.title: key for key, peer in _readers.PEERS.items()}
        names = fuzz_readers.differences(example.data)[keys[example.title]]
    return names()


def main() -> None:
    folders = [Path(argument) for argument in sys.argv[1:]]
    text = page(
        inputs("fuzz_readers", headers, folders), inputs("fuzz_jars", responses, folders)
    )
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
