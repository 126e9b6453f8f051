"""Run type checkers on ``tests/type_checking``, and count what the package types.

``nox -s checkers`` runs it, in an environment that has the checkers and the package.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

PROGRAMS = Path(__file__).parents[1] / "type_checking"
MISTAKES = PROGRAMS / "mistakes.py"
CHECKERS = {
    "mypy": ("mypy", "--strict", "--no-incremental"),
    "pyright": ("pyright",),
    "pyrefly": ("pyrefly", "check", "--output-format", "min-text"),
}
# Django has no types, so what inherits from its classes has none either.
UNTYPED = "cookiecodec.ext.django"


def run(*command: "str | Path") -> str:
    """Return what a command prints, run away from this project's configuration."""
    return subprocess.run(
        list(map(str, command)),
        cwd=PROGRAMS.anchor,
        capture_output=True,
        text=True,
        check=False,
    ).stdout


def check(name: str, command: "tuple[str, ...]") -> "list[str]":
    """Return what a checker reports on the correct program, and misses in the other one."""
    lines = MISTAKES.read_text("utf-8").splitlines()
    planted = {number for number, line in enumerate(lines, 1) if line.endswith("# mistake")}
    reported = run(*command, MISTAKES)
    found = {int(number) for number in re.findall(r"mistakes\.py:(\d+)", reported)}
    print(f"{name}: {len(found & planted)} of {len(planted)} mistakes found")
    problems = [f"{name} misses: {lines[number - 1]}" for number in sorted(planted - found)]
    problems += [f"{name} reports: {lines[number - 1]}" for number in sorted(found - planted)]
    correct = run(*command, PROGRAMS / "correct.py")
    return problems + [line for line in correct.splitlines() if "correct.py:" in line]


def count_types() -> "list[str]":
    """Return the public symbols without a complete type."""
    report = json.loads(
        run("pyright", "--outputjson", "--ignoreexternal", "--verifytypes", "cookiecodec")
    )["typeCompleteness"]
    symbols = [each for each in report["symbols"] if each["isExported"]]
    untyped = [each["name"] for each in symbols if not each["isTypeKnown"]]
    known = len(symbols) - len(untyped)
    print(f"pyright --verifytypes: {known} of {len(symbols)} public symbols")
    return [f"no complete type: {each}" for each in untyped if not each.startswith(UNTYPED)]


def main() -> None:
    problems = [each for item in CHECKERS.items() for each in check(*item)] + count_types()
    sys.exit("\n".join(problems) or None)


if __name__ == "__main__":
    main()
