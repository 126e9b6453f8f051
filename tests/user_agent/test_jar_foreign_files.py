"""Files of other programs: cookies.txt as it is found, and the JSON of browsers' tools."""

import json
import re
import warnings
from pathlib import Path
from typing import Any, NamedTuple, Optional

import pytest
from hypothesis import given, strategies as st

from cookiecodec import (
    MAX_AGE_SECONDS,
    CookieError,
    CookieJar,
    CookieRejectedWarning,
    CookieWarning,
    StoredCookie,
)
from cookiecodec._user_agent import loading
from cookiecodec._user_agent.files import Contents

from ..support.strategies import any_text

NOW = 1_750_000_000.0


def clock() -> float:
    return NOW


def read(text: str, **options: Any) -> CookieJar:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        jar = CookieJar.from_cookies_txt(text, clock=clock, **options)
    told = [problem for problem in jar.problems if problem.code != "expired"]
    assert [warning.category for warning in caught] == [CookieRejectedWarning] * bool(told)
    return jar


class Found(NamedTuple):
    """A file, what a request to the URL sends, the codes of its problems, and who wrote it."""

    text: str
    url: str
    sent: str
    codes: "tuple[str, ...]"
    source: str


def fields(
    *, host: str = "example.com", sub: str = "FALSE", path: str = "/", **more: str
) -> str:
    expiry, name, value = more.get("expiry", "0"), more.get("name", "a"), more.get("value", "b")
    return "\t".join([host, sub, path, more.get("secure", "FALSE"), expiry, name, value]) + "\n"


SITE = "http://example.com/"
GOOD = fields(name="good", value="1")
FOUND = [
    # hosts
    Found(fields(host="::1"), "http://[::1]/", "a=b", (), "curl, wget"),
    Found(fields(host="::1:18471"), "http://[::1]:18471/", "a=b", (), "wget with a port"),
    Found(fields(host="::1:8080"), "http://[::1]:8080/", "a=b", (), "wget with a port"),
    Found(fields(host="[::1].local"), "http://[::1]/", "a=b", (), "http.cookiejar"),
    Found(fields(host="[::1]"), "http://[::1]/", "a=b", (), "cookiecodec before 1.0"),
    Found(fields(host="2001:db8::1234"), "http://[2001:db8::1234]/", "a=b", (), "curl"),
    Found(
        fields(host="2001:db8:1:2:3:4:5:6:8080"),
        "http://[2001:db8:1:2:3:4:5:6]/",
        "a=b",
        (),
        "wget with a port",
    ),
    Found(fields(host="1::2::3"), SITE, "", ("domain-invalid",), "nobody"),
    Found(fields(host="127.0.0.1:8080"), "http://127.0.0.1/", "a=b", (), "wget with a port"),
    Found(fields(host=".localhost", sub="TRUE"), "http://localhost/", "a=b", (), "all three"),
    Found(fields(host=".localhost", sub="TRUE"), "http://x.localhost/", "", (), "the wire"),
    Found(fields(host="intranet", sub="TRUE"), "http://intranet/", "a=b", (), "converters"),
    Found(fields(host="localhost.local"), "http://localhost/", "a=b", (), "http.cookiejar"),
    Found(fields(host="printer.local"), "http://printer.local/", "a=b", (), "curl (mDNS)"),
    Found(
        fields(host=".youtube.com"),
        "http://youtube.com/",
        "a=b",
        ("host-only",),
        "ysard/cookie-quick-manager#96",
    ),
    Found(
        fields(host=".youtube.com"), "http://www.youtube.com/", "", ("host-only",), "the same"
    ),
    # expiries
    Found(fields(expiry="9223372036854775807"), SITE, "a=b", (), "curl, of a far Max-Age"),
    Found(fields(expiry="100000000001795620864"), SITE, "a=b", (), "http.cookiejar, the same"),
    Found(fields(expiry="13350000000000000"), SITE, "a=b", (), "microseconds, as in Chrome"),
    Found(fields(expiry="1e10"), SITE, "a=b", (), "a float"),
    Found(fields(expiry="1790000000.123456789012"), SITE, "a=b", (), "EditThisCookie#104"),
    Found(fields(expiry="9" * 5000), SITE, "a=b", (), "an attack"),
    Found(fields(expiry="-1"), SITE, "a=b", (), "CDP, Playwright"),
    Found(fields(expiry="-62135596800"), SITE, "a=b", (), ".NET's least date"),
    *[
        Found(fields(expiry=word), SITE, "a=b", (), "EditThisCookie#99")
        for word in ("", "null", "undefined", "NaN", "Session", " 0 ")
    ],
    Found(fields(expiry="1"), SITE, "", ("expired",), "any file, later"),
    Found(
        fields(value="new") + fields(expiry="1", value="old"),
        SITE,
        "a=new",
        ("expired",),
        "two exports in one file",
    ),
    # fields
    Found(fields(path=""), SITE, "a=b", (), "curl, of Path="),
    Found(fields(path='"/"'), SITE, "a=b", (), 'curl, of Path="/"'),
    Found(fields(value="b\tc"), SITE, "", ("tab",), "wget, http.cookiejar"),
    Found("example.com\tFALSE\t/\tFALSE\ta\tb\n", SITE, "a=b", (), "firebug/firebug#7970"),
    Found("example.com\tFALSE\t/\tFALSE\t0\ta\n", SITE, "a=", (), "curl, an empty value"),
    Found("example.com FALSE / FALSE 0 a b\n", SITE, "a=b", (), "youtube-dl#4539, pasted"),
    Found("  example.com   FALSE /  FALSE 0 a b \n", SITE, "a=b", (), "the same, aligned"),
    Found(" example.com\t FALSE\t / \tFALSE \t0 \ta\tb\n", SITE, "a=b", (), "by hand"),
    Found(fields(sub="1", secure="0"), "http://www.example.com/", "a=b", (), "SQL exports"),
    Found(fields(secure="1"), SITE, "", (), "the same"),
    Found(fields().replace("\n", "\r\r\n"), SITE, "a=b", (), "text mode, twice"),
    Found("\ufeff# HTTP cookies\n" + fields(), SITE, "a=b", (), "editors on Windows"),
    Found("#HttpOnly_" + fields(), SITE, "a=b", (), "curl"),
    Found(
        "Set-Cookie: a=b; Domain=example.com; Path=/docs\n",
        "http://www.example.com/docs",
        "a=b",
        (),
        "curl -b takes it",
    ),
    Found("set-cookie:a=b; Domain=localhost\n", "http://localhost/", "a=b", (), "the same"),
    Found("Set-Cookie: a=b\n", SITE, "", ("line-invalid",), "curl -b, for any host"),
    Found("Set-Cookie: a=b; Domain=co.uk\n", SITE, "", ("domain-public-suffix",), "an attack"),
    Found(
        fields(value="caf\xe9 \U0001f36a"), SITE, "a=caf\xc3\xa9 \xf0\x9f\x8d\xaa", (), "curl"
    ),
    Found(fields(value="caf\udce9"), SITE, "a=caf\xe9", (), "curl: other octets, escaped"),
    Found(fields(value="\ud800"), SITE, "a=\xed\xa0\x80", (), "a lone surrogate"),
]


@pytest.mark.parametrize("found", FOUND, ids=lambda found: f"{found.source}:{found.text!a:.60}")
def test_a_line_that_a_program_wrote(found: Found) -> None:
    jar = read(found.text + GOOD, is_public_suffix={"com", "co.uk"}.__contains__)
    assert jar.cookie_header(found.url).replace("; good=1", "").replace("good=1", "") == (
        found.sent
    )
    assert jar.find("good")
    assert tuple(problem.code for problem in jar.problems) == found.codes
    assert all(cookie.expiry_time is None or cookie.expiry_time > NOW for cookie in jar)


def test_a_file_may_have_carriage_returns_alone() -> None:
    jar = read(("# Netscape\n" + fields() + GOOD).replace("\n", "\r"))
    assert jar.cookie_header(SITE) == "a=b; good=1"


def test_a_far_expiry_is_capped_as_on_the_wire() -> None:
    for expiry in ("9223372036854775807", "1e999", "99999999999"):
        (cookie,) = read(fields(expiry=expiry))
        assert cookie.expiry_time == NOW + MAX_AGE_SECONDS


def test_an_expired_line_is_listed_and_does_not_refuse_the_file() -> None:
    jar = read(GOOD + fields(expiry="1"), strict=True)
    assert [problem._asdict() for problem in jar.problems] == [
        {"line": 2, "reason": "the cookie has expired", "code": "expired", "name": "a"}
    ]


def test_all_problems_are_listed_in_the_order_of_lines() -> None:
    text = fields(name="__Host-a") + "garbage\n" + fields(expiry="1") + fields(value="x\ty")
    jar = read(text)
    assert [(problem.line, problem.code) for problem in jar.problems] == [
        (1, "prefix-host"),
        (2, "line-invalid"),
        (3, "expired"),
        (4, "tab"),
    ]
    assert CookieJar().problems == []


OTHER_KINDS = [
    ("", "empty"),
    (" \r\n\n", "empty"),
    ('{"cookies": []}', "JSON"),
    ("[]", "JSON"),
    ('\ufeff [\n {"name": 1}]', "JSON"),
    ("<!DOCTYPE html>\n<p>Log in", "HTML"),
    ("<html><body>429", "HTML"),
    ("#LWP-Cookies-2.0\nSet-Cookie3: a=b", "LWP"),
    ("SQLite format 3\0\x10", "SQLite"),
]


@pytest.mark.parametrize(("text", "kind"), OTHER_KINDS)
def test_a_file_of_another_kind_is_named(text: str, kind: str, tmp_path: Path) -> None:
    """yt-dlp/yt-dlp#12467, #13509: people save the wrong thing as cookies.txt."""
    with pytest.raises(CookieError, match=f"the file is {kind}"):
        CookieJar.from_cookies_txt(text)
    path = tmp_path / "cookies.txt"
    path.write_text(text, "utf-8")
    if kind != "JSON":
        with pytest.raises(CookieError, match=f"the file is {kind}"):
            CookieJar.load(path)


@pytest.mark.parametrize(("text", "kind"), OTHER_KINDS)
def test_json_is_not_any_of_these(text: str, kind: str) -> None:
    named = "line 1" if kind == "JSON" else "the file is " + kind
    with pytest.raises(CookieError, match=named):
        CookieJar.from_json(text)


def test_octets_are_not_text() -> None:
    for reader in (CookieJar.from_cookies_txt, CookieJar.from_json):
        with pytest.raises(TypeError, match="must be str, not bytes"):
            reader(GOOD.encode())  # type: ignore[arg-type]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_of_any_editor_is_loaded(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "cookies.txt"
    path.write_bytes(("# a comment\n" + fields(value="é")).encode(encoding))
    assert CookieJar.load(str(path)).cookie_header(SITE) == "a=\xc3\xa9"


def test_octets_of_curl_are_kept(tmp_path: Path) -> None:
    """curl writes what the server sent, UTF-8 or not."""
    path = tmp_path / "cookies.txt"
    path.write_bytes(fields(value="caf\xe9").encode("latin-1"))
    assert CookieJar.load(path).cookie_header(SITE) == "a=caf\xe9"


# --- JSON of browsers' tools ------------------------------------------------------------

SELENIUM = {  # WebDriver, 14: Cookies
    "domain": ".example.com",
    "expiry": int(NOW) + 1000,
    "httpOnly": True,
    "name": "sid",
    "path": "/",
    "sameSite": "Lax",
    "secure": True,
    "value": "31d4",
}
CDP = {  # Network.Cookie; Puppeteer writes the same
    "name": "sid",
    "value": "31d4",
    "domain": ".example.com",
    "path": "/",
    "expires": NOW + 1000,
    "size": 7,
    "httpOnly": True,
    "secure": True,
    "session": False,
    "sameSite": "Lax",
    "priority": "Medium",
    "sourceScheme": "Secure",
}
EDIT_THIS_COOKIE = {  # chrome.cookies.Cookie; Cookie-Editor writes the same
    "domain": ".example.com",
    "expirationDate": NOW + 1000,
    "hostOnly": False,
    "httpOnly": True,
    "name": "sid",
    "path": "/",
    "sameSite": "lax",
    "secure": True,
    "session": False,
    "storeId": "0",
    "value": "31d4",
    "id": 1,
}
SID = StoredCookie(
    "sid", "31d4", "example.com", "/", False, True, True, "Lax", False, NOW + 1000, NOW, NOW
)


def load(data: object, tmp_path: Path, **options: Any) -> CookieJar:
    path = tmp_path / "cookies.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), "utf-8")
    return CookieJar.load(path, clock=clock, **options)


@pytest.mark.parametrize("item", [SELENIUM, CDP, EDIT_THIS_COOKIE], ids=["1", "2", "3"])
def test_a_list_of_cookies_is_read(item: "dict[str, Any]", tmp_path: Path) -> None:
    for data in ([item], {"cookies": [item], "origins": []}):
        (cookie,) = load(data, tmp_path)
        assert cookie._replace(priority=None) == SID
    assert load([CDP], tmp_path).find()[0].priority == "Medium"


ITEMS: "list[tuple[dict[str, Any], dict[str, Any]]]" = [
    ({"expires": -1}, {"expiry_time": None}),
    ({"expires": 0}, {"expiry_time": None}),
    ({"expires": None}, {"expiry_time": None}),
    ({"session": True}, {"expiry_time": None}),
    ({"expires": 1e300}, {"expiry_time": NOW + MAX_AGE_SECONDS}),
    ({"expires": "2025-06-15T16:06:40.000Z"}, {"expiry_time": 1750003600.0}),
    ({"expires": "2025-06-15T16:06:40"}, {"expiry_time": 1750003600.0}),
    ({"domain": "example.com"}, {"host_only": True}),
    ({"hostOnly": None}, {"host_only": False}),
    ({"domain": "example.com", "hostOnly": False}, {"host_only": False}),
    ({"domain": ".localhost"}, {"domain": "localhost", "host_only": True}),
    ({"domain": "127.0.0.1"}, {"domain": "127.0.0.1", "host_only": True}),
    ({"domain": "[::1]"}, {"domain": "[::1]", "host_only": True}),
    ({"sameSite": "no_restriction"}, {"samesite": "None"}),
    ({"sameSite": "unspecified"}, {"samesite": None}),
    ({"sameSite": None}, {"samesite": None}),
    # Firefox and WebKit say "None" for unset.
    ({"sameSite": "None", "secure": False}, {"samesite": None, "secure": False}),
    ({"partitionKey": "https://example.com"}, {"partitioned": True}),
    ({"partitionKey": {"topLevelSite": "https://example.com"}}, {"partitioned": True}),
    ({"value": "é"}, {"value": "\xc3\xa9"}),
    ({"path": None}, {"path": "/"}),
    ({"httpOnly": None, "secure": None}, {"httponly": False, "secure": False}),
]


@pytest.mark.parametrize(("changed", "expected"), ITEMS)
def test_what_the_keys_mean(
    changed: "dict[str, Any]", expected: "dict[str, Any]", tmp_path: Path
) -> None:
    base = {key: CDP[key] for key in CDP if key not in ("priority", "expires")}
    base["expires"] = NOW + 1000
    (cookie,) = load([{**base, **changed}], tmp_path)
    assert cookie == SID._replace(**expected)


BROKEN_ITEMS = [
    1,
    None,
    {**CDP, "name": None},
    {**CDP, "value": 7},
    {**CDP, "domain": ["example.com"]},
    {key: value for key, value in CDP.items() if key != "domain"},
    {**CDP, "path": 1},
    {**CDP, "secure": "yes"},
    {**CDP, "hostOnly": 0},
    {**CDP, "httpOnly": 1},
    {**CDP, "expires": "soon"},
    {**CDP, "expires": True},
    {**CDP, "expires": [1]},
    {**CDP, "expires": "9999-99-99"},
]


@pytest.mark.parametrize("item", BROKEN_ITEMS, ids=range(len(BROKEN_ITEMS)))
def test_a_broken_object_is_left_out_or_refused(item: object, tmp_path: Path) -> None:
    text = "[\n" + json.dumps(CDP) + ",\n" + json.dumps(item) + "]"
    with pytest.warns(CookieRejectedWarning, match=r"left out \(1\).*line 3") as caught:
        jar = load(text, tmp_path)
    assert len(jar) == 1
    assert [(problem.line, problem.code) for problem in jar.problems] == [(3, "line-invalid")]
    assert Path(caught[0].filename) == Path(__file__)
    with pytest.raises(CookieError, match="line 3"):
        load(text, tmp_path, strict=True)


def test_json_that_holds_no_cookies_is_refused(tmp_path: Path) -> None:
    for text in (
        "{}",
        '{"cookies": 1}',
        '{"log": {}}',
        '{"log": 1}',
        '{"log": {"entries": 1}}',
    ):
        with pytest.raises(CookieError, match="no list of cookies"):
            load(text, tmp_path)
    with pytest.raises(CookieError, match="line 1, column"):
        load("[{", tmp_path, format="list")
    with pytest.raises(CookieError, match=r'"version" is not 1\. CookieJar.load'):
        CookieJar.from_json('{"cookies": []}')


def test_our_own_json_is_recognised_and_stays_strict(tmp_path: Path) -> None:
    jar = CookieJar(clock=clock)
    jar.add(SID)
    text = jar.to_json()
    for order in (text, json.dumps(dict(reversed(list(json.loads(text).items()))))):
        assert list(load(order, tmp_path)) == [SID]
    with pytest.raises(CookieError, match="cookie 1 has an invalid"):
        load(text.replace("true", "1"), tmp_path)


def entry(url: str, sent: "list[Any]", received: "list[Any]") -> "dict[str, Any]":
    request = {"method": "GET", "url": url, "cookies": sent}
    return {"request": request, "response": {"status": 200, "cookies": received}}


def test_a_har_is_read(tmp_path: Path) -> None:
    """HAR 1.2: what a response sets, and what a request sends."""
    entries = [
        # As Firefox writes it: names and values of the request only.
        entry(
            "https://www.example.com/docs/x",
            [{"name": "seen", "value": "1"}],
            [
                {"name": "path", "value": "2"},
                {"name": "wide", "value": "3", "domain": "example.com", "path": "/"},
            ],
        ),
        # As Chrome writes it: the request's cookies as they are stored.
        entry(
            "https://example.com/",
            [
                {"name": "host", "value": "4", "domain": "example.com", "path": "/"},
                {"name": "dot", "value": "5", "domain": ".example.com", "path": "/"},
            ],
            [{"name": "late", "value": "6", "expires": "2025-07-01T00:00:00Z"}],
        ),
    ]
    jar = load({"log": {"version": "1.2", "entries": entries}}, tmp_path)
    assert {c.name: (c.domain, c.path, c.host_only) for c in jar} == {
        "seen": ("www.example.com", "/", True),
        "path": ("www.example.com", "/docs", True),
        "wide": ("example.com", "/", False),
        "host": ("example.com", "/", True),
        "dot": ("example.com", "/", False),
        "late": ("example.com", "/", True),
    }
    alien = entry(
        "https://evil.test/", [], [{"name": "a", "value": "b", "domain": "example.com"}]
    )
    broken = [alien, {"request": {}}, entry("ftp://example.com/", [], []), 1]
    text = '{"log": {"entries": [\n' + ",\n".join(map(json.dumps, broken)) + "]}}"
    with pytest.warns(CookieRejectedWarning, match=r"left out \(4\)"):
        jar = load(text, tmp_path)
    assert len(jar) == 0
    assert [problem.line for problem in jar.problems] == [2, 3, 4, 5]


# --- the checks -----------------------------------------------------------------------

texts = st.text(st.sampled_from('a=_ ;\t\x01\xe9\u20ac/"'), max_size=4)


@pytest.mark.parametrize(
    "text", ["cookies.txt", "/home/me/cookies", "~/my jar.json", r"C:\jar\a", "a.HAR", "./a\n"]
)
@pytest.mark.parametrize("read", [CookieJar.from_cookies_txt, CookieJar.from_json])
def test_a_path_in_the_place_of_a_text_is_refused_with_a_sentence(read: Any, text: str) -> None:
    with pytest.raises(CookieError, match=r"is a path.*CookieJar\.load"):
        read(text)
    for wrong in (Path(text), None, 1):
        with pytest.raises(TypeError, match=r"text must be str, not .*CookieJar\.load"):
            read(wrong)


@pytest.mark.parametrize(
    "text", ["example.com FALSE / FALSE 0 a b", "a/b\tc", "# a/b", "a/b\nc", "a" * 1025 + "/"]
)
def test_a_line_with_a_slash_is_not_always_a_path(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert CookieJar.from_cookies_txt(text).problems or "FALSE" in text or "#" in text


stored = st.builds(
    StoredCookie,
    name=st.one_of(st.sampled_from(["a", "__Host-a", "__Http-a", "__Secure-b"]), texts),
    value=st.one_of(texts, st.sampled_from(["__Host-a", "x" * 4096, " b"])),
    domain=st.sampled_from(["example.com", "localhost", "127.0.0.1", "co.uk", "EXAMPLE.com"]),
    path=st.one_of(st.sampled_from(["/", "/docs", "/" + "x" * 1024, "/;", "/ "]), texts),
    host_only=st.booleans(),
    secure=st.booleans(),
    httponly=st.booleans(),
    samesite=st.sampled_from(["Strict", "Lax", "None", None]),
    partitioned=st.booleans(),
    expiry_time=st.sampled_from([None, NOW - 1, NOW, NOW + 1, NOW * 2, float("nan")]),
    creation_time=st.sampled_from([NOW, NOW - 9, NOW + 9]),
    last_access_time=st.sampled_from([NOW, NOW - 9, NOW + 9]),
    priority=st.sampled_from(["Low", None]),
)


@pytest.mark.parametrize(
    "text", ["\u017f", "\u212a", "\x7f", "\xa0", "a b", "a;b", "a\nb", "\t"]
)
@pytest.mark.parametrize("field", ["name", "value", "path"])
def test_no_text_that_a_header_changes_takes_the_short_way(field: str, text: str) -> None:
    """U+017F and U+212A are ASCII letters in another case."""
    cookie = StoredCookie(
        "a", "b", "example.com", "/", True, False, False, None, False, None, 0, 0
    )
    wrong = cookie._replace(**{field: "/" + text})  # type: ignore[arg-type]
    checked = loading.check(Contents([wrong], [1], []), NOW, None, True)
    try:
        _, judged = loading.judge_stored(wrong, NOW, None)
        assert checked.cookies == ([] if judged.codes else [judged.stored])
    except CookieError as error:
        assert [problem.code for problem in checked.problems] == [error.part + "-invalid"]


@given(stored, st.sampled_from([None, {"com", "co.uk"}.__contains__]))
def test_the_short_way_ends_where_the_long_one_does(cookie: StoredCookie, given_: Any) -> None:
    """Most cookies of a file are not written and read as a header: nothing would change."""
    checked = loading.check(Contents([cookie], [1], []), NOW, given_, True)
    code: Optional[str] = None
    try:
        _, judged = loading.judge_stored(cookie, NOW, given_)
        code = judged.codes[0] if judged.codes else None
        expected = [judged.stored]
    except CookieError as error:
        code = error.part + "-invalid"
    if code is None:
        assert (checked.cookies, checked.problems) == (expected, [])
    else:
        assert checked.cookies == []
        assert [problem.code for problem in checked.problems] == [code]


@given(st.one_of(any_text, st.text(alphabet='[]{}":,.a0\n', max_size=60)))
def test_any_json_is_read_or_refused(text: str) -> None:
    from cookiecodec._user_agent.files.browser_json import load_browser_json

    try:
        contents = load_browser_json(text, NOW)
    except CookieError:
        return
    assert len(contents.cookies) == len(contents.lines)


values = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just([])
)


@given(
    st.lists(st.one_of(values, st.dictionaries(st.sampled_from([*CDP, "hostOnly"]), values)))
)
def test_any_list_is_read_or_its_items_are_left_out(items: "list[Any]") -> None:
    from cookiecodec._user_agent.files.browser_json import load_browser_json

    contents = load_browser_json(json.dumps(items), NOW)
    assert len(contents.cookies) + len(contents.problems) == len(items)


def test_the_text_of_a_warning_holds_nothing_of_the_file(tmp_path: Path) -> None:
    secret = fields(name="__Host-s3cret", value="v4lue") + "s3cret\tv4lue\n"
    with pytest.warns(CookieWarning) as caught:
        CookieJar.from_cookies_txt(secret)
    assert not re.search("s3cret|v4lue|example", str(caught[0].message))
    with pytest.raises(CookieError) as refused:
        CookieJar.from_cookies_txt(secret, strict=True)
    assert not re.search("s3cret|v4lue|example", str(refused.value))
