"""The interface of `http.cookies` on our rules: what is read, written, and refused."""

import base64
import copy
import http.cookies
import pickle
import re
import sys
import time
from typing import Any

import pytest
from hypothesis import given, strategies as st

from cookiecodec import CookieError, dump_cookie, parse_cookie
from cookiecodec.compat import http_cookies
from cookiecodec.compat.http_cookies import BaseCookie, Morsel, SimpleCookie
from cookiecodec.testing import cookie_headers, cookie_names, cookie_values, hostile_headers

RESERVED = set(Morsel._reserved)


def values(cookies: "BaseCookie[Any]") -> "dict[str, Any]":
    return {name: morsel.value for name, morsel in cookies.items()}


@given(st.one_of(cookie_headers(), hostile_headers(), st.text()))
def test_a_header_is_read_as_parse_cookie_reads_it(header: str) -> None:
    names = {part.partition("=")[0].strip(" \t").lower() for part in header.split(";")}
    read = values(SimpleCookie(header))
    if not RESERVED & names:
        assert read == parse_cookie(header)


NAMES = cookie_names().filter(lambda name: name.lower() not in RESERVED)


@given(NAMES, cookie_values())
def test_what_is_written_reads_the_same(name: str, value: str) -> None:
    cookies = SimpleCookie({name: value})
    text = cookies.output(header="").strip()
    assert parse_cookie(text) == values(SimpleCookie(text)) == {name: value}


@given(NAMES, st.text(st.characters(max_codepoint=126)))
def test_ascii_is_written_as_http_cookies_writes_it(name: str, value: str) -> None:
    theirs: "http.cookies.SimpleCookie" = http.cookies.SimpleCookie()
    try:
        theirs[name] = value
    except http.cookies.CookieError:
        return  # newer versions refuse control characters even where they are escaped
    assert SimpleCookie({name: value}).output() == theirs.output()


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('a=1; {"b": 2}; c=[3]; d e=4; f', {"a": "1", "c": "[3]", "d e": "4"}),  # cpython#75637
        ("a=b, c; d=e", {"a": "b, c", "d": "e"}),  # cpython#92936
        ('a={"x": 1, "y": 2}; b=1', {"a": '{"x": 1, "y": 2}', "b": "1"}),
        ('a="b; c=d', {"a": '"b', "c": "d"}),  # aiohttp#7993
        ("$Version=1; a=b; $Path=/x", {"$Version": "1", "a": "b", "$Path": "/x"}),
        ("path=/x; secure; a=b", {"path": "/x", "a": "b"}),  # no cookie is before
        ("a=1; a=2", {"a": "1"}),
        ("a=\xc3\xa9; b=\xe9; \xe9=1", {"a": "é", "b": "\ufffd", "é": "1"}),
        ("a=\udc80", {"a": "\udc80"}),
        ("=x; ;", {}),
    ],
)  # fmt: skip
def test_odd_headers(header: str, expected: "dict[str, str]") -> None:
    assert values(SimpleCookie(header)) == expected


def test_attributes_of_a_set_cookie_header() -> None:
    text = 'a=b; PATH="/x"; Secure; Domain; Max-Age=3; Comment="\\012"; '
    text += "c=d; HttpOnly; a=e; Path=/y"
    cookies = SimpleCookie(text)
    assert cookies.output() == (
        "Set-Cookie: a=b; Max-Age=3; Path=/x; Secure\r\nSet-Cookie: c=d; HttpOnly"
    )
    cookies.load("c=x; Path=/z")
    assert cookies["c"].OutputString() == "c=x; HttpOnly; Path=/z", "what it has is kept"


def test_what_was_read_is_written_inside_of_the_grammar() -> None:
    cookies = SimpleCookie('a={"x": 1}; b="c,d"')
    assert cookies["a"].coded_value == '{"x": 1}'
    assert cookies.output(header="", sep=";") == ' a="{\\"x\\": 1}"; b="c\\054d"'
    assert pickle.loads(pickle.dumps(cookies)).output() == cookies.output()
    named = SimpleCookie("a b=1")["a b"]
    with pytest.raises(CookieError, match="must be a token"):
        named.output()
    assert repr(named) == "<Morsel: 'a b'='1', which can't be written>"


@pytest.mark.parametrize(
    ("key", "coded"),
    [("", "x"), ("a b", "x"), ("a=b", "x"), ("a:b", "x"), ("é", "x"), ("Path", "x"),
     ("partitioned", "x"),
     ("a", "x; Domain=evil.test"), ("a", "x\r\ny"), ("a", "x y"), ("a", '"x'), ("a", '"x,"'),
     ("a", '"\\"'), ("a", "é"), ("a", "x\\y"), ("a", '"x" ')],
)  # fmt: skip
def test_a_pair_outside_of_the_grammar_is_refused(key: str, coded: str) -> None:
    with pytest.raises(CookieError):
        Morsel[str]().set(key, "value", coded)


@pytest.mark.parametrize("coded", ["", "x", '""', '"a b\\054\\"\\\\"', "a=b/c:[]{}"])
def test_a_coded_value_inside_of_the_grammar(coded: str) -> None:
    morsel: "Morsel[str]" = Morsel()
    morsel.set("a", "x", coded)
    assert morsel.OutputString() == f"a={coded}"


@pytest.mark.parametrize("bad", ["/;x", "/\r\nx", "/\0", "/\x7f", "/\x1b[0m"])
@pytest.mark.parametrize(
    "field", ["path", "domain", "expires", "samesite", "max-age", "version"]
)
def test_no_attribute_carries_an_injection(field: str, bad: str) -> None:
    morsel: "Morsel[str]" = Morsel()
    morsel.set("a", "b", "b")
    for change in (morsel.__setitem__, morsel.setdefault, lambda k, v: morsel.update({k: v}),
                   lambda k, v: morsel.__ior__([(k, v)])):  # fmt: skip
        with pytest.raises(CookieError):
            change(field.upper(), bad)
    assert morsel.OutputString() == "a=b"
    dict.__setitem__(morsel, field, bad)
    with pytest.raises(CookieError):
        morsel.output()
    with pytest.raises(CookieError):
        morsel.js_output()


def test_a_comment_is_escaped() -> None:
    morsel: "Morsel[str]" = Morsel()
    morsel.set("a", "b", "b")
    morsel["comment"] = "x; y\n"
    assert morsel.OutputString() == 'a=b; Comment="x\\073 y\\012"'


@pytest.mark.parametrize(
    ("field", "value"),
    [("samesite", "Loose"), ("max-age", "1.5"), ("max-age", "soon"), ("domain", "müller.de"),
     ("expires", 10**18), ("path", "/\udc80")],
)  # fmt: skip
def test_a_value_that_no_browser_reads_is_refused(field: str, value: Any) -> None:
    morsel: "Morsel[str]" = Morsel()
    morsel.set("a", "b", "b")
    if isinstance(value, str) and not value.isprintable():
        with pytest.raises(CookieError):
            morsel[field] = value
    dict.__setitem__(morsel, field, value)
    with pytest.raises(CookieError):
        morsel.output()


def test_a_path_is_percent_encoded_where_it_has_to_be() -> None:
    cookies = SimpleCookie({"a": "b"})
    cookies["a"]["path"] = "/müller"
    assert cookies["a"].OutputString() == dump_cookie("a", "b", path="/müller")


def test_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_000_000_000.5)
    cookies = SimpleCookie({"a": "1"})
    assert cookies["a"].value == "1"
    for seconds, second in ((0, "40"), (5, "45"), (0, "40")):
        cookies["a"]["expires"] = seconds
        assert cookies.output().endswith(f"expires=Sun, 09 Sep 2001 01:46:{second} GMT")
    cookies["a"]["expires"] = ""
    for age, text in ((3600, "3600"), (True, "1"), ("10", "10"), (-1, "-1")):
        cookies["a"]["max-age"] = age
        assert cookies["a"].OutputString() == f"a=1; Max-Age={text}"


def test_equal_values_of_other_types_are_not_mixed_up() -> None:
    """Texts of attributes are cached."""
    texts = []
    for version in (1, True, "1", 1.0, 1, True):
        morsel: "Morsel[str]" = Morsel()
        morsel.set("a", "b", "b")
        morsel["version"] = version
        texts += [morsel.OutputString(), morsel.OutputString()]
    shown = ["1", "True", "1", "1.0", "1", "True"]
    assert texts == [f"a=b; Version={text}" for text in shown for _ in range(2)]
    morsel["secure"] = [1]  # has no hash
    assert morsel.OutputString() == "a=b; Secure; Version=True"


def test_the_cache_is_bounded() -> None:
    morsel: "Morsel[str]" = Morsel()
    morsel.set("a", "b", "b")
    for number in range(200):
        morsel["path"] = f"/{number}"
        assert morsel.OutputString() == f"a=b; Path=/{number}"
    morsel["path"] = "/" + "x" * 1000
    morsel.OutputString()
    assert len(http_cookies._cache) <= 64
    assert all(len(text) <= 512 for text in http_cookies._cache.values())
    del morsel["path"]  # so that the order of the attributes is another one
    morsel["path"] = "Lax"
    assert morsel.OutputString() == "a=b; Path=Lax"


def test_frameworks_add_attributes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Morsel, "_reserved", {**Morsel._reserved, "priority": "Priority"})
    cookies = SimpleCookie({"a": "b"})
    assert cookies["a"]["priority"] == ""
    cookies["a"]["Priority"] = "High"
    assert cookies["a"].OutputString() == "a=b; Priority=High"
    assert cookies["a"].isReservedKey("PRIORITY")

    class Own(Morsel[str]):
        pass

    own = Own()
    own.set("c", "d", "d")
    assert (own.OutputString(), own.copy().OutputString()) == ("c=d", "c=d")
    assert repr(own) == "<Own: c=d>"


def test_attributes_in_place() -> None:
    morsel: "Morsel[str]" = Morsel()
    morsel.set("a", "b", "b")
    attributes: "dict[str, Any]" = {"Path": "/", "SECURE": True}
    morsel |= attributes
    assert morsel.OutputString() == "a=b; Path=/; Secure"
    for unknown in ("priority", "path "):
        with pytest.raises(CookieError, match="not an attribute"):
            morsel[unknown] = "x"
    assert morsel.OutputString(["path"]) == "a=b; Path=/"


def test_no_value_ends_a_script() -> None:
    cookies = SimpleCookie({"a": '</script>\\ "x" = atob("y")'})
    script = cookies.js_output()
    assert script.count("</script>") == 1
    encoded, literal = re.findall(r'document.cookie = (atob)?\(?"(.*)"\)?;', script)[0]
    octets = literal.encode()
    text = base64.b64decode(octets).decode() if encoded else octets.decode("unicode_escape")
    assert text == cookies["a"].OutputString()


def test_a_script_has_the_form_of_the_running_python(monkeypatch: pytest.MonkeyPatch) -> None:
    def newer(morsel: "Morsel[str]", attrs: Any = None) -> str:
        text = base64.b64encode(morsel.OutputString(attrs).encode()).decode()
        return f'document.cookie = atob("{text}");'

    monkeypatch.setattr(http.cookies.Morsel, "js_output", newer)
    assert SimpleCookie({"a": "<"}).js_output() == 'document.cookie = atob("YT0iPCI=");'


def test_morsels_of_http_cookies_are_checked_too() -> None:
    theirs: "http.cookies.Morsel[str]" = http.cookies.Morsel()
    theirs.set("a", "b", "b")
    theirs["path"] = "/"
    cookies = SimpleCookie()
    cookies["a"] = theirs
    assert cookies.output() == "Set-Cookie: a=b; Path=/"
    theirs["path"] = "/;x"
    cookies["a"] = theirs
    with pytest.raises(CookieError):
        cookies.output()
    ours: "Morsel[str]" = Morsel()
    cookies["b"] = ours
    assert cookies["b"] is ours


def test_classes_are_those_that_libraries_look_for() -> None:
    cookies = SimpleCookie("a=b")
    assert isinstance(cookies, http.cookies.SimpleCookie)
    assert isinstance(cookies["a"], http.cookies.Morsel)
    assert issubclass(http_cookies.CookieError, ValueError)
    assert {"SimpleCookie", "BaseCookie", "CookieError", "Morsel"} == set(http_cookies.__all__)


def test_a_state_is_written_as_it_is_unless_it_could_carry_an_injection() -> None:
    """aiohttp's client holds what a server set, and sends it back (aiohttp#1453)."""
    morsel: "Morsel[str]" = Morsel()
    for coded in ('{"x": 1}', "a b", "é"):
        morsel.__setstate__({"key": "a", "value": "", "coded_value": coded})
        assert morsel.OutputString() == f"a={coded}"
    for key, coded in (
        ("a", "b; Path=/"),
        ("a", "b\r\n"),
        ("a=b", "c"),
        ("a;b", "c"),
        ("a\n", ""),
    ):
        morsel.__setstate__({"key": key, "value": "", "coded_value": coded})
        with pytest.raises(CookieError):
            morsel.output()


def test_copies_and_pickles() -> None:
    cookies = SimpleCookie({"a": "b, ü"})
    attributes: "dict[str, Any]" = {"path": "/", "secure": True}
    cookies["a"].update(attributes)
    for made in (
        copy.deepcopy(cookies),
        copy.copy(cookies),
        pickle.loads(pickle.dumps(cookies)),
    ):
        assert type(made) is SimpleCookie
        assert made == cookies
        assert made.output() == cookies.output()
    changed = cookies["a"].copy()
    changed["path"] = "/x"
    assert changed != cookies["a"]
    assert changed.OutputString() != cookies["a"].OutputString()


class Upper(BaseCookie[str]):
    def value_decode(self, val: str) -> "tuple[str, str]":
        return val.upper(), val

    def value_encode(self, val: Any) -> "tuple[Any, str]":
        return val, f"{val}".lower()


def test_value_decode_and_value_encode() -> None:
    cookies = Upper("a=b")
    cookies["c"] = "D"
    assert values(cookies) == {"a": "B", "c": "D"}
    assert cookies.output() == "Set-Cookie: a=b\r\nSet-Cookie: c=d"
    with pytest.raises(CookieError, match="' '"):
        cookies["c"] = "A B"
    with pytest.raises(CookieError, match="token"):
        SimpleCookie({"a b": "c"})
    with pytest.raises(CookieError):
        SimpleCookie({"a": "\udc80"})
    with pytest.raises(TypeError):
        SimpleCookie({1: "x"})  # type: ignore[dict-item]


def test_private_names_that_programs_import() -> None:
    """``_quote`` and ``_unquote`` are ours, all others are those of `http.cookies`."""
    assert http_cookies._quote("a b") == '"a b"'
    assert http_cookies._quote("a:b") == "a:b"
    assert http_cookies._quote(None) is None, "the value of a nameless cookie of a cookiejar"
    assert http_cookies._unquote('"\\303\\251"') == "é"
    for name in ("_is_legal_key", "_LegalChars", "_getdate", "_weekdayname", "_CookiePattern"):
        assert getattr(http_cookies, name) is getattr(http.cookies, name)
    with pytest.raises(AttributeError):
        getattr(http_cookies, "_absent")  # noqa: B009


class Text(Morsel[str]):
    """A subclass with its own constructor."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._value = text

    def output(self, attrs: Any = None, header: str = "Set-Cookie:") -> str:
        return f"{header} {self.value}"


def test_a_morsel_with_its_own_constructor() -> None:
    text = Text("a=b; Own")
    text["path"] = "/"
    for made in (text.copy(), copy.copy(text), pickle.loads(pickle.dumps(text))):
        assert (type(made), made.value, made["path"]) == (Text, "a=b; Own", "/")
    cookies: "BaseCookie[str]" = BaseCookie()
    cookies["a"] = text
    assert cookies.output() == "Set-Cookie: a=b; Own"


def test_a_morsel_with_its_own_attributes() -> None:
    class Own(Morsel[str]):
        _reserved = {f"x-{name}": f"X-{name}" for name in Morsel._reserved}  # noqa: RUF012
        _flags = {"x-secure"}  # noqa: RUF012

    own = Own()
    assert list(own) == list(Own._reserved)
    own.set("a", "b", "b")
    own.update({"x-path": "/", "x-secure": 1})
    assert own.OutputString() == own.copy().OutputString() == "a=b; X-path=/; X-secure"


class Loose(SimpleCookie):
    """As Trac reads a header: with a method that `http.cookies` calls for each cookie."""

    bad: "list[str]"

    def load(self, rawdata: Any) -> None:
        self.bad = []
        self._BaseCookie__set = self._loose_set
        super().load(rawdata)
        self._BaseCookie__set = super()._BaseCookie__set  # type: ignore[misc]
        for key in self.bad:
            del self[key]

    def _loose_set(self, key: str, value: Any, coded: Any) -> None:
        try:
            super()._BaseCookie__set(key, value, coded)  # type: ignore[misc]
        except CookieError:
            self.bad.append(key)
            dict.__setitem__(self, key, Morsel())


def test_a_subclass_that_works_around_http_cookies() -> None:
    assert values(Loose('a:b=1; [c]=2; "d"=3; e="4; f=5')) == {
        "a:b": "1", "[c]": "2", '"d"': "3", "e": '"4', "f": "5",
    }  # fmt: skip


def test_unpickled_where_the_module_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pickles that name `http.cookies`, of each protocol and from before ``partitioned``."""
    theirs: "http.cookies.SimpleCookie" = http.cookies.SimpleCookie({"a": "b, c"})
    attributes: "dict[str, Any]" = {"path": "/", "httponly": True}
    theirs["a"].update(attributes)
    theirs["a"].pop("partitioned", None)
    pickles = [pickle.dumps(theirs, number) for number in range(pickle.HIGHEST_PROTOCOL + 1)]
    monkeypatch.setitem(sys.modules, "http.cookies", http_cookies)
    for data in pickles:
        read = pickle.loads(data)
        assert (type(read), type(read["a"])) == (SimpleCookie, Morsel)
        assert read.output() == 'Set-Cookie: a="b\\054 c"; HttpOnly; Path=/'
        assert read["a"]["partitioned"] == ""


def test_an_error_of_ones_own() -> None:
    """aiohttp's tests raise it without a message."""
    assert (str(http_cookies.CookieError()), http_cookies.CookieError().part) == ("", "")
