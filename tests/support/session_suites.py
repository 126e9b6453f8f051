"""Runs Starlette's and Django's tests of sessions, as they are and with cookiecodec's parts.

    python tests/support/session_suites.py

Fails if a test fails that passes without us and is not in `DIFFERENCES`, or the other way
round. The suites come with the source distributions, and run in environments of their own
(both are fetched with pip).
"""

import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
SUPPORT = ROOT / "tests" / "support"


class Suite(NamedTuple):
    """A framework, what its tests need, and how they run without and with our parts."""

    release: str
    needs: "tuple[str, ...]"
    command: "tuple[str, ...]"
    ours: "tuple[str, ...]"
    least: int  # tests, so that a suite that runs none is noticed


SUITES = [
    Suite(
        "starlette==1.10.0",
        ("itsdangerous==2.2.0", "httpx2==2.16.2", "pytest==9.2.0", "trio==0.35.0"),
        ("-m", "pytest", "-v", "--tb=no", "tests/middleware/test_session.py"),
        ("-p", "starlette_suite_plugin"),
        25,
    ),
    Suite(
        "django==5.2.19",
        (),
        ("tests/runtests.py", "sessions_tests", "--verbosity=2", "--parallel=1"),
        ("--settings=django_suite_settings",),
        300,
    ),
]

_STARLETTE = "tests/middleware/test_session.py::test_"
_LIFETIME = "it looks for Max-Age; ours lasts for the browser's session, or has Expires"
_CASE = "it looks for an attribute in lower case"

#: Tests that fail with our parts, with the reason. Parameters are left out.
DIFFERENCES = {
    f"{_STARLETTE}session": _LIFETIME,
    f"{_STARLETTE}session_zero_max_age": _LIFETIME,
    f"{_STARLETTE}session_expires": "a negative lifetime is refused",
    f"{_STARLETTE}partitioned_session": _CASE,
    f"{_STARLETTE}session_cookie_subpath": _CASE,
    f"{_STARLETTE}domain_cookie": "a leading dot of Domain is left out, as browsers do",
    f"{_STARLETTE}session_tracks_modification": "`pop` of a missing key is an access",
    "sessions_tests.tests.SessionMiddlewareTests.test_empty_session_saved": "it looks for the"
    " session in the database",
}

# pytest's "path::test PASSED", and unittest's "test (class) ... ok", with a docstring between.
_PYTEST = re.compile(r"^(\S+::\S+) (PASSED|FAILED|ERROR)", re.M)
_UNITTEST = re.compile(r"^test\w* \((\S+)\)(?:\n[^\n]+)?? \.\.\. (ok|FAIL|ERROR)$", re.M)


def main() -> int:
    """Run all suites, print their tables, and return the exit status."""
    return max([compare(suite) for suite in SUITES])


def compare(suite: Suite) -> int:
    with tempfile.TemporaryDirectory() as folder:
        python, source = prepared(Path(folder), suite)
        before = outcomes(python, source, suite.command)
        after = outcomes(python, source, (*suite.command, *suite.ours))
    worse = {name for name, passed in before.items() if passed and not after.get(name)}
    print(f"{suite.release}: {len(before)} tests, {sum(before.values())} pass on their own")
    print(f"with cookiecodec: {sum(after.get(name, False) for name in before)} pass")
    for name in sorted(worse):
        print(f"  differs: {name}: {DIFFERENCES.get(plain(name), 'NOT EXPECTED')}")
    plain_worse = {plain(name) for name in worse}
    stale = {plain(name) for name in before} & set(DIFFERENCES) - plain_worse
    for name in sorted(stale):
        print(f"  passes, though it is listed: {name}")
    unexpected = plain_worse - set(DIFFERENCES)
    return 1 if unexpected or stale or len(before) < suite.least else 0


def plain(name: str) -> str:
    """Return a test's name without its parameters."""
    return name.partition("[")[0]


def prepared(folder: Path, suite: Suite) -> "tuple[str, Path]":
    """Return the interpreter of a new environment, and the folder of the suite's source."""
    subprocess.run([sys.executable, "-m", "venv", str(folder / "env")], check=True)
    python = str(folder / "env" / "bin" / "python")
    pip = [python, "-m", "pip", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", suite.release, *suite.needs, str(ROOT)], check=True)
    download = ("download", "--no-deps", "--no-binary", ":all:", "-d", str(folder))
    subprocess.run([*pip, *download, suite.release], check=True)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as files:
        files.extractall(folder)
    return python, folder / archive.name[: -len(".tar.gz")]


def outcomes(python: str, source: Path, command: "tuple[str, ...]") -> "dict[str, bool]":
    """Return whether each test passes."""
    result = subprocess.run(
        [python, *command],
        cwd=source,
        env={"PYTHONPATH": str(SUPPORT), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    found = [*_PYTEST.findall(result.stdout), *_UNITTEST.findall(result.stdout)]
    if not found:
        print(result.stdout[-3000:])
    return {name: outcome in ("PASSED", "ok") for name, outcome in found}


if __name__ == "__main__":
    sys.exit(main())
