"""A copy on a disk: written all or not at all, and compared."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from pathlib import Path

from .copies import Files, all_paths, is_head, packages

# The start of the name of the folder for files that are not renamed yet.
_TEMPORARY = ".cookiecodec-"


def write(where: Path, copy: Files) -> dict[str, str]:
    """Write *copy* to *where*, and return the state of each path.

    Everything is checked first: a link or a foreign file in the way is a ValueError, and then
    nothing is written. All files are written to a temporary folder before the first one is
    moved to its place, and ``__init__.py`` is the last: so an error leaves everything as it
    was, and a first copy can't be imported before it is complete. A module of ours that is
    not in this copy is removed. Other files stay: they are "foreign".
    """
    for path in sorted(copy):
        _check_target(where / path)
    _check_neighbors(where, copy)
    before = {path: (where / path).read_bytes() for path in copy if (where / path).exists()}
    changed = {path: data for path, data in copy.items() if data != before.get(path)}
    if changed:
        _replace(where, changed)
    states = dict.fromkeys(copy, "same")
    states.update({path: "changed" if path in before else "new" for path in changed})
    for path in sorted(_others(where, copy), key=lambda path: -path.count("/")):
        left_over = _is_left_over(where / path, path)
        states[path] = "removed" if left_over else "foreign"
        if left_over:
            _remove(where / path)
    return states


def check(where: Path, copy: Files) -> dict[str, str]:
    """Return what is different at *where*: nothing, if it is *copy*.

    Sources are compared, and other files between them are named. Bytecode that Python keeps
    in ``__pycache__`` is ignored.
    """
    if _link_in(where) is not None:
        return {"": "a link"}
    different = {}
    for path, data in sorted(copy.items()):
        kind = _kind(where / path)
        if kind != "file" or (where / path).read_bytes() != data:
            different[path] = "different" if kind == "file" else kind
    different.update(dict.fromkeys(_others(where, copy), "foreign"))
    return different


def _replace(where: Path, files: Files) -> None:
    folders = {folder for path in files for folder in (where / path).parents}
    made = sorted([folder for folder in folders if not folder.exists()])
    try:
        for folder in made:
            folder.mkdir()
        with tempfile.TemporaryDirectory(prefix=_TEMPORARY, dir=where) as temporary:
            staged = {path: Path(temporary, str(number)) for number, path in enumerate(files)}
            for path, data in files.items():
                staged[path].write_bytes(data)
            for path in sorted(files, key=lambda path: (path == "__init__.py", path)):
                _check_links(where / path)
                os.replace(staged[path], where / path)
    finally:
        for folder in reversed(made):
            with contextlib.suppress(OSError):  # it is in use
                folder.rmdir()


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    with contextlib.suppress(OSError):  # there is more in it
        path.parent.rmdir()


def _check_links(path: Path) -> None:
    link = _link_in(path)
    if link is not None:
        raise ValueError(f"{link} is a link: it is not followed, and nothing is written")


def _link_in(where: Path) -> Path | None:
    """Return the first part of a path, as it was given, that is a link.

    One right below the root does not count, such as macOS' ``/tmp``: only the system can
    make it.
    """
    parts = [*reversed(where.parents), where]
    below = parts[2:] if where.is_absolute() else parts
    return next((part for part in below if _kind(part) == "a link"), None)


def _kind(path: Path) -> str:
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return "missing"
    if stat.S_ISLNK(mode):
        return "a link"
    if stat.S_ISREG(mode):
        return "file"
    return "folder" if stat.S_ISDIR(mode) else "not a file"


def _check_target(target: Path) -> None:
    """Refuse a place that a file of the copy must not be written to, or through."""
    _check_links(target)
    for folder in target.parents:
        if folder.exists() and not folder.is_dir():
            raise ValueError(f"{folder} is not a folder: nothing is written")
    kind = _kind(target)
    if kind not in ("file", "missing"):
        raise ValueError(f"{target} is no regular file ({kind}): nothing is written")
    if kind == "file" and not _is_ours(target):
        raise ValueError(
            f"{target} is not a file of this package; nothing is written: choose a new folder"
        )


def _check_neighbors(where: Path, copy: Files) -> None:
    """Refuse a folder with other modules: a copy is a package, not a part of one."""
    init = where / "__init__.py"
    if _kind(where) != "folder" or (_kind(init) == "file" and _is_ours(init)):
        return
    folders = packages()
    for name in sorted([path.name for path in where.iterdir()]):
        is_code = name.lower().endswith((".py", ".pyw", ".pyi", ".pyc", ".so", ".pyd"))
        has_code = f"{name}/" not in folders and any((where / name).glob("*.py"))
        known = name in copy or _is_left_over(where / name, name)
        if (is_code or has_code) and not known:
            raise ValueError(
                f"{where} has other modules, such as {name}; nothing is written: name the"
                f" copy's own folder, such as {where / 'cookiecodec'}"
            )


def _is_ours(path: Path) -> bool:
    """Whether a file says, in all of its first line, that it belongs to such a copy."""
    with path.open("rb") as file:
        first = file.readline(200).decode("utf-8", "replace")
    return is_head(first.rstrip("\r\n")) is not None


def _is_left_over(place: Path, path: str) -> bool:
    """Whether a file is a module of an older copy, or was never moved to its place."""
    if place.name.startswith(_TEMPORARY):
        return _kind(place) in ("file", "folder")
    named_so = path in {"__init__.pyi", "py.typed", *all_paths()}
    return named_so and _kind(place) == "file" and _is_ours(place)


def _others(where: Path, copy: Files) -> list[str]:
    """Return what is beside the files of a copy, in its folder and in its packages."""
    found = []
    folders = packages()
    for folder in ["", *folders]:
        for place in (where / folder).iterdir() if _kind(where / folder) == "folder" else ():
            path = folder + place.name
            is_own = place.name == "__pycache__" or f"{path}/" in folders
            if path not in copy and not (is_own and _kind(place) == "folder"):
                found.append(path)
    return sorted(found)
