"""Settings for Django's own tests: cookiecodec's engine in the place of its signed cookies.

Loaded by `session_suites.py`. The tests of the middleware run with our engine and our
middleware, too.
"""

import importlib
import sys
from typing import Any

# The settings of Django's own runs.
globals().update(vars(importlib.import_module("test_sqlite")))

SESSION_ENGINE = "cookiecodec.ext.django"


def ready() -> None:
    """Put our parts in the place of theirs, once Django is set up."""
    ours: Any = importlib.import_module("cookiecodec.ext.django")
    sessions = "django.contrib.sessions"
    engine: Any = importlib.import_module(f"{sessions}.backends.signed_cookies")
    middleware: Any = importlib.import_module(f"{sessions}.middleware")
    engine.SessionStore = ours.SessionStore
    middleware.SessionMiddleware = ours.SessionMiddleware


class _OnImport:
    """Calls `ready` just before the tests are imported."""

    def find_spec(self, name: str, *_: Any) -> None:
        if name == "sessions_tests.tests":
            sys.meta_path.remove(self)
            ready()


sys.meta_path.insert(0, _OnImport())
