"""The test vectors in `tests/support/data`, on this Python.

`vectors.json` lists inputs and results as plain JSON, so that any platform can run them.
`test_devices.py` runs them where pytest is not available.
"""

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from cookiecodec import (
    CookieError,
    CookieWarning,
    dump_cookie,
    format_cookie_date,
    parse_cookie_pairs,
)

DATA = Path(__file__).parents[1] / "support" / "data"
VECTORS: "dict[str, list[dict[str, Any]]]" = json.loads(
    (DATA / "vectors.json").read_text("utf-8")
)


def short(case: "dict[str, Any]") -> str:
    return ascii(case.get("arguments", case.get("header", case.get("moment"))))[:60]


@pytest.mark.parametrize("case", VECTORS["dump"], ids=short)
def test_a_vector_is_written_as_expected(case: "dict[str, Any]") -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        if "refused" in case:
            with pytest.raises(CookieError) as error:
                dump_cookie(**case["arguments"])
            assert error.value.part == case["refused"]
        else:
            assert dump_cookie(**case["arguments"]) == case["header"]
    found = [item.message.code for item in caught if isinstance(item.message, CookieWarning)]
    assert found == ([case["warning"]] if "warning" in case else [])


@pytest.mark.parametrize("case", VECTORS["parse"], ids=short)
def test_a_vector_is_read_as_expected(case: "dict[str, Any]") -> None:
    pairs = parse_cookie_pairs(case["header"], quoting=case["quoting"])
    assert [list(pair) for pair in pairs] == case["pairs"]


@pytest.mark.parametrize("case", VECTORS["dates"], ids=short)
def test_a_date_vector_is_written_as_expected(case: "dict[str, Any]") -> None:
    assert format_cookie_date(case["moment"]) == case["text"]
