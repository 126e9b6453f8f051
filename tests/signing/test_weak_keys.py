"""Keys that others can guess: which are, and that each is reported once, and not shown."""

import base64
import functools
import hashlib
import importlib
import os
import re
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

import cookiecodec
from cookiecodec import (
    SessionCookie,
    Signer,
    WeakKeyWarning,
    _weak_keys,
    errors,
    session_readers,
)
from cookiecodec.compat import django_signing

from ..support.peers import django, peer

STRONG = hashlib.sha256(b"a key of these tests").hexdigest()
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def as_in_a_new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_weak_keys, "_checked", set())


def caught(call: "Callable[[], object]") -> "list[warnings.WarningMessage]":
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        call()
    return [item for item in found if item.category is WeakKeyWarning]


@pytest.mark.parametrize(
    ("key", "weakness"),
    [
        ("x", "has fewer than 16 octets"),
        (STRONG + "\n", "ends with a line break"),
        ("changeme", "has fewer than 16 octets"),
        ("secret", "has fewer than 16 octets"),
        ("é" * 7, "has fewer than 16 octets"),
        (STRONG[:15], "has fewer than 16 octets"),
        ("k" * 32, "is a regular sequence"),
        ("ab" * 20, "is a regular sequence"),
        ("1234567890" * 3, "is a regular sequence"),
        ("abcdefghijklmnopqrstuvwxyz", "is a regular sequence"),
        (bytes(range(32)), "is a regular sequence"),
        ("changemechangeme", "is a published sample"),
        ("your-secret-key-goes-here", "is a published sample"),
        ("CHANGE_ME_IN_PRODUCTION!", "is a published sample"),
        ("super secret key 123", "is a published sample"),
        ("the documentation's own sample", "is a published sample"),
        # Grinberg, Flask Web Development and The Flask Mega-Tutorial
        ("hard to guess string", "is a published sample"),
        ("you-will-never-guess", "is a published sample"),
        # Flask's quickstart and configuration; FastAPI's OAuth2; Django's startproject
        (b'_5#y2L"F4Q8z\n\xec]/', "is a published sample"),
        ("192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf", "is a published"),
        ("09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7", "is a published"),
        ("django-insecure-" + STRONG, "is a published sample"),
        (b"django.http.cookieschangemechangeme", "is a published sample"),
    ],
)
def test_a_key_that_can_be_guessed(key: "str | bytes", weakness: str) -> None:
    (item,) = caught(lambda: Signer(key))
    assert str(item.message).startswith(f"a signing key {weakness}")
    text = key if isinstance(key, str) else key.decode("latin-1")
    assert text not in str(item.message)


@pytest.mark.parametrize(
    "key",
    [
        STRONG,
        STRONG[:16],
        b"\x93\xe0\x07\xff\x00\x81\xc3\x14\xfe\xa9\x55\x68\xd7\x02\x99\x31",
        "correct horse battery staple",
        "secret-" + STRONG,  # a prefix that scanners of source code look for
    ],
)
def test_a_key_of_its_own_is_not_reported(key: "str | bytes") -> None:
    assert caught(lambda: Signer(key)) == []


def test_no_random_key_is_weak() -> None:
    octets = [hashlib.sha256(b"%d" % number).digest() for number in range(300)]
    keys = [each.hex() for each in octets]
    keys += [base64.urlsafe_b64encode(each[:12]).decode() for each in octets]
    keys += [each[:16].hex(":") for each in octets]
    assert caught(lambda: [Signer(key) for key in keys]) == []


def test_the_samples_of_the_documentation_are_known() -> None:
    """Who copies an example into an application is told to change the key."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    text = "".join([page.read_text("utf-8") for page in pages])
    samples = set(re.findall(r'(?:Signer|SessionCookie(?:\.flask)?)\(\s*"([^"]+)"', text))
    samples |= set(re.findall(r'(?i)secret_key *= *"([^"]+)"', text))
    assert "a secret key of 32 octets or more" in samples
    for sample in samples:
        assert caught(functools.partial(Signer, sample)), sample


def test_a_fallback_key_that_can_be_guessed_is_reported_too() -> None:
    """It verifies, so what it signs can be forged."""
    assert len(caught(lambda: Signer(STRONG, fallbacks=["changeme", "dev"]))) == 1


def test_each_key_is_reported_once() -> None:
    def some_signers() -> None:
        for _ in range(3):
            Signer("changeme").for_cookie("a")
        Signer("dev")

    assert len(caught(some_signers)) == 2


def test_a_warning_that_is_an_error_comes_again() -> None:
    """A key is not forgotten because the first attempt failed."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(2):
            with pytest.raises(WeakKeyWarning):
                Signer("changeme")


def test_a_server_with_many_keys_does_not_remember_all_of_them() -> None:
    assert len(caught(lambda: [Signer(str(number)) for number in range(200)])) == 200
    assert len(_weak_keys._checked) <= 64


ROUTES: "dict[str, Callable[[], object]]" = {
    "Signer": lambda: Signer("dev"),
    "SessionCookie": lambda: SessionCookie("dev"),
    "SessionCookie.flask": lambda: SessionCookie.flask("dev"),
    "session_readers.starlette": lambda: session_readers.starlette("dev"),
    "session_readers.django": lambda: session_readers.django("dev"),
    "django_signing.Signer": lambda: django_signing.Signer(key="dev"),
    "django_signing.dumps": lambda: django_signing.dumps([], key="dev"),
}


@pytest.mark.parametrize("route", ROUTES)
def test_the_reported_line_is_the_callers(route: str) -> None:
    call = ROUTES[route]
    (item,) = caught(call)
    assert (item.filename, item.lineno) == (__file__, call.__code__.co_firstlineno)


def test_flask_is_the_caller_of_its_session_interface() -> None:
    flask = peer("flask")
    extension = importlib.import_module("cookiecodec.ext.flask")
    app = flask.Flask("shop")
    app.secret_key = "dev"
    app.session_interface = extension.CookieSessionInterface()
    app.add_url_rule("/", view_func=lambda: flask.session.update(a=1) or "")
    (item,) = caught(lambda: [app.test_client().get("/") for _ in range(3)])
    assert Path(item.filename).is_relative_to(Path(flask.__file__).parent)


def test_a_django_view_is_the_caller_of_the_session_engine() -> None:
    django()
    override_settings = peer("django.test").override_settings
    engine = importlib.import_module("cookiecodec.ext.django")
    with override_settings(SECRET_KEY="dev", SECRET_KEY_FALLBACKS=[]):
        store = engine.SessionStore()
        store["a"] = 1
        (item,) = caught(store.save)
    assert item.filename == __file__


def test_a_replaced_emit_warning_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    got: "list[object]" = []
    monkeypatch.setattr(errors, "emit_warning", lambda warning, _: got.append(warning))
    Signer("dev")
    assert [type(warning) for warning in got] == [WeakKeyWarning]


def test_a_program_prints_one_line_without_the_key() -> None:
    code = "import cookiecodec\nfor _ in range(3):\n    cookiecodec.Signer('changeme')\n"
    result = subprocess.run(
        [sys.executable, "-W", "always", "-c", code],
        env={**os.environ, "PYTHONPATH": str(Path(cookiecodec.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )
    (line,) = [line for line in result.stderr.splitlines() if "WeakKeyWarning" in line]
    assert line.startswith("<string>:3: WeakKeyWarning: a signing key has fewer than 16 octets")
    assert "changeme" not in line


def test_the_command_line_says_it_in_a_line() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "cookiecodec", "sign", "v", "--key-env", "KEY"],
        env={**os.environ, "KEY": "changeme"},
        capture_output=True,
        text=True,
        check=True,
    )
    message = _weak_keys._TEXT % "has fewer than 16 octets"
    assert result.stderr == f"cookiecodec: warning: {message}\n"
