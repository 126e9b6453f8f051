"""`tagged_json`: values are read as they were written. `test_interop_signing` tests Flask."""

import builtins
import contextlib
import dataclasses
import datetime
import uuid
from typing import Any

import pytest
from hypothesis import given

from cookiecodec import BadPayload, Signer, tagged_json

from ..signing.test_signing import json_values
from ..support.strategies import any_text

TABLE: "list[tuple[Any, str]]" = [
    # The tags of Flask 3.1 (flask.json.tag).
    ((1, "a"), '{" t":[1,"a"]}'),
    ((), '{" t":[]}'),
    (b"\x00\xff", '{" b":"AP8="}'),
    (uuid.UUID(int=5), '{" u":"00000000000000000000000000000005"}'),
    (
        datetime.datetime(2021, 6, 9, 10, 18, 14, tzinfo=datetime.timezone.utc),
        '{" d":"Wed, 09 Jun 2021 10:18:14 GMT"}',
    ),
    # An object that looks like a tag is tagged itself.
    ({" t": [1]}, '{" di":{" t__":[1]}}'),
    ({" di": {" t": 1}}, '{" di":{" di__":{" di":{" t__":1}}}}'),
    ({" t": 1, " b": 2}, '{" b":2," t":1}'),
    # Sorted, ASCII, without spaces.
    ({"b": [1, 2], "a": "é"}, '{"a":"\\u00e9","b":[1,2]}'),
]


@pytest.mark.parametrize(("obj", "text"), TABLE, ids=lambda value: ascii(value)[:30])
def test_a_value_is_written_as_expected_and_read_back(obj: Any, text: str) -> None:
    assert tagged_json.dumps(obj) == text
    back = tagged_json.loads(text)
    assert back == obj
    assert type(back) is type(obj)


@given(json_values)
def test_json_values_are_read_back(obj: Any) -> None:
    assert tagged_json.loads(tagged_json.dumps(obj)) == obj


def test_a_value_that_cannot_be_written_raises_type_error() -> None:
    for obj in (object(), {1, 2}, 1j, int, {1: 1, "a": 2}):
        with pytest.raises(TypeError):
            tagged_json.dumps(obj)


def test_a_data_class_reads_back_as_an_object() -> None:
    @dataclasses.dataclass
    class Point:
        x: int
        y: int

    assert tagged_json.loads(tagged_json.dumps([Point(1, 2)])) == [{"x": 1, "y": 2}]


def test_values_in_a_data_class_read_back_as_text() -> None:
    """As in Flask, which writes no tags inside a data class."""

    class Markup:
        def __html__(self) -> str:
            return "<b>"

    @dataclasses.dataclass
    class Product:
        number: uuid.UUID
        label: Markup

    product = {"number": "00000000-0000-0000-0000-000000000005", "label": "<b>"}
    assert tagged_json.loads(tagged_json.dumps(Product(uuid.UUID(int=5), Markup()))) == product
    assert tagged_json.loads(tagged_json.dumps(Markup())) == "<b>"


def test_a_value_that_is_nested_too_deeply_is_not_written() -> None:
    for wrap in (lambda obj: (obj,), lambda obj: [obj], lambda obj: {" t": obj}):
        obj: Any = 1
        for _ in range(99):
            obj = wrap(obj)
        assert tagged_json.loads(tagged_json.dumps(obj)) == obj
        with pytest.raises(ValueError, match="deeper than 100"):
            tagged_json.dumps(wrap(obj))
    circle: list[Any] = []
    circle.append(circle)
    with pytest.raises(ValueError, match="deeper than 100"):
        tagged_json.dumps(circle)


def test_markup_without_markupsafe_reads_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "markupsafe":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    back = tagged_json.loads('{" m":"<b>"}')
    assert (back, type(back)) == ("<b>", str)


@pytest.mark.parametrize(
    "text",
    ['{" t":1}', '{" b":1}', '{" b":"A"}', '{" u":"x"}', '{" u":1}', '{" d":"x"}', '{" d":1}',
     '{" d":null}', '{" di":1}', '{" di":{}}', '{" di":[]}', "", "{", "[" * 100_000],
)  # fmt: skip
def test_a_signer_raises_bad_payload_for_text_that_dumps_never_writes(text: str) -> None:
    """The signature is valid: another program, or an older one, may have the same key."""
    raw = Signer("key")
    from cookiecodec._platform import crypto

    token = raw.sign(crypto.encode_base64(text.encode()).decode())
    with pytest.raises(BadPayload):
        Signer("key", serializer=tagged_json).loads(token)


@given(any_text)
def test_junk_raises_no_unexpected_exceptions(text: str) -> None:
    with contextlib.suppress(ValueError, TypeError, RecursionError):
        tagged_json.loads(text)
