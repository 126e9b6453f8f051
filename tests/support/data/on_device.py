"""Run vectors where there is no pytest, such as on a device with MicroPython.

`run(folder, batches)` prints a line for each vector that came out otherwise, and
how many ran. A batch is the name of a JSON file in *folder*: a list of cases, each
of a kind that `KINDS` knows.
"""

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

import cookiecodec
from cookiecodec import (
    BadSignature,
    CookieError,
    Signer,
    check_cookie_header,
    dump_cookie,
    dump_cookie_chunks,
    format_cookie_date,
    join_cookie_chunks,
    parse_cookie,
    parse_cookie_pairs,
)

errors: "Any" = cookiecodec.errors  # where a test puts its own function


def dump(case: "dict[str, Any]") -> "tuple[object, object]":
    warned: "list[str]" = []
    errors.emit_warning = lambda warning, stacklevel: warned.append(warning.code)
    try:
        header = dump_cookie(**case["arguments"])
    except CookieError as error:
        return [error.part], [case.get("refused")]
    expected = [case.get("header")]
    if "warning" in case:
        expected.append(case["warning"])
    return [header] + warned, expected


def parse(case: "dict[str, Any]") -> "tuple[object, object]":
    pairs = parse_cookie_pairs(case["header"], quoting=case["quoting"])
    return [list(pair) for pair in pairs], case["pairs"]


def date(case: "dict[str, Any]") -> "tuple[object, object]":
    return format_cookie_date(case["moment"]), case["text"]


def real(case: "dict[str, Any]") -> "tuple[object, object]":
    octets = bytes([ord(char) for char in case["header"]])
    got = [
        parse_cookie(case["header"]),
        parse_cookie(octets),
        check_cookie_header(octets, max_size=0),
    ]
    return got, [case["expect"], case["expect"], len(octets)]


def chunks(case: "dict[str, Any]") -> "tuple[object, object]":
    value = case["unit"] * case["times"]
    headers = dump_cookie_chunks("k", value)
    cookies = parse_cookie("; ".join([header.split(";")[0] for header in headers]))
    joined = join_cookie_chunks(cookies, "k")
    cookies.pop("k.1")
    return [joined, join_cookie_chunks(cookies, "k")], [value, None]


def octets(case: "dict[str, Any]") -> "tuple[object, object]":
    got = []
    for octet in range(case["from"], case["to"]):
        data = bytes([octet])
        got.append(len(parse_cookie_pairs(data + b"x=y; k=" + data)))
    return got, [1 if octet == 0x3D else 2 for octet in range(case["from"], case["to"])]


def signer_of(case: "dict[str, Any]") -> "Signer":
    signer = Signer(case["secret_key"], clock=lambda: case["now"], **case["options"])
    return signer if case["cookie"] is None else signer.for_cookie(case["cookie"])


def signed(case: "dict[str, Any]") -> "tuple[object, object]":
    signer = signer_of(case)
    if "value" in case:
        got = [signer.sign(case["value"]), signer.unsign(case["token"])]
        return got, [case["token"], case["value"]]
    got = [signer.dumps(case["object"]), signer.loads(case["token"])]
    return got, [case["token"], case["object"]]


def compressed(case: "dict[str, Any]") -> "tuple[object, object]":
    return signer_of(case).loads(case["token"]), case["object"]


def forged(case: "dict[str, Any]") -> "tuple[object, object]":
    signer = signer_of(case)
    try:
        return (signer.unsign if case["reads"] == "value" else signer.loads)(
            case["token"]
        ), None
    except BadSignature as error:
        return error.payload, None


KINDS = {
    "tokens": signed,
    "compressed": compressed,
    "forged": forged,
    "dump": dump,
    "parse": parse,
    "dates": date,
    "real": real,
    "chunks": chunks,
    "octets": octets,
}


def run(folder: "str", batch: "str") -> None:
    errors.emit_warning = lambda warning, stacklevel: None
    ran = 0
    with open(folder + "/" + batch, encoding="utf-8") as file:
        cases = json.load(file)
    for case in cases:
        got, expected = KINDS[case["kind"]](case)
        ran += 1
        if got != expected:
            print("OTHERWISE", case, "got", repr(got))
    print("ran", ran)
