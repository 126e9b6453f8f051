"""A copy on a disk: written all or not at all, and compared."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from .copies import Files, all_paths, is_head, packages

# The start of the names of files that are not renamed yet.
_TEMPORARY = ".cookiecodec-"


def place(destination: str) -> Path:
    """Return where a copy goes."""
    if not destination:
        raise ValueError("DEST is empty")
    path = Path(destination)
    if path.suffix == ".py":
        raise ValueError(f"DEST is a folder, which can't be imported as {path.name}")
    return path


def write(where: Path, copy: Files) -> dict[str, str]:
    """Write *copy* to *where*, and return the state of each path.

    Everything is checked first: a link or a foreign file in the way is a ValueError, and then
    nothing is written. All files are written under other names before the first one gets its
    own, and ``__init__.py`` is the last: so an error leaves everything as it was, and a first
    copy can't be imported before it is complete. A module of ours that is not in this copy is
    removed. Other files stay: they are "foreign".
    """
    _check_links(where)
    for path in sorted(copy):
        _check_target(where, path)
    _check_neighbors(where, copy)
    before = {path: _read(where / path) for path in copy}
    changed = {path: data for path, data in copy.items() if data != before[path]}
    left_over = [path for path in _others(where, copy) if _is_left_over(where, path)]
    with _staged(where, changed) as staged:
        for path in sorted(changed, key=lambda path: (path == "__init__.py", path)):
            _check_links(where / path)
            os.replace(staged[path], where / path)
    for path in left_over:
        (where / path).unlink()
    for folder in reversed(packages() if left_over else []):
        with contextlib.suppress(OSError):  # it is not empty, or not there
            (where / folder).rmdir()
    states = dict.fromkeys(copy, "same")
    states.update({path: "new" if before[path] is None else "changed" for path in changed})
    states.update(dict.fromkeys(left_over, "removed"))
    states.update(dict.fromkeys(_others(where, copy), "foreign"))
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
        if kind != "file":
            different[path] = kind
        elif (where / path).read_bytes() != data:
            different[path] = "different"
    different.update(dict.fromkeys(_others(where, copy), "foreign"))
    return different


@contextlib.contextmanager
def _staged(where: Path, files: Files) -> Iterator[dict[str, str]]:
    umask = os.umask(0)
    os.umask(umask)
    made: list[Path] = []
    staged: dict[str, str] = {}
    try:
        for path, data in files.items():
            folder = (where / path).parent
            for each in reversed([folder, *folder.parents]):
                if not each.exists():
                    each.mkdir()
                    made.append(each)
            handle, staged[path] = tempfile.mkstemp(dir=folder, prefix=_TEMPORARY)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.chmod(staged[path], 0o666 & ~umask)
        yield staged
    finally:
        for temporary in staged.values():
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)
        for each in reversed(made):
            with contextlib.suppress(OSError):  # it is in use
                each.rmdir()


def _check_links(path: Path) -> None:
    link = _link_in(path)
    if link is not None:
        raise ValueError(f"{link} is a link: it is not followed, and nothing is written")


def _link_in(where: Path) -> Path | None:
    """Return the first part of a path, as it was given, that is a link.

    One right below the root does not count, such as macOS' ``/tmp``: only the system can
    make it.
    """
    parts = where.parts
    for number in range(2 if where.is_absolute() else 0, len(parts)):
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
    return "folder" if stat.S_ISDIR(mode) else "not a file"


def _check_target(where: Path, path: str) -> None:
    """Refuse a place that a file of the copy must not be written to, or through."""
    target = where / path
    for depth in range(path.count("/") + 1):
        folder = where.joinpath(*PurePosixPath(path).parts[:depth])
        if _kind(folder) not in ("folder", "missing"):
            raise ValueError(f"{folder} is {_kind(folder)}, not a folder: nothing is written")
    # This one may be a link, right below the root.
    if where.parent.exists() and not where.parent.is_dir():
        raise ValueError(f"{where.parent} is not a folder: nothing is written")
    kind = _kind(target)
    if kind not in ("file", "missing"):
        raise ValueError(f"{target} is {kind}: it is left as it is, and nothing is written")
    if kind == "file" and not _is_ours(target):
        raise ValueError(
            f"{target} is not ours, by its first line; nothing is written: move it away first"
        )


def _check_neighbors(where: Path, copy: Files) -> None:
    """Refuse a folder with other modules: a copy is a package, not a part of one."""
    init = where / "__init__.py"
    if _kind(where) != "folder" or (_kind(init) == "file" and _is_ours(init)):
        return
    for path in sorted(where.iterdir()):
        code = path.suffix.lower() in (".py", ".pyw", ".pyi", ".pyc", ".so", ".pyd")
        foreign = code and path.name not in copy and not _is_left_over(where, path.name)
        if foreign or (f"{path.name}/" not in packages() and list(path.glob("*.py"))):
            raise ValueError(
                f"{where} has other modules, such as {path.name}; nothing is written: name the"
                f" copy's own folder, such as {where / 'cookiecodec'}"
            )


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _is_ours(path: Path) -> bool:
    """Whether a file says, in all of its first line, that it belongs to such a copy."""
    with path.open("rb") as file:
        first = file.readline(200).decode("utf-8", "replace")
    return is_head(first.rstrip("\r\n")) is not None


def _is_left_over(where: Path, path: str) -> bool:
    """Whether a file is a module of an older copy, or was never renamed."""
    if _kind(where / path) != "file":
        return False
    if PurePosixPath(path).name.startswith(_TEMPORARY):
        return True
    return path in {"__init__.pyi", "py.typed", *all_paths()} and _is_ours(where / path)


def _others(where: Path, copy: Files) -> list[str]:
    """Return what is beside the files of a copy, in its folder and in its packages."""
    found = set()
    for folder in ["", *packages()]:
        if _kind(where / folder) == "folder":
            found |= {f"{folder}{path.name}" for path in (where / folder).iterdir()}
    own = {folder.rstrip("/") for folder in packages()}
    own |= {path for path in found if PurePosixPath(path).name == "__pycache__"}
    folders = {path for path in own & found if _kind(where / path) == "folder"}
    return sorted(found - set(copy) - folders)
