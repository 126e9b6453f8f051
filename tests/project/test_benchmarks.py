"""`benchmarks/run.py --compare`: what got slower, whatever the machine does."""

import importlib
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

OLD = {
    "read": {"cookiecodec": 1.0, "cookiecodec bound": 2.0, "Werkzeug": 4.0, "Django": 1.0},
    "alone": {"cookiecodec": 1.0},
}


def test_what_got_slower_is_relative_to_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    compare = importlib.import_module("run").compare
    slow_machine = {
        label: {name: 3 * seconds for name, seconds in row.items()}
        for label, row in OLD.items()
    }
    assert compare(OLD, slow_machine) == []
    worse = {**slow_machine, "read": {**slow_machine["read"], "cookiecodec": 3.6}}
    assert compare(OLD, worse) == ["read: cookiecodec: 0.50 -> 0.60"]
    assert compare(OLD, {**worse, "new": {"cookiecodec": 9.0, "Werkzeug": 1.0}}) == [
        "read: cookiecodec: 0.50 -> 0.60"
    ]
    assert compare(worse, OLD) == []
