"""Settings for Django's own tests: cookiecodec's engine in the place of its signed cookies.

Loaded by `session_suites.py`. The tests of the middleware run with our engine and our
middleware, too.
"""

import sys
from typing import Any

from django.contrib.sessions.backends import signed_cookies
from test_sqlite import *  # noqa: F403 - the settings of Django's own runs

SESSION_ENGINE = "cookiecodec.ext.django"


def ready() -> None:
    """Put our parts in the place of theirs, once Django is set up."""
    import django.contrib.sessions.middleware as theirs

    from cookiecodec.ext import django as ours

    signed_cookies.SessionStore = ours.SessionStore
    theirs.SessionMiddleware = ours.SessionMiddleware


class _OnImport:
    """Calls `ready` just before the tests are imported."""

    def find_spec(self, name: str, *_: Any) -> None:
        if name == "sessions_tests.tests":
            sys.meta_path.remove(self)  # type: ignore[arg-type]
            ready()


sys.meta_path.insert(0, _OnImport())  # type: ignore[arg-type]
