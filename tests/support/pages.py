"""The code blocks of the pages that users read."""

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def block(page: str, tag: str) -> str:
    """The code block of a page, by its path from the top, that is marked with *tag*."""
    text = (ROOT / page).read_text("utf-8")
    (found,) = re.findall(rf"^```{tag}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return str(found)


def example(page: str, tag: str) -> "dict[str, Any]":
    """The names that a Python block of a page leaves behind when it is run."""
    names: dict[str, Any] = {"__name__": tag}
    exec(compile(block(page, f"python {tag}"), f"{page} ({tag})", "exec"), names)
    return names
