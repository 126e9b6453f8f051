"""What the benchmarks share: taking turns, and tables in Markdown."""

from __future__ import annotations

import timeit
from typing import Callable

Call = Callable[[], object]


def best(calls: dict[str, Call], rounds: int) -> dict[str, float]:
    """Seconds of each call: the best of all rounds, the calls taking turns."""
    timers = {name: timeit.Timer(call) for name, call in calls.items()}
    numbers = {}
    for name, timer in timers.items():
        once = min(timer.repeat(3, 1))
        numbers[name] = max(1, int(0.005 / max(once, 1e-9)))
    seconds = dict.fromkeys(calls, float("inf"))
    for _ in range(rounds):
        for name, timer in timers.items():
            seconds[name] = min(seconds[name], timer.timeit(numbers[name]) / numbers[name])
    return seconds


def row(*cells: object) -> None:
    print("|", " | ".join(str(cell) for cell in cells), "|", flush=True)


def head(*cells: object) -> None:
    row(*cells)
    row(*["---"] * len(cells))
