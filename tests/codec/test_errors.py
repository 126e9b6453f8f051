"""Errors and warnings: what they carry, and that they travel."""

import copy
import pickle
import warnings

import pytest

from cookiecodec import (
    CookieError,
    CookieIgnoredWarning,
    CookieRejectedWarning,
    CookieSizeWarning,
    CookieWarning,
    dump_cookie,
    errors,
)


@pytest.mark.parametrize(
    "error",
    [
        CookieError("a message", "name"),
        CookieWarning("a message", "sid", "code"),
        CookieRejectedWarning("a message", "sid", "prefix-host"),
        CookieIgnoredWarning("a message", "sid", "path-relative"),
        CookieSizeWarning("a message", "sid", "size", 5000, 4093, (("sid", 5000),)),
    ],
)
def test_all_pickle_and_copy(error: Exception) -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(error, protocol))
        assert type(again) is type(error)
        assert str(again) == str(error) == "a message"
        assert vars(again) == vars(error)
    assert vars(copy.copy(error)) == vars(error)


def test_one_family() -> None:
    assert issubclass(CookieError, ValueError)
    assert issubclass(CookieWarning, UserWarning)
    for child in (CookieRejectedWarning, CookieSizeWarning, CookieIgnoredWarning):
        assert child.__bases__ == (CookieWarning,)


def test_warnings_can_go_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a device does, or an application with a log of its own."""
    seen: list[tuple[CookieWarning, int]] = []
    monkeypatch.setattr(errors, "emit_warning", lambda *arguments: seen.append(arguments))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        dump_cookie("k", samesite="None")
    ((warning, stacklevel),) = seen
    assert warning.code == "samesite-none-insecure"
    assert stacklevel > 1


def test_filters_select_a_kind() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", CookieSizeWarning)
        dump_cookie("k", "x" * 5000)
        with pytest.raises(CookieRejectedWarning):
            dump_cookie("k", "x" * 5000, samesite="None")
