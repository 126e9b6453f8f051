"""`tagged_json`: values are read as they were written. `test_interop_signing` tests Flask."""

import builtins
import contextlib
import dataclasses
import datetime
import enum
import json
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


TAGS: "list[dict[str, Any]]" = [
    {" m": "<script>alert(1)</script>"},
    {" t": [1, 2]},
    {" b": "AP8="},
    {" u": "zz"},
    {" d": "Wed, 09 Jun 2021 10:18:14 GMT"},
    {" di": {" t__": [1]}},
]


@dataclasses.dataclass
class Profile:
    """What an application may keep: its preferences are the JSON that a visitor sent."""

    prefs: Any
    hidden: "dataclasses.InitVar[int]" = 0


@pytest.mark.parametrize("tag", TAGS, ids=str)
def test_what_a_visitor_sent_reads_as_what_it_was(tag: "dict[str, Any]") -> None:
    """In a data class too: there ` m` used to read as Markup, which a page shows unescaped."""
    for prefs in (tag, [tag], {"a": {"b": tag}}, (1, tag), Profile([tag]), [Profile(tag)]):
        for obj in (Profile(prefs), {"p": [Profile(prefs)]}, (Profile(prefs),)):
            back = tagged_json.loads(tagged_json.dumps(obj))
            assert back == as_plain(obj)
            assert "Markup" not in repr(back)
            assert type(back) is (tuple if isinstance(obj, tuple) else dict)
    for name in (" m", " t"):
        key = enum.Enum("Key", {"X": name}, type=str).X  # type: ignore[attr-defined]
        named: "list[Any]" = [{key: ["x"]}, Profile({key: ["x"]})]
        for obj in named:
            assert tagged_json.loads(tagged_json.dumps(obj)) in (
                {name: ["x"]},
                {"prefs": {name: ["x"]}},
            )


def as_plain(obj: Any, inside: bool = False) -> Any:
    """As `dataclasses.asdict` and JSON would have it: no tuples inside of a data class."""
    if isinstance(obj, Profile):
        return {"prefs": as_plain(obj.prefs, True)}
    if isinstance(obj, dict):
        return {key: as_plain(value, inside) for key, value in obj.items()}
    if isinstance(obj, (list, tuple)):
        kind = list if inside else type(obj)
        return kind(as_plain(value, inside) for value in obj)
    return obj


def test_a_data_class_in_a_circle_is_not_written() -> None:
    circle = Profile([])
    circle.prefs.append(circle)
    with pytest.raises(ValueError, match="deeper than 100"):
        tagged_json.dumps(circle)
    with pytest.raises(TypeError, match="bytes is not JSON"):
        tagged_json.dumps(Profile(b"as in Flask"))


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
     '{" d":null}', '{" d":"Wed, 09 Jun 2021 10:18:14 +99999999999"}',
     '{" di":1}', '{" di":{}}', '{" di":[]}', "", "{", "[" * 100_000],
)  # fmt: skip
def test_a_signer_raises_bad_payload_for_text_that_dumps_never_writes(text: str) -> None:
    """The signature is valid: another program, or an older one, may have the same key."""
    raw = Signer("key")
    from cookiecodec._platform import crypto

    token = raw.sign(crypto.encode_base64(text.encode()).decode())
    with pytest.raises(BadPayload):
        Signer("key", serializer=tagged_json).loads(token)
    for form in (text, text.encode(), text.encode("utf-16")):
        with pytest.raises(ValueError, match=r".") as caught:
            tagged_json.loads(form)
        assert not isinstance(caught.value, BadPayload)


@given(any_text)
def test_junk_raises_no_unexpected_exceptions(text: str) -> None:
    for form in (text, text.encode("utf-8", "replace")):
        with contextlib.suppress(ValueError):
            tagged_json.loads(form)
        for tag in TAGS:
            with contextlib.suppress(ValueError):
                tagged_json.loads(json.dumps({next(iter(tag)): text}))


def test_what_is_no_text_is_a_mistake_of_the_caller() -> None:
    mistakes: "list[Any]" = [5, None, [], {}]
    for wrong in mistakes:
        with pytest.raises(TypeError):
            tagged_json.loads(wrong)


@given(json_values)
def test_untag_undoes_tag(obj: Any) -> None:
    """For those who have JSON of their own, as Flask's applications may."""
    assert tagged_json.untag(json.loads(json.dumps(tagged_json.tag(obj)))) == obj


@pytest.mark.parametrize(
    "text",
    [
        '{"a":{" t":[1]}}',
        '{"a": {"\\u0020t": [1]}}',
        '{"a":{"\\u0020\\u0074":[1]}}',
        ' {"a" :{ " t" : [1] } } ',
        '{"a":\n{\n" t":[1]}}\n',
    ],
)
def test_a_tag_is_found_however_it_is_written(text: str) -> None:
    """By another writer of JSON. Without a name that begins with a blank there is none."""
    assert tagged_json.loads(text) == tagged_json.loads(text.encode()) == {"a": (1,)}


def test_what_surrounds_the_text_is_read_as_json_has_it() -> None:
    for text in ('{"a":1}', '{"a":1} ', ' {"a":1}', '\n{"a" : 1}\t'):
        assert tagged_json.loads(text) == {"a": 1}
    assert tagged_json.loads(" [1] ") == [1]
    for text in (
        '{"a":1}x',
        '{"a":1} {}',
        "[1]x",
        '{"a":1',
        "{",
        "",
        "\ufeff{}",
        '{"a":1}\x00',
    ):
        with pytest.raises(ValueError, match="line 1"):
            tagged_json.loads(text)
