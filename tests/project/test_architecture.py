"""The rules of `DESIGN.md`, one test each."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import cookiecodec

SOURCE = Path(cookiecodec.__file__).parent
MODULES = sorted(path.relative_to(SOURCE).as_posix()[:-3] for path in SOURCE.rglob("*.py"))

#: Rule 1: a module imports from its own layer or from those above it in this table. A
#: folder stands for all that is in it.
LAYERS = [
    ["__init__"],
    ["_platform"],
    ["errors", "limits"],
    ["_core", "_types"],
    ["_formats", "signing", "_weak_keys"],
    ["dates", "matching", "_session"],
    ["codec", "set_cookie", "tagged_json"],
    ["chunks", "_user_agent"],
    ["session", "jar", "explain"],
    ["ext", "compat", "testing", "_strategies", "_vendor", "_cli", "__main__"],
    ["session_readers"],
]

#: Rule 2: each import inside of a function, with its reason.
_ERRORS = "heap on devices: only for the error about an argument"
LATE_IMPORTS: "dict[tuple[str, str], str]" = {
    ("limits", "_core/header_size"): "heap on devices: the limits alone are small",
    ("codec", "_core/lint"): "heap on devices: most headers give no warning",
    ("codec", "_core/invalid"): _ERRORS,
    ("dates", "_core/invalid"): _ERRORS,
    ("_core/attributes", "_core/invalid"): _ERRORS,
    ("_core/grammar", "_core/invalid"): _ERRORS,
    ("_core/quotings", "_core/invalid"): _ERRORS,
    ("_core/attributes", "_core/lint"): "heap on devices: most headers give no warning",
    ("_core/attributes", "_core/hosts"): "heap on devices: few cookies have a Domain",
    ("dates", "_formats/cookie_date"): "heap on devices: only for those who read dates",
    ("_core/lint", "_formats/cookie_date"): "not on devices: only for a ready Expires",
    ("_core/lint", "_formats/firefox_date"): "not on devices: only for a ready Expires",
    ("_core/wire", "_core/invalid"): _ERRORS,
    **{
        ("_platform/cpython", name): "import time: most cookies need none of these"
        for name in ("binascii", "datetime", "operator", "re", "warnings")
    },
    ("_platform/micropython", "binascii"): "heap on devices: only for `percent` quoting",
    ("_platform/__init__", "datetime"): "import time: most cookies need none of these",
    ("_formats/urls", "ipaddress"): "import time: as long as all of this package",
    ("_session/mapping", "logging"): "import time: half of that of SessionCookie",
    ("signing", "_weak_keys"): "not on devices",
    ("testing", "_strategies"): "an optional package",
    ("ext/wsgi", "ext/_check"): "import time: sessions need no user agent",
    ("ext/asgi", "ext/_check"): "import time: sessions need no user agent",
    ("_user_agent/corrections", "difflib"): "import time: only for attributes not known",
    ("tagged_json", "markupsafe"): "an optional package",
    ("tagged_json", "dataclasses"): "import time: a tenth of that of SessionCookie",
    ("tagged_json", "email.utils"): "import time: a quarter of that of SessionCookie",
}

#: Rule 5: what runs on MicroPython, beside `_platform` and `_core`.
ON_DEVICES = ["chunks", "codec", "dates", "errors", "limits", "signing"]


class Import(NamedTuple):
    """What a module imports, by the path of the other one, or by its name outside."""

    of: str
    name: str
    late: bool  # inside of a function


def tree_of(module: str) -> ast.Module:
    return ast.parse((SOURCE / f"{module}.py").read_text("utf-8"))


def imports(module: str) -> "Iterator[Import]":
    """All of a module's imports, but for those that only type checkers see."""
    tree = tree_of(module)
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If)
        and "TYPE_CHECKING" in ast.dump(node.test)
        and not node.orelse
        for inner in ast.walk(node)
    }
    late = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, "", id(node) in late)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield Import(str(node.module), "", id(node) in late)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield _relative(module, node, alias.name, id(node) in late)


def _relative(module: str, node: ast.ImportFrom, name: str, late: bool) -> Import:
    folders = module.split("/")[:-1]
    base = folders[: len(folders) - node.level + 1] + (node.module or "").split(".")
    path = "/".join(part for part in base if part)
    inner = f"{path}/{name}".lstrip("/")
    for candidate in (inner, path):
        if f"{candidate}/__init__" in MODULES:
            return Import(f"{candidate}/__init__", name, late)
        if candidate in MODULES:
            return Import(candidate, name, late)
    return Import("__init__", name, late)


def layer(module: str) -> int:
    (found,) = [
        number
        for number, layer in enumerate(LAYERS)
        for name in layer
        if module == name or module.startswith(f"{name}/")
    ]
    return found


@pytest.mark.parametrize("module", MODULES)
def test_1_imports_point_down(module: str) -> None:
    for found in imports(module):
        if found.of in MODULES and not found.late:
            assert layer(found.of) <= layer(module), f"{module} imports {found.of}"
        assert not found.of.startswith("cookiecodec"), "vendored copies have other names"


def test_1_no_import_goes_round_in_a_circle() -> None:
    left = {
        module: {
            found.of for found in imports(module) if found.of in MODULES and not found.late
        }
        for module in MODULES
    }
    left = {module: found - {module, "_platform/__init__"} for module, found in left.items()}
    while left:
        free = {module for module, found in left.items() if not found & set(left)}
        assert free, left
        left = {module: found for module, found in left.items() if module not in free}


def test_2_imports_inside_of_functions_are_listed() -> None:
    late = {(module, found.of) for module in MODULES for found in imports(module) if found.late}
    assert late == set(LATE_IMPORTS)


@pytest.mark.parametrize("module", MODULES)
def test_3_names_with_an_underscore_stay_in_their_file(module: str) -> None:
    tree = tree_of(module)
    folders = {"_platform", "_core", "_formats", "_session", "_user_agent", "_cli", "_vendor"}
    modules = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level
        for alias in node.names
    }
    own = {name for node in ast.walk(tree) for name in _defined(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            names = {alias.name for alias in node.names if alias.name.startswith("_")}
            assert names <= folders | MODULES_AND_NAMES, names
        elif isinstance(node, ast.Attribute) and node.attr.startswith("_"):
            if node.attr.startswith("__") or node.attr in KNOWN_ELSEWHERE:
                continue
            base = node.value.id if isinstance(node.value, ast.Name) else ""
            assert base not in modules, f"{base}.{node.attr}"
            assert node.attr in own, f"{node.attr} is defined in another file"


#: What else may be imported: private files of one folder, and names of the package itself.
MODULES_AND_NAMES = {
    "_types",
    "_vary",
    "_clients",
    "_strategies",
    "_weak_keys",
    "_PUBLIC",
    "__version__",
}

#: Names with an underscore that others define: of `NamedTuple`, of Werkzeug, of Django, of
#: requests.
KNOWN_ELSEWHERE = {
    "_asdict",
    "_cookies",
    "_r",
    "_replace",
    "_fields",
    "_get_current_object",
    "_session",
    "_session_cache",
    "_session_key",
    "_field_defaults",
    "_getframe",
}


def _defined(node: ast.AST) -> "Iterator[str]":
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        yield node.attr
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value  # `__slots__`


@pytest.mark.parametrize("module", MODULES)
def test_4_only_the_command_line_knows_the_command_line(module: str) -> None:
    if module.split("/", maxsplit=1)[0] not in ("__main__", "_cli", "_vendor"):
        for found in imports(module):
            assert found.of.split("/")[0] not in ("__main__", "_cli", "_vendor")


def devices_modules() -> "list[str]":
    folders = [m for m in MODULES if m.split("/")[0] in ("_platform", "_core")]
    return sorted([*folders, *ON_DEVICES])


@pytest.mark.parametrize("module", devices_modules())
def test_5_modules_for_devices_hold_to_what_micropython_has(module: str) -> None:
    lacking = {
        "__future__",
        "datetime",
        "functools",
        "operator",
        "typing",
        "urllib",
        "warnings",
    }
    if module != "_platform/cpython":
        for found in imports(module):
            if (module, found.of) == ("_platform/__init__", "datetime"):
                continue  # where it is not MicroPython
            assert found.of.split(".")[0] not in lacking
            # A late import of another folder is for CPython alone.
            assert found.of not in MODULES or found.late or found.of in devices_modules()


def test_5_package_json_lists_what_runs_there() -> None:
    listed = json.loads((Path(__file__).parents[2] / "package.json").read_text("utf-8"))
    modules = [m for m in devices_modules() if m != "_platform/cpython"]
    expected = [
        [f"cookiecodec/{module}.py", f"src/cookiecodec/{module}.py"]
        for module in ["__init__", *modules]
    ]
    assert listed["urls"] == [*expected, ["cookiecodec/LICENSE", "LICENSE"]]
    assert listed["version"] == cookiecodec.__version__


@pytest.mark.parametrize("module", MODULES)
def test_6_no_flag_is_set_through_new(module: str) -> None:
    assert ".__new__(cls)" not in ast.unparse(tree_of(module))


@pytest.mark.parametrize("module", MODULES)
def test_6_results_have_named_fields(module: str) -> None:
    """No number stands in the place of a field's name; no `str` stands for an error."""
    for node in ast.walk(tree_of(module)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.returns:
            returns = ast.unparse(node.returns).strip("'\"")
            parts = {part.strip() for part in returns.split("|")}
            classes = {part for part in parts if part[:1].isupper()} - {"Any", "None"}
            assert not ("str" in parts and classes), f"{node.name} -> {returns}"


@pytest.mark.parametrize("module", MODULES)
def test_functions_fit_on_a_screen(module: str) -> None:
    """60 lines of code at the most, docstring, comments and blank lines not counted."""
    text = (SOURCE / f"{module}.py").read_text("utf-8").splitlines()
    for node in ast.walk(tree_of(module)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            lines = set(range(node.lineno, (node.end_lineno or 0) + 1))
            if ast.get_docstring(node):
                lines -= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
            code = [n for n in lines if text[n - 1].strip() and text[n - 1].strip()[0] != "#"]
            assert len(code) <= 60, f"{node.name} has {len(code)} lines"
