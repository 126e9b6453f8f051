"""Data to test with that is not in this project, where it is beside a checkout."""

import json
from pathlib import Path
from typing import Any

import pytest

from .peers import COMPLETE

VECTORS = Path(__file__).parents[3] / "shared" / "vectors"


def vectors(name: str) -> Any:
    """What the JSON file *name* has; without it the caller's file skips, or, in CI, fails."""
    path = VECTORS / name
    if not path.exists() and not COMPLETE:
        pytest.skip(f"{name} is not beside this checkout", allow_module_level=True)
    return json.loads(path.read_text("utf-8"))
