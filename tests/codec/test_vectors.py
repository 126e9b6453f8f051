"""The vectors of `tests/data`, on this Python.

`vectors.json` says what is written and read for what, in JSON alone, so that any
platform can run it: `test_devices.py` has them run where there is no pytest.
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
def test_dump(case: "dict[str, Any]") -> None:
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
def test_parse(case: "dict[str, Any]") -> None:
    pairs = parse_cookie_pairs(case["header"], quoting=case["quoting"])
    assert [list(pair) for pair in pairs] == case["pairs"]


@pytest.mark.parametrize("case", VECTORS["dates"], ids=short)
def test_dates(case: "dict[str, Any]") -> None:
    assert format_cookie_date(case["moment"]) == case["text"]
