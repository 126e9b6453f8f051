"""The command line: ``python -m cookiecodec``, or ``cookiecodec``.

What is foreign (a header, a name, a value) is shown escaped, so that no header
can drive a terminal; ``--json`` is ASCII. Bad input is one line on standard
error and exit status 2, with nothing on standard output.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import warnings
from typing import NoReturn

from . import (
    MAX_SET_COOKIE,
    BadSignature,
    CookieWarning,
    Signer,
    __version__,
    dump_cookie,
    parse_cookie,
)

_DESCRIPTION = "Read Cookie headers, write Set-Cookie headers, sign values."
_QUOTINGS = ("octal", "percent", "none")


class _Parser(argparse.ArgumentParser):
    """An `ArgumentParser` whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def main(argv: list[str] | None = None) -> int:
    """Run the command line *argv* (default: that of the process).

    Gives the exit status: 0, 1 for a value that does not verify, or 2 for bad input.

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
        for line in arguments.run(arguments):
            print(line)
        sys.stdout.flush()
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (ValueError, OSError) as error:
        print("cookiecodec: error:", _escape(str(error)), file=sys.stderr)
        return 1 if isinstance(error, BadSignature) else 2
    return 0


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

    sign = commands.add_parser("sign", help="sign a value, or an object in JSON")
    sign.set_defaults(run=_run_sign)
    unsign = commands.add_parser("unsign", help="verify a signed value, and show it")
    unsign.add_argument("--max-age", type=_integer, metavar="SECONDS")
    unsign.set_defaults(run=_run_unsign)

    for command in (parse, dump):
        command.add_argument("--quoting", choices=_QUOTINGS, default="octal")
    for command in (dump, sign, unsign):
        command.add_argument("value", nargs="?", metavar="VALUE", help="'-': standard input")
        command.add_argument("--value-file", metavar="FILE", help="read the value from a file")
        command.add_argument("--value-env", metavar="VARIABLE", help="or from the environment")
    for command in (sign, unsign):
        command.add_argument("--key-file", metavar="FILE", help="read the key from a file")
        command.add_argument("--key-env", metavar="VARIABLE", help="or from the environment")
        command.add_argument("--object", action="store_true", help="the value is JSON")
        command.add_argument("--cookie", metavar="NAME", help="bind it to a cookie")
        command.add_argument("--salt", default="cookiecodec", help="default: cookiecodec")
        command.add_argument("--digest", default="sha256", help="default: sha256")
        command.add_argument("--key-derivation", default="hmac", help="default: hmac")
        command.add_argument("--untimed", action="store_true", help="without the time")
    for command in (parse, dump, sign, unsign):
        command.add_argument("--json", action="store_true", help="JSON in ASCII")
    return parser


def _run_parse(arguments: argparse.Namespace) -> list[str]:
    if arguments.header is None:
        lines = _standard_input().splitlines()
    else:
        lines = [os.fsencode(arguments.header)]
    field_name = re.compile(rb"\A[ \t]*cookie[ \t]*:", re.IGNORECASE)
    cookies = parse_cookie(
        [field_name.sub(b"", line) for line in lines], quoting=arguments.quoting
    )
    if arguments.json:
        return [json.dumps(cookies, indent=2)]
    if not cookies:
        print("cookiecodec: no cookies in this header", file=sys.stderr)
    return [f"{_escape(name)}={_escape(value)}" for name, value in cookies.items()]


def _run_dump(arguments: argparse.Namespace) -> list[str]:
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
        return [json.dumps({"set-cookie": header, "warnings": told}, indent=2)]
    for warning in found:
        print("cookiecodec: warning:", warning, file=sys.stderr)
    return [f"Set-Cookie: {header}"]


def _run_sign(arguments: argparse.Namespace) -> list[str]:
    signer, value = _signer(arguments), _value(arguments)
    signed = signer.dumps(json.loads(value)) if arguments.object else signer.sign(value)
    return [json.dumps({"signed": signed}, indent=2) if arguments.json else _escape(signed)]


def _run_unsign(arguments: argparse.Namespace) -> list[str]:
    signer, signed = _signer(arguments), _value(arguments)
    read = signer.loads if arguments.object else signer.unsign
    value = read(signed, max_age=arguments.max_age)
    if arguments.json:
        return [json.dumps({"value": value}, indent=2)]
    return [_escape(json.dumps(value) if arguments.object else value)]


def _signer(arguments: argparse.Namespace) -> Signer:
    key = _from_elsewhere(arguments.key_file, arguments.key_env)
    if key is None:
        raise ValueError("give the key by --key-file or --key-env")
    signer = Signer(
        key,
        salt=arguments.salt,
        digest=arguments.digest,
        key_derivation=arguments.key_derivation,
        timed=not arguments.untimed,
    )
    return signer if arguments.cookie is None else signer.for_cookie(arguments.cookie)


def _value(arguments: argparse.Namespace) -> str:
    value = _from_elsewhere(arguments.value_file, arguments.value_env)
    if value is None:
        return _text(_standard_input()) if arguments.value == "-" else arguments.value or ""
    if arguments.value is not None:
        raise ValueError("give the value once: VALUE, --value-file or --value-env")
    return value


def _from_elsewhere(file_name: str | None, variable: str | None) -> str | None:
    """The text of a file or of an environment variable; None if neither is named."""
    if file_name is not None and variable is not None:
        raise ValueError("name a file or an environment variable, not both")
    if variable is not None:
        if variable not in os.environ:
            raise ValueError(f"no such environment variable: {variable}")
        return os.environ[variable]
    if file_name is not None:
        with open(file_name, "rb") as file:
            return _text(file.read())
    return None


def _standard_input() -> bytes:
    if sys.stdin is None:
        raise OSError("standard input is closed")
    return sys.stdin.buffer.read()


def _text(data: bytes) -> str:
    """The text of a file, without the line's end that editors and echo put there."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise ValueError("the value is not UTF-8") from None
    if text.endswith("\n"):
        text = text[:-1]
        if text.endswith("\r"):
            text = text[:-1]
    return text


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
