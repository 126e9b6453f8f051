"""Runs a module that runs unittest, and writes the outcome of each test to a file of JSON.

python suites_unittest.py OUTCOMES own|ours FILE_OR_MODULE [ARGUMENT ...]
"""

import atexit
import importlib
import json
import runpy
import sys
import unittest
from pathlib import Path
from typing import Any

passed: "dict[str, bool]" = {}


def recording(name: str, good: bool) -> None:
    method = getattr(unittest.TestResult, name)

    def record(self: Any, test: Any, *rest: Any) -> None:
        if good or name != "addSubTest" or rest[-1] is not None:
            passed[test.id()] = good and passed.get(test.id(), True)
        method(self, test, *rest)

    setattr(unittest.TestResult, name, record)


def main(report: str, parts: str, target: str, *arguments: str) -> None:
    sys.path.insert(0, "")
    if parts == "ours":
        importlib.import_module("suites_plugin")
    for name in ("addSuccess", "addFailure", "addError", "addSubTest"):
        recording(name, good=name == "addSuccess")
    atexit.register(lambda: Path(report).write_text(json.dumps(passed), "utf-8"))
    sys.argv = [target, *arguments]
    if target.endswith(".py"):
        runpy.run_path(target, run_name="__main__")
    else:
        runpy.run_module(target, run_name="__main__")


if __name__ == "__main__":
    main(*sys.argv[1:])
