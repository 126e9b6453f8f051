"""Modules of this package, put together into one.

The statements that are reached from the public names of the wanted modules are taken,
in the order of imports, as they are written. What is not public gets a name that says
where it is from: `_grammar.TCHAR` is ``_grammar_TCHAR``. Nothing here knows about
cookies; what it asks of the modules is checked, with `ValueError`:

1. Of each other they import modules (``from . import _wire``), names
   (``from .errors import CookieError``), or, inside of an ``if``, all names of a module.
2. A name means one thing: an import of theirs, or what a top-level statement defines.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator

from ._source import Edit, Positions, edited, is_type_checking

# Not renamed: the one means something to type checkers, the other is documented as
# what an application may replace.
_KEPT = ("TYPE_CHECKING", "emit_warning")

#: A module, and a name in it; "*" is the module itself, used as a value.
Name = tuple[str, str]


class _Module:
    """A module's text and tree, and what its names mean."""

    def __init__(self, name: str, text: str, public: Iterable[str]) -> None:
        self.name = name
        self.places = Positions(text)
        self.tree = ast.parse(text)
        self.public = frozenset(public)
        self.exported: list[str] = []
        self.future = False
        self.siblings: dict[str, bool] = {}  # whether it is for type checkers alone
        self.borrowed: dict[str, Name] = {}
        self.own: set[str] = set()
        self.within = ""  # the module whose names these are, where one has them all
        self._read(self.tree.body, False)
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and node.level:
                self._read_import(node, False)

    def _read(self, body: list[ast.stmt], for_types: bool) -> None:
        for node in body:
            if isinstance(node, ast.If):
                self._read(node.body, for_types or is_type_checking(node.test))
                self._read(node.orelse, for_types)
            elif isinstance(node, ast.ImportFrom) and node.module == "__future__":
                self.future = True
            elif isinstance(node, ast.ImportFrom) and node.level:
                self._read_import(node, for_types)
            elif _is_all(node):
                self.exported = ast.literal_eval(node.value)  # type: ignore[attr-defined]
            else:
                self.own.update(_bound(node))

    def _read_import(self, node: ast.ImportFrom, for_types: bool) -> None:
        for alias in node.names:
            if alias.asname or node.level > 1:
                raise ValueError(f"{self.name} imports {alias.name} in another way")
            sibling = node.module or alias.name
            self.siblings.setdefault(sibling, for_types)
            if node.module and alias.name != "*":
                self.borrowed[alias.name] = (sibling, alias.name)
            elif not node.module:
                self.borrowed[alias.name] = (sibling, "*")


class _Statement:
    """A top-level statement, or one inside of a top-level ``if``."""

    def __init__(self, module: _Module, node: ast.stmt, depth: int) -> None:
        self.module, self.node, self.depth = module, node, depth
        self.external = isinstance(node, (ast.Import, ast.ImportFrom))
        self.body: list[_Statement] = []
        self.orelse: list[_Statement] = []
        self.edits: list[Edit] = []
        self.uses: set[Name] = set()
        self.wanted: set[str] = set()  # the names of it that are, or "" for all of it

    def all(self) -> Iterator[_Statement]:
        yield self
        for statement in self.body + self.orelse:
            yield from statement.all()


def single_file(
    wanted: list[str], read: Callable[[str], str], public: dict[str, str], docstring: str
) -> str:
    """The text of one module with the public names of the modules *wanted*.

    *read* gives the text of a module, *public* its public names. `errors` goes along:
    whoever calls the rest has to catch those.
    """
    modules = _modules(wanted, read, public)
    flat = _Flat(modules)
    top = [_statement(flat, module, node, 0) for module, node in flat.top_level()]
    roots = [(name, each) for name in {*wanted, "errors"} for each in public[name].split()]
    roots = [modules[name].borrowed.get(each, (name, each)) for name, each in roots]
    roots = [(name, "*") if name == each else (name, each) for name, each in roots]
    _reach([inner for statement in top for inner in statement.all()], roots, flat)
    return "".join(_text(flat, top, roots, docstring))


def _modules(
    wanted: list[str], read: Callable[[str], str], public: dict[str, str]
) -> dict[str, _Module]:
    """The modules that are needed, each after those that it imports."""
    modules: dict[str, _Module] = {}

    def add(name: str) -> None:
        if name not in modules:
            module = _Module(name, read(name), public.get(name, "").split())
            for sibling in sorted(module.siblings):
                add(sibling)
            for public_name in module.public & set(module.borrowed):
                sibling, own = module.borrowed[public_name]
                modules[sibling].public |= {own}
            modules[name] = module

    for name in sorted({*wanted, "errors"}):
        add(name)
    return modules


class _Flat:
    """What each name of each module is called in the one module."""

    def __init__(self, modules: dict[str, _Module]) -> None:
        self.modules = modules
        users = {name: set() for name in modules}  # type: dict[str, set[bool]]
        for module in modules.values():
            for sibling, for_types in module.siblings.items():
                users[sibling].add(for_types)
        #: Modules that are imported for type checkers alone.
        self.for_types = {name for name, kinds in users.items() if kinds == {True}}
        for module in modules.values():
            for node in ast.walk(module.tree):
                if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
                    modules[str(node.module)].within = module.name

    def top_level(self) -> Iterator[tuple[_Module, ast.stmt]]:
        for module in self.modules.values():
            if not module.within:
                for node in module.tree.body:
                    yield module, node

    def meant(self, module: _Module, name: str) -> Name | None:
        """What a global *name* means in *module*; None for a builtin or a local one."""
        if name in module.borrowed:
            return module.borrowed[name]
        if module.within and name in _KEPT:
            return module.within, name
        return (module.name, name) if name in module.own else None

    def called(self, name: Name) -> str:
        module = self.modules[name[0]]
        if name[1] == "*":
            return module.name
        if name[1] in module.public or name[1] in _KEPT or module.name in self.for_types:
            return name[1]
        if name[1] in self.imports(module):
            return name[1]
        return f"_{(module.within or module.name).strip('_')}_{name[1].lstrip('_')}"

    def imports(self, module: _Module) -> set[str]:
        """What *module* has by imports of other packages' modules."""
        its = [module, *[m for m in self.modules.values() if m.within == module.name]]
        return {
            alias.asname or alias.name.partition(".")[0]
            for each in its
            for node in ast.walk(each.tree)
            if isinstance(node, ast.Import)
            or (isinstance(node, ast.ImportFrom) and not node.level)
            for alias in node.names
        }

    def defining(self, name: Name) -> Iterator[Name]:
        """Where *name* may be defined: in its module, or in one that gives it all."""
        yield name
        for module in self.modules.values():
            if module.within == name[0] and name[1] not in _KEPT:
                yield module.name, name[1]


def _statement(flat: _Flat, module: _Module, node: ast.stmt, depth: int) -> _Statement:
    statement = _Statement(module, node, depth)
    if isinstance(node, ast.If):
        for suite, found in ((node.body, statement.body), (node.orelse, statement.orelse)):
            for inner in suite:
                if isinstance(inner, ast.ImportFrom) and inner.names[0].name == "*":
                    whole = flat.modules[str(inner.module)]
                    found += [_statement(flat, whole, n, depth + 1) for n in whole.tree.body]
                else:
                    found.append(_statement(flat, module, inner, depth))
        _Rewriter(flat, statement).visit(node.test)
    else:
        _Rewriter(flat, statement).visit(node)
    return statement


class _Rewriter(ast.NodeVisitor):
    """Finds the global names that a statement uses, and renames them."""

    def __init__(self, flat: _Flat, statement: _Statement) -> None:
        self.flat, self.statement, self.module = flat, statement, statement.module
        self.scopes: list[set[str]] = []

    def visit_Name(self, node: ast.Name) -> None:
        meant = self._meant(node.id)
        if meant is not None:
            self._rename(node, meant)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        base = self._meant(node.value.id) if isinstance(node.value, ast.Name) else None
        if base is not None and base[1] == "*":
            self._rename(node, (base[0], node.attr))
        else:
            self.visit(node.value)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Imports of each other, inside of functions: all is here."""
        if node.level:
            places = self.module.places
            end = places.span(node)[1]
            line_end = places.text.find("\n", end) + 1
            blank = places.text[line_end : line_end + 1] == "\n"
            self.statement.edits.append((places.line(node.lineno), line_end + blank, ""))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._name_of(node)
        for decorator in node.decorator_list:
            self.visit(decorator)
        self._annotation(node.returns)
        self._arguments(node.args)
        self._scope(node.body, _locals(node))

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._arguments(node.args)
        self._scope([node.body], _locals(node))

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._name_of(node)
        for part in node.decorator_list + node.bases + [k.value for k in node.keywords]:
            self.visit(part)
        for inner in node.body:
            # Names of the class are attributes; functions in it don't see them.
            if isinstance(inner, ast.FunctionDef):
                self.visit(inner)
            else:
                self._scope([inner], {n for each in node.body for n in _bound(each)})

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.visit(node.target)
        self._annotation(node.annotation)
        if node.value is not None:
            self.visit(node.value)

    def generic_visit(self, node: ast.AST) -> None:
        """All else; a comprehension has names of its own."""
        own = [part.target for part in getattr(node, "generators", ())]
        names = {n.id for target in own for n in ast.walk(target) if isinstance(n, ast.Name)}
        self.scopes.append(names)
        super().generic_visit(node)
        self.scopes.pop()

    def _meant(self, name: str) -> Name | None:
        if any(name in scope for scope in self.scopes):
            return None
        return self.flat.meant(self.module, name)

    def _scope(self, body: Iterable[ast.AST], names: set[str]) -> None:
        self.scopes.append(names)
        for node in body:
            self.visit(node)
        self.scopes.pop()

    def _arguments(self, arguments: ast.arguments) -> None:
        for default in arguments.defaults + [d for d in arguments.kw_defaults if d]:
            self.visit(default)
        given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        for argument in [*given, arguments.vararg, arguments.kwarg]:
            if argument is not None:
                self._annotation(argument.annotation)

    def _annotation(self, node: ast.expr | None) -> None:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            self._quoted(node)
        elif node is not None:
            self.visit(node)

    def _quoted(self, node: ast.Constant) -> None:
        """A quoted annotation: its names are renamed within the quotes."""
        start, _ = self.module.places.span(node)
        inner = _Rewriter(self.flat, self.statement)
        inner.module = _Module("", str(node.value), ())
        inner.module.name, inner.module.own = self.module.name, self.module.own
        inner.module.borrowed = self.module.borrowed
        before = len(self.statement.edits)
        inner.visit(inner.module.tree)
        found = self.statement.edits[before:]
        self.statement.edits[before:] = [(a + start + 1, b + start + 1, c) for a, b, c in found]

    def _name_of(self, node: ast.FunctionDef | ast.ClassDef) -> None:
        """The name that a top-level definition defines."""
        if self.scopes or node is not self.statement.node:
            return
        start = self.module.places.line(node.lineno)
        match = re.compile(r"\s*(?:async )?(?:def|class) +").match(
            self.module.places.text, start
        )
        assert match is not None  # a statement at the top starts its line
        name = self.flat.called((self.module.name, node.name))
        self.statement.edits.append((match.end(), match.end() + len(node.name), name))

    def _rename(self, node: ast.Name | ast.Attribute, name: Name) -> None:
        called = self.flat.called(name)
        if any(called in scope for scope in self.scopes):
            raise ValueError(f"{called} means two things in {self.module.name}")
        self.statement.uses.add(name)
        if name[1] != "*" or called != name[0]:
            self.statement.edits.append((*self.module.places.span(node), called))


def _bound(node: ast.AST) -> set[str]:
    """The names that a statement binds, outside of functions and classes in it."""
    names: set[str] = set()
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {alias.asname or alias.name.partition(".")[0] for alias in node.names}
    if isinstance(
        node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    ):
        return {n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr)}
    if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
        return {node.id}
    if isinstance(node, ast.ExceptHandler) and node.name:
        names.add(node.name)
    for child in ast.iter_child_nodes(node):
        names |= _bound(child)
    return names


def _locals(node: ast.FunctionDef | ast.Lambda) -> set[str]:
    arguments = [n.arg for n in ast.walk(node.args) if isinstance(n, ast.arg)]
    body = [node.body] if isinstance(node, ast.Lambda) else node.body
    names = {name for each in body for name in _bound(each)}
    siblings = {
        alias.name
        for each in ast.walk(node)
        if isinstance(each, ast.ImportFrom) and each.level
        for alias in each.names
    }
    return names.union(arguments) - siblings


def _is_relative(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.level > 0


def _is_all(node: ast.stmt) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else []
    return bool(targets) and isinstance(targets[0], ast.Name) and targets[0].id == "__all__"


def _reach(statements: list[_Statement], roots: list[Name], flat: _Flat) -> None:
    """Mark each statement that defines what a wanted one uses."""
    defining: dict[Name, list[_Statement]] = {}
    for statement in statements:
        if not isinstance(statement.node, ast.If) and not _is_all(statement.node):
            bound = set() if _is_relative(statement.node) else _bound(statement.node)
            for each in bound:
                defining.setdefault((statement.module.name, each), []).append(statement)
    outer = {id(inner): s for s in statements for inner in s.body + s.orelse}
    waiting, seen = list(roots), set(roots)

    def want(statement: _Statement, name: str) -> None:
        if not statement.wanted:
            new = statement.uses - seen
            seen.update(new)
            waiting.extend(new)
            if id(statement) in outer:
                want(outer[id(statement)], "")
        statement.wanted.add(name)

    while waiting:
        name = waiting.pop()
        if name[1] == "*":
            exported = {(name[0], each) for each in flat.modules[name[0]].exported} - seen
            seen.update(exported)
            waiting.extend(exported)
        for place in flat.defining(name):
            for statement in defining.get(place, ()):
                want(statement, name[1])


# --- the text ---------------------------------------------------------------------------


def _text(
    flat: _Flat, top: list[_Statement], roots: list[Name], docstring: str
) -> Iterator[str]:
    yield f'"""{docstring}"""\n\n'
    if any(statement.module.future for statement in top if statement.wanted):
        yield "from __future__ import annotations\n\n"
    imports = [
        s for s in top if s.external and s.wanted and s.module.name not in flat.for_types
    ]
    yield from _imports(imports)
    names = sorted({flat.called(name) for name in roots})
    yield "\n__all__ = [\n" + "".join([f'    "{name}",\n' for name in names]) + "]\n"
    for module in flat.modules.values():
        own = [s for s in top if s.module is module and s.wanted and s not in imports]
        if own:
            yield f"\n\n# --- {module.name} {'-' * (85 - len(module.name))}\n"
            yield from _commented(ast.get_docstring(module.tree))
            for_types = module.name in flat.for_types
            yield "\nif TYPE_CHECKING:\n" if for_types else ""
            for statement in own:
                yield from _lines(statement, 4 * for_types)
        if (module.name, "*") in {use for s in top for use in s.uses if s.wanted} | set(roots):
            yield from _namespace(flat, module)


def _imports(statements: Iterable[_Statement]) -> list[str]:
    """The imports of these, each once, with the names that are used."""
    plain: set[str] = set()
    origins: dict[str, set[str]] = {}
    for statement in statements:
        node = statement.node
        for alias in node.names if isinstance(node, (ast.Import, ast.ImportFrom)) else ():
            bound = alias.asname or alias.name.partition(".")[0]
            name = alias.name + (f" as {alias.asname}" if alias.asname else "")
            if bound in statement.wanted and isinstance(node, ast.ImportFrom):
                origins.setdefault(str(node.module), set()).add(name)
            elif bound in statement.wanted:
                plain.add(name)
    named = [f"from {origin} import {', '.join(sorted(origins[origin]))}" for origin in origins]
    return [
        f"{line}\n" for line in [f"import {name}" for name in sorted(plain)] + sorted(named)
    ]


def _commented(docstring: str | None) -> Iterator[str]:
    for line in (docstring or "").splitlines():
        yield f"# {line}".rstrip() + "\n"


def _namespace(flat: _Flat, module: _Module) -> Iterator[str]:
    """A module that is used as a value: a class with its names."""
    yield f"\n\nclass {module.name}:\n"
    for name in module.exported:
        yield f"    {name} = staticmethod({flat.called((module.name, name))})\n"


def _lines(statement: _Statement, indent: int, leading: bool = False) -> Iterator[str]:
    """A wanted statement, with the comments right above it and the space before these."""
    places, node, depth = statement.module.places, statement.node, indent + 4 * statement.depth
    first, last = _extent(places, node)
    yield "" if leading else "\n" * _blank_lines_before(places, first)
    if statement.external:
        yield from [_indented(line, depth + node.col_offset) for line in _imports([statement])]
        return
    if not isinstance(node, ast.If):
        text = edited(_cut(places, first, last), statement.edits, places.line(first))
        yield _indented(text, depth)
        return
    head = _cut(places, first, _extent(places, node.body[0])[0] - 1).rstrip() + "\n"
    yield _indented(edited(head, statement.edits, places.line(first)), depth)
    yield from _suite(statement.body, indent) or [" " * (depth + 4) + "pass\n"]
    orelse = _suite(statement.orelse, indent)
    if orelse:
        yield " " * depth + "else:\n"
        yield from orelse


def _suite(statements: list[_Statement], indent: int) -> list[str]:
    wanted = [statement for statement in statements if statement.wanted]
    return [text for each in wanted for text in _lines(each, indent, each is wanted[0])]


def _extent(places: Positions, node: ast.stmt) -> tuple[int, int]:
    """The first and last line of a statement, with its decorators and comments."""
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *[each.lineno for each in decorators]])
    while first > 1 and _cut(places, first - 1, first - 1).lstrip().startswith("#"):
        first -= 1
    return first, node.end_lineno or node.lineno


def _blank_lines_before(places: Positions, first: int) -> int:
    blank = 0
    while first > blank + 1 and not _cut(places, first - blank - 1, first - blank - 1).strip():
        blank += 1
    return blank


def _cut(places: Positions, first: int, last: int) -> str:
    return places.text[places.line(first) : places.line(last + 1)]


def _indented(text: str, indent: int) -> str:
    """Each line moved to the right; a text that goes over several lines may not matter."""
    lines = text.splitlines(keepends=True)
    return "".join([" " * indent + line if line.strip() else line for line in lines])
