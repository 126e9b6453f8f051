"""The command line: ``python -m cookiecodec``, or ``cookiecodec``.

What is foreign (a header, a name, a value) is shown escaped, so that no header
can drive a terminal; ``--json`` is ASCII. Bad input is one line on standard
error and exit status 2, with nothing on standard output.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import re
import sys
import warnings
from typing import Any, NamedTuple, NoReturn

from .. import (
    MAX_SET_COOKIE,
    BadSignature,
    CookieWarning,
    Signer,
    __version__,
    dump_cookie,
    explain_set_cookie,
    format_cookie_date,
    join_cookie_chunks,
    parse_cookie,
)
from .._formats import urls as _urls
from ..signing import _MAX_PAYLOAD, _payload_data, _peek
from . import explain as _cli_explain
from . import vendor as _cli_vendor

_DESCRIPTION = "Read, write and explain cookie headers; sign values; vendor this package."
# Lines for standard output, and the exit status.
Shown = tuple[list[str], int]

_QUOTINGS = ("octal", "percent", "none")


class _Parser(argparse.ArgumentParser):
    """An `ArgumentParser` whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def main(argv: list[str] | None = None) -> int:
    """Run the command line *argv* (default: that of the process).

    Gives the exit status: 0, 1 for a value that does not verify or a cookie that is
    dropped, or 2 for bad input.

    >>> main(["parse", 'sid=31d4; theme="dark\\\\054 wide"'])
    sid=31d4
    theme=dark, wide
    0
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        arguments = _parser().parse_args(argv)
        if sys.stdout is None:
            raise OSError("standard output is closed")
        lines, status = arguments.run(arguments)
        for line in lines:
            print(line)
        sys.stdout.flush()
        return int(status)
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (ValueError, OSError) as error:
        print("cookiecodec: error:", _escape(str(error)), file=sys.stderr)
        return 1 if isinstance(error, BadSignature) else 2
    except RecursionError:
        print("cookiecodec: error: nested too deeply", file=sys.stderr)
        return 2


def _escape(text: str) -> str:
    r"""*text* for a terminal: controls, bidi marks, surrogates and odd blanks escaped.

    >>> print(_escape("a\x1b[31m\u202eb"))
    a\x1b[31m\u202eb
    """
    return "".join(
        [
            char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
            for char in text
        ]
    )


def _parser() -> _Parser:
    parser = _Parser(prog="cookiecodec", description=_DESCRIPTION)
    parser.add_argument("--version", action="version", version=f"cookiecodec {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")

    parse = commands.add_parser("parse", help="show the cookies of a Cookie header")
    parse.add_argument(
        "header",
        nargs="?",
        metavar="HEADER",
        help="the header, with or without 'Cookie:' (default: standard input, a header a line)",
    )
    parse.set_defaults(run=_run_parse)

    dump = commands.add_parser("dump", help="write a Set-Cookie header")
    dump.add_argument("name", metavar="NAME", help="the cookie-name")
    dump.add_argument("--max-age", type=_integer, metavar="SECONDS")
    dump.add_argument("--expires", metavar="WHEN", help="Unix time, or a ready date")
    dump.add_argument("--no-sync-expires", action="store_true", help="only Max-Age")
    dump.add_argument("--path", default="/", help="default: /")
    dump.add_argument("--no-path", action="store_const", const=None, dest="path")
    dump.add_argument("--domain")
    dump.add_argument("--secure", action="store_true")
    dump.add_argument("--httponly", action="store_true")
    dump.add_argument("--samesite", metavar="{Strict,Lax,None}")
    dump.add_argument("--partitioned", action="store_true")
    dump.add_argument("--max-size", type=_integer, metavar="OCTETS", default=MAX_SET_COOKIE)
    dump.set_defaults(run=_run_dump)

    explain = commands.add_parser(
        "explain",
        help="say why a browser keeps or drops a Set-Cookie header",
        description="Exit status: 0 where the cookie is kept, 1 where it is dropped.",
    )
    explain.add_argument(
        "header",
        nargs="?",
        default="-",
        metavar="HEADER",
        help="the header, with or without 'Set-Cookie:' ('-', the default: standard input)",
    )
    explain.add_argument(
        "--url",
        default="https://example.com/",
        help="the address whose response has it (default: https://example.com/)",
    )
    explain.set_defaults(run=_run_explain)

    sign = commands.add_parser("sign", help="sign a value, or an object in JSON")
    sign.set_defaults(run=_run_sign)
    unsign = commands.add_parser("unsign", help="verify a signed value, and show it")
    unsign.set_defaults(run=_run_unsign)
    session = commands.add_parser(
        "session",
        help="show a session cookie of Flask or of this package",
        description="The value of the cookie, or a Cookie header that has it.",
    )
    session.add_argument("--name", default="session", help="the cookie-name (default: session)")
    session.add_argument("--salt", default="cookie-session", help="default: cookie-session")
    session.set_defaults(run=_run_session)

    vendor = commands.add_parser(
        "vendor",
        help="copy this package, or a part of it, into your own tree",
        description="Follows no links, and overwrites no file but those of such a copy."
        " Give --check the options that the copy was made with: its head has them.",
        epilog="Modules: " + ", ".join(_cli_vendor.modules()) + ".",
    )
    _cli_vendor.add_to(vendor)
    vendor.set_defaults(run=_run_vendor)

    for command in (parse, dump):
        command.add_argument("--quoting", choices=_QUOTINGS, default="octal")
    for command in (dump, sign, unsign, session):
        command.add_argument("value", nargs="?", metavar="VALUE", help="'-': standard input")
        command.add_argument("--value-file", metavar="FILE", help="read the value from a file")
        command.add_argument("--value-env", metavar="VARIABLE", help="or from the environment")
    for command in (sign, unsign, session):
        _add_keys(command)
    for command in (sign, unsign):
        command.add_argument("--object", action="store_true", help="the value is JSON")
        command.add_argument("--cookie", metavar="NAME", help="bind it to a cookie")
        command.add_argument("--salt", default="cookiecodec", help="default: cookiecodec")
        command.add_argument("--digest", default="sha256", help="default: sha256")
        command.add_argument("--key-derivation", default="hmac", help="default: hmac")
        command.add_argument("--untimed", action="store_true", help="without the time")
    for command in (unsign, session):
        command.add_argument("--max-age", type=_integer, metavar="SECONDS")
        command.add_argument(
            "--unverified", action="store_true", help="show it even if it does not verify"
        )
    for command in (parse, dump, explain, sign, unsign, session, vendor):
        command.add_argument("--json", action="store_true", help="JSON in ASCII")
    return parser


def _add_keys(command: argparse.ArgumentParser) -> None:
    """The options that name keys, in one list: their positions are told, never they."""
    for option, metavar, text in (
        ("--key-env", "VARIABLE", "a key from the environment"),
        ("--key-file", "FILE", "a key from a file ('-': standard input)"),
        ("--key", "KEY", "a key as it is; others can see it"),
    ):
        command.add_argument(
            option,
            action="append",
            dest="keys",
            metavar=metavar,
            help=text,
            type=functools.partial(_named_key, option),
        )


def _named_key(option: str, text: str) -> tuple[str, str]:
    return option, text


def _run_parse(arguments: argparse.Namespace) -> Shown:
    if arguments.header is None:
        lines = _standard_input().splitlines()
    else:
        lines = [os.fsencode(arguments.header)]
    field_name = re.compile(rb"\A[ \t]*cookie[ \t]*:", re.IGNORECASE)
    cookies = parse_cookie(
        [field_name.sub(b"", line) for line in lines], quoting=arguments.quoting
    )
    if arguments.json:
        return [json.dumps(cookies, indent=2)], 0
    if not cookies:
        print("cookiecodec: no cookies in this header", file=sys.stderr)
    return [f"{_escape(name)}={_escape(value)}" for name, value in cookies.items()], 0


def _run_dump(arguments: argparse.Namespace) -> Shown:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", CookieWarning)
        header = dump_cookie(
            arguments.name,
            _value(arguments),
            max_age=arguments.max_age,
            expires=_expires(arguments.expires),
            path=arguments.path,
            domain=arguments.domain,
            secure=arguments.secure,
            httponly=arguments.httponly,
            sync_expires=not arguments.no_sync_expires,
            max_size=arguments.max_size,
            samesite=arguments.samesite,
            partitioned=arguments.partitioned,
            quoting=arguments.quoting,
        )
    found = [item.message for item in caught if isinstance(item.message, CookieWarning)]
    if arguments.json:
        told = [{"code": warning.code, "message": str(warning)} for warning in found]
        return [json.dumps({"set-cookie": header, "warnings": told}, indent=2)], 0
    for warning in found:
        print("cookiecodec: warning:", warning, file=sys.stderr)
    return [f"Set-Cookie: {header}"], 0


def _run_explain(arguments: argparse.Namespace) -> Shown:
    given = arguments.header
    octets = _standard_input() if given == "-" else os.fsencode(given)
    field_name = re.compile(rb"\A[ \t]*set-cookie[ \t]*:[ \t]*", re.IGNORECASE)
    if given == "-" and b"\n" in octets.strip():
        raise ValueError("standard input has more than one line; give one Set-Cookie header")
    text = field_name.sub(b"", _without_line_end(octets)).decode("latin-1")
    if _urls.read_url(arguments.url) is None:
        raise ValueError("--url needs an http or https address with a host: https://...")
    suffixes = _cli_explain.public_suffixes()
    verdict = explain_set_cookie(text, arguments.url, is_public_suffix=suffixes)
    status = 0 if verdict.accepted else 1
    if arguments.json:
        told = _cli_explain.as_json(text, arguments.url, verdict, suffixes is not None)
        return [json.dumps(told, indent=2)], status
    lines = _cli_explain.as_lines(text, arguments.url, verdict, suffixes is not None, _escape)
    return lines, status


def _run_sign(arguments: argparse.Namespace) -> Shown:
    keys = _keys(arguments)
    if len(keys) > 1:
        raise ValueError("sign with one key")
    signer, value = _signer(arguments, keys[0]), _value(arguments)
    signed = signer.dumps(json.loads(value)) if arguments.object else signer.sign(value)
    if arguments.json:
        return [json.dumps({"signed": signed}, indent=2)], 0
    if not signed.isprintable():
        raise ValueError("the value has characters that are not printable; use --json")
    return [signed], 0


def _run_unsign(arguments: argparse.Namespace) -> Shown:
    keys = enumerate(_keys(arguments), 1)
    signers = [(position, "", _signer(arguments, key)) for position, key in keys]
    found = _verify(arguments, signers, _value(arguments), arguments.object)
    if not arguments.json and found.verified:
        print("cookiecodec:", found.told(), file=sys.stderr)
    return _shown(arguments, found, [])


def _run_session(arguments: argparse.Namespace) -> Shown:
    token = _value(arguments)
    if "=" in token:
        header = re.sub(r"\A[ \t]*cookie[ \t]*:", "", token, flags=re.IGNORECASE)
        token = join_cookie_chunks(parse_cookie(header), arguments.name) or ""
    signers = []
    for position, key in enumerate(_keys(arguments), 1):
        bound = Signer(key, salt=arguments.salt).for_cookie(arguments.name)
        kind = f", as a session of this package in {arguments.name}"
        signers.append((position, kind, bound))
        flask = Signer(key, salt=arguments.salt, digest="sha1")
        signers.append((position, ", as a session of Flask", flask))
    found = _verify(arguments, signers, token, True)
    return _shown(arguments, found, [found.told()] if found.verified else [])


def _run_vendor(arguments: argparse.Namespace) -> Shown:
    told, lines, status = _cli_vendor.run(arguments)
    if arguments.json:
        return [json.dumps(told, indent=2)], status
    return [_escape(line) for line in lines], status


class _Found(NamedTuple):
    """What became of a signed value."""

    verified: bool
    key: int
    kind: str
    signed_at: int | None
    value: Any
    error: str

    def told(self) -> str:
        """The key by its position, and the time, which is never far from now."""
        signed_at = self.signed_at
        when = "" if signed_at is None else f", signed {format_cookie_date(signed_at)}"
        return f"verified by key {self.key}{_escape(self.kind)}{when}"


def _verify(
    arguments: argparse.Namespace,
    signers: list[tuple[int, str, Signer]],
    token: str,
    is_object: bool,
) -> _Found:
    """What the first of *signers* that verifies it makes of *token*.

    Each comes with the position of its key, and with words for the kind of value.
    """
    timed = signers[0][2]._timed
    payload, signed_at = _peek(token.encode("utf-8", "surrogatepass"), timed)
    for position, kind, signer in signers:
        try:
            read = signer.loads if is_object else signer.unsign
            value = read(token, max_age=arguments.max_age)
        except BadSignature as error:
            if error.payload is not None:  # the right key, but too old, or unreadable
                raise
            continue
        return _Found(True, position, kind, signed_at, value, "")
    if not arguments.unverified:
        raise BadSignature("no key verifies it")
    return _Found(
        False, 0, "", signed_at, _unverified(payload, is_object), "no key verifies it"
    )


def _unverified(payload: bytes, is_object: bool) -> Any:
    """What a payload says, within the bounds of one that verifies."""
    data = _payload_data(payload) if is_object else payload
    if data is None or len(data) > _MAX_PAYLOAD:
        raise BadSignature("no key verifies it, and nothing can be made of it")
    text = data.decode("utf-8", "replace")
    if not is_object:
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise BadSignature("no key verifies it, and nothing can be made of it") from None


def _shown(arguments: argparse.Namespace, found: _Found, lines: list[str]) -> Shown:
    if arguments.json:
        told = {"verified": found.verified, "signed_at": found.signed_at, "value": found.value}
        if found.verified:
            told["key"] = found.key
        return [json.dumps(told, indent=2)], 0 if found.verified else 1
    if not found.verified:
        print("cookiecodec: error:", found.error, file=sys.stderr)
        lines = ["NOT VERIFIED, anybody may have written this:"]
    text = found.value if isinstance(found.value, str) else json.dumps(found.value)
    return [*lines, _escape(text)], 0 if found.verified else 1


def _signer(arguments: argparse.Namespace, key: bytes) -> Signer:
    signer = Signer(
        key,
        salt=arguments.salt,
        digest=arguments.digest,
        key_derivation=arguments.key_derivation,
        timed=not arguments.untimed,
    )
    return signer if arguments.cookie is None else signer.for_cookie(arguments.cookie)


def _keys(arguments: argparse.Namespace) -> list[bytes]:
    """The octets of each key; one trailing line end is not part of it."""
    if not arguments.keys:
        raise ValueError("give a key by --key-env or --key-file")
    from_input = arguments.keys.count(("--key-file", "-")) + _is_from_input(arguments)
    if from_input > 1:
        raise ValueError("standard input can be the value or one key, not more")
    keys = []
    for option, text in arguments.keys:
        if option == "--key-file":
            data = _standard_input() if text == "-" else _file(text)
        elif option == "--key-env":
            data = os.fsencode(_variable(text))
        else:
            warning = "others can see a key on the command line; use --key-env or --key-file"
            print("cookiecodec: warning:", warning, file=sys.stderr)
            data = os.fsencode(text)
        keys.append(_without_line_end(data))
    return keys


def _value(arguments: argparse.Namespace) -> str:
    """The value, from where it is named; without any, `dump` has an empty one."""
    sources = (arguments.value, arguments.value_file, arguments.value_env)
    if sum(source is not None for source in sources) > 1:
        raise ValueError("give the value once: VALUE, --value-file or --value-env")
    if arguments.value_env is not None:
        return _variable(arguments.value_env)
    if arguments.value_file is not None:
        return _text(_file(arguments.value_file))
    return _text(_standard_input()) if _is_from_input(arguments) else arguments.value or ""


def _is_from_input(arguments: argparse.Namespace) -> bool:
    """Whether the value is that of standard input: by "-", or, but for `dump`, by none."""
    if arguments.value is not None:
        return bool(arguments.value == "-")
    elsewhere = arguments.value_file is not None or arguments.value_env is not None
    return not elsewhere and arguments.command != "dump"


def _variable(name: str) -> str:
    if name not in os.environ:
        raise ValueError(f"no such environment variable: {name}")
    return os.environ[name]


def _file(name: str) -> bytes:
    with open(name, "rb") as file:
        return file.read()


def _standard_input() -> bytes:
    if sys.stdin is None:
        raise OSError("standard input is closed")
    return sys.stdin.buffer.read()


def _text(data: bytes) -> str:
    """The text of a file, without the line's end that editors and echo put there."""
    try:
        return _without_line_end(data).decode()
    except UnicodeDecodeError:
        raise ValueError("the value is not UTF-8") from None


def _without_line_end(data: bytes) -> bytes:
    if data.endswith(b"\r\n"):
        return data[:-2]
    return data[:-1] if data.endswith(b"\n") else data


def _integer(text: str) -> int:
    """ASCII digits, where `int` takes those of every script, and underscores."""
    if not re.fullmatch("-?[0-9]{1,20}", text):
        raise ValueError(text)
    return int(text)


def _expires(when: str | None) -> float | str | None:
    if when is not None and re.fullmatch("-?[0-9]{1,20}", when):
        return int(when)
    if when is not None and re.fullmatch("-?[0-9]{1,20}[.][0-9]{1,20}", when):
        return float(when)
    return when


if __name__ == "__main__":
    sys.exit(main())
