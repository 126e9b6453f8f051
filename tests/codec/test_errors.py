"""Errors and warnings: their attributes, pickling, and filters."""

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
def test_errors_and_warnings_can_be_pickled_and_copied(error: Exception) -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        restored = pickle.loads(pickle.dumps(error, protocol))
        assert type(restored) is type(error)
        assert str(restored) == str(error) == "a message"
        assert vars(restored) == vars(error)
    assert vars(copy.copy(error)) == vars(error)


def test_errors_and_warnings_have_the_documented_base_classes() -> None:
    assert issubclass(CookieError, ValueError)
    assert issubclass(CookieWarning, UserWarning)
    for child in (CookieRejectedWarning, CookieSizeWarning, CookieIgnoredWarning):
        assert child.__bases__ == (CookieWarning,)


def test_emit_warning_can_be_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """For example, on a device, or in an application with its own log."""
    seen: list[tuple[CookieWarning, int]] = []
    monkeypatch.setattr(errors, "emit_warning", lambda *arguments: seen.append(arguments))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        dump_cookie("k", samesite="None")
    ((warning, stacklevel),) = seen
    assert warning.code == "samesite-none-insecure"
    assert stacklevel > 1


def test_filters_can_select_a_warning_category() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", CookieSizeWarning)
        dump_cookie("k", "x" * 5000)
        with pytest.raises(CookieRejectedWarning):
            dump_cookie("k", "x" * 5000, samesite="None")
