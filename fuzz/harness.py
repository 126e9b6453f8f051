"""What all targets share: how they start, how their coverage is seen, how fields are cut.

A target is a module with a docstring on what it states, a function `one_input(data)` that
raises where that does not hold, and these two lines around it::

    with harness.instrumented(__name__):
        from cookiecodec import ...

    if __name__ == "__main__":
        harness.fuzz(one_input)

It runs as it is, and takes libFuzzer's options; its seeds are in ``corpus/NAME``, its words
in ``dictionaries/NAME.dict``. The tests run each seed, without Atheris.
"""

from __future__ import annotations

import contextlib
import importlib
import pkgutil
import re
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))  # for `tests.support.grammar`

#: Between the fields of an input: no UTF-8 text has this octet.
SEPARATOR = b"\xff"


@contextlib.contextmanager
def instrumented(name: str) -> Iterator[None]:
    """Within, what is imported of the package tells Atheris where it goes.

    *name* is the target's ``__name__``: one that is imported, by a test, is not fuzzed.
    """
    if name != "__main__":
        yield
        return
    atheris = _atheris()
    with atheris.instrument_imports(include=["cookiecodec"]):
        yield
        # What else the package loads when it is needed, which would be too late.
        package = importlib.import_module("cookiecodec")
        for module in pkgutil.walk_packages(package.__path__, "cookiecodec."):
            if not _unneeded(module.name):
                importlib.import_module(module.name)


# What no target runs, and what can't be imported everywhere.
_unneeded = re.compile(
    r"cookiecodec\.(__main__|testing|ext|_cli|_vendor|_platform\.micropython)\b"
).match


def _atheris() -> Any:
    try:
        return importlib.import_module("atheris")
    except ImportError:
        sys.exit("Fuzzing requires Atheris: pip install -e . --group fuzz")


def fuzz(one_input: Callable[[bytes], None]) -> None:
    """Run libFuzzer: until it is stopped, or what its options say."""
    atheris = _atheris()
    target = Path(sys.argv[0]).stem
    atheris.Setup([*sys.argv, *_defaults(target, sys.argv[1:])], one_input)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nothing that is read may warn
        atheris.Fuzz()


def _defaults(target: str, arguments: list[str]) -> Iterator[str]:
    """The target's own seeds and words, unless the command line says others."""
    seeds = HERE / "corpus" / target
    if not seeds.is_dir():
        return  # built into a program of its own, which is told where they are
    if not any(each.startswith("-dict=") for each in arguments):
        yield f"-dict={HERE / 'dictionaries' / target}.dict"
    if not any(each.startswith("-artifact_prefix=") for each in arguments):
        yield f"-artifact_prefix={seeds}/"  # where the tests run it from then on
    if not any(each.startswith("-report_slow_units=") for each in arguments):
        yield "-report_slow_units=600"  # a busy machine is no finding
    named = [each for each in arguments if not each.startswith("-")]
    if not named:
        # What is found goes to the first folder, and not among the seeds.
        yield tempfile.mkdtemp(prefix=f"{target}-")
    if all(Path(each).is_dir() for each in named):
        yield str(seeds)


def fields(data: bytes, count: int) -> list[bytes]:
    """*data* cut at `SEPARATOR` into so many fields; what is missing is empty."""
    cut = data.split(SEPARATOR, count - 1)
    return cut + [b""] * (count - len(cut))


def text(field: bytes) -> str:
    """The text of a field: UTF-8 in which surrogates may stand alone."""
    return field.decode("utf-8", "surrogatepass" if _is_utf8(field) else "replace")


def _is_utf8(field: bytes) -> bool:
    try:
        field.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True
