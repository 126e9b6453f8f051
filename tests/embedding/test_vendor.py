"""Copies of the package: what is in them, that they work, and what they leave alone."""

import ast
import errno
import functools
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import cookiecodec
from cookiecodec.__main__ import main
from cookiecodec._vendor import copies, disk, source

from ..project import test_package
from ..project.test_architecture import MODULES, SOURCE, devices_modules

ROOT = Path(__file__).parents[2]
DEVICE = ["codec", "signing"]

FORMS = [
    pytest.param(only, stripped, id=f"{kind}-{name}")
    for stripped, kind in ((False, "whole"), (True, "stripped"))
    for name, only in (("all", []), ("device", DEVICE), ("session", ["session"]))
]


def run(code: str, folder: Path) -> str:
    return test_package.run(code, "-W", "error", cwd=folder)


@functools.lru_cache(maxsize=None)
def _copy(only: "tuple[str, ...]", stripped: bool) -> "copies.Files":
    return copies.files(list(only), stripped)


def copy_of(only: "list[str]", stripped: bool = False) -> "copies.Files":
    """Each copy is made once: the largest takes a second."""
    return dict(_copy(tuple(only), stripped))


# --- a copy works, under another name ---------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(("only", "stripped"), FORMS)
def test_a_copy_works_under_another_name(
    tmp_path: Path, only: "list[str]", stripped: bool
) -> None:
    disk.write(tmp_path / "biscuits", copy_of(only, stripped))
    printed = json.loads(run(WHAT_WORKS, tmp_path))
    wanted = {"codec", "signing", "session", "jar"} if not only else set(only)
    assert {kind: printed.get(kind) for kind in wanted} == dict.fromkeys(wanted, True)
    assert False not in printed.values()


WHAT_WORKS = """
import json, os, sys
sys.modules["cookiecodec"] = None  # not to be had
import biscuits
from biscuits import *
names = biscuits.__all__
works = {"names": all(hasattr(biscuits, name) for name in names)}
works["errors"] = CookieError.__module__.startswith("biscuits")
if "parse_cookie" in names:
    header = dump_cookie("k", "a, b", max_age=5, domain="b\xfccher.example")
    works["codec"] = "xn--bcher-kva" in header and parse_cookie(header)["k"] == "a, b"
if "Signer" in names:
    bound = Signer(os.urandom(32)).for_cookie("a")
    works["signing"] = bound.loads(bound.dumps({"a": [1]})) == {"a": [1]}
if "SessionCookie" in names:
    cookie = SessionCookie(os.urandom(32))
    session = cookie.open("")
    session["t"] = (1, b"x")
    saved = dict(cookie.save(session))
    works["session"] = dict(cookie.open(saved["Set-Cookie"].split(";")[0])) == {"t": (1, b"x")}
if "explain_set_cookie" in names:
    verdict = explain_set_cookie("a=b; Domain=com")
    jar = CookieJar()
    jar.receive("a=b", "https://example.com/")
    sent = CookieJar.from_json(jar.to_json()).cookie_header("https://example.com/")
    works["jar"] = sent == "a=b" and not verdict.accepted
print(json.dumps(works))
"""


@pytest.mark.parametrize(("only", "stripped"), FORMS)
def test_the_head_has_licence_and_version(only: "list[str]", stripped: bool) -> None:
    copy = copy_of(only, stripped)
    for data in copy.values():
        head = f"# cookiecodec {cookiecodec.__version__}, a copy; BSD-3-Clause"
        assert data.decode().startswith(head)
    assert copy["LICENSE"].decode().endswith((ROOT / "LICENSE").read_text("utf-8"))
    assert (SOURCE / "LICENSE").read_text("utf-8") == (ROOT / "LICENSE").read_text("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("only", [[], DEVICE])
def test_a_copy_keeps_its_types(tmp_path: Path, only: "list[str]") -> None:
    """`mypy --strict` finds nothing in it."""
    if sys.implementation.name != "cpython" or sys.platform == "emscripten":
        pytest.skip("mypy is for CPython")
    disk.write(tmp_path / "biscuits", copy_of(only))
    # These may not be installed, or without types, and are not what this is about.
    what = ["biscuits", "--exclude", "ext/(aiohttp|django|flask|httpx|requests)"]
    command = [sys.executable, "-m", "mypy", "--strict", "--ignore-missing-imports"]
    command += ["--no-warn-unused-ignores", *what]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_each_name_that_only_can_have_is_a_copy() -> None:
    names = copies.modules()
    assert {"codec", "ext.flask", "compat.http_cookies"} <= set(names)
    assert not {"compat", "ext"} & set(names), "packages, which have no content of their own"
    for name in names:
        assert name.replace(".", "/") + ".py" in copy_of([name])


def test_a_part_for_a_framework_takes_its_package_along() -> None:
    """Only what is imported: not the other frameworks' parts. `CookieCheck` needs a jar."""
    copy = copy_of(["ext.wsgi"])
    ext = {path for path in copy if path.startswith("ext/")}
    assert ext == {"ext/__init__.py", "ext/_check.py", "ext/_vary.py", "ext/wsgi.py"}
    assert "session.py" in copy
    assert "jar.py" in copy
    assert "jar.py" not in copy_of(["session"])


def test_only_what_is_needed_goes_along() -> None:
    copy = copy_of(DEVICE, stripped=True)
    for_devices = {f"{name}.py" for name in devices_modules()} - {"chunks.py"}
    dates = {"__init__", "cookie_date", "firefox_date"}  # what `parse_cookie_date` loads
    for_others = {f"_formats/{name}.py" for name in dates} | {"_weak_keys.py"}
    assert set(copy) == for_devices | for_others | {"__init__.py", "LICENSE"}
    names = ast.literal_eval(assigned(copy["__init__.py"].decode(), "_PUBLIC"))
    assert set(names) == {"codec", "dates", "errors", "limits", "signing"}
    assert not {"chunks.py", "signing.py"} & set(copy_of(["codec"]))


def assigned(text: str, name: str) -> "ast.expr":
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return node.value
    raise AssertionError(name)


def test_all_of_it_is_all_of_it() -> None:
    assert set(copy_of([])) == {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py*")
        if "__pycache__" not in path.parts
    } | {"py.typed", "LICENSE"}


def test_a_copy_makes_the_same_copies(tmp_path: Path) -> None:
    disk.write(tmp_path / "biscuits", copy_of([]))
    code = "from biscuits.__main__ import main; main(['vendor', 'again'])"
    run(code, tmp_path)
    assert not disk.check(tmp_path / "again", copy_of([]))


def test_what_is_imported_is_a_file_of_the_package() -> None:
    """The version, for one, is not."""
    for module in MODULES:
        path = f"{module}.py"
        found = list(copies.imported_paths(path, (SOURCE / path).read_text("utf-8")))
        assert [name for name in found if not (SOURCE / name).is_file()] == []


def test_the_head_of_a_copy_is_no_part_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy of a copy is one of the package, whose lines may end in CR LF by now."""
    for path, data in copy_of([]).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data.replace(b"\n", b"\r\n"))
    monkeypatch.setattr(copies, "_here", tmp_path.joinpath)
    assert copies.files([]) == copy_of([])
    assert copies.files(["errors"], stripped=True) == copy_of(["errors"], stripped=True)


# --- what a copy leaves alone -----------------------------------------------------------


def tree(folder: Path) -> "dict[str, bytes]":
    """All of a folder; of a link what it points at."""
    return {
        path.relative_to(folder).as_posix(): (
            os.fsencode(os.readlink(path))
            if path.is_symlink()
            else b""
            if path.is_dir()
            else path.read_bytes()
        )
        for path in folder.rglob("*")
    }


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """What links point at, and nobody writes to."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "codec.py").write_text("mine = True\n")
    return folder


@pytest.mark.parametrize(
    "content",
    [
        "",
        "# cookiecodecs of mine\n",
        "# cookiecodec is configured here for our shop\nSECRET = 1\n",
        "# cookiecodec 0.1.0, a copy\nmine = True\n",
        "x" * 100_000,
    ],
)
def test_a_foreign_file_stays_and_nothing_is_written(tmp_path: Path, content: str) -> None:
    where = tmp_path / "biscuits"
    where.mkdir()
    (where / "signing.py").write_text(content)
    before = tree(tmp_path)
    with pytest.raises(ValueError, match=r"signing\.py is not a file of this package"):
        disk.write(where, copy_of(DEVICE))
    assert tree(tmp_path) == before


def test_a_folder_in_the_place_of_a_file_stays_and_nothing_is_written(tmp_path: Path) -> None:
    where = tmp_path / "biscuits"
    (where / "signing.py").mkdir(parents=True)
    before = tree(tmp_path)
    with pytest.raises(ValueError, match=r"signing\.py is no regular file \(folder\)"):
        disk.write(where, copy_of(DEVICE))
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    "other", ["models.py", "shop/__init__.py", "shop/cart.py", "__init__.py", "x.PYD", "y.pyi"]
)
def test_a_folder_of_other_modules_is_no_place(tmp_path: Path, other: str) -> None:
    (tmp_path / other).parent.mkdir(exist_ok=True)
    (tmp_path / other).write_text("mine = True\n")
    before = tree(tmp_path)
    with pytest.raises(ValueError, match="nothing is written"):
        disk.write(tmp_path, copy_of(["errors"]))
    assert tree(tmp_path) == before


@pytest.mark.parametrize("version", ["0.1.0", "0.2.0.dev1", "1.0rc1+local.7", "1!2.0-1_RC"])
def test_a_copy_of_any_version_is_known_again(version: str) -> None:
    assert copies.is_head(copies._HEAD.format(version=version).rstrip("\n"))


def test_repetition_and_order_are_no_difference() -> None:
    assert copies.files(["codec", "errors"]) == copies.files(["errors", "codec", "errors"])


def test_what_is_no_module_may_lie_there(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine\n")
    disk.write(tmp_path, copy_of(["errors"]))
    assert (tmp_path / "notes.txt").read_text() == "mine\n"


def test_a_file_is_no_folder_to_write_into(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("mine\n")
    with pytest.raises(ValueError, match="notes is not a folder: nothing is written"):
        disk.write(tmp_path / "notes" / "biscuits", copy_of(["errors"]))
    assert tree(tmp_path) == {"notes": b"mine\n"}


def test_a_full_disk_leaves_each_file_as_it_was_or_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = tmp_path / "biscuits"
    disk.write(where, copy_of(["errors"]))
    (where / "errors.py").write_bytes((where / "errors.py").read_bytes() + b"#\n")
    before = tree(tmp_path)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        disk.write(where, copy_of(["errors"]))
    assert tree(tmp_path) == before


def test_a_copy_that_is_the_same_is_not_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its folder may be on a disk that can only be read."""
    disk.write(tmp_path / "biscuits", copy_of(["errors"]))
    monkeypatch.delattr(disk, "_replace")
    states = disk.write(tmp_path / "biscuits", copy_of(["errors"]))
    assert set(states.values()) == {"same"}


def test_what_was_never_renamed_is_removed(tmp_path: Path) -> None:
    """It is a file of ours: a process was killed before it could rename or remove it."""
    where = tmp_path / "biscuits"
    disk.write(where, copy_of(["errors"]))
    (where / ".cookiecodec-x").write_text("half a file")
    assert disk.check(where, copy_of(["errors"])) == {".cookiecodec-x": "foreign"}
    (where / "notes").mkdir()
    states = disk.write(where, copy_of(["errors"]))
    assert (states[".cookiecodec-x"], states["notes"]) == ("removed", "foreign")
    assert disk.check(where, copy_of(["errors"])) == {"notes": "foreign"}


@pytest.fixture
def small_disk(tmp_path: Path) -> "Iterator[Path]":
    """A disk of 256 KB, which a copy of everything does not fit on."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(mount, check=False).returncode:
        pytest.skip("mounting a small disk needs root on Linux")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_keeps_the_old_copy(small_disk: Path) -> None:
    where = small_disk / "biscuits"
    disk.write(where, copy_of(DEVICE, stripped=True))
    before = tree(small_disk)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        disk.write(where, copy_of([]))
    assert tree(small_disk) == before


def test_a_full_disk_keeps_a_first_copy_away(small_disk: Path) -> None:
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        disk.write(small_disk / "in" / "biscuits", copy_of([]))
    assert tree(small_disk) == {}


def killed_at(step: int, where: Path, copy: "copies.Files") -> bool:
    """Whether a process that writes a copy is killed at this step, before it ends."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] != 0
    steps = iter(range(step))

    def counted(function: "Callable[..., Any]") -> "Callable[..., Any]":
        def call(*arguments: Any, **named: Any) -> Any:
            if next(steps, None) is None:
                os._exit(9)
            return function(*arguments, **named)

        return call

    for owner, names in ((os, ("mkdir", "replace", "unlink")), (io, ("open",))):
        for name in names:
            setattr(owner, name, counted(getattr(owner, name)))
    disk.write(where, copy)
    os._exit(0)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.parametrize("older", [False, True])
def test_a_process_that_is_killed_leaves_no_half_copy(tmp_path: Path, older: bool) -> None:
    """Whenever that is: a first copy has no ``__init__``, and the next run repairs all."""
    copy, step, where = copy_of(["dates"]), 0, tmp_path / "biscuits"
    while True:
        if older:
            disk.write(where, copy_of(["errors"], stripped=True))
        if not killed_at(step, where, copy):
            break
        if not older:
            assert not (where / "__init__.py").exists() or not disk.check(where, copy)
        disk.write(where, copy)
        assert disk.check(where, copy) == {}
        assert not [path for path in tree(tmp_path) if ".cookiecodec-" in path]
        shutil.rmtree(where)
        step += 1
    assert step > 2 * len(copy)  # each file is written, and moved to its place


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="there are no links here")
@pytest.mark.parametrize("link", ["", "..", "codec.py", "ext", "ext/wsgi.py"])
def test_no_link_is_followed(tmp_path: Path, outside: Path, link: str) -> None:
    where = tmp_path / "in" / "biscuits"
    place = where / link if link else where
    place = Path(os.path.normpath(place))
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(outside / "codec.py" if link.endswith(".py") else outside)
    before = tree(tmp_path)
    with pytest.raises(ValueError, match="is a link"):
        disk.write(where, copy_of([]))
    assert tree(tmp_path) == before
    assert "a link" in disk.check(where, copy_of([])).values() or link == "ext"


def test_a_link_to_a_copy_is_no_copy(tmp_path: Path) -> None:
    copy = copy_of(["errors"])
    disk.write(tmp_path / "biscuits", copy)
    (tmp_path / "link").symlink_to(tmp_path / "biscuits")
    assert disk.check(tmp_path / "link", copy) == {"": "a link"}


@pytest.mark.skipif(not hasattr(os, "link"), reason="there are no hard links here")
def test_what_is_linked_hard_is_not_written_to(tmp_path: Path) -> None:
    where = tmp_path / "biscuits"
    disk.write(where, copy_of(["errors"]))
    older = (where / "errors.py").read_text().replace(cookiecodec.__version__, "0.0.1")
    (where / "errors.py").write_text(older)
    os.link(where / "errors.py", tmp_path / "kept.py")
    disk.write(where, copy_of(["errors"]))
    assert (tmp_path / "kept.py").read_text() == older
    assert not disk.check(where, copy_of(["errors"]))


def test_a_smaller_copy_takes_the_place_of_a_larger_one(tmp_path: Path) -> None:
    where = tmp_path / "biscuits"
    disk.write(where, copy_of([]))
    (where / "mine.py").write_text("mine = True\n")
    # What is made of one of ours keeps its licence, and so its head.
    derived = (where / "codec.py").read_text() + "mine = True\n"
    (where / "my_codec.py").write_text(derived)
    states = disk.write(where, copy_of(["codec"]))
    assert states["signing.py"] == states["ext/wsgi.py"] == "removed"
    assert disk.check(where, copy_of(["codec"])) == {
        "mine.py": "foreign",
        "my_codec.py": "foreign",
    }


# --- is it what would be written? -------------------------------------------------------


@pytest.mark.parametrize("path", ["codec.py", "__init__.py", "__init__.pyi", "py.typed"])
@pytest.mark.parametrize("change", ["octet", "line end", "gone"])
def test_check_sees_any_change(tmp_path: Path, path: str, change: str) -> None:
    where, copy = tmp_path / "biscuits", copy_of(DEVICE)
    disk.write(where, copy)
    assert disk.check(where, copy) == {}
    data = (where / path).read_bytes()
    if change == "gone":
        (where / path).unlink()
    else:
        (where / path).write_bytes(data + (b" " if change == "octet" else b"\r\n"))
    assert disk.check(where, copy) == {path: "missing" if change == "gone" else "different"}
    disk.write(where, copy)
    assert disk.check(where, copy) == {}


def test_check_sees_what_would_be_imported_instead(tmp_path: Path) -> None:
    """A folder, or a compiled module, of a module's name comes before ``codec.py``."""
    where, copy = tmp_path / "biscuits", copy_of(DEVICE)
    disk.write(where, copy)
    (where / "__pycache__").mkdir()
    assert disk.check(where, copy) == {}
    (where / "codec").mkdir()
    (where / "signing.cpython-311-x86_64-linux-gnu.so").write_bytes(b"")
    assert disk.check(where, copy) == {
        "codec": "foreign",
        "signing.cpython-311-x86_64-linux-gnu.so": "foreign",
    }


def test_a_stripped_copy_makes_no_others(tmp_path: Path) -> None:
    disk.write(tmp_path / "biscuits", copy_of([], stripped=True))
    code = "from biscuits.__main__ import main; print(main(['vendor', 'again']))"
    assert run(code, tmp_path) == "2\n"
    assert not (tmp_path / "again").exists()


def test_a_stripped_copy_says_what_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk.write(tmp_path / "biscuits", copy_of([], stripped=True))
    monkeypatch.setattr(copies, "_here", (tmp_path / "biscuits").joinpath)
    with pytest.raises(ValueError, match="use a whole one to make others"):
        copies.files(["errors"])


@pytest.mark.slow
def test_the_command(tmp_path: Path, capsys: "pytest.CaptureFixture[str]") -> None:
    where = str(tmp_path / "biscuits")
    options = [where, "--only", "codec, signing", "--strip"]
    assert main(["vendor", *options, "--check", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["files"]["codec.py"] == "missing"
    assert main(["vendor", *options]) == 0
    assert f"{where}: " in capsys.readouterr().out
    assert main(["vendor", *options, "--check"]) == 0
    assert main(["vendor", where, "--only", "codec", "--check"]) == 1
    assert f"foreign: {Path(where) / 'signing.py'}" in capsys.readouterr().out
    assert main(["vendor", where, "--only", "codec", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["destination"] == where
    files = [path for path in Path(where).rglob("*") if path.is_file()]
    assert told["octets"] == sum(path.stat().st_size for path in files)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--only", "codec,cakes"],
            "no module 'cakes'; there are chunks, codec, compat.django_signing",
        ),
        (["--only", ","], "--only needs the name of a module"),
        (["--only", ""], "--only needs the name of a module"),
        (["--only", "_core"], "no module '_core'"),
    ],
)
def test_what_can_not_be_copied(
    tmp_path: Path, options: "list[str]", message: str, capsys: "pytest.CaptureFixture[str]"
) -> None:
    assert main(["vendor", str(tmp_path / "x"), *options]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_no_place_for_a_copy(capsys: "pytest.CaptureFixture[str]") -> None:
    for place, message in (("", "DEST is empty"), ("x.py", "can't be imported as x.py")):
        assert main(["vendor", place, "--only", "errors"]) == 2
        assert message in capsys.readouterr().err


# --- how the texts are made -------------------------------------------------------------


@pytest.mark.parametrize("module", MODULES)
def test_stripping_takes_off_nothing_that_runs(module: str) -> None:
    text = (SOURCE / f"{module}.py").read_text("utf-8")
    stripped = source.strip(text)
    assert ast.dump(bare(stripped)) == ast.dump(bare(text))
    assert "#" not in [line.lstrip()[:1] for line in stripped.splitlines()]
    assert source.strip(stripped) == stripped


def test_of_two_changes_the_outer_one_is_made() -> None:
    """Since what it puts there has the inner one already."""
    edits = [(2, 6, b"h"), (4, 5, b"y"), (0, 1, b"F")]
    assert source.edited(b"f(g(x))", edits) == b"F(h)"


def bare(text: str) -> ast.Module:
    """The tree of a module without what only people and type checkers read."""

    class Bare(ast.NodeTransformer):
        def visit_arg(self, node: ast.arg) -> ast.arg:
            node.annotation = None
            return node

        def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
            node.returns = None
            self.generic_visit(node)
            node.body = [s for s in node.body if not is_text(s)] or [ast.Pass()]
            return node

        visit_AsyncFunctionDef = visit_FunctionDef  # type: ignore[assignment] # as well

        def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
            kept = [s for s in node.body if isinstance(s, ast.AnnAssign)]
            node.body = [s for s in node.body if not is_text(s) and s not in kept]
            self.generic_visit(node)
            node.body = [*kept, *node.body] or [ast.Pass()]
            return node

        def visit_AnnAssign(self, node: ast.AnnAssign) -> "ast.Assign | None":
            if node.value is None:
                return None
            return ast.Assign([node.target], self.visit(node.value))

        def visit_If(self, node: ast.If) -> "ast.If | None":
            if source.is_type_checking(node.test):
                return None
            if isinstance(node.test, ast.BoolOp) and source.is_type_checking(
                node.test.values[0]
            ):
                node.test = node.test.values[1]
            self.generic_visit(node)
            return node

    tree = ast.parse(text)
    tree.body = [statement for statement in tree.body if not is_text(statement)]
    Bare().visit(tree)
    return tree


def is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
