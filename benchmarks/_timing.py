"""What the benchmarks share: taking turns, tables in Markdown, and a record of all times."""

from __future__ import annotations

import timeit
from typing import Callable

Call = Callable[[], object]

#: The seconds of every row so far, by a label that says what was measured. The columns of this
#: package have names that begin with its name.
recorded: dict[str, dict[str, float]] = {}

#: Called with the label of each row before it is measured.
watchers: list[Callable[[str], object]] = []


def best(label: str, calls: dict[str, Call], rounds: int) -> dict[str, float]:
    """Measure and record the seconds of each call: the best of all rounds, in turns."""
    for watcher in watchers:
        watcher(label)
    timers = {name: timeit.Timer(call) for name, call in calls.items()}
    numbers = {}
    for name, timer in timers.items():
        once = min(timer.repeat(3, 1))
        numbers[name] = max(1, int(0.005 / max(once, 1e-9)))
    seconds = dict.fromkeys(calls, float("inf"))
    for _ in range(rounds):
        for name, timer in timers.items():
            seconds[name] = min(seconds[name], timer.timeit(numbers[name]) / numbers[name])
    recorded[label] = seconds
    return seconds


def row(*cells: object) -> None:
    print("|", " | ".join(str(cell) for cell in cells), "|", flush=True)


def head(*cells: object) -> None:
    row(*cells)
    row(*["---"] * len(cells))
