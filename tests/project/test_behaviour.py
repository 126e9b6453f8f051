"""The page that compares libraries is what they do."""

import shutil

import pytest

from ..support.peers import COMPLETE, peer

pytestmark = pytest.mark.program


def test_the_page_is_what_the_libraries_do() -> None:
    """`python -m tests.support.behaviour` writes it anew."""
    for module in ("aiohttp", "django", "itsdangerous", "starlette", "werkzeug"):
        peer(module)
    from ..support import behaviour

    if shutil.which("node") is None or not (behaviour.NODE_MODULES / "tough-cookie").is_dir():
        (pytest.fail if COMPLETE else pytest.skip)("needs npm's cookie and tough-cookie")
    assert behaviour.PAGE.read_text("utf-8") == behaviour.page()
