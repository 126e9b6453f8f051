"""Assemble the inspector: a folder that any static host can serve.

    python docs/inspector/assemble.py NODE_MODULES [FOLDER]

NODE_MODULES has npm's `pyodide`, and `node` runs it. FOLDER (by default `dist/inspector` beside
this script) is replaced. It contains the page, Pyodide without what the page does not need,
this package, and Mozilla's list of public suffixes, which the package `publicsuffixlist` has.

The names of all large files contain a digest of their contents, so that browsers can keep them
for good. The WebAssembly is compressed here, since not every host compresses it.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import json
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from cookiecodec._vendor import copies

HERE = Path(__file__).parent
PAGE = ("sw.js", "index.html", "inspector.css", "inspector.js", "worker.js", "icon.svg")

#: Modules of the standard library that are not imported by Pyodide's start or this package.
UNUSED = frozenset(
    shlex.split("""
    __hello__ __phello__ _ast_unparse _compat_pickle _markupbase _pydatetime _pyio _pyrepl
    _strptime antigravity argparse bdb cProfile cmd code colorsys compileall configparser csv
    ctypes doctest email ensurepip filecmp fileinput fractions ftplib getopt getpass graphlib
    gzip html http idlelib imaplib mailbox mimetypes modulefinder multiprocessing netrc
    nturl2path optparse pdb pickle pickletools plistlib poplib pprint profile pstats pty
    py_compile pyclbr pydoc pydoc_data quopri rlcompleter runpy sched shelve shlex smtplib
    socketserver sqlite3 statistics symtable tabnanny tarfile this timeit tomllib trace
    tracemalloc turtle unittest wave webbrowser wsgiref xml xmlrpc zipapp zoneinfo
    """)
)
#: Encodings of single platforms, countries and scripts, by the start of their names.
ENCODINGS = tuple(
    shlex.split("big5 cp euc gb hp hz iso johab koi8 kz mac palmos ptcp shift tis")
)


def assemble(node_modules: Path, folder: Path) -> None:
    """Write the page into *folder*. Raises OSError if *node_modules* has no `pyodide`."""
    pyodide = node_modules / "pyodide"
    library, package = _compiled(
        node_modules, _standard_library(pyodide / "python_stdlib.zip"), _package()
    )
    engine = {
        "pyodide.js": _module(pyodide / "pyodide.mjs"),
        "pyodide.asm.js": _module(pyodide / "pyodide.asm.mjs"),
        "wasm.bin": gzip.compress((pyodide / "pyodide.asm.wasm").read_bytes(), 9, mtime=0),
        "stdlib.zip": library,
    }
    place = f"pyodide-{_digest(engine)}"
    lasting = {f"{place}/{name}": engine[name] for name in engine}
    lasting[f"package-{_digest({'': package})}.zip"] = package
    shell = {name: (HERE / name).read_bytes() for name in PAGE}
    lock = json.loads((pyodide / "pyodide-lock.json").read_text("utf-8"))
    manifest = {
        "version": _digest({**shell, **dict.fromkeys(lasting, b"")}),
        "shell": ["./", *PAGE[2:], "manifest.js"],
        "lasting": {path: len(lasting[path]) for path in lasting},
        "lock": {"info": lock["info"], "packages": {}},
    }
    shell["manifest.js"] = f"self.MANIFEST = {json.dumps(manifest, indent=1)};\n".encode()
    shutil.rmtree(folder, ignore_errors=True)
    (folder / place).mkdir(parents=True)
    for name, data in {**shell, **lasting}.items():
        (folder / name).write_bytes(data)


def _module(path: Path) -> bytes:
    """Return a module for a file named `.js`: not every host knows the type of `.mjs`."""
    return re.sub(rb"\n//# sourceMappingURL=.*\n?\Z", b"\n", path.read_bytes())


def _compiled(node_modules: Path, *archives: Mapping[str, bytes]) -> list[bytes]:
    """Return archives of files, with bytecode in place of Python's sources."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"{number}.zip") for number in range(len(archives))]
        for path, files in zip(paths, archives):
            with zipfile.ZipFile(path, "w") as archive:
                for name in files:
                    archive.writestr(name, files[name])
        script = HERE / "compile.mjs"
        subprocess.run(["node", *map(str, [script, node_modules, *paths])], check=True)
        return [path.read_bytes() for path in paths]


def _standard_library(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if _is_used(name)}


def _is_used(name: str) -> bool:
    parts = Path(name).with_suffix("").parts
    if parts[0] == "encodings":
        return not parts[-1].startswith(ENCODINGS)
    return name.endswith(".py") and parts[0] not in UNUSED


def _package() -> dict[str, bytes]:
    """Return this package without docstrings and types, and what works with it."""
    copy = copies.files([], stripped=True)
    unused = ("_cli/", "_strategies", "_vendor/", "ext/", "testing")
    files = {f"cookiecodec/{name}": copy[name] for name in copy if not name.startswith(unused)}
    files["inspection.py"] = (HERE / "inspection.py").read_bytes()
    files["public_suffixes.txt"] = _public_suffixes()
    return files


def _public_suffixes() -> bytes:
    """Return the rules of Mozilla's list, with A-labels, as browsers write hosts."""
    found = importlib.util.find_spec("publicsuffixlist")
    if found is None or found.origin is None:
        raise SystemExit("assemble.py needs the package publicsuffixlist (group `interop`)")
    text = Path(found.origin).with_name("public_suffix_list.dat").read_text("utf-8")
    lines = [line.strip() for line in text.splitlines()]
    rules = [line.encode("idna") for line in lines if line and not line.startswith("//")]
    return b"\n".join(sorted(rules))


def _digest(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name} {len(files[name])}\n".encode() + files[name])
    return digest.hexdigest()[:12]


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        raise SystemExit("usage: assemble.py NODE_MODULES [FOLDER]")
    given = [Path(argument) for argument in sys.argv[1:]]
    assemble(*given, *[HERE / "dist" / "inspector"][len(given) - 1 :])
