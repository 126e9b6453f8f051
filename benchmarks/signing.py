"""How long signing takes, as ratios against itsdangerous and against composition by hand.

    python benchmarks/signing.py            # the tables of benchmarks/README.md
    python benchmarks/signing.py --quick    # coarser, in a few seconds

The composition by hand takes the same steps with the standard library, one after the
other, its key derived beforehand; it checks nothing that is not needed to read a token.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import platform
import time
import zlib
from typing import Any

from itsdangerous import URLSafeTimedSerializer

from _timing import Call, best, head, row
from cookiecodec import Signer

KEY = "a secret key of 32 octets or more"
SALT = "cookie-session"
SMALL = {"user_id": 42, "name": "Müller", "_permanent": True}
LARGE = {"cart": [{"id": n, "title": f"item {n}", "price": 9.5} for n in range(40)]}


class ByHand:
    """`hmac.digest`, `json`, `zlib` and `base64`, composed."""

    def __init__(self, digest: str) -> None:
        self.digest = digest
        self.key = hmac.digest(KEY.encode(), SALT.encode(), digest)

    def dumps(self, obj: Any, compress: bool = True) -> str:
        payload = json.dumps(obj, ensure_ascii=False, separators=(",", ":")).encode()
        dot = b""
        if compress:
            compressed = zlib.compress(payload)
            if len(compressed) < len(payload) - 1:
                payload, dot = compressed, b"."
        data = dot + base64.urlsafe_b64encode(payload).rstrip(b"=")
        moment = int(time.time()).to_bytes(4, "big")
        data += b"." + base64.urlsafe_b64encode(moment).rstrip(b"=")
        mac = hmac.digest(self.key, data, self.digest)
        return (data + b"." + base64.urlsafe_b64encode(mac).rstrip(b"=")).decode()

    def loads(self, token: str, max_age: int) -> Any:
        data, _, signature = token.encode().rpartition(b".")
        mac = hmac.digest(self.key, data, self.digest)
        if not hmac.compare_digest(mac, base64.urlsafe_b64decode(signature + b"==")):
            raise ValueError
        payload, _, moment = data.rpartition(b".")
        signed_at = int.from_bytes(base64.urlsafe_b64decode(moment + b"=="), "big")
        if time.time() - signed_at > max_age:
            raise ValueError
        if payload[:1] == b".":
            return json.loads(zlib.decompress(base64.urlsafe_b64decode(payload[1:] + b"==")))
        return json.loads(base64.urlsafe_b64decode(payload + b"=="))


def compare(name: str, digest: Any, obj: Any, rounds: int) -> None:
    theirs = URLSafeTimedSerializer(
        KEY,
        salt=SALT,
        signer_kwargs={"key_derivation": "hmac", "digest_method": getattr(hashlib, digest)},
    )
    ours = Signer(KEY, salt=SALT, digest=digest)
    quick = Signer(KEY, salt=SALT, digest=digest, compress=False)
    bound = ours.for_cookie("session")
    hand = ByHand(digest)
    token, bound_token = theirs.dumps(obj), bound.dumps(obj)
    if not obj == ours.loads(token) == theirs.loads(ours.dumps(obj)) == hand.loads(token, 60):
        raise AssertionError("the three do not read each other")
    calls: dict[str, Call] = {
        "itsdangerous loads": lambda: theirs.loads(token, max_age=3600),
        "cookiecodec loads": lambda: ours.loads(token, max_age=3600),
        "loads by hand": lambda: hand.loads(token, 3600),
        "cookiecodec loads bound": lambda: bound.loads(bound_token, max_age=3600),
        "itsdangerous dumps": lambda: theirs.dumps(obj),
        "cookiecodec dumps": lambda: ours.dumps(obj),
        "dumps by hand": lambda: hand.dumps(obj),
        "cookiecodec dumps quick": lambda: quick.dumps(obj),
        "dumps quick by hand": lambda: hand.dumps(obj, compress=False),
    }
    took = best(f"Signer, {name}, {digest}", calls, rounds)
    rows = (
        ("`loads`", "cookiecodec loads", "itsdangerous loads", "loads by hand", 0.5),
        (
            "`loads`, bound to a cookie",
            "cookiecodec loads bound",
            "itsdangerous loads",
            "loads by hand",
            0.5,
        ),
        ("`dumps`", "cookiecodec dumps", "itsdangerous dumps", "dumps by hand", 0.7),
        (
            "`dumps`, `compress=False`",
            "cookiecodec dumps quick",
            "itsdangerous dumps",
            "dumps quick by hand",
            0.45,
        ),
    )
    for call, mine, peer, manual, target in rows:
        row(
            f"{call}, {name}, {digest}",
            f"{took[peer] * 1e6:.2f} µs",
            f"**{took[mine] / took[peer]:.2f}**",
            f"≤ {target}" if obj is SMALL else "",
            f"**{took[mine] / took[manual]:.2f}**",
            "≤ 1.25",
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true")
    rounds = 5 if parser.parse_args().quick else 60
    # In a process as small as this one, glibc gives the memory of each `zlib.compress` back
    # to the system: 33 µs instead of 3, for all columns alike. Having freed a larger block
    # once, as any process with Flask or pytest in it has, it keeps the memory.
    bytes(2**22)
    print(
        f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}"
    )
    print("\n### `Signer`: share of itsdangerous' time, and of a composition by hand\n")
    head("call", "itsdangerous", "cookiecodec", "target", "to by hand", "target")
    for digest in ("sha1", "sha256", "sha512"):
        compare("small session", digest, SMALL, rounds)
    compare("2 KB", "sha256", LARGE, rounds)


if __name__ == "__main__":
    main()
