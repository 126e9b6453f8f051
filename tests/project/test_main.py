"""The command line: what a shell sees of it."""

import base64
import contextlib
import io
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given

import cookiecodec
from cookiecodec.__main__ import main
from cookiecodec._cli.streams import escape

from ..support.peers import peer
from ..support.strategies import any_text

DATA = Path(__file__).parents[1] / "support" / "data"
REAL_HEADERS: "list[dict[str, Any]]" = json.loads(
    (DATA / "real_headers.json").read_text("utf-8")
)

# Each test starts processes.
pytestmark = pytest.mark.slow


def shell(*arguments: "str | bytes", stdin: bytes = b"", **env: Any) -> "tuple[int, str, str]":
    """Exit status, standard output and standard error of a real process."""
    result = subprocess.run(
        [sys.executable, "-m", "cookiecodec", *arguments],
        input=stdin,
        capture_output=True,
        env={**os.environ, **env},
        check=False,
    )
    return result.returncode, result.stdout.decode(), result.stderr.decode()


# --- real headers, through the shell --------------------------------------------------


@pytest.mark.parametrize("case", REAL_HEADERS, ids=[case["kind"] for case in REAL_HEADERS])
def test_a_real_header_goes_through_parse(case: "dict[str, Any]") -> None:
    octets = case["header"].encode("latin-1")
    status, out, err = shell("parse", "--json", stdin=octets + b"\r\n")
    assert (status, err) == (0, "")
    assert list(json.loads(out).items()) == list(case["expect"].items())
    assert out.isascii()


@pytest.mark.parametrize("case", REAL_HEADERS, ids=[case["kind"] for case in REAL_HEADERS])
def test_a_real_header_is_read_in_all_its_forms(case: "dict[str, Any]") -> None:
    octets = case["header"].encode("latin-1")
    for form in (case["header"], octets, [octets], {"HTTP_COOKIE": case["header"]}):
        cookies = cookiecodec.parse_cookie(form)
        assert list(cookies.items()) == list(case["expect"].items())


# --- explain --------------------------------------------------------------------------


def test_explain_at_a_glance() -> None:
    header = "Set-Cookie: __Host-sid=31d4; Secure; Path=/app; Max-Age=3600"
    status, out, err = shell("explain", header, "--url", "https://example.com/app")
    assert (status, err) == (1, "")
    rows = dict(line.split(None, 1) for line in out.split("\n\n")[-1].splitlines())
    assert rows == {
        "name": "__Host-sid",
        "value": "31d4",
        "Domain": "(not given): for this host only",
        "Path": "/app",
        "Expires": "(not given)",
        "Max-Age": "3600 s",
        "Secure": "yes",
        "HttpOnly": "no",
        "SameSite": "(not given)",
        "Partitioned": "no",
        "Priority": "(not given)",
    }
    assert out.startswith("DROPPED for https://example.com/app\n\nerror: prefix-host\n")
    assert "has a prefix that requires Path=/." in out
    assert "(draft-ietf-httpbis-layered-cookies, section 5.4.3)" in out
    assert "\x1b" not in out, "no colour where there is no terminal"


def test_explain_shows_the_date_that_was_read() -> None:
    status, out, _ = shell("explain", "a=b; Expires=9 Jun 2021 10:18:14 x")
    assert status == 1
    assert "  Expires      Wed, 09 Jun 2021 10:18:14 GMT\n" in out


@pytest.mark.parametrize(
    ("header", "status", "outcome"),
    [
        ("a=b", 0, "KEPT for"),
        ("a", 0, "KEPT for"),
        ("a=b; SameSite=None", 1, "DROPPED for"),
        ("a=; Max-Age=0", 1, "DROPPED, deleting what was there, for"),
        ("a=\x01; Path=/", 1, "DROPPED for"),
        ("", 1, "DROPPED for"),
    ],
)
def test_explain_says_what_becomes_of_it(header: str, status: int, outcome: str) -> None:
    for arguments, stdin in [((header,), b""), ((), header.encode() + b"\r\n")]:
        code, out, err = shell("explain", *arguments, stdin=stdin)
        assert (code, err) == (status, "")
        assert outcome in out


RESPONSE = b"""HTTP/1.1 302 Found\r
Location: https://www.example.com/home\r
Set-Cookie: a=1; Path=/\r
set-cookie: a=2; Path=/\r
\r
HTTP/2 200 \r
content-type: text/html\r
set-cookie: b=1; Secure\r
set-cookie: c=1;\r
  SameSite=None\r
\r
<html>\r
Set-Cookie: d=1\r
"""
PREFIXED = b"\n".join(
    [b"* Connected", b"> GET / HTTP/1.1", b"> Cookies: x=y", b">"]
    + [b"< " + line for line in RESPONSE.partition(b"<html>")[0].splitlines()]
    + [b"<html>"]
)
INDENTED = b"\n".join(
    b"  " + line.replace(b";\r\n  SameSite", b"; SameSite")
    for line in RESPONSE.replace(b";\r\n  Same", b"; Same")
    .partition(b"\r\n\r\n<")[0]
    .splitlines()
)


DUMPS = [RESPONSE, PREFIXED, RESPONSE.replace(b"\r", b""), INDENTED, b"\n\n" + RESPONSE]


@pytest.mark.parametrize("dump", DUMPS, ids=["-i", "-v", "LF", "wget -S", "blank lines"])
def test_explain_reads_the_responses_that_tools_print(dump: bytes) -> None:
    status, out, err = shell("explain", "--url", "http://example.com/", stdin=dump)
    assert (status, err) == (1, "")
    outcomes = [line for line in out.splitlines() if " for http" in line]
    assert outcomes == [
        "a: KEPT for http://example.com/",
        "a: KEPT for http://example.com/",
        "b: KEPT for https://www.example.com/home",
        "c: DROPPED for https://www.example.com/home",
    ]
    assert out.index("warning: replaced") < out.index("b: KEPT")
    assert out.endswith("4 Set-Cookie lines in 2 responses: 1 dropped\n")
    told = json.loads(shell("explain", "--json", "--url=http://example.com/", stdin=dump)[1])
    assert [each["cookie"]["name"] for each in told["cookies"]] == ["a", "a", "b", "c"]
    assert told["dropped"] == 1


def test_explain_reads_header_lines_and_responses_without_cookies() -> None:
    status, out, _ = shell(
        "explain", stdin=b"Server: x\nSet-Cookie: a=1\nset-cookie: b=; Max-Age=0\n"
    )
    assert (status, out.count("Set-Cookie lines")) == (0, 1)
    assert "b: DROPPED, deleting what was there, for" in out
    status, out, _ = shell("explain", stdin=b"HTTP/2 204\r\n\r\n")
    assert status == 0
    assert out.splitlines()[1:] == ["0 Set-Cookie lines in 1 response: 0 dropped"]
    status, out, err = shell("explain", stdin=b"a=b\nc=d\n")
    assert (status, out) == (2, "")
    assert "none of them is a header line" in err


def test_explain_reads_a_part_of_what_curl_prints() -> None:
    """As an argument too. And a body may have anything."""
    text = b"< set-cookie: a=1; Path=/\r\n< Set-Cookie: b=2; SameSite=None\r\n"
    for arguments, stdin in [((), text), ((text.replace(b"< ", b""),), b"")]:
        status, out, err = shell("explain", *arguments, stdin=stdin)
        assert (status, err) == (1, "")
        assert out.endswith("2 Set-Cookie lines in 1 response: 1 dropped\n")
    status, out, _ = shell("explain", "< set-cookie: a=1; Path=/")
    assert (status, out.splitlines()[0]) == (0, "KEPT for https://example.com/")
    body = b"HTTP/2 200\r\nset-cookie: a=1\r\n\r\ncookie: this is a body\r\n"
    assert shell("explain", stdin=body)[0] == 0


@pytest.mark.parametrize(
    "octets", [b"\nSet-Cookie: a=b; Path=/\r\n\r\n", b"a=b; Path=/\r\n\r\n\r\n"]
)
def test_explain_takes_blank_lines_around_a_header(octets: bytes) -> None:
    status, out, _ = shell("explain", stdin=octets)
    assert status == 0
    assert out.startswith("KEPT for https://example.com/\n\n  name         a\n")


def test_headers_of_the_other_direction_are_bad_input() -> None:
    for arguments, stdin in [(("explain", "Cookie: a=1; b=2"), b""),
                             (("explain",), b"GET / HTTP/1.1\r\ncookie: a=b\r\n\r\n"),
                             (("parse", "Set-Cookie: a=1; Path=/"), b""),
                             (("parse",), b" SET-COOKIE : a=1\n")]:  # fmt: skip
        status, out, err = shell(*arguments, stdin=stdin)
        assert (status, out) == (2, "")
        assert "'cookiecodec parse'" in err or "'cookiecodec explain'" in err


def test_explain_says_that_the_url_is_missing() -> None:
    for domain in ("mysite.test", "undefined"):
        status, out, _ = shell("explain", f"a=b; Domain={domain}")
        assert (status, "--url is missing, so https://example.com/ was assumed" in out) == (
            1,
            True,
        )
        _, out, _ = shell("explain", f"a=b; Domain={domain}", "--url", "https://example.com/")
        assert "--url" not in out


def test_explain_knows_the_context() -> None:
    url = "https://example.com/"
    assert "samesite-cross-site" in shell("explain", "a=b", "--cross-site", "--url", url)[1]
    assert "httponly-not-http" in shell("explain", "a=b; HttpOnly", "--script")[1]
    header = "a=b; SameSite=None; Secure"
    assert shell("explain", header, "--cross-site")[0] == 0
    status, out, _ = shell("explain", header, "--embedded")
    assert (status, f"Try: {header}; Partitioned" in out) == (0, True)
    assert "info: third-party" in shell("explain", header + "; Partitioned", "--embedded")[1]


@pytest.mark.parametrize("columns", ["1", "3", "0", "x", "10000"])
def test_explain_fits_any_terminal(columns: str) -> None:
    for arguments in (("a=b c",), ("--help",)):
        status, out, err = shell("explain", *arguments, COLUMNS=columns)
        assert (status, err) == (0, "")
        assert out


def test_json_has_no_number_that_json_has_not() -> None:
    token = cookiecodec.Signer(KEY).dumps({"a": [float("nan"), float("-inf")], "b": 1.5})
    status, out, _ = shell("unsign", "--object", "--json", token, "--key-env", "KEY", KEY=KEY)
    assert (status, json.loads(out)["value"]) == (0, {"a": [None, None], "b": 1.5})
    for value in ("NaN", "[1e999]", '{"a": -Infinity}'):
        assert shell("sign", value, "--object", "--key-env", "KEY", KEY=KEY)[:2] == (2, "")


LEAKS = [
    ["sign", "v", "--kye", "KEY!"],
    ["sign", "v", "--k=KEY!"],
    ["sign", "v", "--untimed=KEY!", "--key-env", "HOME"],
    ["sign", "v", "KEY!", "--key-env", "HOME"],
    ["sign", "v", "-KEY!", "--key-env", "HOME"],
    ["sign", "v", "--key-env", "KEY!"],
    ["sign", "v", "--key-env=KEY!"],
    ["sign", "v", "--key-file", "KEY!"],
    ["sign", "v", "--key-file", "KEY!/\x7f"],
    ["sign", "--value-env", "KEY!", "--key-env", "HOME"],
    ["sign", "--value-file", "KEY!", "--key-env", "HOME"],
    ["sign", "v", "--digest", "KEY!", "--key-env", "HOME"],
    ["sign", "v", "--key-derivation", "KEY!", "--key-env", "HOME"],
    ["sign", "v", "--cookie", "KEY! ", "--key-env", "HOME"],
    ["unsign", "v", "--max-age", "KEY!", "--key-env", "HOME"],
    ["session", "v", "--name", "KEY!", "--key-env", "HOME"],
    ["dump", "k", "v", "--max-age", "KEY!"],
    ["dump", "k", "v", "--quoting", "KEY!"],
    ["KEY!", "sign"],
]


@pytest.mark.parametrize("arguments", LEAKS, ids=" ".join)
def test_a_key_in_the_wrong_place_is_not_shown(arguments: "list[str]") -> None:
    for key in ("s3cr3t", 'it\'s "s3cr3t"\t\\'):
        status, out, err = shell(*[each.replace("KEY!", key) for each in arguments])
        assert status in (1, 2)
        assert "s3cr3t" not in out + err


def test_no_module_of_the_current_folder_is_imported(tmp_path: Path) -> None:
    """`python -m` puts the current folder first on the path of modules."""
    for name in ("publicsuffixlist", "argparse", "markupsafe"):
        (tmp_path / f"{name}.py").write_text("print('taken in')")
    for path in ("", os.pathsep, "."):
        result = subprocess.run(
            [sys.executable, "-m", "cookiecodec", "explain", "a=b; Domain=example.com"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            check=False,
        )
        assert (result.returncode, result.stderr) == (0, b"")
        assert b"taken in" not in result.stdout


def test_explain_stays_short() -> None:
    header = "a=\x01;" + "x" * 5000 + ";b" * 5000
    status, out, _ = shell("explain", stdin=header.encode())
    assert status == 1
    assert len(out) < 5000
    assert "and 4963 more" in out


def test_explain_tells_the_browsers_apart() -> None:
    _, out, _ = shell("explain", "a=b\tc")
    assert "Chromium drops it. Firefox keeps it." in out


def test_explain_in_json() -> None:
    status, out, err = shell("explain", "--json", "a=\u00e9; Max-Age=9; Foo=bar; Expires=0")
    assert (status, err, out.isascii()) == (0, "", True)
    told = json.loads(out)
    assert told["accepted"] is True
    assert told["cookie"]["value"] == "\xc3\xa9"
    assert told["attributes"] == [["Max-Age", "9"], ["Foo", "bar"], ["Expires", "0"]]
    assert [finding["code"] for finding in told["findings"]] == [
        "attribute-unknown",
        "expires-overridden",
        "value-not-octets",
    ]
    assert told["url"] == "https://example.com/"
    assert set(told["findings"][0]) == {"code", "severity", "message", "reference", "browsers",
                                         "suggestion"}  # fmt: skip
    status, out, _ = shell("explain", "--json", "a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT")
    assert (status, json.loads(out)["cookie"]["expires"]) == (
        1,
        "Thu, 01 Jan 1970 00:00:00 GMT",
    )


HOSTILE = b"a\x1b]0;x\x07=\xc2\x9b31m\xe2\x80\xae\x1b[2J\xff; Path=/\x1b[A; \xc2\x9b=\x1b"


def test_a_hostile_header_drives_no_terminal() -> None:
    """Neither as it is, nor without the controls for which browsers drop it, nor by its URL."""
    without = bytes([octet for octet in HOSTILE if octet >= 0x20])
    for header, url in [(HOSTILE, b"https://a.test/"), (without, b"x"), (b"a", HOSTILE)]:
        for more in ((), ("--json",)):
            status, out, err = shell("explain", *more, header, b"--url=" + url)
            assert status in ((0, 1) if url.startswith(b"https") else (2,))
            assert (status == 2) == bool(err) == (not out)
            assert (out + err).replace("\n", "").isprintable()


@given(any_text)
def test_explain_shows_anything(header: str) -> None:
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        octets = header.encode("utf-8", "surrogatepass").replace(b"\0", b"")
        text = os.fsdecode(octets)
        assume(text != "-")  # standard input
        status = main(["explain", "--url", "https://example.com/", "--", text])
    assert status in (0, 1)
    assert shown.getvalue().replace("\n", "").isprintable()


def test_explain_in_colour_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def shown() -> str:
        terminal = Terminal()
        with contextlib.redirect_stdout(terminal):
            main(["explain", "a=b; SameSite=None"])
        return terminal.getvalue()

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[31mDROPPED\x1b[0m" in shown()
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in shown()
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b" not in shown()


def test_explain_uses_the_list_of_public_suffixes_where_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    peer("publicsuffixlist")
    arguments = ["explain", "a=b; Domain=co.uk", "--url", "https://www.example.co.uk/"]
    status, out, _ = shell(*arguments)
    assert (status, "domain-public-suffix" in out) == (1, True)
    monkeypatch.setitem(sys.modules, "publicsuffixlist", None)
    assert main(arguments) == 0
    assert "cookiecodec[psl]" in capsys.readouterr().out


# --- parse ----------------------------------------------------------------------------


def test_parse_shows_a_cookie_a_line() -> None:
    header = r'Cookie: sid=31d4; theme="dark\054 wide"; name=M' + "\xfcller"
    out = "sid=31d4\ntheme=dark, wide\nname=Müller\n"
    assert shell("parse", header, PYTHONUTF8="1") == (0, out, "")
    assert shell("parse", stdin=header.encode() + b"\n", PYTHONUTF8="1") == (0, out, "")


def test_parse_takes_a_header_a_line_from_standard_input() -> None:
    assert shell("parse", stdin=b"cookie: a=1\r\nCOOKIE:b=2\n\n a=3\n") == (0, "a=1\nb=2\n", "")


def test_parse_takes_octets_of_any_kind() -> None:
    assert shell("parse", "--json", b"a=\xff\xc3\xa9") == (
        0,
        '{\n  "a": "\\ufffd\\u00e9"\n}\n',
        "",
    )


def test_parse_takes_off_the_field_name_alone() -> None:
    """Not what a name or a value has in it: `__Host-Cookie:sid` is not `__Host-sid`."""
    for line in ("__Host-Cookie:sid=planted", "note=my cookie: yes"):
        assert shell("parse", line) == (0, line + "\n", "")
    assert shell("parse", "Cookie: cookie: a=1") == (0, "cookie: a=1\n", "")


def test_parse_says_when_there_is_nothing() -> None:
    assert shell("parse", "nothing") == (0, "", "cookiecodec: no cookies in this header\n")
    assert shell("parse", "--json", "") == (0, "{}\n", "")


def test_no_header_drives_the_terminal() -> None:
    header = r'a="\033]0;owned\007\033[2J"; b=' + "\x9b31m\u202egnp.exe; \x1b[1m=c"
    status, out, _ = shell("parse", header.replace(";owned", r"\073owned"), PYTHONUTF8="1")
    assert status == 0
    assert (
        out
        == r"a=\x1b]0;owned\x07\x1b[2J"
        + "\n"
        + r"b=\x9b31m\u202egnp.exe"
        + "\n"
        + r"\x1b[1m=c"
        + "\n"
    )


def test_a_terminal_without_unicode_is_no_error() -> None:
    out = shell("parse", "a=é", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert out == (0, "a=\\xe9\n", "")


@given(any_text)
def test_what_is_shown_is_printable(text: str) -> None:
    assert escape(text).isprintable()
    if text.isprintable():
        assert escape(text) == text


# --- dump -----------------------------------------------------------------------------


def test_dump_prints_a_header_line() -> None:
    status, out, err = shell("dump", "theme", "dark, wide", "--secure", "--samesite", "lax")
    assert (status, err) == (0, "")
    assert out == 'Set-Cookie: theme="dark\\054 wide"; Secure; Path=/; SameSite=Lax\n'


DUMPED = [
    (["k"], "k=; Path=/"),
    (["k", "", "--no-path"], "k="),
    (["k", "v", "--path", "/p", "--httponly", "--partitioned"],
     "k=v; Secure; HttpOnly; Path=/p; Partitioned"),
    (["k", "v", "--max-age", "5", "--no-sync-expires"], "k=v; Max-Age=5; Path=/"),
    (["k", "v", "--max-age=-5", "--expires", "0"],
     "k=v; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=-5; Path=/"),
    (["k", "v", "--expires", "1.5"], "k=v; Expires=Thu, 01 Jan 1970 00:00:01 GMT; Path=/"),
    (["k", "v", "--expires", "Thu, 01-Jan-70 00:00:00 GMT"],
     "k=v; Expires=Thu, 01-Jan-70 00:00:00 GMT; Path=/"),
    (["k", "v", "--domain", ".example.com"], "k=v; Domain=example.com; Path=/"),
    (["k", "a, é", "--quoting", "percent"], "k=a%2C%20%C3%A9; Path=/"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "header"), DUMPED)
def test_dump(arguments: "list[str]", header: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dump", *arguments]) == 0
    assert capsys.readouterr() == (f"Set-Cookie: {header}\n", "")
    assert main(["dump", "--json", *arguments]) == 0
    assert json.loads(capsys.readouterr().out) == {"set-cookie": header, "warnings": []}


def test_dump_warns_on_standard_error_and_in_json() -> None:
    status, out, err = shell("dump", "k", "--samesite", "none")
    assert (status, out) == (0, "Set-Cookie: k=; Path=/; SameSite=None\n")
    message = "The 'k' cookie is dropped by browsers: SameSite=None requires secure=True."
    assert err == f"cookiecodec: warning: {message}\n"
    status, out, err = shell("dump", "k", "--samesite", "none", "--json")
    assert (status, err) == (0, "")
    assert json.loads(out)["warnings"] == [
        {"code": "samesite-none-insecure", "message": message}
    ]


def test_a_value_comes_from_where_it_is_safe(tmp_path: Path) -> None:
    expected = (0, 'Set-Cookie: k="s\\303\\251cret"; Path=/\n', "")
    file = tmp_path / "value"
    file.write_bytes("sécret\r\n".encode())
    assert shell("dump", "k", "-", stdin="sécret\n".encode()) == expected
    assert shell("dump", "k", "--value-file", str(file)) == expected
    assert (
        shell("dump", "k", "--value-env", "VALUE", VALUE="sécret", PYTHONUTF8="1") == expected
    )


# --- sign, unsign, session ------------------------------------------------------------

KEY = "6f1d0b9c83a24e57b0c2d94f7a615e38"


def test_a_signed_value_goes_through_the_shell(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(KEY + "\n")
    key = ["--key-file", str(tmp_path / "key")]
    for more in ([], ["--cookie", "session"], ["--untimed", "--digest", "sha512"]):
        status, signed, err = shell("sign", "user-42", *key, *more)
        assert (status, err) == (0, "")
        for result in (
            shell("unsign", signed.strip(), *key, *more),
            shell("unsign", *key, *more, stdin=signed.encode()),
            shell("unsign", signed.strip(), "--key-env", "KEY", *more, KEY=KEY),
            shell("unsign", signed.strip(), "--key-file", "-", *more, stdin=KEY.encode()),
        ):
            assert result[:2] == (0, "user-42\n")
            assert result[2].startswith("cookiecodec: verified by key 1")
            assert ("signed" in result[2]) == ("--untimed" not in more)
    status, signed, _ = shell("sign", "--object", *key, "--json", stdin=b'{"id": 42}')
    token = json.loads(signed)["signed"]
    assert shell("unsign", token, "--object", *key, "--max-age", "60")[:2] == (
        0,
        '{"id": 42}\n',
    )
    told = json.loads(shell("unsign", token, "--object", *key, "--json")[1])
    assert (told["verified"], told["key"], told["value"]) == (True, 1, {"id": 42})


def test_the_key_that_verifies_is_named_by_its_position() -> None:
    signed = cookiecodec.Signer("second").sign("v")
    keys = ["--key-env", "A", "--key-env", "B"]
    status, out, err = shell("unsign", signed, *keys, A="first", B="second")
    assert (status, out) == (0, "v\n")
    assert "verified by key 2, signed " in err
    assert "second" not in out + err


def test_a_key_of_any_octets(tmp_path: Path) -> None:
    key = bytes(range(256)) + b"\r\n"
    (tmp_path / "key").write_bytes(key)
    signed = shell("sign", "v", "--key-file", str(tmp_path / "key"))[1].strip()
    assert cookiecodec.Signer(key[:-2]).unsign(signed) == "v"


def test_a_key_on_the_command_line_works_with_a_warning() -> None:
    status, signed, err = shell("sign", "v", "--key", KEY)
    assert status == 0
    assert cookiecodec.Signer(KEY).unsign(signed.strip()) == "v"
    assert err.startswith("cookiecodec: warning: others can see")
    assert KEY not in err


def test_what_does_not_verify_is_shown_on_request_alone() -> None:
    signed = cookiecodec.Signer("other").sign("pay\x1bload")
    token = cookiecodec.Signer("other").dumps({"id": 42})
    key = ["--key-env", "KEY"]
    error = "cookiecodec: error: no key verifies it\n"
    assert shell("unsign", signed, *key, KEY=KEY) == (1, "", error)
    status, out, err = shell("unsign", signed, "--unverified", *key, KEY=KEY)
    assert (status, err) == (1, error)
    assert out == "NOT VERIFIED, anybody may have written this:\npay\\x1bload\n"
    status, out, _ = shell("unsign", token, "--object", "--unverified", "--json", *key, KEY=KEY)
    assert status == 1
    assert json.loads(out)["verified"] is False
    assert json.loads(out)["value"] == {"id": 42}
    deep = base64.urlsafe_b64encode(b"[" * 30_000).decode() + ".x.y"
    for junk in (deep, "", "x", ".eJw.x.y", "." + "A" * 100 + ".x.y"):
        status, out, err = shell("unsign", junk, "--object", "--unverified", *key, KEY=KEY)
        assert (status, out, err.count("\n")) == (1, "", 1)
    assert shell("unsign", signed, "--max-age", "0", *key, KEY=KEY)[0] == 1


def test_a_value_that_is_too_old_is_not_one_of_another_key(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is said what is wrong with it; nor are further keys asked, or is it shown."""
    monkeypatch.setenv("OLD", "old")
    monkeypatch.setenv("KEY", KEY)
    signer = cookiecodec.Signer(KEY, clock=lambda: 1000000000)
    keys = ["--key-env", "OLD", "--key-env", "KEY", "--max-age", "60"]
    for value, kind in ((signer.sign("v"), []), (signer.dumps("v"), ["--object"])):
        assert main(["unsign", value, *kind, *keys, "--unverified"]) == 1
        out, err = capsys.readouterr()
        assert out == ""
        assert re.fullmatch("cookiecodec: error: signed [0-9]+ seconds ago\n", err)


def test_a_session_in_chunks_is_shown() -> None:
    noise = {"data": "".join(chr(33 + n * n * 7 % 89) for n in range(5000))}
    signer = cookiecodec.Signer(KEY, salt="cookie-session", compress=False)
    token = signer.for_cookie("session").dumps(noise)
    headers = cookiecodec.dump_cookie_chunks("session", token)
    assert len(headers) == 2
    cookies = "; ".join(header.split(";")[0] for header in headers)
    status, out, _ = shell("session", cookies, "--key-env", "KEY", KEY=KEY)
    assert status == 0
    assert "this package in session" in out


@pytest.mark.parametrize("header", ["{}", "session={}", "Cookie: a=1; session={}; b=2"])
def test_a_session_is_told_from_its_cookie(header: str) -> None:
    content = {"user": 42, "seen": {" t": [1, 2]}}
    signers = {
        "Flask": cookiecodec.Signer(KEY, salt="cookie-session", digest="sha1"),
        "this package in session": cookiecodec.Signer(KEY, salt="cookie-session").for_cookie(
            "session"
        ),
    }
    for kind, signer in signers.items():
        given = header.format(signer.dumps(content))
        keys = ["--key-env", "NEW", "--key-env", "KEY"]
        status, out, err = shell("session", given, *keys, NEW="new", KEY=KEY)
        assert (status, err) == (0, "")
        first, second, third = out.splitlines()
        assert first.startswith(f"verified by key 2, as a session of {kind}, signed ")
        assert second.startswith("valid until ")
        assert json.loads(third) == content
        status, out, err = shell("session", given, "--key-env", "NEW", NEW="new")
        assert (status, out, err) == (1, "", "cookiecodec: error: no key verifies it\n")
        told = shell("session", given, "--unverified", "--key-env", "NEW", NEW="new")[1]
        assert told.startswith("NOT VERIFIED") and json.loads(told.splitlines()[2]) == content  # noqa: PT018


# --- bad input: one line, exit status 2, nothing on standard output -------------------

BAD = [
    [],
    ["bake"],
    ["dump"],
    ["dump", "a b"],
    ["dump", "a\r\nSet-Cookie: x", "v"],
    ["dump", "k", "é", "--quoting", "none"],
    ["dump", "k", b"\xff"],
    ["dump", "k", "v", "--domain", "a.test\nX: 1"],
    ["dump", "k", "v", "--samesite", "some"],
    ["dump", "k", "v", "--max-age", "soon"],
    ["dump", "k", "v", "--max-age", "1_0"],
    ["dump", "k", "v", "--max-age", "١٢"],
    ["dump", "k", "v", "--max-age", "9" * 5000],
    ["dump", "k", "v", "--expires", "9" * 20],
    ["dump", "k", "v", "--expires", "\x1b[31m"],
    ["dump", "k", "v", "--quoting", "base64"],
    ["dump", "k", "v", "--value-env", "HOME"],
    ["dump", "k", "--value-env", "NO_SUCH_VARIABLE"],
    ["dump", "k", "--value-file", "no/such/file"],
    ["sign", "v"],
    ["sign", "--key-file", "-"],
    ["sign", "-", "--key-file", "-"],
    ["sign", "v", "--key-file", "-", "--key-file", "-"],
    ["sign", "v", "--key-env", "NO_SUCH_VARIABLE"],
    ["sign", "v", "--key-env", "HOME", "--key-file", "x"],
    ["sign", "v", "--key-env", "HOME", "--key-env", "PATH"],
    ["sign", "a\xa0b", "--key-env", "HOME"],
    ["sign", "[" * 100_000, "--key-env", "HOME", "--object"],
    ["sign", "v", "--key-env", "HOME", "--digest", "md5"],
    ["sign", "v", "--key-env", "HOME", "--cookie", "a b"],
    ["sign", "{", "--key-env", "HOME", "--object"],
    ["unsign", "v", "--key-env", "HOME", "--untimed", "--max-age", "5"],
    ["parse", "a=1", "b=2"],
    ["parse", "--quoting", "base64", "a=1"],
]


@pytest.mark.parametrize("arguments", BAD, ids=lambda arguments: ascii(arguments)[:50])
def test_bad_input(arguments: "list[str | bytes]") -> None:
    status, out, err = shell(*arguments)
    assert status == 2
    assert out == ""
    assert err.startswith("cookiecodec: error: ")
    assert err.count("\n") == 1
    assert err.endswith("\n")
    assert err[:-1].isprintable()


def test_a_value_that_is_no_text_is_bad_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff")))
    assert main(["dump", "k", "-"]) == 2
    assert capsys.readouterr() == ("", "cookiecodec: error: the value is not UTF-8\n")


@pytest.mark.skipif(os.name != "posix", reason="closes descriptors as a shell does")
@pytest.mark.parametrize("closing", ["parse <&-", "dump k - <&-", "parse a=1 >&-"])
def test_a_closed_stream_is_bad_input(closing: str) -> None:
    result = subprocess.run(
        f"{sys.executable} -m cookiecodec {closing}",
        shell=True,
        capture_output=True,
        check=False,
    )
    assert result.returncode == 2
    assert result.stderr.startswith(b"cookiecodec: error: standard ")
    assert result.stderr.count(b"\n") == 1


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    header = "; ".join(f"c{n}=" + "x" * 1000 for n in range(1000))
    with subprocess.Popen(
        [sys.executable, "-m", "cookiecodec", "parse"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        process.stdin.write(header.encode())
        process.stdin.close()
        assert process.stderr.read() == b""


def test_help_and_version() -> None:
    status, out, err = shell("--help")
    assert (status, err) == (0, "")
    for command in ("parse", "dump", "explain", "sign", "unsign", "session", "vendor"):
        assert command in out
    assert shell("--version") == (0, f"cookiecodec {cookiecodec.__version__}\n", "")


@pytest.mark.parametrize(
    "command", ["parse", "dump", "explain", "sign", "unsign", "session", "vendor"]
)
def test_the_examples_of_help_run(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KEY", KEY)
    lines = shell(command, "--help")[1].split("examples:\n")[1].splitlines()
    assert lines
    for line in lines:
        name, *arguments = shlex.split(line)
        assert name == "cookiecodec"
        status = main(arguments)
        assert status == (1 if command in ("explain", "unsign", "session") else 0), line


# --- what newcomers meet --------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0), ("-1", -1), ("90s", 90), ("15m", 900), ("1h", 3600), ("30d", 2592000)],
)
def test_a_lifetime_may_have_a_unit(text: str, seconds: int) -> None:
    status, out, _ = shell("dump", "k", "v", "--max-age", text, "--no-sync-expires")
    assert (status, out) == (0, f"Set-Cookie: k=v; Max-Age={seconds}; Path=/\n")


def test_a_short_argument_does_not_garble_a_message() -> None:
    _, _, err = shell("dump", "a", "b", "--max-age", "1y")
    assert err == (
        "cookiecodec: error: argument --max-age: write seconds, or a number with a unit: 90s,"
        " 15m, 1h, 30d, 2w\n"
    )


def test_a_session_under_another_name_is_found() -> None:
    signer = cookiecodec.Signer(KEY, salt="cookie-session").for_cookie("__Host-session")
    token = signer.dumps({"user": 42})
    for value in (token, "." + token):
        header = f"a=1; b=x.y; __Host-session={value}"
        assert shell("session", header, "--key-env", "KEY", KEY=KEY) == (
            2,
            "",
            "cookiecodec: error: there is no cookie 'session' here, but there is"
            " '__Host-session': use --name\n",
        )
    chunk = shell("session", "sid.0=a.b.c", "--key-env", "KEY", KEY=KEY)[2]
    assert "but there is 'sid': use --name" in chunk
    assert shell("session", "a=1", "--key-env", "KEY", KEY=KEY) == (
        2,
        "",
        "cookiecodec: error: there is no cookie 'session' here\n",
    )
    header = f"__Host-session={token}"
    options = ("--name", "__Host-session", "--key-env", "KEY")
    assert shell("session", header, *options, KEY=KEY)[0] == 0


def test_a_session_is_shown_without_a_key_and_says_how_long_it_is_valid() -> None:
    def clock() -> float:
        return 1_700_000_000

    cookie = cookiecodec.SessionCookie(KEY, clock=clock)
    session = cookie.open(None)
    session["user"] = 42
    for lifetime, end in (
        (None, "Fri, 15 Dec 2023 22:13:20 GMT, by the default lifetime of 31 days"),
        (3600, "Tue, 14 Nov 2023 23:13:20 GMT, by its own lifetime"),
    ):
        session.lifetime = lifetime
        header = cookie.save(session)[0][1].split(";")[0]
        status, out, err = shell("session", header, "--unverified")
        assert (status, err) == (1, "cookiecodec: error: no key is given\n")
        first, second, third = out.splitlines()
        assert first == "NOT VERIFIED, anybody may have written this:"
        assert second == f"valid until {end}"
        assert json.loads(third)["user"] == 42
        status, out, _ = shell("session", header, "--key-env", "KEY", KEY=KEY)
        assert (status, out.splitlines()[1]) == (0, second)
    assert shell("session", header)[0] == 2, "without --unverified, a key is needed"
    listed = cookiecodec.Signer(KEY, salt="cookie-session", digest="sha1").dumps([1])
    assert "valid until" not in shell("session", listed, "--unverified")[1]
    signed = cookiecodec.Signer(KEY).sign("v")
    assert shell("unsign", signed, "--unverified")[1].splitlines()[1] == "v"


def test_input_that_is_no_response_is_said_to_be_none() -> None:
    status, out, err = shell("explain")
    assert (status, out) == (2, "")
    assert "did the command before the pipe fail?" in err
    assert "`curl -i`" in shell("explain", stdin=b"<html>\n<body>\n")[2]
    response = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Path=/\r\n\r\n"
    lines = shell("explain", stdin=response)[1].splitlines()
    assert lines[-2:] == [
        "--url was not given, so https://example.com/ was assumed.",
        "1 Set-Cookie line in 1 response: 0 dropped",
    ]
    assert "--url" not in shell("explain", "--url", "https://a.test/", stdin=response)[1]


def test_a_cookie_that_the_missing_list_would_drop_is_not_called_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "publicsuffixlist", None)
    assert main(["explain", "a=1; Domain=co.uk", "--url", "https://shop.co.uk/"]) == 0
    assert capsys.readouterr().out.startswith("PROBABLY DROPPED for https://shop.co.uk/")
    assert main(["explain", "a=1; Domain=shop.example", "--url", "https://shop.example/"]) == 0
    assert capsys.readouterr().out.startswith("KEPT for")


@pytest.mark.parametrize("entry", ["[Infinity, null]", "[NaN, 0]", "[1e300, 0]", "[[]]", "7"])
def test_a_payload_with_an_odd_lifetime_is_shown_all_the_same(entry: str) -> None:
    """Nobody has verified it: anybody may have written it."""
    payload = base64.urlsafe_b64encode(b'{"_lifetimes": %s}' % entry.encode()).decode()
    token = payload.rstrip("=") + ".aWQAAA.c2lnbmF0dXJl"
    status, out, err = shell("session", token, "--unverified")
    assert (status, err) == (1, "cookiecodec: error: no key is given\n")
    assert out.splitlines()[1].endswith("by the default lifetime of 31 days")


def test_a_session_of_which_chunks_are_missing_is_not_another_one() -> None:
    noise = {"data": "".join(chr(33 + n * n * 7 % 89) for n in range(5000))}
    signer = cookiecodec.Signer(KEY, salt="cookie-session", compress=False)
    headers = cookiecodec.dump_cookie_chunks("s", signer.for_cookie("s").dumps(noise))
    first = headers[0].split(";")[0]
    assert shell("session", first, "--name", "s", "--key-env", "KEY", KEY=KEY) == (
        2,
        "",
        "cookiecodec: error: the cookie 's' is in several chunks, and they are not all here\n",
    )
    empty = shell("session", "s=; a=1", "--name", "s", "--key-env", "KEY", KEY=KEY)
    assert empty == (1, "", "cookiecodec: error: no key verifies it\n")
