"""What is in a copy of this package, or of a part of it, for another tree.

A copy is a folder whose modules stay as they are, each with version and licence in its head.
It is what the installed package would write now, octet by octet: nothing in it vouches for
it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import resources
from typing import Any

from .. import _PUBLIC, __version__
from . import source

#: The path of each file in the copy, and its octets.
Files = dict[str, bytes]

# The first line of each file that is ours. No other file is overwritten.
_HEAD = "# cookiecodec {version}, a copy; BSD-3-Clause, see LICENSE of this package\n"
is_head = re.compile(
    re.escape(_HEAD.strip()).replace(r"\{version\}", "[0-9][0-9A-Za-z.!+_-]*")
).fullmatch


def modules() -> list[str]:
    """Return what ``--only`` can name."""
    folders = ("compat", "ext")
    paths = [path for folder in folders for path in all_paths(folder + "/") if "/_" not in path]
    inside = [path[: -len(".py")].replace("/", ".") for path in paths]
    return sorted([name for name in _PUBLIC if name not in folders] + inside)


def files(only: list[str], stripped: bool = False) -> Files:
    """Return the files of a copy with the modules *only* (none: all).

    Raise ValueError for an unknown module.
    """
    if not _here("__init__.pyi").is_file():
        raise ValueError("this copy is stripped; use a whole one to make others")
    only = sorted(set(only))
    for name in only:
        if name not in modules():
            raise ValueError(f"no module {name!r}; there are {', '.join(modules())}")
    paths = _closure(only, stripped) if only else set(all_paths())
    texts = {path: _text(path) for path in paths}
    there = {path.replace("/__init__.py", "").replace(".py", "") for path in paths}
    public = {module: names for module, names in _PUBLIC.items() if module in there}
    texts["__init__.py"] = _with_names(texts["__init__.py"], public)
    if stripped:
        texts = {path: source.strip(text) for path, text in texts.items()}
    else:
        texts.update({"__init__.pyi": _types(public), "py.typed": ""})
    texts["LICENSE"] = _text("LICENSE")
    options = (f" --only {','.join(only)}" if only else "") + " --strip" * stripped
    copy = {path: _HEAD.format(version=__version__) + "\n" + texts[path] for path in texts}
    made = f"# (made by: python -m cookiecodec vendor DEST{options})\n"
    copy["__init__.py"] = copy["__init__.py"].replace("\n", "\n" + made, 1)
    return {path: text.encode() for path, text in copy.items()}


def _here(path: str) -> Any:
    return resources.files(__package__.rpartition(".")[0]).joinpath(path)


def all_paths(folder: str = "") -> Iterator[str]:
    """Yield the paths of the modules of this package, or of a folder in it."""
    for item in sorted(_here(folder).iterdir(), key=lambda item: str(item.name)):
        if item.name.endswith(".py"):
            yield folder + item.name
        elif item.is_dir() and item.joinpath("__init__.py").is_file():
            yield from all_paths(f"{folder}{item.name}/")


def packages() -> list[str]:
    """Return the folders of this package, each after the one that it is in."""
    return sorted({path.rpartition("/")[0] + "/" for path in all_paths() if "/" in path})


def _text(path: str) -> str:
    """Return the text at *path*, without the head if this package is a copy itself."""
    lines = str(_here(path).read_bytes().decode()).replace("\r\n", "\n").split("\n")
    if is_head(lines[0]):
        lines = lines[next(i for i, line in enumerate(lines) if line[:1] != "#") :]
    return "\n".join(lines).lstrip("\n")


def _closure(only: list[str], stripped: bool) -> set[str]:
    waiting = ["errors.py", *[name.replace(".", "/") + ".py" for name in only]]
    for path in waiting:  # which grows
        text = source.strip(_text(path)) if stripped else _text(path)
        found = dict.fromkeys(imported_paths(path, text))
        waiting += [path for path in found if path not in waiting]
    return {"__init__.py", *waiting}


def imported_paths(path: str, text: str) -> Iterator[str]:
    """Yield the paths of what a module imports, and of the packages that these are in."""
    folders = path.split("/")[:-1]
    for depth in range(1, len(folders) + 1):
        yield "/".join([*folders[:depth], "__init__.py"])
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = folders[: len(folders) - node.level + 1]
            base += node.module.split(".") if node.module else []
            for found in [base, *[[*base, alias.name] for alias in node.names]]:
                for candidate in ("/".join(found) + ".py", "/".join([*found, "__init__.py"])):
                    if found and _here(candidate).is_file():
                        yield candidate


def _with_names(text: str, public: dict[str, str]) -> str:
    """Return ``__init__.py`` with the names of those modules only that are in the copy."""
    rows = [f'    "{module}": "{names}",\n' for module, names in public.items()]
    start = text.index("_PUBLIC = {\n") + len("_PUBLIC = {\n")
    return text[:start] + "".join(rows) + text[text.index("}\n", start) :]


def _types(public: dict[str, str]) -> str:
    """Return ``__init__.pyi`` with the names of those modules only that are in the copy."""
    lines = [f"from . import {module} as {module}" for module in public]
    for module, names in public.items():
        if names != module:
            lines += [f"from .{module} import {name} as {name}" for name in names.split()]
    listed = " ".join([names for module, names in public.items() if module != "testing"])
    lines += ["__version__: str", "_PUBLIC: dict[str, str]"]
    return "\n".join([*lines, f"__all__ = {sorted(listed.split())}", ""])
