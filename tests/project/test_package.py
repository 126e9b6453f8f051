"""The package: what it exports, what it loads, what it may import."""

import ast
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
from cookiecodec import _cpython, testing

SOURCE = Path(cookiecodec.__file__).parent
ROOT = Path(__file__).parent.parent
MODULES = sorted(module.name for module in pkgutil.iter_modules([str(SOURCE)]))
MODULES.remove("__main__")
# The frameworks' part, some of which can be imported only where those are.
MODULES.remove("ext")
# For tests: it takes Hypothesis.
MODULES.remove("testing")
EXT = sorted(f"ext/{module.name}" for module in pkgutil.iter_modules([str(SOURCE / "ext")]))

# "Imports point one way": what each module may import of the package.
_BASE = {"_platform", "_grammar", "_host", "_quoting", "_wire", "errors", "_types"}
_UA = _BASE | {"_prefix", "_urls", "matching", "set_cookie", "_store"}
MAY_IMPORT = {
    "_cpython": set(),
    "_platform": {"_cpython"},
    "errors": {"_platform"},
    "_types": {"errors"},  # for type checkers alone, as is what imports it
    "_grammar": {"_platform", "errors"},
    "_prefix": set(),
    "_wire": {"_platform", "_types"},
    "_host": {"_platform", "_grammar", "errors"},
    "_quoting": {"_platform", "_grammar", "errors", "_types"},
    "_header_size": _BASE,
    "limits": {"_platform", "_header_size", "_types"},
    "_concerns": _BASE | {"_prefix", "limits"},
    "dates": _BASE | {"_cookie_date"},
    "codec": _BASE | {"limits", "dates", "_concerns"},
    "_crypto": {"_platform"},
    "signing": {"_platform", "_grammar", "_crypto", "_types", "errors"},
    "tagged_json": {"errors", "dates"},
    "chunks": _BASE | {"limits", "dates", "codec", "_concerns"},
    # The user agent's side: what reads, what is read, where it is kept, why it is not.
    "_nspr_date": set(),
    "_cookie_date": {"_nspr_date"},
    "_urls": {"_host", "errors"},
    "matching": {"_urls"},
    "set_cookie": _BASE | {"limits", "dates", "_cookie_date", "_urls"},
    "_store": _BASE | {"_prefix", "_urls", "matching", "set_cookie"},
    "_browsers": _UA | {"limits", "dates", "_cookie_date", "_nspr_date"},
    "_judge": _UA | {"limits", "_browsers"},
    "_finding": set(),
    "_why_dropped": _UA | {"limits", "dates", "_browsers", "_judge", "_finding"},
    "_why_differs": _UA | {"limits", "dates", "_browsers", "_judge", "_finding"},
    "_remarks": _UA | {"limits", "_cookie_date", "_judge", "_finding", "_why_differs"},
    "explain": _UA | {"_judge", "_finding", "_why_dropped", "_why_differs", "_remarks"},
    "_jar_files": {"errors", "_store"},
    "jar": _UA | {"limits", "_judge", "explain", "_jar_files"},
    "_cli_explain": _UA | {"dates", "explain", "_judge", "_finding"},
    # Sessions: on the server's side alone.
    "_contents": {"_platform", "errors", "limits", "signing"},
    "session": {
        "_contents",
        "_types",
        "_platform",
        "_grammar",
        "_wire",
        "errors",
        "limits",
        "dates",
        "codec",
        "chunks",
        "signing",
    }
    | {"tagged_json"},
    # Copies of it all.
    "_source": set(),
    "_vendor": {"_PRIVATE", "_PUBLIC", "__version__", "_source"},
    "_cli_vendor": {"_vendor", "__version__"},
    "testing": {"_grammar", "_prefix", "codec", "dates", "limits"},
    "ext/_vary": set(),
    "ext/wsgi": {"ext/_vary", "session"},
    "ext/asgi": {"ext/_vary", "session"},
    "ext/flask": {"ext/_vary", "_crypto", "session", "tagged_json"},
    "ext/django": {"_contents", "errors", "limits", "signing"},
}
# Made for MicroPython too (API: House rules); the others are for CPython, PyPy, Pyodide.
BASE_MODULES = sorted(
    (_BASE - {"_types"})
    | {"_prefix", "_header_size", "_concerns", "limits", "dates", "codec", "chunks"}
    | {"_crypto", "signing"}
)


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
    public = {"tagged_json"}  # its names are those of `json`, so it goes as a whole
    for module in MODULES:
        if not module.startswith("_") and module not in public:
            public |= set(importlib.import_module(f"cookiecodec.{module}").__all__)
    assert public == set(cookiecodec.__all__)
    private = {module for module in BASE_MODULES if module.startswith("_")}
    assert set(cookiecodec._PRIVATE.split()) == private
    for name in cookiecodec.__all__:
        assert getattr(cookiecodec, name) is not None
        assert name in dir(cookiecodec)


def test_strategies_are_importable_and_not_listed() -> None:
    """`from cookiecodec import *` must not need Hypothesis."""
    assert testing.__all__ == [
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
    assert with_hypothesis == ["testing.py"]


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
    errors = ["_cpython", "_platform", "errors"]
    codec = ["_grammar", "_quoting", "_wire", "codec", "dates", "limits"]
    assert run(code) == f"[]\n{errors}\n{sorted(errors + codec)}\n"


def test_it_imports_without_a_warning() -> None:
    for module in MODULES:
        run(f"import cookiecodec.{module}", "-W", "error", "-bb")


def test_it_needs_nothing_but_the_standard_library() -> None:
    code = f"import sys; sys.path.append({str(SOURCE.parent)!r})"
    run(code + "; from cookiecodec import *; import cookiecodec.__main__", "-S", "-E")
    requires = importlib.metadata.requires("cookiecodec") or []
    assert [line for line in requires if "extra ==" not in line] == []


@pytest.mark.parametrize("module", [*MODULES, *EXT, "testing"])
def test_imports_point_one_way(module: str) -> None:
    tree = ast.parse((SOURCE / f"{module}.py").read_text("utf-8"))
    within = module.partition("/")[0] + "/" if "/" in module else ""
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            assert node.level <= (2 if within else 1)
            folder = within if node.level == 1 else ""
            parts = [node.module] if node.module else [name.name for name in node.names]
            imported |= {f"{folder}{part}" for part in parts}
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names = (
                [node.module]
                if isinstance(node, ast.ImportFrom)
                else [a.name for a in node.names]
            )
            assert not [name for name in names if str(name).startswith("cookiecodec")]
    assert imported <= MAY_IMPORT[module]


def test_no_import_goes_round_in_a_circle() -> None:
    left = {module: set(names) for module, names in MAY_IMPORT.items()}
    while left:
        free = {module for module, names in left.items() if not names & set(left)}
        assert free, left
        left = {module: names for module, names in left.items() if module not in free}


@pytest.mark.parametrize("module", BASE_MODULES)
def test_base_modules_hold_to_what_micropython_has(module: str) -> None:
    """No `__future__`, and no module that MicroPython lacks outside of `_platform`."""
    lacking = {
        "__future__",
        "typing",
        "datetime",
        "warnings",
        "functools",
        "urllib",
        "operator",
    }
    tree = ast.parse((SOURCE / f"{module}.py").read_text("utf-8"))
    guarded = [
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    ]
    for node in ast.walk(tree):
        if id(node) not in guarded:
            if isinstance(node, ast.Import):
                assert not {name.name.split(".")[0] for name in node.names} & lacking
            elif isinstance(node, ast.ImportFrom) and not node.level:
                assert str(node.module).split(".")[0] not in lacking


def test_cpython_and_micropython_have_the_same_names_of_the_platform() -> None:
    (branches,) = [
        node
        for node in ast.parse((SOURCE / "_platform.py").read_text("utf-8")).body
        if isinstance(node, ast.If)
    ]
    there = {
        name
        for node in branches.orelse
        for name in (
            [node.name]
            if isinstance(node, ast.FunctionDef)
            else [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and n.id in DEFINED]
        )
        if not name.startswith("_")
    }
    here = {name for name in vars(_cpython) if not name.startswith("_")} - {"TYPE_CHECKING"}
    assert here - there == {"utc_fields"}  # of a `datetime`, which MicroPython has not
    assert there <= here


DEFINED = {"date", "datetime", "timedelta", "struct_time", "WarningBase", "TooDeep"}


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
    assert f"## [{cookiecodec.__version__}]" in changelog


@pytest.mark.parametrize("name", [n for n in cookiecodec.__all__ if not n.startswith("MAX_")])
def test_every_public_name_has_its_docstring(name: str) -> None:
    """With an example, which the test run executes, for each function."""
    thing = getattr(cookiecodec, name)
    assert thing.__doc__
    if not isinstance(thing, type):
        assert ">>> " in thing.__doc__
