"""What all tests share: Hypothesis profiles, and what may be missing where."""

import importlib
import os
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

CI = bool(os.environ.get("CI"))

# For other suites' processes (these replace a module when they are imported), and for type
# checkers.
collect_ignore_glob = ["support/*_plugin.py", "type_checking/*.py"]

settings.register_profile("local", deadline=None)
settings.register_profile(
    "ci",
    deadline=None,
    max_examples=500,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
# On WebAssembly, five times slower, and where CI has no need of more on one more Python.
settings.register_profile("fewer", settings.get_profile("ci"), max_examples=100)
FEWER = sys.platform == "emscripten" or "COOKIECODEC_FEWER" in os.environ
settings.load_profile(("fewer" if FEWER else "ci") if CI else "local")


@pytest.fixture
def tracemalloc() -> "Iterator[Any]":
    """The module, for a test to start; it is stopped when the test ends."""
    if sys.implementation.name == "pypy":
        pytest.skip("PyPy has no tracemalloc")
    module = importlib.import_module("tracemalloc")
    yield module
    module.stop()


def pytest_terminal_summary(terminalreporter: "pytest.TerminalReporter") -> None:
    """Say in one line why tests are skipped."""
    skipped = len(terminalreporter.stats.get("skipped", []))
    if skipped:
        terminalreporter.write_line(
            f"{skipped} tests are skipped: they need libraries, programs or data that are not"
            " here, or another Python. That is no error; `-rs` lists the reasons."
        )


def pytest_collection_modifyitems(items: "list[pytest.Item]") -> None:
    """Run tests in an order of their own: none may depend on another's."""
    if os.environ.get("COOKIECODEC_REVERSE"):
        items.reverse()
