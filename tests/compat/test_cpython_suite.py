"""CPython's own tests of `http.cookies`, from the Python that runs this, against ours.

Each part of a test that fails on purpose is replaced by what ours does. `docs/switching.md`
lists these differences with their reasons, in this order.
"""

import importlib.util
import io
import sys
import types
import unittest
from pathlib import Path

import pytest

from cookiecodec.compat import http_cookies

#: What is in the file, and what is tested in its place. Not each version has all of them.
DIFFERENCES: "dict[str, list[tuple[str, str]]]" = {
    "a quoted value ends at `;`": [
        # The rest of such a value is no cookie: it has no "=", or becomes one of its own.
        (
            """{'data': 'keebler="E=mc2; L=\\\\"Loves\\\\"; fudge=\\\\012;"',""",
            """{'data': 'keebler="E=mc2\\\\073 L=\\\\"Loves\\\\"'
                     '\\\\073 fudge=\\\\012\\\\073"',""",
        ),
        (
            """'output': 'Set-Cookie: keebler="E=mc2; L=\\\\"Loves\\\\"; fudge=\\\\012;"'},""",
            """'output': 'Set-Cookie: keebler="E=mc2\\\\073 L=\\\\"Loves\\\\"'
                       '\\\\073 fudge=\\\\012\\\\073"'},""",
        ),
        ("""data = 'a="b=' + encoded*n + ';"'""",
         """data = 'a="b=' + encoded*n + '\\\\073"'"""),
    ],
    "only a token is written as a name": [
        (
            """             {'data': 'key:term=value:term',
             'dict': {'key:term' : 'value:term'},
             'repr': "<SimpleCookie: key:term='value:term'>",
             'output': 'Set-Cookie: key:term=value:term'},
""",
            "",
        )
    ],
    "octets are UTF-8": [
        (r"""(r'a="b=\377"', 'b=\xff'),""", r"""(r'a="b=\303\277"', 'b=\xff'),"""),
        (r"""foo="\\251"')""", r"""foo="\\302\\251"')"""),
        (r"""foo="\\251"; Comment="comment \\251"'""",
         r"""foo="\\302\\251"; Comment="comment \\302\\251"'"""),
    ],
    "what can't be read ends nothing": [
        (
            """            C.load(s)
            self.assertEqual(dict(C), {})
            self.assertEqual(C.output(), '')
""",
            """            from cookiecodec import parse_cookie
            C.clear()
            C.load(s)
            self.assertEqual({k: m.value for k, m in C.items()}, parse_cookie(s))
""",
        )
    ],
    "reading never raises": [
        (
            """        with self.assertRaises(cookies.CookieError):
            C.load(rawdata)
""",
            """        C.load(rawdata)
        self.assertEqual(C['a'].value, 'b')
        with self.assertRaises(cookies.CookieError):
            C.output()
""",
        )
    ],
    # Python 3.13.12, 3.14.3 and later.
    "a state may have control characters": [
        (
            f"""            with self.assertRaises(cookies.CookieError):
                morsel.__setstate__({{'key': {key}, 'value': {value}, 'coded_value': {coded}}})
""",
            f"""            state = {{'key': {key}, 'value': {value}, 'coded_value': {coded}}}
            morsel.__setstate__(state)
            if state['value'] != c0:
                self.assertRaises(cookies.CookieError, morsel.output)
""",
        )
        for key, value, coded in [
            ("c0", "'val'", "'coded'"),
            ("'key'", "c0", "'coded'"),
            ("'key'", "'val'", "c0"),
        ]
    ],
    "a value that can't be written as it came is quoted": [
        (
            f"""            morsel._coded_value = c0  # Override private variable.
            cookie = cookies.SimpleCookie()
            cookie["cookie"] = morsel
            with self.assertRaises(cookies.CookieError):
                cookie.{method}()
""",
            """            morsel._coded_value = c0
            self.assertEqual(morsel.output(), 'Set-Cookie: key="value"')
""",
        )
        for method in ("output", "js_output")
    ],
}  # fmt: skip


def adapted(text: str) -> str:
    text = text.replace("from http import cookies\n", "")
    for parts in DIFFERENCES.values():
        for old, new in parts:
            assert text.count(old) <= 1, old
            text = text.replace(old, new)
    return text


def run_suite(path: Path) -> unittest.TestResult:
    module = types.ModuleType("cpythons_tests_of_cookies")
    module.__dict__["cookies"] = http_cookies
    sys.modules[module.__name__] = module  # where `pickle` looks for classes
    try:
        exec(compile(adapted(path.read_text("utf-8")), str(path), "exec"), module.__dict__)
        suite = unittest.TestSuite()
        for case in (module.CookieTests, module.MorselTests):
            suite.addTests(unittest.defaultTestLoader.loadTestsFromTestCase(case))
        return unittest.TextTestRunner(io.StringIO()).run(suite)
    finally:
        del sys.modules[module.__name__]


def test_cpythons_own_tests() -> None:
    there = importlib.util.find_spec("test")
    found = there and importlib.util.find_spec("test.test_http_cookies")
    if found is None or found.origin is None:
        pytest.skip("this Python comes without CPython's tests")
    result = run_suite(Path(found.origin))
    problems = [trace for _, trace in result.failures + result.errors]
    assert not problems, "\n".join(problems)
    assert result.testsRun >= 25
