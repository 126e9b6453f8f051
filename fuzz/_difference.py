"""What the differential targets share: a difference has a name, or it is a crash.

A peer is modelled as our own reading with switches. A class of difference is a switch:
with none of them the model has to read as we do, with all of a peer's it has to read as
the peer does, on every input. A class is seen where the peer's reading would be another
one without it, or, where several do the same, if it is one of those that suffice. So
nothing is excused for looking odd: what no switch foretells has no name.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

Reading = TypeVar("Reading")
On = frozenset[str]
NOTHING: On = frozenset()


class Class(NamedTuple):
    """A class of difference: what the peer does, and who is right by which text.

    *right* is ``"ours"``, ``"theirs"``, ``"both"`` (the text leaves it open) or
    ``"neither"``.
    """

    name: str
    right: str
    text: str


class UnnamedDifference(AssertionError):  # noqa: N818 - it is what it says
    """Somebody reads an input as nobody has explained yet."""

    def __init__(self, peer: str, given: object, expected: object, actual: object) -> None:
        super().__init__(peer, given, expected, actual)

    def __str__(self) -> str:
        peer, given, expected, actual = self.args
        return f"{peer}\n   given {given!a}\nexpected {expected!a}\n  actual {actual!a}"


def named(
    peer: str,
    given: object,
    readings: tuple[Reading, Reading],
    switches: Iterable[str],
    model: Callable[[On], Reading],
) -> Callable[[], list[str]]:
    """Check our reading and the peer's against the model; gives what names the difference.

    That it differs at all is then the doing of its switches. Which ones these are is looked
    for when it is asked for.
    """
    ours, theirs = readings
    everything = frozenset(switches)
    foretold = model(NOTHING)
    if ours != foretold:
        raise UnnamedDifference("cookiecodec", given, foretold, ours)
    foretold = model(everything)
    if theirs != foretold:
        raise UnnamedDifference(peer, given, foretold, theirs)
    if ours == theirs:
        return list

    def names() -> list[str]:
        visible = [name for name in sorted(everything) if model(everything - {name}) != theirs]
        return visible or _enough(everything, theirs, model)

    return names


def _enough(everything: On, theirs: Reading, model: Callable[[On], Reading]) -> list[str]:
    """A smallest set of classes that gives the peer's reading, where no one is missed."""
    enough = everything
    for name in sorted(everything):
        if model(enough - {name}) == theirs:
            enough -= {name}
    return sorted(enough)


def need(target: str, *modules: str) -> None:
    """End a target, run without its peers, with a line that says what is missing."""
    for module in modules:
        try:
            importlib.import_module(module)
        except ImportError:
            if target != "__main__":
                raise
            print(f"{module} is missing: pip install -e . --group fuzz", file=sys.stderr)
            sys.exit(2)
