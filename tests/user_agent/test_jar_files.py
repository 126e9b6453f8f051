"""Files of a jar: JSON, and Netscape's cookies.txt, with other tools that use it."""

import contextlib
import http.cookiejar
import json
import re
import shutil
import subprocess
import sys
import threading
import urllib.request
import warnings
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, Callable

import pytest
from hypothesis import given, strategies as st

from cookiecodec import (
    MAX_AGE_SECONDS,
    CookieError,
    CookieIgnoredWarning,
    CookieJar,
    CookieRejectedWarning,
    StoredCookie,
)

from ..support.peers import COMPLETE
from ..support.strategies import any_text, set_cookie_headers

NOW = 1_750_000_000.0
URLS = st.sampled_from(
    ["https://www.example.com/x/y", "http://localhost/", "http://127.0.0.1/", "https://[::1]/"]
)
HEADERS = (
    "host=1; Path=/",
    "domain=2; Domain=example.com; Path=/docs",
    "session=3",
    "lasting=4; Max-Age=1000",
    "strict=5; SameSite=Strict; Secure; HttpOnly",
    "none=6; SameSite=None; Secure; Partitioned",
    "=nameless",
    "empty=",
    "#hash=7",
    "quoted=\"8, 'x'\"",
    "utf-8=\xc3\xa9",
    "__Host-id=9; Secure; Path=/",
)


def clock() -> float:
    return NOW


def filled() -> CookieJar:
    jar = CookieJar(clock=clock)
    for header in HEADERS:
        assert jar.receive(header, "https://www.example.com/docs/x").accepted, header
    return jar


def timeless(jar: CookieJar) -> "list[StoredCookie]":
    return [cookie._replace(creation_time=0, last_access_time=0) for cookie in jar]


# --- both files ------------------------------------------------------------------


def test_json_keeps_all_fields() -> None:
    jar = filled()
    text = jar.to_json()
    assert text.isascii()
    assert len(text.splitlines()) == len(HEADERS) + 2
    loaded = CookieJar.from_json(text, clock=clock)
    assert list(loaded) == list(jar)
    assert loaded.to_json() == text


def test_cookies_txt_keeps_all_fields_except_times() -> None:
    """Including host-only, SameSite, Partitioned, and nameless cookies."""
    jar = filled()
    loaded = CookieJar.from_cookies_txt(jar.to_cookies_txt(), clock=clock)
    assert timeless(loaded) == timeless(jar)


@given(st.lists(st.tuples(set_cookie_headers, URLS), max_size=8))
def test_any_jar_is_restored_from_its_files(received: "list[tuple[str, str]]") -> None:
    jar = CookieJar(clock=clock)
    for header, url in received:
        jar.receive(header, url)
    assert list(CookieJar.from_json(jar.to_json(), clock=clock)) == list(jar)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CookieIgnoredWarning)
        text = jar.to_cookies_txt()
    carried = [cookie for cookie in timeless(jar) if fits_cookies_txt(cookie)]
    loaded = timeless(CookieJar.from_cookies_txt(text, clock=clock))
    assert [cookie._replace(expiry_time=None) for cookie in loaded] == [
        cookie._replace(expiry_time=None) for cookie in carried
    ]


def fits_cookies_txt(cookie: StoredCookie) -> bool:
    texts = (cookie.name, cookie.value, cookie.path)
    try:
        return "\t" not in "".join([text.encode("latin-1").decode() for text in texts])
    except UnicodeDecodeError:
        return False


def test_cookies_that_cookies_txt_cannot_hold_are_left_out_with_a_warning() -> None:
    jar = CookieJar(clock=clock)
    for header in ("a\tb=1", "ok=2", "c=\xe9"):
        jar.receive(header, "https://example.com/")
    with pytest.warns(CookieIgnoredWarning, match=r"not UTF-8, .* \(2\)") as caught:
        text = jar.to_cookies_txt()
    assert Path(caught[0].filename) == Path(__file__)
    assert (caught[0].message.name, caught[0].message.code) == ("a\tb", "cookies-txt")  # type: ignore[union-attr]
    assert [line.split("\t")[5:] for line in text.splitlines() if "\t" in line] == [["ok", "2"]]


# --- invalid cookies in files ---------------------------------------------------------


def line(*, name: str = "a", value: str = "b", **fields: str) -> str:
    parts = {"domain": "example.com", "sub": "FALSE", "path": "/", "secure": "TRUE"}
    parts.update({"expiry": "0"}, **fields)
    return "\t".join([*parts.values(), name, value]) + "\n"


REFUSED = [
    (line(domain="Exa mple.com"), "domain-invalid"),
    (line(domain="example.com/"), "domain-invalid"),
    (line(domain="b\xfccher.test"), "domain-invalid"),
    (line(name="__Host-a", domain=".example.com", sub="TRUE"), "prefix-host"),
    (line(name="__Secure-a", secure="FALSE"), "prefix-secure"),
    (line(name="", value="__Host-a=b"), "value-invalid"),
    (line(name="", value="__Host-a"), "nameless-prefix"),
    (line(name="a\x01"), "name-invalid"),
    (line(value="b;c"), "value-invalid"),
    (line(value="b\rc"), "value-invalid"),
    (line(value=" b"), "value-invalid"),
    (line(value="b" * 5000), "value-invalid"),
    (line(path="docs"), "path-invalid"),
    (line(path="/\x01"), "path-invalid"),
    ("#cookiecodec SameSite=None\n" + line(secure="FALSE"), "samesite-none-insecure"),
    ("#cookiecodec Partitioned\n" + line(secure="FALSE"), "partitioned-insecure"),
]


@pytest.mark.parametrize(("text", "code"), REFUSED, ids=lambda value: ascii(value)[:50])
def test_a_cookie_that_no_response_could_set_is_left_out(text: str, code: str) -> None:
    with pytest.warns(CookieRejectedWarning, match=r"left out \(1\)") as caught:
        jar = CookieJar.from_cookies_txt(text + line(name="good"), clock=clock)
    assert [cookie.name for cookie in jar] == ["good"]
    assert caught[0].message.code == code  # type: ignore[union-attr]
    assert Path(caught[0].filename) == Path(__file__)


def test_limits_apply_to_files_too() -> None:
    far = line(name="far", expiry="99999999999")
    jar = CookieJar.from_cookies_txt(far + line(name="old", expiry="1"), clock=clock)
    assert [(cookie.name, cookie.expiry_time) for cookie in jar] == [
        ("far", NOW + MAX_AGE_SECONDS)
    ]
    many = "".join([line(name=f"a{number}") for number in range(10)])
    with pytest.warns(CookieRejectedWarning, match=r"left out \(7\).*evicted"):
        assert len(CookieJar.from_cookies_txt(many, max_per_host=3)) == 3
    with pytest.warns(CookieRejectedWarning, match=r"left out \(8\)"):
        assert len(CookieJar.from_cookies_txt(many, max_total=2)) == 2


def test_a_host_over_its_limit_does_not_evict_cookies_of_others() -> None:
    """When a file is loaded too, a host's excess cookies are removed first."""
    text = line(name="old", domain="quiet.test")
    text += "".join([line(name=f"a{number}", domain="loud.test") for number in range(3)])
    with pytest.warns(
        CookieRejectedWarning, match=r"left out \(1\).*line 2: .*evicted"
    ) as caught:
        jar = CookieJar.from_cookies_txt(text, max_per_host=2, max_total=3, clock=clock)
    assert caught[0].message.name == "a0"  # type: ignore[union-attr]
    assert [cookie.name for cookie in jar] == ["old", "a1", "a2"]


def test_times_in_the_future_become_the_current_time() -> None:
    cookie = {**GOOD["cookies"][0], "creation_time": NOW * 2, "last_access_time": NOW * 2}
    jar = CookieJar.from_json(json.dumps({"version": 1, "cookies": [cookie]}), clock=clock)
    assert [(c.creation_time, c.last_access_time) for c in jar] == [(NOW, NOW)]


def test_an_ip_address_is_always_host_only() -> None:
    jar = CookieJar.from_cookies_txt(line(domain="127.0.0.1", sub="TRUE"))
    assert [cookie.host_only for cookie in jar] == [True]


def test_public_suffixes_apply_to_files_too() -> None:
    text = line(domain=".co.uk", sub="TRUE")
    assert len(CookieJar.from_cookies_txt(text)) == 1
    with pytest.warns(CookieRejectedWarning, match="domain-public-suffix"):
        jar = CookieJar.from_cookies_txt(text, is_public_suffix="co.uk".__eq__)
    assert len(jar) == 0


BROKEN_LINES = [
    "example.com\tFALSE\t/\tTRUE",
    "example.com FALSE / TRUE 0 a b c",  # a value with a blank, or eight fields?
    "example.com FALSE / TRUE a b",
    "example.com\tNO\t/\tTRUE\t0\ta\tb",
    "example.com\tFALSE\t/\tyes\t0\ta\tb",
    "example.com\tFALSE\t/\tTRUE\tsoon\ta\tb",
    "example.com\tFALSE\t/\tTRUE\t١\ta\tb",
    "example.com\tFALSE\t/\tTRUE\t0x10\ta\tb",
    "Set-Cookie: a=b; Path=/",
    "Set-Cookie: a\x01=b; Domain=example.com",
    "<html>",
]


@pytest.mark.parametrize("broken", BROKEN_LINES, ids=lambda text: ascii(text)[:40])
def test_a_broken_line_is_left_out_or_refused(broken: str) -> None:
    """As in curl, wget and yt-dlp. It is named by its number, not by what it holds."""
    text = line() + "\r\n" + broken + "\n" + line(name="good")
    with pytest.warns(CookieRejectedWarning, match=r"left out \(1\).*, line 3: ") as caught:
        jar = CookieJar.from_cookies_txt(text)
    assert [cookie.name for cookie in jar] == ["a", "good"]
    (problem,) = jar.problems
    assert (problem.line, problem.code) == (3, "line-invalid")
    assert len(caught) == 1
    with pytest.raises(CookieError, match=r"^cookies.txt, line 3: ") as refused:
        CookieJar.from_cookies_txt(text, strict=True)
    for message in (str(refused.value), str(caught[0].message), problem.reason):
        assert "soon" not in message
        assert "example" not in message


def test_variants_of_cookies_txt_are_read() -> None:
    text = (
        "# Netscape HTTP Cookie File\r\n\r\n"
        + "example.com\tFALSE\t/\tTRUE\t0\ta"  # curl's form of an empty value
        + "\r\n#HttpOnly_.EXAMPLE.com\ttrue\t/\tfalse\t\tb\tc\r\n"
        + "\t \n"
        + line(name="d", expiry="99999999999.5").rstrip("\n")
    )
    jar = CookieJar.from_cookies_txt(text, clock=clock)
    assert [(c.name, c.value, c.host_only, c.httponly, c.secure) for c in jar] == [
        ("a", "", True, False, True),
        ("b", "c", False, True, False),
        ("d", "b", True, False, True),
    ]
    wget = "\ufeff# HTTP cookies\n" + line(domain="127.0.0.1:8080")
    assert [c.domain for c in CookieJar.from_cookies_txt(wget)] == ["127.0.0.1"]


def test_a_cookiecodec_comment_applies_to_the_next_line_only() -> None:
    text = "#cookiecodec SameSite=Lax\n" + line() + line(name="c")
    assert [cookie.samesite for cookie in CookieJar.from_cookies_txt(text)] == ["Lax", None]
    apart = "#cookiecodec SameSite=Lax\n# another tool\n" + line()
    assert [cookie.samesite for cookie in CookieJar.from_cookies_txt(apart)] == [None]


GOOD = json.loads(filled().to_json())
BROKEN_JSON: "list[Any]" = [
    ("", "line 1, column 1"),
    ('{"version": 1,\n "cookies": [}', "line 2, column 14"),
    ("[]", "no object"),
    ('{"cookies": []}', '"version" is not 1'),
    ('{"version": 2, "cookies": []}', '"version" is not 1'),
    ('{"version": true, "cookies": []}', '"version" is not 1'),
    ('{"version": 1, "cookies": {}}', "no object"),
    ('{"version": 1, "cookies": [1]}', "line 1: cookie 1 is not an object"),
    pytest.param(
        "[" * 100000,
        "nested too deeply",
        marks=pytest.mark.skipif(
            sys.platform == "emscripten", reason="this Python reads JSON of any depth"
        ),
    ),
    ('{"version": 1,\n\n"cookies": ["NaN",\nNaN]}', "line 3: cookie 1 is not an object"),
    ('{"version": 1,\n"cookies": [' + "9" * 5000 + "]}", "line 2: cookie 1 is not"),
    ('{"version": 1,\n"cookies": [{"x": [' + "9" * 5000 + "]},\n1]}", "line 2: cookie 1 is"),
    (
        {**GOOD["cookies"][0], "expiry_time": float("nan")},
        'line 3: cookie 2 has an invalid "expiry',
    ),
    ({**GOOD["cookies"][0], "name": 1}, 'line 3: cookie 2 has an invalid "name"'),
    ({**GOOD["cookies"][0], "host_only": 1}, 'line 3: cookie 2 has an invalid "host_only"'),
    ({**GOOD["cookies"][0], "samesite": "lax"}, 'cookie 2 has an invalid "samesite"'),
    ({**GOOD["cookies"][0], "samesite": []}, 'cookie 2 has an invalid "samesite"'),
    ({**GOOD["cookies"][0], "expiry_time": "1"}, 'cookie 2 has an invalid "expiry_time"'),
    ({**GOOD["cookies"][0], "expiry_time": 1e300}, 'cookie 2 has an invalid "expiry_time"'),
    ({**GOOD["cookies"][0], "creation_time": None}, 'cookie 2 has an invalid "creation_time"'),
    ({**GOOD["cookies"][0], "more": 1}, "line 3: cookie 2 is not an object"),
    # An array of the same name in another object: no line number is better than a wrong one.
    (
        '{"version": 1,\n"old": {"cookies": []},\n"cookies": [%s,\n1]}'
        % json.dumps(GOOD["cookies"][0]),
        "line 1: cookie 2 is not an object",
    ),
]


@pytest.mark.parametrize(("data", "message"), BROKEN_JSON, ids=lambda value: str(value)[-40:])
def test_the_message_names_the_place_of_broken_json(data: Any, message: str) -> None:
    good = json.dumps(GOOD["cookies"][0])
    text = '{"version": 1, "cookies": [\n%s,\n%s\n]}' % (good, json.dumps(data))
    text = data if isinstance(data, str) else text
    with pytest.raises(CookieError, match=re.escape(message)):
        CookieJar.from_json(text)


def test_a_file_that_is_not_text_raises_type_error() -> None:
    for load in (CookieJar.from_json, CookieJar.from_cookies_txt):
        with pytest.raises(TypeError):
            load(b"{}")  # type: ignore[arg-type]


def test_default_paths_that_no_attribute_can_have_are_restored() -> None:
    jar = CookieJar(clock=clock)
    for path in ("/app;v=1/x", "/" + "a" * 1100 + "/x", "/a/", "/"):
        assert jar.receive(f"a{len(path)}=b", "https://example.com" + path).accepted
    assert list(CookieJar.from_json(jar.to_json(), clock=clock)) == list(jar)
    assert timeless(CookieJar.from_cookies_txt(jar.to_cookies_txt())) == timeless(jar)


def test_json_keeps_the_order_of_access_and_of_creation() -> None:
    times = iter(range(0, 1000, 61))  # an access shortly after another one is not noted
    jar = CookieJar(clock=lambda: NOW - 1000 + next(times))
    jar.receive("a=1; Path=/a", "https://example.com/")
    jar.receive("b=2; Path=/b", "https://example.com/")
    assert jar.cookie_header("https://example.com/a") == "a=1"
    loaded = CookieJar.from_json(jar.to_json(), clock=lambda: NOW + 100, max_total=2)
    loaded.receive("c=3", "https://example.com/")
    assert [cookie.name for cookie in loaded] == ["a", "c"], "b was used before a"
    first, second = json.loads(jar.to_json())["cookies"]
    for cookie in (first, second):
        cookie["path"] = "/"
    swapped = json.dumps({"version": 1, "cookies": [second, first]})
    loaded = CookieJar.from_json(swapped, clock=lambda: NOW + 100)
    assert loaded.cookie_header("https://example.com/") == "a=1; b=2"


def test_invalid_cookies_in_json_are_left_out() -> None:
    cases: "list[tuple[dict[str, Any], str]]" = [
        ({"domain": "com", "host_only": False}, "domain-public-suffix"),
        ({"domain": "EXAMPLE.com"}, "domain-invalid"),
        ({"domain": "0x7f.1"}, "domain-invalid"),
        ({"name": "__Host-a"}, "prefix-host"),
        ({"name": "a\r\nX"}, "name-invalid"),
        ({"value": "b; c"}, "value-invalid"),
        ({"value": "\u20ac"}, "value-invalid"),
        ({"name": "", "value": ""}, "name-invalid"),
        ({"path": "x"}, "path-invalid"),
        ({"path": "/a\tb"}, "path-invalid"),
        ({"path": "/\u20ac"}, "path-invalid"),
        ({"samesite": "None", "secure": False}, "samesite-none-insecure"),
    ]
    for changed, code in cases:
        text = json.dumps({"version": 1, "cookies": [{**GOOD["cookies"][0], **changed}]})
        with pytest.warns(CookieRejectedWarning) as caught:
            jar = CookieJar.from_json(text, clock=clock)
        assert (len(jar), caught[0].message.code) == (0, code)  # type: ignore[union-attr]


@given(st.one_of(any_text, st.text(alphabet="a\t\n\r#.=TRUEFALSE/0_", max_size=60)))
def test_a_file_is_read_or_refused(text: str) -> None:
    for load in (CookieJar.from_json, CookieJar.from_cookies_txt):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CookieRejectedWarning)
            with contextlib.suppress(CookieError):
                load(text)


# --- other tools that use cookies.txt ----------------------------------------------


def test_the_standard_library_and_cookiecodec_read_each_other(tmp_path: Path) -> None:
    path = tmp_path / "cookies.txt"
    path.write_text(filled().to_cookies_txt(), "utf-8")
    theirs = http.cookiejar.MozillaCookieJar(str(path))
    theirs.load(ignore_discard=True, ignore_expires=True)
    assert {(c.domain, c.path, c.name, c.value, c.secure) for c in theirs} == {
        (
            ("" if c.host_only else ".") + c.domain,
            c.path,
            # It reads a nameless cookie's value as its name.
            *((c.name, c.value) if c.name else (c.value, None)),
            c.secure,
        )
        for c in [c._replace(value=c.value.encode("latin-1").decode()) for c in filled()]
        # It reads `#HttpOnly_` since Python 3.10.
        if sys.version_info >= (3, 10) or not c.httponly
    }
    theirs.save(ignore_discard=True, ignore_expires=True)
    ours = CookieJar.from_cookies_txt(path.read_text("utf-8"), clock=clock)
    # It drops SameSite and Partitioned. Its nameless cookie has an empty name again.
    assert sorted(timeless(ours)) == sorted(
        [
            c._replace(samesite=None, partitioned=False)
            for c in timeless(filled())
            if sys.version_info >= (3, 10) or not c.httponly
        ]
    )


class _Echo(BaseHTTPRequestHandler):
    """Returns the cookies that it receives, and sets two."""

    def do_GET(self) -> None:
        body = self.headers.get("Cookie", "").encode("latin-1")
        self.send_response(200)
        self.send_header("Set-Cookie", "curl=one; Path=/; HttpOnly; Max-Age=1000")
        self.send_header("Set-Cookie", "curl2=; Path=/docs")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


def with_server(use: "Callable[[str], object]") -> None:
    with HTTPServer(("127.0.0.1", 0), _Echo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            use(f"http://127.0.0.1:{server.server_port}/")
        finally:
            server.shutdown()
            thread.join()


def test_curl_and_cookiecodec_read_each_other(tmp_path: Path) -> None:
    curl = shutil.which("curl")
    if curl is None:
        assert not COMPLETE, "curl is missing"
        pytest.skip("curl is not installed")
    jar = CookieJar()
    for header in ("a=1; HttpOnly", "b=2; Path=/docs", "c=\xc3\xa9; SameSite=Lax"):
        jar.receive(header, "http://127.0.0.1/")
    path = tmp_path / "cookies.txt"
    path.write_text(jar.to_cookies_txt(), "utf-8")

    def use(url: str) -> None:
        file = str(path)
        command = [str(curl), "-q", "-sS", "--noproxy", "*", "-b", file, "-c", file, url]
        answer = subprocess.run(command, capture_output=True, check=True)
        sent = answer.stdout.decode("latin-1")
        assert sorted(sent.split("; ")) == sorted(jar.cookie_header(url).split("; "))
        loaded = CookieJar.from_cookies_txt(path.read_text("utf-8"))
        assert {(c.name, c.value, c.httponly, c.host_only) for c in loaded} == {
            ("a", "1", True, True),
            ("b", "2", False, True),
            ("c", "\xc3\xa9", False, True),
            ("curl", "one", True, True),
            ("curl2", "", False, True),
        }

    with_server(use)


def test_urllib_reads_our_cookies_txt(tmp_path: Path) -> None:
    """With a `MozillaCookieJar` and an opener, as in yt-dlp."""
    jar = CookieJar()
    jar.receive("a=1; Path=/; Max-Age=1000", "http://127.0.0.1/")
    path = tmp_path / "cookies.txt"
    path.write_text(jar.to_cookies_txt(), "utf-8")
    theirs = http.cookiejar.MozillaCookieJar(str(path))
    theirs.load()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(theirs))

    def use(url: str) -> None:
        with opener.open(url) as answer:
            assert answer.read() == b"a=1"

    with_server(use)
