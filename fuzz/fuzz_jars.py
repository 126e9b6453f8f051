"""`CookieJar` beside `http.cookiejar`: every difference has a name in DIFFERENCES.md.

- What the peer's jar sends differs from what ours sends only as the classes of `_jars`
  foretell, to the letter.
- Without these classes it sends what ours sends.

An input is a sequence of steps, cut at `harness.SEPARATOR`: a URL is a request; a URL, a
blank and a Set-Cookie header are the response to one. At the end there is one more request
to each URL.
"""

from __future__ import annotations

from collections.abc import Callable

import harness
from _difference import named

with harness.instrumented(__name__):
    import _jars
    from _jars import NOW, Sent, Step
    from cookiecodec import CookieJar

MOST = 12


def steps_of(data: bytes) -> list[Step]:
    """Those of an input, without what is no plain URL."""
    steps = []
    for field in data.split(harness.SEPARATOR)[:MOST]:
        url, blank, header = field.decode("latin-1").partition(" ")
        if _jars.is_plain(url):
            steps.append(Step(url, header if blank else None))
    urls = dict.fromkeys([step.url for step in steps])
    return steps + [Step(url) for url in urls]


def data_of(steps: list[Step]) -> bytes:
    return harness.SEPARATOR.join(
        [
            (step.url if step.header is None else f"{step.url} {step.header}").encode("latin-1")
            for step in steps
        ]
    )


def ours(steps: list[Step]) -> Sent:
    jar = CookieJar(clock=lambda: NOW)
    sent = []
    for step in steps:
        if step.header is None:
            sent.append(jar.cookie_header(step.url))
        else:
            jar.receive(step.header, step.url)
    return sent


def difference(data: bytes) -> Callable[[], list[str]]:
    """What gives the names of the classes in which the peer's jar differs here."""
    steps = steps_of(data)
    with _jars.standing_still():
        readings = ours(steps), _jars.peer(steps)
        names = named(
            _jars.TITLE, steps, readings, _jars.SWITCHES, lambda on: _jars.model(steps, on)
        )

    def within() -> list[str]:
        with _jars.standing_still():
            return names()

    return within


def one_input(data: bytes) -> None:
    difference(data)


if __name__ == "__main__":
    harness.fuzz(one_input)
