"""The peers that tests compare with: the dependency group `interop`."""

import importlib
import os
import sys
from typing import Any

import pytest

#: Set by `.ci/run`: there nothing may be missing.
COMPLETE = bool(os.environ.get("COOKIECODEC_COMPLETE"))

#: The peers that are written for CPython's own interface to C.
_FOR_CPYTHON = ("litestar", "msgspec", "msgspec.json", "orjson")


def peer(module: str) -> Any:
    """The peer's module; without it the caller's file skips, or, in CI, fails."""
    try:
        return importlib.import_module(module)
    except ImportError:
        if COMPLETE and not (module in _FOR_CPYTHON and sys.implementation.name != "cpython"):
            raise
        pytest.skip(f"{module} is not installed (group `interop`)", allow_module_level=True)


def django() -> Any:
    """Django, set up once for all tests; settings of one's own by `override_settings`."""
    module, conf = peer("django"), peer("django.conf")
    if not conf.settings.configured:
        conf.settings.configure(ALLOWED_HOSTS=["*"], SECRET_KEY="for tests")
        module.setup()
    return module
