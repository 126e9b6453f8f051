"""Mutation testing: would the tests notice a mistake in what reads and writes cookies?

    pip install -e . --group mutants
    python -m tests.support.mutants [-v] [--listed] [module...]

A mutant is a module with one small mistake: a condition turned round, a number off by
one, an argument that is lost, a text that says something else. The mistakes are those of
mutmut's operators, anywhere in a module: at its top level and in decorated functions too.
Each has a process of its own, and meets the tests that run through its line, the quickest
first; it is killed if one fails or takes too long. A function is given the mutant's code; what
runs at import is imported once more, in the place of the module, and meets all tests.

Prints a line per module, and the survivors. `MUTANTS.md` lists those that are known, each
with the reason why it makes no difference; one that is not there fails. The six
modules of `NAMED`, which are the default, take ten minutes on one core, and `all` twice
that: this is no part of the everyday CI. With ``-v`` it says which test killed which.

It needs a system that forks, and nothing but what is in this tree: tests of data that lies
beside a checkout don't count.
"""

import argparse
import ast
import gc
import importlib
import importlib.abc
import importlib.util
import os
import pickle
import re
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, Callable, NamedTuple, NoReturn, Optional

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = "cookiecodec"
SOURCE = ROOT / "src" / PACKAGE
LISTED = ROOT / "tests" / "support" / "MUTANTS.md"

#: The main modules, each with its tests.
NAMED = {
    "codec": "codec/test_codec",
    "limits": "codec/test_limits",
    "signing": "signing/test_signing",
    "dates": "codec/test_dates",
    "set_cookie": "user_agent/test_set_cookie",
    "session": "session/test_session",
}
#: What they are made of, and the tests that are most likely to see a mistake there.
PARTS = {
    "_core.attributes": "codec/test_codec",
    "_core.calendar": "codec/test_dates",
    "_core.grammar": "codec/test_grammar",
    "_core.header_size": "codec/test_limits",
    "_core.hosts": "codec/test_messages",
    "_core.invalid": "codec/test_messages",
    "_core.lint": "codec/test_codec",
    "_core.prefixes": "codec/test_codec",
    "_core.quotings": "codec/test_codec",
    "_core.wire": "codec/test_codec",
    "_formats.cookie_date": "codec/test_browser_dates",
    "_formats.firefox_date": "codec/test_browser_dates",
    "_platform.cpython": "embedding/test_platform",
    "_platform.crypto": "signing/test_signing",
    "_session.mapping": "session/test_session",
    "_session.payload": "session/test_session",
}

TESTS = [
    *(f"tests/{name}.py" for name in NAMED.values()),
    "tests/user_agent/test_priority.py",
    "tests/codec/test_browser_dates.py",
    "tests/codec/test_grammar.py",
    "tests/codec/test_messages.py",
    "tests/codec/test_edges.py",
    "tests/codec/test_exhaustive.py",
    "tests/codec/test_chunks.py",
    "tests/codec/test_attacks.py",
    "tests/codec/test_vectors.py",
    "tests/session/test_tagged_json.py",
    "tests/codec/test_errors.py",
    "tests/user_agent/test_explain.py",
    "tests/user_agent/test_matching.py",
    "tests/project/test_package.py",
    "tests/session/test_session_attacks.py",
    "tests/session/test_ext_asgi.py",
    "tests/session/test_ext_wsgi.py",
    "tests/session/test_ext_flask.py",
    "tests/session/test_session_life.py",
    "tests/session/test_vary.py",
    "tests/codec/test_interop.py",
    "tests/session/test_interop_session.py",
    "tests/signing/test_interop_signing.py",
    "src",  # examples in docstrings
]
#: Tests of time and memory, which no mistake here changes by as much as they allow for; those
#: of other processes and of files, which have no mutant; and two that are slow.
LEFT_OUT = [
    "tests/codec/test_attacks.py::test_cve_2024_7592_http_cookies_and_cve_2024_52804_tornado_quadratic_unquoting",
    "tests/codec/test_codec.py::test_reading_a_megabyte_ends",
    "tests/codec/test_codec.py::test_reading_takes_linear_steps",
    "tests/codec/test_codec.py::test_several_lines_read_as_one",
    "tests/codec/test_codec.py::test_writing_a_megabyte_ends",
    "tests/codec/test_dates.py::test_no_date_takes_long",
    "tests/user_agent/test_explain.py::test_it_takes_linear_time",
    "tests/user_agent/test_explain.py::test_twice_the_header_is_at_most_twice_the_work",
    "tests/codec/test_interop.py::test_no_character_makes_another_domain_of_a_label",
    "tests/codec/test_limits.py::test_client_data_stays_nowhere",
    "tests/user_agent/test_matching.py::test_it_takes_linear_time",
    "tests/project/test_package.py::test_a_copy_under_another_name_works",
    "tests/project/test_package.py::test_it_imports_without_a_warning",
    "tests/session/test_session_attacks.py::test_ten_thousand_hostile_headers_leave_no_memory_taken",
]

#: What modules remember from call to call.
_MEMORIES = [
    ("codec", "_cache"),
    ("dates", "_cache"),
    ("set_cookie", "_cache"),
    ("set_cookie", "_from_second"),
    ("_platform.cpython", "_epochs"),
]

_KILLED, _SURVIVED, _TIMEOUT, _UNSEEN = "killed", "survived", "timeout", "no test"
#: Seconds that a test gets, beside twenty times those that it takes without a mutant.
_PATIENCE = 5
_MEMORY = 4 << 30
_BROKEN = 70
#: So many of the tests that killed come first: they kill what is near, too.
_RECENT = 8


class Mutant(NamedTuple):
    """One mistake: where it is, what became of which lines, and the module with it."""

    module: str
    function: str
    before: str
    after: str
    source: str
    lines: "range | None"  # None: what runs when the module is imported

    @property
    def known_as(self) -> "tuple[str, str, str, str]":
        """What stays the same while other lines of the module change."""
        return self[:4]


# --- mutants --------------------------------------------------------------------------


def mutants_of(module: str) -> "list[Mutant]":
    """Every mutant of a module that is another program; what runs nowhere has none."""
    tree, old, mutants = ast.parse(_source(module)), _source(module).splitlines(), []
    known, dead = {ast.dump(tree)}, _dead_lines(tree)
    for source in _mutated(module):
        dumped = ast.dump(ast.parse(source))
        if dumped in known:
            continue
        known.add(dumped)
        new = source.splitlines()
        start = _same(old, new)
        end = _same(old[start:][::-1], new[start:][::-1])
        if start + 1 in dead:
            continue
        before, after = (
            "\n".join(map(str.strip, lines[start : len(lines) - end])) for lines in (old, new)
        )
        function, lines = _place(tree, start + 1)
        mutants.append(Mutant(module, function, before, after, source, lines))
    return mutants


def _source(module: str) -> str:
    return _path(module).read_text("utf-8")


def _path(module: str) -> Path:
    return SOURCE / (module.replace(".", "/") + ".py")


def _module(path: "str | Path") -> str:
    """The module in a file of the package."""
    return Path(path).relative_to(SOURCE).with_suffix("").as_posix().replace("/", ".")


def _mutated(module: str) -> "Iterator[str]":
    """The module with each mistake that mutmut knows; decorated functions too."""
    libcst = importlib.import_module("libcst")
    mutation = importlib.import_module("mutmut.mutation.file_mutation")
    pragmas = importlib.import_module("mutmut.mutation.pragma_handling")

    class Visitor(mutation.MutationVisitor):  # type: ignore[misc, name-defined]
        def _skip_node_and_children(self, node: Any) -> bool:
            if isinstance(node, libcst.FunctionDef):
                return False
            return bool(super()._skip_node_and_children(node))

    wrapper = libcst.metadata.MetadataWrapper(libcst.parse_module(_source(module)))
    nothing = pragmas.IgnoredCode(set(), set(), set())
    visitor = Visitor(mutation.mutation_operators, nothing)
    tree = wrapper.visit(visitor)
    for found in visitor.mutations:
        yield tree.deep_replace(found.original_node, found.mutated_node).code


def _dead_lines(tree: ast.Module) -> "set[int]":
    """Lines for type checkers and for MicroPython: nothing here runs them."""
    dead: set[int] = set()
    for node in tree.body:
        if isinstance(node, ast.If):
            test = ast.unparse(node.test)
            bodies = [node.body] if test == "_platform.TYPE_CHECKING" else []
            if "MICROPYTHON" in test:
                bodies.append(node.orelse)
            for statement in (statement for body in bodies for statement in body):
                dead.update(range(statement.lineno, (statement.end_lineno or 0) + 1))
    return dead


def _same(left: "Sequence[str]", right: "Sequence[str]") -> int:
    """How many lines are the same from the start."""
    at = 0
    while at < min(len(left), len(right)) and left[at] == right[at]:
        at += 1
    return at


def _place(tree: ast.Module, line: int) -> "tuple[str, range | None]":
    """The function around a line, and the lines of its statement in there."""
    names: list[str] = []
    inside, lines = False, None
    body: list[ast.stmt] = tree.body
    while True:
        found = [s for s in body if _first(s) <= line <= (s.end_lineno or 0)]
        if not found:
            return ".".join(names), lines if inside else None
        statement = found[0]
        inner = [block for block in _blocks(statement) if block]
        first = min((block[0].lineno for block in inner), default=None)
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            names.append(statement.name)
            in_body = first is not None and line >= _first(statement.body[0])
            inside = isinstance(statement, ast.FunctionDef) and in_body
        end = (statement.end_lineno or 0) + 1 if first is None else max(first, line + 1)
        lines = range(statement.lineno, end)
        body = [statement for block in inner for statement in block]


def _blocks(statement: ast.stmt) -> "list[list[ast.stmt]]":
    blocks = [getattr(statement, part, []) for part in ("body", "orelse", "finalbody")]
    return blocks + [handler.body for handler in getattr(statement, "handlers", [])]


def _first(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


class _Loader(SourceFileLoader):
    """Loads a module from another text than its file's."""

    def __init__(self, name: str, source: str) -> None:
        super().__init__(name, str(_path(name[len(PACKAGE) + 1 :])))
        self._text = source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._text, self.path, "exec", dont_inherit=True)


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the modules of *sources* in there, before any file."""

    def __init__(self, sources: "dict[str, str]") -> None:
        self._loaders = {
            f"{PACKAGE}.{name}": _Loader(f"{PACKAGE}.{name}", source)
            for name, source in sources.items()
        }

    def find_spec(
        self, fullname: str, path: "Sequence[str] | None", target: "Optional[ModuleType]" = None
    ) -> "ModuleSpec | None":
        loader = self._loaders.get(fullname)
        if loader is None:
            return None
        return importlib.util.spec_from_file_location(fullname, loader.path, loader=loader)


# --- tests ----------------------------------------------------------------------------


class _Plugin:
    """For pytest: few examples, always the same; the time of each test; what failed."""

    def __init__(self, tests: "set[str] | None" = None) -> None:
        self.tests = tests
        self.seconds: dict[str, float] = {}
        self.failed = "at import"

    def pytest_configure(self) -> None:
        from hypothesis import HealthCheck, Phase, settings

        settings.register_profile(
            "mutants",
            max_examples=50,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        settings.load_profile("mutants")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: "list[pytest.Item]") -> None:
        if self.tests is not None:
            chosen = [item for item in items if item.nodeid in self.tests]
            # A mutant may have changed what tests there are: then all are run.
            if len(chosen) == len(self.tests):
                items[:] = sorted(chosen, key=lambda item: self.seconds[item.nodeid])

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        # What one test had remembered would hide lines, and mistakes in them, from the next.
        for module, name in _MEMORIES:
            memory = getattr(sys.modules.get(f"{PACKAGE}.{module}"), name, None)
            forget = getattr(memory, "cache_clear", None) or getattr(memory, "clear", None)
            if forget is not None:
                forget()
        seconds = self.seconds.get(nodeid, 60)
        signal.setitimer(signal.ITIMER_REAL, _PATIENCE + 20 * seconds)

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.failed = report.nodeid


def _pytest(files: "list[str]", *plugins: object) -> int:
    options = ["-x", "-q", "-s", "--tb=no", "-p", "no:cacheprovider", f"--rootdir={ROOT}"]
    left_out = [f"--deselect={test}" for test in LEFT_OUT]
    return int(pytest.main([*options, *left_out, *files], plugins=list(plugins)))


def _in_child(work: "Callable[[], tuple[int, bytes]]") -> "tuple[int, bytes]":
    """The exit status of a process that does *work*, and the octets that this gives."""
    receiver, sender = os.pipe()
    child = os.fork()
    if not child:
        _end(work, sender)
    os.close(sender)
    with open(receiver, "rb") as answers:
        answer = answers.read()
    return os.waitpid(child, 0)[1], answer


def _end(work: "Callable[[], tuple[int, bytes]]", sender: int) -> NoReturn:
    code = _BROKEN
    try:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        code, answer = work()
        with open(sender, "wb") as answers:
            answers.write(answer)
    finally:
        os._exit(code)


def imported_lines() -> "set[tuple[str, int]]":
    """The lines that run when the modules are imported."""

    def work() -> "tuple[int, bytes]":
        watched = _coverage()
        watched.start()
        for name in [*NAMED, *PARTS]:
            importlib.import_module(f"{PACKAGE}.{name}")
        watched.stop()
        data = watched.get_data()
        places = {(_module(p), line) for p in data.measured_files() for line in data.lines(p)}
        return 0, pickle.dumps(places)

    places: set[tuple[str, int]] = pickle.loads(_in_child(work)[1])
    return places


def _coverage() -> Any:
    coverage = importlib.import_module("coverage")
    return coverage.Coverage(data_file=None, config_file=False, include=[f"{SOURCE}/*"])


class Bench(_Plugin):
    """Has all tests collected once, with the package as it is, and runs what is asked for."""

    def __init__(self, modules: "list[str]", verbose: bool, only_listed: bool) -> None:
        super().__init__()
        self.modules, self.verbose, self.only_listed = modules, verbose, only_listed
        self.imported = imported_lines()
        self.lines: dict[tuple[str, int], set[str]] = {}  # the tests that run through each
        self.items: dict[str, pytest.Item] = {}
        self.functions: dict[tuple[str, int], list[FunctionType]] = {}
        self.unlisted = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            sys.exit("the tests can't be collected")
        self.items = {item.nodeid: item for item in session.items}
        for thing in gc.get_objects():
            if type(thing) is FunctionType and str(thing.__module__).startswith(PACKAGE):
                code = thing.__code__
                if not code.co_filename.startswith(f"{SOURCE}/"):
                    continue
                place = _module(code.co_filename), code.co_firstlineno
                self.functions.setdefault(place, []).append(thing)
        gc.collect()
        gc.freeze()
        self.watch()
        self.unlisted = campaign(self)
        return True

    def run(self, tests: "set[str]") -> int:
        """Run these, the quickest first, until one fails."""
        self.failed = ""
        for test in sorted(tests, key=lambda test: self.seconds.get(test, 0)):
            item = self.items[test]
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            if self.failed:
                return 1
        return 0

    def watch(self) -> None:
        """Run all tests without a mutant: their time, and which runs through which line."""

        def work() -> "tuple[int, bytes]":
            watched, seconds = _coverage(), {}
            watched.start()
            for test in self.items:
                watched.switch_context(test)
                started = time.perf_counter()
                if self.run({test}):
                    return 1, test.encode()
                seconds[test] = time.perf_counter() - started
            watched.stop()
            data = watched.get_data()
            lines = {
                (_module(path), line): {test for test in tests if test}
                for path in data.measured_files()
                for line, tests in data.contexts_by_lineno(path).items()
            }
            return 0, pickle.dumps((seconds, lines))

        status, answer = _in_child(work)
        if status:
            sys.exit(f"without a mutant, this fails: {answer.decode()}")
        self.seconds, self.lines = pickle.loads(answer)

    def meet(self, mutant: Mutant, recent: "Sequence[str]" = ()) -> "tuple[str, str]":
        """What became of a mutant, and by which test; *recent* are tried first."""
        tests, anew = set(), mutant.lines is None
        for line in mutant.lines or ():
            tests |= self.lines.get((mutant.module, line), set())
            anew |= (mutant.module, line) in self.imported
        if anew:
            tests = set(self.items)
        if not tests:
            return _UNSEEN, ""
        likely = f"tests/{({**NAMED, **PARTS})[mutant.module]}.py"
        first = tests.intersection(recent)
        near = {test for test in tests - first if test.startswith(likely)}
        parts = [part for part in (first, near, tests - first - near) if part]

        def work() -> "tuple[int, bytes]":
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
            signal.setitimer(signal.ITIMER_REAL, 60)
            in_place = not anew and self.replace(mutant)
            if not in_place:
                _forget()
                sys.meta_path.insert(0, _Finder({mutant.module: mutant.source}))
            for part in parts:
                code, failed = (self.run(part), self.failed) if in_place else self.anew(part)
                if code:
                    return code, failed.encode()
            return 0, b""

        status, answer = _in_child(work)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM:
            return _TIMEOUT, ""
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) in (4, 5, _BROKEN):
            sys.exit(f"the tests could not be run for {mutant.known_as}")
        return (_KILLED if status else _SURVIVED), answer.decode()

    def anew(self, tests: "set[str]") -> "tuple[int, str]":
        """Run these in a session of their own, which imports the package once more."""
        plugin = _Plugin(tests)
        plugin.seconds = self.seconds
        code = _pytest(sorted({test.partition("::")[0] for test in tests}), plugin)
        return code, plugin.failed

    def replace(self, mutant: Mutant) -> bool:
        """Put the mutant's code into the loaded function; False where that's not enough."""
        old = compile(_source(mutant.module), "", "exec", dont_inherit=True)
        new = compile(mutant.source, "", "exec", dont_inherit=True)
        codes = list(zip(_codes(old), _codes(new)))
        if any(before.co_name != after.co_name for before, after in codes):
            return False
        # What is inside of a function comes with it; but a closure or a lambda that was made
        # already would keep its code.
        pairs = [
            pair for pair in codes if pair[0] != pair[1] and self._live(mutant.module, pair[0])
        ]
        if len(pairs) != 1:
            return False
        before, after = pairs[0]
        if any(self._live(mutant.module, code) for code in _codes(before)[1:]):
            return False
        for function in self._live(mutant.module, before):
            if function.__code__.co_freevars != after.co_freevars:
                return False
            function.__code__ = after.replace(co_filename=function.__code__.co_filename)
        return True

    def _live(self, module: str, code: CodeType) -> "list[FunctionType]":
        functions = self.functions.get((module, code.co_firstlineno), [])
        return [made for made in functions if made.__code__.co_name == code.co_name]


def _codes(code: CodeType) -> "list[CodeType]":
    """A code, and what is in it."""
    inner = [const for const in code.co_consts if isinstance(const, CodeType)]
    return [code, *(found for const in inner for found in _codes(const))]


def _forget() -> None:
    """Have package and tests imported anew, but not what they import."""
    for name in list(sys.modules):
        if name.partition(".")[0] in (PACKAGE, "tests"):
            del sys.modules[name]


# --- what is known --------------------------------------------------------------------


def listed() -> "Counter[tuple[str, str, str, str]]":
    """The survivors that `tests/support/MUTANTS.md` has, by module, function and lines."""
    known: Counter[tuple[str, str, str, str]] = Counter()
    text = LISTED.read_text("utf-8") if LISTED.exists() else ""
    for section in re.split("^## ", text, flags=re.MULTILINE)[1:]:
        module = section.split(None, 1)[0].strip("`")
        for block in re.findall("^```diff\n(.*?)^```", section, re.MULTILINE | re.DOTALL):
            for hunk in re.split("^@@ ?", block, flags=re.MULTILINE)[1:]:
                function, *lines = hunk.splitlines()
                before, after = (
                    "\n".join(line[1:].strip() for line in lines if line[:1] == sign)
                    for sign in "-+"
                )
                known[module, function.strip(), before, after] += 1
    return known


def shown(known_as: "tuple[str, str, str, str]") -> str:
    """A survivor as the list has it."""
    _, function, before, after = known_as
    lines = [f"-{line}" for line in before.splitlines()]
    lines += [f"+{line}" for line in after.splitlines()]
    return "\n".join([f"@@ {function}".rstrip(), *lines])


def main(arguments: "list[str] | None" = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.support.mutants")
    parser.add_argument("-v", action="store_true", help="say what became of each mutant")
    parser.add_argument("--listed", action="store_true", help="only those that are listed")
    parser.add_argument("modules", nargs="*", default=[*NAMED], help="default: those in NAMED")
    options = parser.parse_args(arguments)
    modules = [*NAMED, *PARTS] if options.modules == ["all"] else options.modules
    os.chdir(ROOT)
    sys.dont_write_bytecode = False
    with tempfile.TemporaryDirectory() as sys.pycache_prefix:
        bench = Bench(modules, options.v, options.listed)
        status = _pytest(TESTS, bench)
    return 1 if bench.unlisted else status


def campaign(bench: Bench) -> int:
    """All mutants; a line for each module, and how many survivors are not listed."""
    print(f"{len(bench.items)} tests, {sum(bench.seconds.values()):.0f} s", flush=True)
    known, unlisted = listed(), 0
    for module in bench.modules:
        started = time.perf_counter()
        broken = Mutant(module, "", "", "", _source(module) + "\nraise OSError\n", None)
        if bench.meet(broken)[0] != _KILLED:
            sys.exit(f"no test sees that {module} can't be imported")
        outcomes: Counter[str] = Counter()
        killers: list[str] = []
        mutants = mutants_of(module)
        if bench.only_listed:
            mutants = [mutant for mutant in mutants if mutant.known_as in known]
        for mutant in mutants:
            outcome, by = bench.meet(mutant, killers[-_RECENT:])
            outcomes[outcome] += 1
            if by in bench.items:
                killers = [test for test in killers if test != by] + [by]
            if bench.verbose:
                print(f"{outcome}: {by}\n{shown(mutant.known_as)}", flush=True)
            if outcome in (_SURVIVED, _UNSEEN):
                known[mutant.known_as] -= 1
                if known[mutant.known_as] < 0:
                    unlisted += 1
                    print(f"{module}: {outcome}, and not listed:\n{shown(mutant.known_as)}")
        total = sum(outcomes.values()) or 1
        killed = outcomes[_KILLED] + outcomes[_TIMEOUT]
        print(
            f"{module}: {total} mutants, {outcomes[_KILLED]} killed,"
            f" {outcomes[_TIMEOUT]} timeouts, {outcomes[_SURVIVED]} survived,"
            f" {outcomes[_UNSEEN]} without a test: {100 * killed / total:.1f} %"
            f" ({time.perf_counter() - started:.0f} s)",
            flush=True,
        )
    for known_as, count in known.items():
        if known_as[0] in bench.modules and count > 0:
            print(f"{known_as[0]}: listed, and no survivor any more:\n{shown(known_as)}")
    return unlisted


if __name__ == "__main__":
    # The order of a set is the same in each run.
    if os.environ.get("PYTHONHASHSEED") != "0":
        again = [sys.executable, "-m", "tests.support.mutants", *sys.argv[1:]]
        os.execve(sys.executable, again, {**os.environ, "PYTHONHASHSEED": "0"})
    sys.exit(main())
