"""Runs Flask's own tests, first as they are, then with cookiecodec in the place of its own.

    python tests/support/flask_suite.py

Fails if a test fails that passes without us. Flask's tests come with its source
distribution, and run in an environment of their own (both are fetched with pip).
"""

import subprocess
import sys
import tarfile
import tempfile
import venv
from pathlib import Path
from xml.etree import ElementTree

FLASK = "Flask==3.1.3"
# pytest 9 refuses a fixture in the conftest of this Flask.
NEEDS = (
    FLASK,
    "Werkzeug==3.1.9",
    "itsdangerous==2.2.0",
    "pytest<9",
    "asgiref",
    "python-dotenv",
)
ROOT = Path(__file__).parents[2]


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        python, suite = prepared(Path(folder))
        before = outcomes(python, suite, "own")
        after = outcomes(python, suite, "ours", "-p", "flask_suite_plugin")
    failed = sorted(name for name, passed in before.items() if not passed)
    worse = sorted(name for name, passed in before.items() if passed and not after.get(name))
    print(f"{FLASK}: {len(before)} tests, {len(failed)} fail on their own: {failed}")
    print(f"with cookiecodec: {sum(after.values())} pass; worse: {worse}")
    return 1 if worse or len(before) < 400 else 0


def prepared(folder: Path) -> "tuple[str, Path]":
    """The interpreter of a new environment, and the folder of Flask's source."""
    venv.create(folder / "env", with_pip=True)
    python = str(folder / "env" / "bin" / "python")
    pip = [python, "-m", "pip", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", *NEEDS, str(ROOT)], check=True)
    download = [*pip, "download", "--no-deps", "--no-binary", ":all:", "-d", str(folder), FLASK]
    subprocess.run(download, check=True)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as files:
        files.extractall(folder)
    return python, folder / archive.name[: -len(".tar.gz")]


def outcomes(python: str, suite: Path, run: str, *options: str) -> "dict[str, bool]":
    """Whether each test passes, in a run with these options of pytest's."""
    report = suite / f"{run}.xml"
    subprocess.run(
        [python, "-m", "pytest", "-q", f"--junitxml={report}", *options],
        cwd=suite,
        env={"PYTHONPATH": str(ROOT / "tests" / "support"), "PATH": "/usr/bin:/bin"},
        stdout=subprocess.DEVNULL,
        check=False,
    )
    passed = {}
    for case in ElementTree.parse(report).iter("testcase"):
        if case.find("skipped") is None:
            good = case.find("failure") is None and case.find("error") is None
            passed[f"{case.get('classname')}::{case.get('name')}"] = good
    return passed


if __name__ == "__main__":
    sys.exit(main())
