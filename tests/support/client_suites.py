"""Runs the tests of requests, httpx and aiohttp, first as they are, then with this jar.

    python tests/support/client_suites.py

Fails if a test fails that passes without us, and that is not in `EXPECTED`; or if one of
`EXPECTED` passes. The tests come with the clients' source distributions, and run in an
environment of their own (pip fetches both).
"""

import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

ROOT = Path(__file__).parents[2]


class Suite(NamedTuple):
    release: str
    tests: "tuple[str, ...]"
    fewest: int  # tests that pass with the client's own jar
    options: "tuple[str, ...]" = ()


SUITES = {
    "requests": Suite("requests==2.34.2", ("tests",), 300),
    "httpx": Suite("httpx==0.28.1", ("tests/client", "tests/test_auth.py"), 300),
    "aiohttp": Suite(
        "aiohttp==3.14.5",
        ("tests/test_client_functional.py", "tests/test_client_session.py"),
        60,
        ("-o", "addopts=", "-o", "filterwarnings=", "-k", "cookie or redirect"),
    ),
}

# pytest 9 refuses what the suites of these releases do.
NEEDS = ["pytest<9", "pytest-mock", "pytest-httpbin", "PySocks", "trustme", "chardet", "anyio"]
NEEDS += ["trio", "uvicorn", "cryptography", "brotli", "zstandard", "pytest-timeout"]

NO_URL = "sets a cookie without saying for which URL"

#: Tests that fail with our jar, with the reason, as in docs/user-agent.md.
EXPECTED = {
    "requests:tests.test_requests.TestRequests::test_cookie_quote_wrapped": NO_URL,
    "requests:tests.test_requests.TestRequests::test_request_cookie_overrides_session_cookie": (
        NO_URL
    ),
    "requests:tests.test_requests.TestRequests::test_session_pickling": "pickles a session",
    "httpx:tests.client.test_cookies::test_set_cookie": NO_URL,
    "httpx:tests.client.test_cookies::test_set_cookie_with_cookiejar": (
        "gives the client another jar"
    ),
    "httpx:tests.client.test_cookies::test_setting_client_cookies_to_cookiejar": (
        "gives the client another jar"
    ),
    "aiohttp:tests.test_client_session::test_init_cookies_with_simple_dict[pyloop]": NO_URL,
    "aiohttp:tests.test_client_session::test_init_cookies_with_list_of_tuples[pyloop]": NO_URL,
    "aiohttp:tests.test_client_functional::test_amazon_like_cookie_scenario[pyloop]": (
        "a plain http response sets Secure cookies, which browsers drop"
    ),
}


def main() -> int:
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        python = environment(Path(folder))
        for client, suite in SUITES.items():
            source = unpacked(python, Path(folder), suite.release)
            before = outcomes(python, source, suite, "own")
            after = outcomes(python, source, suite, "ours", "-p", "client_suites_plugin")
            passed = {name for name, good in before.items() if good}
            worse = {name for name in passed if not after.get(name)}
            expected = {name for name in EXPECTED if name.startswith(f"{client}:")}
            print(f"{suite.release}: {len(passed)} tests of {len(before)} pass on their own,")
            print(f"  {len(passed - worse)} with cookiecodec; known: {len(worse & expected)}")
            for name in sorted(worse ^ expected):
                print("  WORSE" if name in worse else "  BETTER", name)
            bad += len(worse ^ expected) + (len(passed) < suite.fewest)
    return 1 if bad else 0


def environment(folder: Path) -> str:
    """The interpreter of a new environment with the clients and what their tests need."""
    subprocess.run([sys.executable, "-m", "venv", str(folder / "env")], check=True)
    python = str(folder / "env" / "bin" / "python")
    releases = [suite.release for suite in SUITES.values()]
    pip = [python, "-m", "pip", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", *releases, *NEEDS, str(ROOT)], check=True)
    return python


def unpacked(python: str, folder: Path, release: str) -> Path:
    """The folder of a release's tests. Its modules are removed: the wheel's are tested."""
    pip = [python, "-m", "pip", "-q", "--disable-pip-version-check"]
    target = folder / release.replace("==", "-")
    download = ["download", "--no-deps", "--no-binary", ":all:", "-d", str(folder), release]
    subprocess.run([*pip, *download], check=True)
    with tarfile.open(f"{target}.tar.gz") as files:
        files.extractall(folder)
    name = release.partition("==")[0]
    if (target / name).exists():
        (target / name).rename(target / f"{name}-source")
    return target


def outcomes(
    python: str, source: Path, suite: Suite, run: str, *options: str
) -> "dict[str, bool]":
    """Whether each test passes, in a run with these options of pytest's."""
    report = source / f"{run}.xml"
    command = [python, "-m", "pytest", "-q", f"--junitxml={report}", "-p", "no:cacheprovider"]
    subprocess.run(
        [*command, "--timeout=60", *suite.options, *options, *suite.tests],
        cwd=source,
        env={
            "PYTHONPATH": os.pathsep.join([str(ROOT / "tests" / "support"), str(source)]),
            "PATH": "/usr/bin:/bin",
        },
        stdout=subprocess.DEVNULL,
        check=False,
    )
    passed = {}
    client = suite.release.partition("==")[0]
    for case in ElementTree.parse(report).iter("testcase"):
        if case.find("skipped") is None:
            good = case.find("failure") is None and case.find("error") is None
            passed[f"{client}:{case.get('classname')}::{case.get('name')}"] = good
    return passed


if __name__ == "__main__":
    sys.exit(main())
