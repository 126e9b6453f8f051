"""Run all benchmarks, and draw their charts.

    python benchmarks/run.py                       # tables, and JSON and SVG in docs/charts
    python benchmarks/run.py --quick               # coarser, in less than a minute
    python benchmarks/run.py --compare OLD.json    # exit status 1 if something got slower

The tables go to standard output, the progress to standard error. ``results.json`` has the
seconds of every row with the versions of all libraries. What is compared are ratios to the
other libraries of the same row, never seconds: these depend on the machine.
"""

from __future__ import annotations

import argparse
import datetime
import importlib
import importlib.metadata
import json
import math
import platform
import sys
import textwrap
from pathlib import Path
from typing import Any

import _timing

Times = dict[str, dict[str, float]]

SCRIPTS = ("codec", "signing", "session", "user_agent", "growth")
CHARTS = Path(__file__).parents[1] / "docs" / "charts"
PEERS = [
    "aiohttp",
    "Django",
    "falcon",
    "Flask",
    "httpx",
    "itsdangerous",
    "requests",
    "sanic",
    "starlette",
    "tornado",
    "Werkzeug",
]
# A ratio varies by a few hundredths from run to run.
SLOWER = 1.15
OWN = "cookiecodec"

#: The groups of the chart of ratios: a title, the row, our column, and the others' columns.
RATIOS: dict[str, tuple[str, str, dict[str, str] | None]] = {
    "Read ten cookies": ("parse_cookie, ten cookies", OWN, None),
    "Write a session cookie": ("dump_cookie, session flags", OWN, {"Werkzeug": "Werkzeug"}),
    "Write a cookie with a date": (
        "dump_cookie, aware datetime",
        OWN,
        {"Werkzeug": "Werkzeug"},
    ),
    "Verify a signed object": (
        "Signer, small session, sha256",
        "cookiecodec loads",
        {"itsdangerous loads": "itsdangerous"},
    ),
    "Read a Set-Cookie header": ("parse_set_cookie, Google", OWN, None),
    "Find a request's cookies": ("cookie_header, 300 hosts", OWN, None),
}


def measure(quick: bool) -> Times:
    """Run all scripts, and return the seconds of each row."""
    number = 0

    def show(label: str) -> None:
        nonlocal number
        number += 1
        print(f"\r\033[K{number:3}  {label}", end="", file=sys.stderr, flush=True)

    _timing.watchers.append(show)
    for name in SCRIPTS:
        sys.argv = [name, *["--quick"] * quick]
        importlib.import_module(name).main()
    print("\r\033[K", end="", file=sys.stderr)
    return _timing.recorded


def versions() -> dict[str, str]:
    found = {}
    for name in [OWN, *PEERS]:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def peers_of(row: dict[str, float]) -> list[float]:
    return [seconds for name, seconds in row.items() if not name.startswith(OWN)]


def ratios(times: Times) -> dict[str, float]:
    """Return each of our columns, relative to the geometric mean of the others in its row."""
    found = {}
    for label, row in times.items():
        peers = peers_of(row)
        for name, seconds in row.items():
            if name.startswith(OWN) and peers:
                mean = math.exp(sum(map(math.log, peers)) / len(peers))
                found[f"{label}: {name}"] = seconds / mean
    return found


def compare(old: Times, new: Times) -> list[str]:
    """Return a line for each column that takes longer than it did, relative to the others."""
    before, after = ratios(old), ratios(new)
    return [
        f"{label}: {before[label]:.2f} -> {ratio:.2f}"
        for label, ratio in after.items()
        if label in before and ratio > SLOWER * before[label]
    ]


# --- charts ------------------------------------------------------------------------------


def draw(times: Times, folder: Path, caption: str) -> None:
    import matplotlib  # type: ignore[import-not-found,unused-ignore] # group `charts`

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": OWN, "svg.fonttype": "path", "font.size": 9})
    for name, chart in (("ratios", _ratios), ("growth", _growth), ("requests", _requests)):
        figure = chart(times)
        figure.text(0.01, 0.005, textwrap.fill(caption, 130), fontsize=6, color="0.4")
        figure.savefig(folder / f"{name}.svg", metadata={"Date": None})


def _ratios(times: Times) -> Any:
    """Bars: how many times as long each library takes."""
    from matplotlib import pyplot

    names: list[str] = []
    values: list[float] = []
    groups: list[tuple[int, str]] = []
    for title, (label, own, columns) in RATIOS.items():
        row = times[label]
        shown = columns or {each: each for each in row if each not in (own, "naive")}
        groups.append((len(names), title))
        for column, name in sorted(shown.items(), key=lambda item: row[item[0]]):
            names.append(name)
            values.append(row[column] / row[own])
    positions = [n + sum(start <= n for start, _ in groups) * 1.2 for n in range(len(names))]
    figure, axes = pyplot.subplots(figsize=(8, 0.24 * positions[-1] + 0.8))
    bars = axes.barh(positions, values, color="#4472a8", height=0.75)
    axes.bar_label(bars, [f"{value:.1f} x" for value in values], padding=3, fontsize=8)
    axes.axvline(1, color="#c0392b", linewidth=1.5, zorder=0.5)
    for start, title in groups:
        place = positions[start] - 1.1
        background = {"facecolor": "white", "edgecolor": "none", "pad": 1}
        axes.text(0.52, place, title, fontweight="bold", va="center", bbox=background)
    axes.set_xscale("log")
    axes.set_xlim(0.5, max(values) * 2)
    axes.set_yticks(positions, names)
    ticks = [1, 2, 5, 10, 20, 50, 100, 200]
    axes.set_xticks(ticks, ["1 (cookiecodec)", *map(str, ticks[1:])])
    axes.minorticks_off()
    axes.invert_yaxis()
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_title("Time of other libraries, in times of cookiecodec's", loc="left")
    figure.tight_layout(rect=(0, 0.03, 1, 1))
    return figure


def _growth(times: Times) -> Any:
    """Lines: microseconds for 1 to 1,000 cookies."""
    from matplotlib import pyplot

    titles = list(dict.fromkeys(label.rpartition(", ")[0] for label in times if "is " in label))
    figure, all_axes = pyplot.subplots(1, len(titles), figsize=(9, 3.2))
    for axes, title in zip(all_axes, titles):
        counts = [
            int(label.rpartition(", ")[2]) for label in times if label.startswith(title + ", ")
        ]
        for name in times[f"{title}, {counts[0]}"]:
            taken = [times[f"{title}, {count}"][name] * 1e6 for count in counts]
            width = 2.2 if name == OWN else 1.2
            axes.loglog(counts, taken, marker="o", markersize=3, label=name, linewidth=width)
        axes.set_title(title, fontsize=9)
        axes.set_xlabel("cookies")
        axes.legend(fontsize=7, frameon=False)
        axes.spines[["top", "right"]].set_visible(False)
    all_axes[0].set_ylabel("microseconds")
    figure.tight_layout(rect=(0, 0.06, 1, 1))
    return figure


def _requests(times: Times) -> Any:
    """Bars: microseconds of whole requests, with the framework's own sessions and ours."""
    from matplotlib import pyplot

    labels = [label for label in times if label.startswith("request, ")]
    figure, axes = pyplot.subplots(figsize=(8, 0.36 * len(labels) + 1))
    for offset, name, color in ((-0.2, "framework", "#aab7c4"), (0.2, OWN, "#4472a8")):
        places = [n + offset for n in range(len(labels))]
        taken = [times[label][name] * 1e6 for label in labels]
        text = "the framework's own sessions" if name == "framework" else OWN
        bars = axes.barh(places, taken, height=0.38, color=color, label=text)
        axes.bar_label(bars, [f"{each:.0f}" for each in taken], padding=2, fontsize=7)
    axes.set_yticks(range(len(labels)), [label.partition(", ")[2] for label in labels])
    axes.invert_yaxis()
    axes.set_title("Whole requests, in microseconds", loc="left")
    axes.legend(frameon=False, fontsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout(rect=(0, 0.03, 1, 1))
    return figure


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="coarser, in less than a minute")
    parser.add_argument("--out", type=Path, default=CHARTS, help="default: docs/charts")
    parser.add_argument("--compare", type=Path, metavar="OLD.json")
    arguments = parser.parse_args()
    old = arguments.compare and json.loads(arguments.compare.read_text("utf-8"))
    times = measure(arguments.quick)
    python = f"{platform.python_implementation()} {platform.python_version()}"
    result = {
        "date": f"{datetime.date.today()}",
        "python": f"{python}, {platform.machine()}",
        "quick": arguments.quick,
        "versions": versions(),
        "seconds": times,
    }
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "results.json").write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    numbers = ", ".join(f"{name} {version}" for name, version in versions().items())
    draw(times, arguments.out, f"{result['date']}, {python}: {numbers}")
    slower = compare(old["seconds"], times) if old else []
    for line in slower:
        print("slower:", line, file=sys.stderr)
    return 1 if slower else 0


if __name__ == "__main__":
    sys.exit(main())
