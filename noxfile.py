"""The project's checks, by name: ``nox --list`` lists them, ``nox -s lint`` runs one.

Most sessions run in the environment that nox is installed in; ``nox -s dev`` fills it. The
sessions that need another Python, or an empty environment, create their own in ``.nox`` and
install the newest releases there. Arguments after ``--`` go to the tool that a session runs:
``nox -s tests-3.12 -- -k jar``. Times are from a machine with two cores.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nox
from packaging.markers import Marker

nox.needs_version = ">=2026.8.10"  # the first with `allow_parallel`
nox.options.sessions = ["lint", "types", "stubtest", "coverage"]
nox.options.allow_parallel = True
nox.options.default_venv_backend = "none"
nox.options.download_python = "never"

ROOT = Path(__file__).parent
PYTHON = sys.executable
PYTHONS = nox.project.python_versions(nox.project.load_toml(ROOT / "pyproject.toml"))

# The fuzz targets, and how many inputs each of them tries in 15 to 20 s.
TARGETS = {
    "fuzz_chunks": 1500,
    "fuzz_cookie_date": 30000,
    "fuzz_dump_cookie": 30000,
    "fuzz_jar": 900,
    "fuzz_jar_files": 4500,
    "fuzz_jars": 10000,
    "fuzz_parse_cookie": 6500,
    "fuzz_readers": 8500,
    "fuzz_session": 12000,
    "fuzz_set_cookie": 6500,
    "fuzz_signing": 9000,
}

# The oldest and the newest release of each framework that `ext` works with, and some between.
# Django 6 needs Python 3.12.
FRAMEWORKS = [
    ("3.9", "flask==2.3.*"),
    ("3.9", "flask==3.0.*"),
    ("3.11", "flask==3.1.0"),
    ("3.13", "flask"),
    ("3.9", "django==4.2.*"),
    ("3.11", "django==5.2.*"),
    ("3.13", "django"),
    ("3.9", "starlette==0.40.*"),
    ("3.13", "starlette"),
]

# Packages from npm: MicroPython for web pages, Pyodide, and Node where the system's is too old.
NODE = ROOT / ".venv-node"
os.environ["COOKIECODEC_NODE_MODULES"] = str(NODE / "node_modules")
os.environ["PATH"] = os.pathsep.join([str(NODE / "node_modules" / ".bin"), os.environ["PATH"]])

# These have an effect in CI only, which sets CI and COOKIECODEC_COMPLETE.
# A fifth of Hypothesis' examples, and shorter inputs where all of them are tried.
FEWER = {"COOKIECODEC_FEWER": "1", "COOKIECODEC_SYMBOLS": "4"}
INCOMPLETE = {**FEWER, "COOKIECODEC_COMPLETE": None}  # a missing peer is a skip, not an error


# --- set up --------------------------------------------------------------------------------


@nox.session
def dev(session: nox.Session) -> None:
    """Install what the other sessions need into this environment (1 min)."""
    install = (PYTHON, "-m", "pip", "install", "-q")
    lock = nox.project.load_toml(ROOT / "pylock.toml")
    if not Marker(lock["environments"][0]).evaluate():
        session.warn("pylock.toml is for another environment; installing the newest releases")
        session.run(*install, "-e", ".", "--group", "dev")
        return
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder) / "requirements.txt"
        requirements.write_text("\n".join(locked_requirements(lock)), "utf-8")
        session.run(*install, "--require-hashes", "-r", str(requirements))
    session.run(*install, "--no-deps", "-e", ".")


def locked_requirements(lock: "dict[str, Any]") -> Iterator[str]:
    """The lock's packages with their hashes, in the format of a requirements file."""
    for package in lock["packages"]:
        hashes = [f"--hash=sha256:{wheel['hashes']['sha256']}" for wheel in package["wheels"]]
        yield " ".join([f"{package['name']}=={package['version']}", *hashes])


@nox.session
def npm(session: nox.Session) -> None:
    """Install what the tests take from npm; needs Node and npm (10 s)."""
    # The version of Pyodide is also in tests/support/run_pyodide.sh.
    packages = ["@micropython/micropython-webassembly-pyscript@1.27.0", "pyodide@314.0.7"]
    packages += ["cookie@2.0.2", "tough-cookie@6.1.0"]  # docs/behaviour.md compares with them
    version = session.run("node", "-p", "process.versions.node", silent=True)
    if int(str(version).split(".")[0]) < 20:  # Pyodide needs Node 20
        packages.append("node@20")
    options = ("--silent", "--no-audit", "--no-fund", "--prefix", str(NODE))
    session.run("npm", "install", *options, *packages)


@nox.session
def lock(session: nox.Session) -> None:
    """Write pylock.toml anew, with the newest releases (15 s)."""
    path = ROOT / "pylock.toml"
    text = path.read_text("utf-8")
    head = text[: text.index("[[packages]]")]
    with tempfile.TemporaryDirectory() as folder:
        new = Path(folder) / "pylock.toml"
        options = ("-q", "--only-binary=:all:", "--group", "dev", "-o", str(new))
        session.run(PYTHON, "-m", "pip", "lock", *options)
        packages = nox.project.load_toml(new)["packages"]
    path.write_text(head + "\n".join(map(locked_package, packages)), "utf-8")


def locked_package(package: "dict[str, Any]") -> str:
    """An entry of pylock.toml. It has no URL, so that it fits every index."""
    (wheel,) = package["wheels"]
    return f"""\
[[packages]]
name = "{package["name"]}"
version = "{package["version"]}"
[[packages.wheels]]
path = "wheels/{wheel["name"]}"
hashes.sha256 = "{wheel["hashes"]["sha256"]}"
"""


# --- static checks -------------------------------------------------------------------------


@nox.session
def lint(session: nox.Session) -> None:
    """Check lint rules and formatting with Ruff (1 s)."""
    session.run(PYTHON, "-m", "ruff", "check", ".")
    session.run(PYTHON, "-m", "ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check types with mypy in strict mode (20 s)."""
    session.run(PYTHON, "-m", "mypy", *session.posargs)


@nox.session(venv_backend="venv", reuse_venv=True)
def checkers(session: nox.Session) -> None:
    """Run mypy, pyright and Pyrefly on programs that are correct or are not (2 min)."""
    session.install("-q", "-U", "pip")
    session.install("-q", ".", "--group", "checkers")
    session.run("python", "tests/support/type_checkers.py")


@nox.session
def stubtest(session: nox.Session) -> None:
    """Compare the stub `__init__.pyi`, and all annotations, with the modules (15 s)."""
    allowed = ("--allowlist", ".ci/stubtest.txt")
    session.run(PYTHON, "-m", "mypy.stubtest", *allowed, "cookiecodec", *session.posargs)


# --- tests ---------------------------------------------------------------------------------


@nox.session
def full(session: nox.Session) -> None:
    """Run all tests, with all examples; in CI, `coverage` and `real` share them (15 min)."""
    session.run(PYTHON, "-m", "pytest", "-q", *session.posargs, env={"CI": "1"})


# This test tries every character, which takes minutes under coverage and adds no line.
EVERY_CHARACTER = (
    "tests/codec/test_interop.py::test_no_character_makes_another_domain_of_a_label"
)


@nox.session
def real(session: nox.Session) -> None:
    """Run what needs browsers or MicroPython, and one that tries all characters (6 min)."""
    pytest = (PYTHON, "-m", "pytest", "-q")
    session.run(*pytest, "-m", "browser or device", *session.posargs)
    session.run(*pytest, EVERY_CHARACTER)


@nox.session(python=PYTHONS, venv_backend="venv")
def tests(session: nox.Session) -> None:
    """Run the tests with all peers on another CPython, in an environment of its own (5 min)."""
    run_tests_with_peers(session)


@nox.session(python=PYTHONS, venv_backend="venv")
def cpython_suite(session: nox.Session) -> None:
    """Run the tests of `http.cookies` of another CPython with this package's module (30 s)."""
    session.install("-q", "-U", "pip")
    session.install("-q", "-e", ".", "--group", "test")
    options = ("-q", *session.posargs, "tests/compat/test_cpython_suite.py")
    session.run("python", "-m", "pytest", *options, env=INCOMPLETE)


@nox.session(python="pypy3", venv_backend="venv")
def pypy(session: nox.Session) -> None:
    """Run the tests of the codec, signing and sessions on PyPy; all: `-- tests` (5 min)."""
    run_tests_with_peers(session, "tests/codec", "tests/signing", "tests/session", "src")


def run_tests_with_peers(session: nox.Session, *default: str) -> None:
    # Browsers and MicroPython are the same on each Python.
    session.install("-q", "-U", "pip")
    # These are written in Rust; building them takes a compiler and minutes.
    wheels = "--only-binary=cryptography,pydantic-core"
    session.install("-q", wheels, "-e", ".", "--group", "test", "--group", "interop")
    options = ("-q", "-m", "not browser and not device and not program")
    session.run("python", "-m", "pytest", *options, *(session.posargs or default), env=FEWER)


@nox.session
def pyodide(session: nox.Session) -> None:
    """Run the tests on Pyodide, CPython on WebAssembly; needs Node 20 and npm (5 min)."""
    script = "tests/support/run_pyodide.sh"
    session.run("bash", script, PYTHON, str(NODE), *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """Run the other tests, in reverse order; they run every line and branch (12 min)."""
    run = (PYTHON, "-m", "coverage")
    options = ("-q", "-m", "not browser and not device", "--deselect", EVERY_CHARACTER)
    env = {**FEWER, "COOKIECODEC_REVERSE": "1"}
    session.run(*run, "erase")
    session.run(*run, "run", "-m", "pytest", *options, *session.posargs, env=env)
    session.run(*run, "combine", "-q")
    session.run(*run, "report")


@nox.session
def exhaustive(session: nox.Session) -> None:
    """Try all inputs of up to seven symbols instead of five; not in CI (30 min)."""
    options = ("-q", "tests/codec/test_exhaustive.py", *session.posargs)
    session.run(PYTHON, "-m", "pytest", *options, env={"COOKIECODEC_SYMBOLS": "7"})


@nox.session
def browsers(session: nox.Session) -> None:
    """Run the tests that ask Chromium and Firefox; needs both (4 min)."""
    session.run(PYTHON, "-m", "pytest", "-q", "-m", "browser", *session.posargs)


@nox.session
def inspector(session: nox.Session) -> None:
    """Assemble the inspector in `docs/inspector/dist`; needs `nox -s npm` (10 s)."""
    session.run(PYTHON, "docs/inspector/assemble.py", str(NODE / "node_modules"))


@nox.session
def client_suites(session: nox.Session) -> None:
    """Run the cookie tests of requests, httpx and aiohttp with this package's jar (5 min)."""
    session.run(PYTHON, "tests/support/client_suites.py")


@nox.session(venv_backend="venv")
@nox.parametrize("python,release", FRAMEWORKS, ids=[release for _, release in FRAMEWORKS])
def frameworks(session: nox.Session, release: str) -> None:
    """Run a framework's tests with the oldest and the newest releases that work (1 min each).

    One of them: `nox -s "frameworks(flask==2.3.*)"`.
    """
    name = release.partition("=")[0]
    files = {
        "django": ("tests/session/test_ext_django.py", "tests/compat/test_django_signing.py"),
        "flask": ("tests/session/test_ext_flask.py",),
        "starlette": ("tests/session/test_ext_asgi.py",),
    }
    session.install("-q", "-e", ".", "pytest", "hypothesis", release, "httpx", "itsdangerous")
    options = session.posargs or files[name]
    session.run("python", "-m", "pytest", "-q", *options, env=INCOMPLETE)


@nox.session
def suites(session: nox.Session) -> None:
    """Run frameworks' own tests of cookies with this package's parts (3 min).

    Some of them: `nox -s suites -- Django aiohttp`.
    """
    folder = str(session.cache_dir / "suites")
    session.run(PYTHON, "tests/support/suites.py", folder, *session.posargs)


@nox.session(venv_backend="venv")
def sdist(session: nox.Session) -> None:
    """Build the sdist, install it, and run tests from its files alone (3 min)."""
    session.install("-q", "-U", "pip", "build")
    with tempfile.TemporaryDirectory() as folder:
        session.run("python", "-m", "build", "--sdist", "--outdir", folder)
        (archive,) = Path(folder).glob("*.tar.gz")
        shutil.unpack_archive(archive, folder)
        source = Path(folder) / archive.name[: -len(".tar.gz")]
        session.chdir(source)
        session.install("-q", ".", "--group", "test")
        options = session.posargs or ("tests/project", "tests/codec", "src")
        marks = ("-m", "not browser and not device")
        session.run("python", "-m", "pytest", "-q", *marks, *options, env=INCOMPLETE)


@nox.session
def readme(session: nox.Session) -> None:
    """Run the README's two commands as they stand, in a copy of the tree (4 min)."""
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    commands = [line for line in lines if line.startswith("./try")]
    # What other sessions may write at the same time is not copied.
    temporary = (".coverage*", ".hypothesis", ".*_cache", "__pycache__")
    not_copied = shutil.ignore_patterns(".git", ".venv*", ".nox", "node_modules", *temporary)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "cookiecodec"
        shutil.copytree(ROOT, copy, ignore=not_copied)
        session.chdir(copy)
        for command in commands:
            session.run("bash", "-euc", command, env=INCOMPLETE)


# --- more ----------------------------------------------------------------------------------


@nox.session(venv_backend="venv", reuse_venv=True)
def docs(session: nox.Session) -> None:
    """Build the documentation site in `docs/_build`; a warning is an error (1 min).

    The inspector is a part of it if `nox -s npm inspector` has run before.
    """
    build = ROOT / "docs" / "_build"
    session.install("-q", "-U", "pip")
    session.install("-q", "-e", ".", "--group", "docs")
    strict = ("-W", "--keep-going", "-n", "-E", "-q", *session.posargs)
    session.run("python", "-m", "sphinx", *strict, "docs", str(build))
    for page in build.rglob("*.html"):
        if str(ROOT) in page.read_text("utf-8"):
            session.error(f"{page} has a path of this machine")


@nox.session
@nox.parametrize("target", [*TARGETS], ids=[name[len("fuzz_") :] for name in TARGETS])
def fuzz(session: nox.Session, target: str) -> None:
    """Fuzz one target, the same way each time (20 s): `nox -s "fuzz(jar)"`.

    A crash is left in a temporary folder, and not in `fuzz/corpus`, which other sessions test.
    With arguments, nothing is fixed: see fuzz/README.md.
    """
    fixed = ("-seed=1", f"-runs={TARGETS[target]}", f"-artifact_prefix={session.create_tmp()}/")
    options = session.posargs or (*fixed, "-print_final_stats=1", "-verbosity=0")
    session.run(PYTHON, f"fuzz/{target}.py", *options, env={"PYTHONHASHSEED": "0"})


@nox.session(allow_parallel=False)
def benchmarks(session: nox.Session) -> None:
    """Run all benchmarks in their quick form, to see that they work (1 min)."""
    options = session.posargs or ("--quick", "--out", session.create_tmp())
    session.run(PYTHON, "benchmarks/run.py", *options)


@nox.session
def devices(session: nox.Session) -> None:
    """Print the package's cost on MicroPython beside the costs on record (15 s)."""
    session.run(PYTHON, "-m", "tests.support.devices", *session.posargs)


@nox.session(venv_backend="venv", reuse_venv=True)
def mutants(session: nox.Session) -> None:
    """Run the mutation tests of the six main modules (10 min)."""
    session.install("-q", "-U", "pip")
    session.install("-q", "-e", ".", "--group", "mutants")
    session.run("python", "-m", "tests.support.mutants", *session.posargs)
