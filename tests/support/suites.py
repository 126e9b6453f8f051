"""Runs frameworks' own tests, first as they are, then with cookiecodec's parts in their place.

    python tests/support/suites.py FOLDER [SUITE ...]

Prints the table of `docs/switching.md`, and fails if it is another one than that, if a test
fails that passes without us and is not in `DIFFERENCES`, or if one of these passes. The tests
come with the frameworks' source distributions. They run in one environment, with the versions
in `suites.txt`; both stay in FOLDER for the next time. `suites_plugin.py` replaces the parts.
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
PINNED = SUPPORT / "suites.txt"
PAGE = ROOT / "docs" / "switching.md"


class Suite(NamedTuple):
    """The tests of a framework, by their paths or names, and what runs them."""

    tests: "list[str]"
    runner: str = "pytest"
    options: "tuple[str, ...]" = ()


SUITES = {
    "Werkzeug": Suite(
        ["tests/test_http.py", "tests/test_wrappers.py", "tests/test_test.py", "tests/sansio"]
    ),
    "Flask": Suite(["tests"]),
    "Starlette": Suite(
        [
            "tests/test_requests.py",
            "tests/test_responses.py",
            "tests/middleware/test_session.py",
        ]
    ),
    "Django": Suite(
        [
            "requests_tests",
            "responses",
            "httpwrappers",
            "signed_cookies_tests",
            "sessions_tests",
        ],
        "runtests.py",
        ("--parallel=1",),
    ),
    "aiohttp": Suite(["test_cookie_helpers.py", "test_web_response.py", "test_cookiejar.py"]),
    "WebOb": Suite(
        ["tests/test_cookies.py", "tests/test_request.py", "tests/test_response.py"]
    ),
    "Falcon": Suite(
        [
            f"tests/test_{name}.py"
            for name in ("cookies", "headers", "request_attrs", "response")
        ]
    ),
    "Bottle": Suite([f"test/test_{name}.py" for name in ("environ", "wsgi", "securecookies")]),
    "Tornado": Suite(
        ["tornado.test.httputil_test", "tornado.test.web_test"], "tornado.test.runtests"
    ),
    "itsdangerous": Suite(["tests"]),
}

_ALL = "reading goes on behind what `http.cookies` can't read"
_LIFETIME = "looks for Max-Age: ours lasts for the browser's session, or has Expires"
_CASE = "looks for an attribute in lower case"
#: Tests that fail on purpose, without their parameters, with the reasons.
DIFFERENCES: "dict[str, dict[str, str]]" = {
    "Werkzeug": {
        "test_parse_cookie": "a cookie ends at `;`, inside of quotes too",
        "test_bad_cookies": "what has no `=` is left out",
        "test_cookie_unicode_keys": "a name has to be a token",
    },
    "Starlette": {
        "test_session": _LIFETIME,
        "test_session_zero_max_age": _LIFETIME,
        "test_session_expires": "a negative lifetime is refused",
        "test_partitioned_session": _CASE,
        "test_session_cookie_subpath": _CASE,
        "test_domain_cookie": "a leading dot of Domain is left out, as browsers do",
        "test_session_tracks_modification": "`pop` of a missing key is an access",
    },
    "Django": {"test_empty_session_saved": "looks for the session in the database"},
    "aiohttp": {
        "test_parse_set_cookie_headers_relaxed_validation_differences": _ALL,
        "test_parse_set_cookie_headers_unmatched_quotes_compatibility": _ALL,
        "test_parse_set_cookie_headers_partitioned_not_set_if_no_support": (
            "`Partitioned` is there on each Python"
        ),
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


def main(folder: Path, names: "list[str]") -> int:
    """Run suites, print their table and what is wrong, and return the exit status."""
    prepare(folder)
    with concurrent.futures.ThreadPoolExecutor(2) as pool, tempfile.TemporaryDirectory() as new:
        jobs = [
            [pool.submit(outcomes, folder, Path(new), name, parts) for parts in ("own", "ours")]
            for name in names
        ]
        print("| suite | tests | passed before | passed with ours | differences |")
        print("| --- | --- | --- | --- | --- |")
        wrong = [
            problem
            for name, runs in zip(names, jobs)
            for problem in compare(name, *[run.result() for run in runs])
        ]
    print("\n".join(wrong))
    return 1 if wrong else 0


def compare(name: str, before: "dict[str, bool]", after: "dict[str, bool]") -> "list[str]":
    """Print the row of a suite, and return what is wrong with it."""
    worse = {test for test, passed in before.items() if passed and not after.get(test)}
    counts = len(before), sum(before.values()), sum(after.get(test, False) for test in before)
    row = "| {} | {} | {} | {} | {} |".format(
        release(name).replace("==", " "), *counts, len(worse)
    )
    print(row, flush=True)
    known = {test.rpartition(".")[2].partition("[")[0]: test for test in sorted(worse)}
    expected = DIFFERENCES.get(name, {})
    wrong = [f"fails: {test}" for test in known if test not in expected]
    wrong += [f"passes: {test}" for test in expected if test not in known]
    if row not in PAGE.read_text("utf-8"):
        wrong.append(f"not in {PAGE.name}: {row}")
    return wrong


def release(name: str) -> str:
    """Return the pinned release of a framework, such as ``Flask==3.1.3``."""
    lines = PINNED.read_text("utf-8").splitlines()
    (found,) = [line for line in lines if line.lower().startswith(f"{name.lower()}==")]
    return name + found[len(name) :]


def prepare(folder: Path) -> None:
    """Make the environment, and fetch the source distributions, if they are not there."""
    done = folder / "done.txt"
    if done.exists() and done.read_text("utf-8") == PINNED.read_text("utf-8"):
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder / "env")], check=True)
    pip = [
        str(folder / "env" / "bin" / "python"),
        "-m",
        "pip",
        "--disable-pip-version-check",
        "-q",
    ]
    subprocess.run(
        [*pip, "install", "--no-deps", "--no-compile", "-r", str(PINNED)], check=True
    )
    # pip reads the metadata of each, with what is in the environment.
    source = ["--no-deps", "--no-binary=:all:", "--no-build-isolation", "-d", str(folder)]
    subprocess.run([*pip, "download", *source, *map(release, SUITES)], check=True)
    done.write_text(PINNED.read_text("utf-8"), "utf-8")


def outcomes(folder: Path, new: Path, name: str, parts: str) -> "dict[str, bool]":
    """Return whether each test passes: with the framework's ``own`` parts or with ``ours``."""
    suite = SUITES[name]
    report = new / f"{name}.{parts}"
    if suite.runner == "pytest":
        options = ["-q", "-W", "ignore", "-p", "no:cacheprovider", f"--junitxml={report}"]
        plugin = ["-p", "suites_plugin"] if parts == "ours" else []
        command = ["-m", "pytest", *options, *plugin]
    else:
        command = [str(SUPPORT / "suites_unittest.py"), str(report), parts, suite.runner]
    result = subprocess.run(
        [str(folder / "env" / "bin" / "python"), *command, *suite.options, *suite.tests],
        cwd=unpacked(folder, new / parts, name),
        env={
            "PYTHONPATH": os.pathsep.join([str(SUPPORT), str(ROOT / "src")]),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "COOKIECODEC_SUITE": name,
        },
        capture_output=True,
        check=False,
    )
    if not report.exists():
        print(f"{name}: no tests were run", (result.stdout + result.stderr).decode(), sep="\n")
        return {}
    if suite.runner != "pytest":
        return dict(json.loads(report.read_text("utf-8")))
    passed = {}
    for case in ElementTree.parse(report).iter("testcase"):
        if case.find("skipped") is None:
            good = case.find("failure") is None and case.find("error") is None
            passed[f"{case.get('classname')}.{case.get('name')}"] = good
    return passed


def unpacked(folder: Path, into: Path, name: str) -> Path:
    """Return the folder of a framework's source distribution, where its tests are run."""
    (archive,) = folder.glob(f"{name.lower()}-*.tar.gz")
    with tarfile.open(archive) as files:
        files.extractall(into)
    source = into / archive.name[: -len(".tar.gz")]
    if name in ("aiohttp", "Django"):
        # Alone, as what is beside aiohttp's tests would hide the compiled package.
        return source.joinpath("tests").rename(into / name)
    if name == "Tornado":  # its tests are in the package
        source = into / name
        source.mkdir()
    return source


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), sys.argv[2:] or list(SUITES)))
