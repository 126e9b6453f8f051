"""Copies of this package, or of a part of it, for those who keep it in their own tree.

A copy is a folder whose modules stay as they are, with licence and version in their head.
`files` says what is in one, `write` writes it, `check` compares. A copy is what the
installed package would write now, octet by octet: nothing in it vouches for it.
"""

from __future__ import annotations

import ast
import contextlib
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import Any

from .. import _PUBLIC, __version__
from . import source as _source

#: Path in the copy, and the octets.
Files = dict[str, bytes]

# The first line of each file that is ours: no other file is overwritten.
_HEAD = "# cookiecodec {version}, a copy; {licence}\n"
_LICENCES = ("its licence:", "BSD-3-Clause, see __init__.py of this package")
_OURS = re.compile(
    "# cookiecodec [0-9][0-9A-Za-z.!+_-]*, a copy; (?:%s)" % "|".join(map(re.escape, _LICENCES))
)

# LICENSE, which installers put elsewhere.
_LICENCE = """\
BSD 3-Clause License

Copyright (c) 2026, the cookiecodec authors

Redistribution and use in source and binary forms, with or without
modification, are permitted provided that the following conditions are met:

1. Redistributions of source code must retain the above copyright notice, this
   list of conditions and the following disclaimer.

2. Redistributions in binary form must reproduce the above copyright notice,
   this list of conditions and the following disclaimer in the documentation
   and/or other materials provided with the distribution.

3. Neither the name of the copyright holder nor the names of its
   contributors may be used to endorse or promote products derived from
   this software without specific prior written permission.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS"
AND ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
"""


def modules() -> list[str]:
    """What ``--only`` can name."""
    paths = [path for path in _all("ext/") if not path.startswith("ext/_")]
    within = [path[: -len(".py")].replace("/", ".") for path in paths]
    return sorted([name for name in _PUBLIC if name != "ext"] + within)


def files(only: list[str], stripped: bool = False) -> Files:
    """The files of a copy with the modules *only* (none: all), by their paths.

    ValueError for a module that there is not.
    """
    if not _here("__init__.pyi").is_file():
        raise ValueError("this copy is stripped: make others from a whole one")
    only = sorted(set(only))
    for name in only:
        if name not in modules():
            raise ValueError(f"no module {name!r}; there are {', '.join(modules())}")
    made = "vendor DEST" + (f" --only {','.join(only)}" if only else "") + " --strip" * stripped
    paths = _closure(only, stripped) if only else set(_all())
    texts = {path: _text(path, stripped) for path in paths}
    if only:
        texts["__init__.py"] = _fewer_names(texts["__init__.py"], paths)
    if not stripped:
        texts["__init__.pyi"] = _fewer_types(_text("__init__.pyi", False), paths)
    copied = {path: (_head(path, made) + text).encode() for path, text in texts.items()}
    return copied if stripped else {**copied, "py.typed": _head("py.typed", made).encode()}


# --- what is in a copy ------------------------------------------------------------------


def _here(path: str) -> Any:
    """A file or a folder of this package, wherever that is."""
    return resources.files(__package__.rpartition(".")[0]).joinpath(path)


def _all(folder: str = "") -> Iterator[str]:
    """The paths of the modules of this package, or of a folder in it."""
    for item in sorted(_here(folder).iterdir(), key=lambda item: str(item.name)):
        if item.name.endswith(".py"):
            yield folder + item.name
        elif item.is_dir() and item.joinpath("__init__.py").is_file():
            yield from _all(f"{folder}{item.name}/")


def _packages() -> list[str]:
    """The folders of this package, each after the one that it is in."""
    return sorted({path.rpartition("/")[0] + "/" for path in _all() if "/" in path})


def _text(path: str, stripped: bool) -> str:
    """The source at *path*, without the head of a copy that this is one of."""
    text = str(_here(path).read_bytes().decode()).replace("\r\n", "\n")
    if _OURS.match(text):
        lines = text.split("\n")
        text = "\n".join(lines[next(i for i, line in enumerate(lines) if line[:1] != "#") :])
    return _source.strip(text) if stripped else text.lstrip("\n")


def _closure(only: list[str], stripped: bool) -> set[str]:
    """The paths of the modules *only*, and of all that they import of each other."""
    waiting = ["errors.py", *[name.replace(".", "/") + ".py" for name in only]]
    paths = {"__init__.py"}
    while waiting:
        path = waiting.pop()
        if path not in paths:
            paths.add(path)
            waiting += _imported(path, _text(path, stripped))
    return paths


def _imported(path: str, text: str) -> Iterator[str]:
    """The paths of what a module imports, and of the packages that these are in."""
    folders = path.split("/")[:-1]
    for depth in range(1, len(folders) + 1):
        yield "/".join([*folders[:depth], "__init__.py"])
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = folders[: len(folders) - node.level + 1]
            base = base + (node.module or "").split(".") if node.module else base
            for found in [base, *[[*base, alias.name] for alias in node.names]]:
                module = "/".join(found)
                for candidate in (f"{module}.py", f"{module}/__init__.py"):
                    if found and _here(candidate).is_file():
                        yield candidate


def _head(path: str, made: str) -> str:
    """The comment that starts a file: the whole licence where nothing else has it."""
    whole = path == "__init__.py"
    head = _HEAD.format(version=__version__, licence=_LICENCES[not whole])
    if whole:
        lines = [f"(made by: python -m cookiecodec {made})", "", *_LICENCE.splitlines()]
        head += "".join([f"# {line}".rstrip() + "\n" for line in lines])
    return head + "\n"


def _fewer_names(text: str, paths: set[str]) -> str:
    """``__init__`` with the names of those modules alone that are in the copy."""
    places = _source.Positions(text)
    edits = []
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_PUBLIC":
            public = {m: n for m, n in _PUBLIC.items() if _has(paths, m)}
            rows = [f'    "{module}": "{names}",\n' for module, names in public.items()]
            edits.append((*places.span(node.value), "{\n" + "".join(rows) + "}"))
    return _source.edited(text, edits)


def _fewer_types(text: str, paths: set[str]) -> str:
    """``__init__.pyi``, as `_fewer_names`."""
    places = _source.Positions(text)
    edits = []
    for node in ast.parse(text).body:
        if isinstance(node, ast.ImportFrom):
            if not _has(paths, node.module or node.names[0].name):
                edits.append((places.line(node.lineno), places.span(node)[1] + 1, ""))
        elif isinstance(node, ast.Assign):
            names = ast.literal_eval(node.value)
            owners = {each: m for m, listed in _PUBLIC.items() for each in listed.split()}
            rows = [f'    "{name}",\n' for name in names if _has(paths, owners[name])]
            edits.append((*places.span(node.value), "[\n" + "".join(rows) + "]"))
    return _source.edited(text, edits)


def _has(paths: set[str], module: str) -> bool:
    return f"{module}.py" in paths or f"{module}/__init__.py" in paths


# --- a copy on a disk -------------------------------------------------------------------


def place(destination: str) -> Path:
    """Where a copy goes."""
    if not destination:
        raise ValueError("DEST is empty")
    path = Path(destination)
    if path.suffix == ".py":
        raise ValueError(f"DEST is a folder, which can't be imported as {path.name}")
    return path


def write(where: Path, copy: Files) -> dict[str, str]:
    """Write *copy* to *where*; says of each path what became of it.

    All is looked at first: ValueError where a link or a foreign file stands in the way,
    and then nothing has been written. A module of ours that is not in this copy goes away;
    what else is in the folder stays, and is "foreign".
    """
    link = _link_in(where)
    if link is not None:
        raise ValueError(f"{link} is a link: it is not followed, and nothing is written")
    for path in sorted(copy):
        _look_at(where, path)
    _look_around(where, copy)
    states = {}
    left_over = [path for path in _found(where, copy) if _is_left_over(where, path)]
    for path, data in sorted(copy.items()):
        target = where / path
        before = target.read_bytes() if target.exists() else None
        states[path] = "new" if before is None else "same" if before == data else "changed"
        if before != data:
            _replace(target, data)
    for path in left_over:
        (where / path).unlink()
        states[path] = "removed"
    for folder in reversed(_packages() if left_over else []):
        with contextlib.suppress(OSError):  # something is left in it, or it is not there
            (where / folder).rmdir()
    states.update(dict.fromkeys(_found(where, copy), "foreign"))
    return states


def check(where: Path, copy: Files) -> dict[str, str]:
    """What is otherwise at *where* than in *copy*: nothing, if the two are the same.

    Sources are compared, and what else lies between them named; bytecode that Python
    keeps in ``__pycache__`` is not looked at.
    """
    link = _link_in(where)
    if link is not None:
        return {"": "a link"}
    wrong = {}
    for path, data in sorted(copy.items()):
        target = where / path
        kind = _kind(target)
        if kind != "file":
            wrong[path] = kind
        elif target.read_bytes() != data:
            wrong[path] = "different"
    wrong.update(dict.fromkeys(_found(where, copy), "foreign"))
    return wrong


def _link_in(where: Path) -> Path | None:
    """The first part of a path, as it was given, that is a link.

    But one right below the root, such as macOS' ``/tmp``, which only the system makes.
    """
    parts = where.parts
    first = 2 if where.is_absolute() else 0
    for number in range(first, len(parts)):
        path = Path(*parts[: number + 1])
        if _kind(path) == "a link":
            return path
    return None


def _kind(path: Path) -> str:
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return "missing"
    if stat.S_ISLNK(mode):
        return "a link"
    if stat.S_ISREG(mode):
        return "file"
    return "folder" if stat.S_ISDIR(mode) else "no file"


def _look_at(where: Path, path: str) -> None:
    """Refuse what a file of the copy must not be written to, or through."""
    target = where / path
    within = [
        where.joinpath(*PurePosixPath(path).parts[:n]) for n in range(path.count("/") + 1)
    ]
    for folder in within:
        if _kind(folder) not in ("folder", "missing"):
            raise ValueError(f"{folder} is {_kind(folder)}, not a folder: nothing is written")
    # This one may be a link, right below the root.
    if where.parent.exists() and not where.parent.is_dir():
        raise ValueError(f"{where.parent} is no folder: nothing is written")
    kind = _kind(target)
    if kind not in ("file", "missing"):
        raise ValueError(f"{target} is {kind}: it is left as it is, and nothing is written")
    if kind == "file" and not _is_ours(target):
        raise ValueError(
            f"{target} is not ours, by its first line; nothing is written: move it away first"
        )


def _look_around(where: Path, copy: Files) -> None:
    """Refuse the folder of somebody else's modules: a copy is a package, not a part of one."""
    init = where / "__init__.py"
    if _kind(where) != "folder":
        return
    if _kind(init) == "file" and _is_ours(init):
        return
    for path in sorted(where.iterdir()):
        code = path.suffix.lower() in (".py", ".pyw", ".pyi", ".pyc", ".so", ".pyd")
        ours = f"{path.name}/" in _packages()
        if not ours and (list(path.glob("*.py")) or (code and path.name not in copy)):
            raise ValueError(
                f"{where} has modules of others, such as {path.name}; nothing is written:"
                f" name the copy's own folder, such as {where / 'cookiecodec'}"
            )


def _is_ours(path: Path) -> bool:
    """Whether a file says, in all of its first line, that it is of such a copy."""
    with path.open("rb") as file:
        first = file.readline(200).decode("utf-8", "replace")
    return _OURS.fullmatch(first.rstrip("\r\n")) is not None


def _is_left_over(where: Path, path: str) -> bool:
    """Whether a file has the name of a module of ours, and says that it is one."""
    known = {"__init__.pyi", "py.typed", *_all()}
    regular = path in known and _kind(where / path) == "file"
    return regular and _is_ours(where / path)


def _found(where: Path, copy: Files) -> list[str]:
    """What is in the folder of a copy, and in its packages, beside the files of the copy."""
    found = set()
    for folder in ["", *_packages()]:
        if _kind(where / folder) == "folder":
            found |= {f"{folder}{path.name}" for path in (where / folder).iterdir()}
    packages = {folder.rstrip("/") for folder in _packages()} & found
    ours = {path for path in packages if _kind(where / path) == "folder"}
    caches = {path for path in found if PurePosixPath(path).name == "__pycache__"}
    caches = {path for path in caches if _kind(where / path) == "folder"}
    return sorted(found - set(copy) - ours - caches)


def _replace(target: Path, data: bytes) -> None:
    """Put *data* there at once: what stood there, also as a link, is not written to."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".cookiecodec-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise
