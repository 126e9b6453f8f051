"""Runs frameworks' own tests, first as they are, then with cookiecodec in their place.

    python tests/support/framework_suites.py [SUITE ...]

Prints the table of `docs/switching.md`. Fails if a test fails that passes without us and is not
in `DIFFERENCES`, or if one of these passes. The frameworks and their tests are fetched with
pip, and run in an environment of their own. (Flask and Werkzeug: `flask_suite.py`.)
"""

import concurrent.futures
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

ROOT = Path(__file__).parents[2]
SUPPORT = ROOT / "tests" / "support"


class Suite(NamedTuple):
    pinned: str
    tests: "list[str]"
    runner: str = "pytest"
    options: "tuple[str, ...]" = ()


SUITES = {
    "Starlette": Suite(
        "starlette==1.10.0", ["tests/test_requests.py", "tests/test_responses.py"]
    ),
    "Django": Suite(
        "Django==5.2.19",
        ["requests_tests", "responses", "httpwrappers", "signed_cookies_tests"],
        "runtests.py",
        ("--parallel=1",),
    ),
    "aiohttp": Suite(
        "aiohttp==3.14.5",
        ["test_cookie_helpers.py", "test_web_response.py", "test_cookiejar.py"],
    ),
    "WebOb": Suite(
        "WebOb==1.8.11",
        ["tests/test_cookies.py", "tests/test_request.py", "tests/test_response.py"],
    ),
    "Falcon": Suite(
        "falcon==4.4.0",
        [
            "tests/test_cookies.py",
            "tests/test_headers.py",
            "tests/test_request_attrs.py",
            "tests/test_response.py",
        ],
    ),
    "Bottle": Suite(
        "bottle==0.13.4",
        [f"test/test_{name}.py" for name in ("environ", "wsgi", "securecookies")],
    ),
    "Tornado": Suite(
        "tornado==6.6.1",
        ["tornado.test.httputil_test", "tornado.test.web_test"],
        "tornado.test.runtests",
    ),
    "itsdangerous": Suite("itsdangerous==2.2.0", ["tests"]),
}

#: What the tests need beside the frameworks. Pinned for the same result on each day.
NEEDS = (
    "pytest==8.4.2",
    "pytest-mock==3.15.1",
    "freezegun==1.5.5",
    "httpx2",
    "python-multipart",
    "trustme",
    "zstandard; python_version < '3.14'",  # Starlette's test client names it
)

_ALL = "reading goes on behind what `http.cookies` can't read"
_PARTITIONED = "`Partitioned` is there on each Python"
_BARE = "the test raises `CookieError()` without a message, which ours requires"
#: Tests that fail on purpose, with the reason.
DIFFERENCES: "dict[str, dict[str, str]]" = {
    "aiohttp": {
        "test_parse_set_cookie_headers_relaxed_validation_differences": _ALL,
        "test_parse_set_cookie_headers_unmatched_quotes_compatibility": _ALL,
        "test_parse_set_cookie_headers_partitioned_not_set_if_no_support": _PARTITIONED,
        "test_parse_set_cookie_headers_skips_rejected_morsels": _BARE,
        "test_cookie_helpers_cve_fallback": _BARE,
        "test_unlimited_jar_leaves_unencodable_cookie_to_the_writer": (
            "text that UTF-8 can't encode is refused when it is set"
        ),
        "test_load_falls_back_to_pickle": (
            "aiohttp reads old pickles of the classes of `http.cookies` only"
        ),
    },
    "WebOb": {
        "test_cookie_escaped_unquoted": "escapes are undone between DQUOTEs only",
        "test_bad_cookie": "a blank does not end a cookie",
    },
    "Bottle": {"test_cookie_dict": "of cookies with the same name the first wins"},
}


def main(names: "list[str]") -> int:
    print("| suite | tests | passed before | passed with ours | differences |")
    print("| --- | --- | --- | --- | --- |")
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        python = str(Path(folder, "env", "bin", "python"))
        with concurrent.futures.ThreadPoolExecutor() as pool:  # most of the time is pip's
            for made in [pool.submit(make, Path(folder)) for make in (install, download)]:
                made.result()
        for name in names:
            suite = unpacked(Path(folder), name)
            before = outcomes(python, suite, name, "own")
            after = outcomes(python, suite, name, "ours")
            worse = {test for test, passed in before.items() if passed and not after.get(test)}
            expected = DIFFERENCES.get(name, {})
            known = {test.rpartition("::")[2]: test for test in worse}
            wrong += [test for name, test in known.items() if name not in expected]
            wrong += [f"passes: {test}" for test in expected if test not in known]
            counts = len(before), sum(before.values()), sum(after.values())
            shown = SUITES[name].pinned.replace("==", " ")
            print("|", " | ".join(map(str, (shown, *counts, len(worse)))), "|", flush=True)
    print("\n".join(wrong))
    return 1 if wrong else 0


def install(folder: Path) -> None:
    """Make an environment with all frameworks."""
    subprocess.run([sys.executable, "-m", "venv", str(folder / "env")], check=True)
    python = str(folder / "env" / "bin" / "python")
    pip = [python, "-m", "pip", "-q", "--disable-pip-version-check"]
    frameworks = [suite.pinned for suite in SUITES.values()]
    subprocess.run([*pip, "install", *frameworks, *NEEDS, str(ROOT)], check=True)


def download(folder: Path) -> None:
    """Fetch the frameworks' source distributions, which have their tests."""
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check", "download"]
    pinned = [suite.pinned for suite in SUITES.values()]
    # Of the frameworks alone: what builds them may come as a wheel.
    source = ",".join(pin.partition("==")[0] for pin in pinned)
    options = ["--no-deps", "--no-binary", source, "-d", str(folder / "sdists")]
    subprocess.run([*pip, *options, *pinned], check=True)


def unpacked(folder: Path, name: str) -> Path:
    """The folder of a framework's source distribution, where its tests are run."""
    into = folder / name
    (archive,) = (folder / "sdists").glob(f"{name.lower()}-*.tar.gz")
    with tarfile.open(archive) as files:
        files.extractall(into)
    (source,) = [path for path in into.iterdir() if path.is_dir()]
    if name in ("aiohttp", "Django"):
        # Alone, as what is beside aiohttp's tests would hide the compiled package.
        return source.joinpath("tests").rename(into / "tests")
    if name == "Tornado":  # its tests are in the package
        (into / "empty").mkdir()
        return into / "empty"
    return source


def outcomes(python: str, folder: Path, name: str, parts: str) -> "dict[str, bool]":
    """Whether each test passes: with the framework's ``own`` parts or with ``ours``."""
    suite = SUITES[name]
    report = folder / f"{parts}.report"
    if suite.runner == "pytest":
        plugin = ["-p", "framework_suites_plugin"] if parts == "ours" else []
        command = ["-m", "pytest", "-q", "-W", "ignore", f"--junitxml={report}", *plugin]
    else:
        runner = str(SUPPORT / "framework_suites_unittest.py")
        command = [runner, str(report), parts, suite.runner]
    env = {"PYTHONPATH": str(SUPPORT), "PATH": os.environ["PATH"], "COOKIECODEC_SUITE": name}
    result = subprocess.run(
        [python, *command, *suite.options, *suite.tests],
        cwd=folder,
        env=env,
        capture_output=True,
        check=False,
    )
    if not report.exists():
        sys.exit(f"{name}: no tests were run\n{(result.stdout + result.stderr).decode()}")
    if suite.runner != "pytest":
        return dict(json.loads(report.read_text("utf-8")))
    passed = {}
    for case in ElementTree.parse(report).iter("testcase"):
        if case.find("skipped") is None:
            good = case.find("failure") is None and case.find("error") is None
            passed[f"{case.get('classname')}::{case.get('name')}"] = good
    return passed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(SUITES)))
