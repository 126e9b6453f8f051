"""The fuzz targets, where there is no Atheris: each seed is run, and each target bites."""

import importlib
import re
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from ..support.peers import peer
from ..support.strategies import native_headers, set_cookie_headers

FUZZ = Path(__file__).parents[2] / "fuzz"
TARGETS = sorted(path.stem for path in FUZZ.glob("fuzz_*.py"))
PEERS = {"fuzz_readers": ("aiohttp", "django", "werkzeug")}
SEEDS = sorted(f"{seed.parent.name}/{seed.name}" for seed in (FUZZ / "corpus").glob("*/*"))


def target(name: str) -> Any:
    """The module of a target; without the peers that it asks for, the test skips."""
    if str(FUZZ) not in sys.path:
        sys.path.insert(0, str(FUZZ))
    for module in PEERS.get(name, ()):
        peer(module)
    return importlib.import_module(name)


def run(name: str, data: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        target(name).one_input(data)


def run_all(name: str) -> None:
    for seed in SEEDS:
        if seed.startswith(f"{name}/"):
            run(name, (FUZZ / "corpus" / seed).read_bytes())


@pytest.mark.parametrize("seed", SEEDS)
def test_a_seed_holds(seed: str) -> None:
    """Headers of real sites, attacks, and whatever a target has found before."""
    run(seed.partition("/")[0], (FUZZ / "corpus" / seed).read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_has_all_that_it_needs(name: str) -> None:
    assert len([seed for seed in SEEDS if seed.startswith(f"{name}/")]) >= 10
    assert (FUZZ / "dictionaries" / f"{name}.dict").is_file()
    assert target(name).__doc__


@pytest.mark.slow
@pytest.mark.parametrize("name", ["fuzz_parse_cookie", "fuzz_set_cookie", "fuzz_jar"])
def test_our_strategies_hold(name: str) -> None:
    """The targets state it of octets that are mutated, and of headers that are made."""

    @given(native_headers | set_cookie_headers, st.binary(min_size=2, max_size=2))
    def holds(header: str, choices: bytes) -> None:
        head = {"fuzz_parse_cookie": b"", "fuzz_set_cookie": choices[:1]}.get(name, choices)
        run(name, head + header.encode("latin-1"))

    holds()


def parse_no_name(header: Any, **quoting: Any) -> "list[tuple[str, str]]":
    """CVE-2023-23934: the nameless ``=__Host-sid=1`` was the cookie ``__Host-sid``."""
    from cookiecodec import parse_cookie_pairs

    stripped = header.lstrip("=") if isinstance(header, str) else bytes(header).lstrip(b"=")
    return parse_cookie_pairs(stripped, **quoting)


def dump_unchecked(key: str, value: str = "", **attributes: Any) -> str:
    """Header injection: nothing is refused, nothing is escaped."""
    return f"{key}={value}"


def verify_nothing(self: Any, signed: Any, limit: Any, macs: Any) -> "tuple[bytes, int]":
    """A signature that is not looked at."""
    octets = signed.encode("utf-8", "replace") if isinstance(signed, str) else bytes(signed)
    return octets.rpartition(b".")[0].rpartition(b".")[0], 1_700_000_000


def share_any_end(host: str, given: Any) -> "list[str]":
    """notexample.com gets the cookies of example.com."""
    return [host[start:] for start in range(len(host))]


def month_before_day(text: Any) -> Any:
    """Some other date."""
    from cookiecodec import parse_cookie_date

    moment = parse_cookie_date(text)
    return None if moment is None else moment.replace(hour=moment.minute % 24)


def keep_all(text: str, now: Any) -> Any:
    """A control character is let through."""
    from cookiecodec import set_cookie
    from cookiecodec._core.attributes import split_pair

    return set_cookie.SetCookie(*split_pair(text.partition(";")[0]))


def parse_last_wins(header: Any) -> "dict[str, str]":
    """Of one name the last, as some of the peers have it."""
    from cookiecodec import parse_cookie_pairs

    return dict(parse_cookie_pairs(header))


def go_everywhere(*arguments: Any) -> bool:
    """Secure cookies go over plain http, and those of a Path to all others."""
    return True


def same_digest(data: bytes) -> str:
    """Chunks of any value add up."""
    return "0" * 16


def share_all(host: str, given: Any) -> bool:
    """A cookie for all of co.uk."""
    return False


#: Target, what is put in the place of what, in which module.
SLIPS = [
    ("fuzz_parse_cookie", "fuzz_parse_cookie", "parse_cookie_pairs", parse_no_name),
    ("fuzz_dump_cookie", "fuzz_dump_cookie", "dump_cookie", dump_unchecked),
    ("fuzz_set_cookie", "cookiecodec.set_cookie", "read_header", keep_all),
    ("fuzz_cookie_date", "fuzz_cookie_date", "parse_cookie_date", month_before_day),
    ("fuzz_signing", "cookiecodec.signing", "Signer._verify", verify_nothing),
    ("fuzz_session", "cookiecodec.signing", "Signer._verify", verify_nothing),
    ("fuzz_jar", "cookiecodec._user_agent.storing", "site_hosts", share_any_end),
    ("fuzz_chunks", "cookiecodec.chunks", "_digest", same_digest),
    ("fuzz_jar_files", "cookiecodec._user_agent.storing", "is_public_suffix", share_all),
    ("fuzz_readers", "fuzz_readers", "parse_cookie", parse_last_wins),
    ("fuzz_jars", "cookiecodec.jar", "_goes_with", go_everywhere),
]


@pytest.mark.parametrize(
    ("name", "module", "function", "slip"), SLIPS, ids=[row[0] for row in SLIPS]
)
def test_a_target_bites(
    name: str, module: str, function: str, slip: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a slip in the code, some seed fails: a target that can't fail is none."""
    target(name)
    place = importlib.import_module(module)
    *path, last = function.split(".")
    for step in path:
        place = getattr(place, step)
    monkeypatch.setattr(place, last, slip)
    with pytest.raises(AssertionError):
        run_all(name)


def test_each_target_of_ours_has_a_slip() -> None:
    assert {name for name, *_ in SLIPS} == set(TARGETS)


def test_the_session_of_nox_has_a_number_of_inputs_for_each_target() -> None:
    noxfile = (FUZZ.parent / "noxfile.py").read_text("utf-8")
    assert sorted(re.findall(r'"(fuzz_\w+)": \d+', noxfile)) == TARGETS
