"""The package: what it exports, what it loads, what it may import."""

import ast
import datetime
import importlib
import importlib.metadata
import pkgutil
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import cookiecodec
from cookiecodec import _platform, testing
from cookiecodec._platform import cpython

SOURCE = Path(cookiecodec.__file__).parent
ROOT = Path(__file__).parents[2]
MODULES = sorted(module.name for module in pkgutil.iter_modules([str(SOURCE)]))
MODULES.remove("__main__")
# The frameworks' part, some of which can be imported only where those are.
MODULES.remove("ext")
# Interfaces of other libraries, with their names.
MODULES.remove("compat")
# For tests: it takes Hypothesis.
MODULES.remove("testing")


def run(code: str, *flags: str, cwd: "Path | None" = None) -> str:
    result = subprocess.run(
        [sys.executable, *flags, "-c", code],
        capture_output=True,
        text=True,
        cwd=cwd,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_every_public_name_is_importable_and_listed() -> None:
    # Their names are those of `json`, and of libraries, so they go as a whole.
    public = {"session_readers", "tagged_json"}
    for module in MODULES:
        if not module.startswith("_") and module not in public:
            public |= set(importlib.import_module(f"cookiecodec.{module}").__all__)
    assert public == set(cookiecodec.__all__)
    for name in cookiecodec.__all__:
        assert getattr(cookiecodec, name) is not None
        assert name in dir(cookiecodec)


def test_strategies_are_importable_and_not_listed() -> None:
    """`from cookiecodec import *` must not need Hypothesis."""
    assert testing.__all__ == [
        "assert_cookies_kept",
        "cookie_headers",
        "cookie_names",
        "cookie_values",
        "hostile_headers",
        "set_cookie_headers",
    ]
    for name in testing.__all__:
        assert getattr(cookiecodec, name) is getattr(testing, name)
        assert name not in cookiecodec.__all__


def test_no_other_module_imports_hypothesis() -> None:
    with_hypothesis = [
        path.name
        for path in SOURCE.rglob("*.py")
        if re.search(r"^\s*(?:from|import) hypothesis", path.read_text("utf-8"), re.M)
    ]
    assert with_hypothesis == ["_strategies.py"]


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'dump_cake'"):
        getattr(cookiecodec, "dump_cake")  # noqa: B009


def test_a_module_is_loaded_when_a_name_of_it_is_first_used() -> None:
    code = """
import sys
def loaded():
    return sorted(m.partition(".")[2] for m in sys.modules if m.startswith("cookiecodec."))
import cookiecodec
print(loaded())
cookiecodec.CookieError
print(loaded())
cookiecodec.parse_cookie
print(loaded())
"""
    errors = ["_platform", "_platform.cpython", "errors"]
    core = ["_core", "_core.attributes", "_core.calendar", "_core.grammar"]
    core += ["_core.quotings", "_core.wire"]
    codec = [*core, "codec", "dates", "limits"]
    assert run(code) == f"[]\n{errors}\n{sorted(errors + codec)}\n"


@pytest.mark.slow
def test_it_imports_without_a_warning() -> None:
    for module in MODULES:
        run(f"import cookiecodec.{module}", "-W", "error", "-bb")


def test_it_needs_nothing_but_the_standard_library() -> None:
    code = f"import sys; sys.path.append({str(SOURCE.parent)!r})"
    run(code + "; from cookiecodec import *; import cookiecodec.__main__", "-S", "-E")
    requires = importlib.metadata.requires("cookiecodec") or []
    assert [line for line in requires if "extra ==" not in line] == []


def test_cpython_and_micropython_have_the_same_names_of_the_platform() -> None:
    tree = ast.parse((SOURCE / "_platform" / "micropython.py").read_text("utf-8"))
    there = {name for node in tree.body for name in _bound(node)} - {"TYPE_CHECKING"}
    here = {name for name in vars(cpython) if not name.startswith("_")} - {"TYPE_CHECKING"}
    assert here - there == {"utc_second"}  # of a `datetime`, which MicroPython has not
    assert there - here == {"date", "datetime", "timedelta"}
    for name in there - here:  # loaded when they are needed
        assert getattr(_platform, name) is getattr(datetime, name)
    assert not hasattr(_platform, "time")


def _bound(node: ast.stmt) -> "set[str]":
    """The names without an underscore that a statement at the top binds."""
    names = {node.name} if isinstance(node, ast.FunctionDef) else set()
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        stored = [n for n in ast.walk(node) if isinstance(n, ast.Name)]
        names = {n.id for n in stored if isinstance(n.ctx, ast.Store)}
    return {
        name
        for name in names
        if (not name.startswith("_") and name.islower()) or name[:1].isupper()
    }


def test_a_copy_under_another_name_works(tmp_path: Path) -> None:
    """Vendored as a folder (`myapp/_vendor/cookiecodec`): relative imports only."""
    vendored = tmp_path / "myapp" / "_vendor" / "biscuits"
    shutil.copytree(SOURCE, vendored, ignore=shutil.ignore_patterns("__pycache__"))
    code = """
import sys
sys.modules["cookiecodec"] = None  # not to be had
from myapp._vendor import biscuits
from myapp._vendor.biscuits import *
print(parse_cookie(dump_cookie("k", "a, b").split("; ")[0]), biscuits.CookieError.__module__)
"""
    assert run(code, cwd=tmp_path) == "{'k': 'a, b'} myapp._vendor.biscuits.errors\n"


def test_it_is_typed_and_has_one_version() -> None:
    assert (SOURCE / "py.typed").exists()
    assert importlib.metadata.version("cookiecodec") == cookiecodec.__version__
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    version = "Unreleased" if ".dev" in cookiecodec.__version__ else cookiecodec.__version__
    assert f"## [{version}]" in changelog


def test_type_checkers_see_every_public_name_in_use() -> None:
    """`nox -s checkers` checks the program. Ruff sees to it that what it imports is used."""
    program = (ROOT / "tests" / "type_checking" / "correct.py").read_text("utf-8")
    (imported,) = re.findall(r"^from cookiecodec import \((.*?)\)", program, re.M | re.S)
    assert set(re.findall(r"\w+", imported)) == set(cookiecodec.__all__)


@pytest.mark.parametrize("name", [n for n in cookiecodec.__all__ if not n.startswith("MAX_")])
def test_every_public_name_has_its_docstring(name: str) -> None:
    """With an example, which the test run executes, for each function."""
    thing = getattr(cookiecodec, name)
    assert thing.__doc__
    if not isinstance(thing, type):
        assert ">>> " in thing.__doc__
