"""MicroPython, as far as another Python can stand in for it.

`Device` loads the base modules as MicroPython loads them: from the same files, line by
line, so that whatever measures their lines sees them run. Another language is put under
them, in the few places where the package meets the difference:

- ``str.isascii`` is missing, and so are the modules of `LACKING`;
- `encode` and `decode`: whatever the encoding is called, it is UTF-8 or nearly so;
- ``bytearray.extend`` takes a text for its octets;
- ``hashlib``, ``json``, ``time`` and ``deflate`` are those below.

`test_platform` asks MicroPython itself whether it does the same.
"""

import ast
import errno
import hashlib
import importlib
import json
import re
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Optional

import cookiecodec

SOURCE = Path(cookiecodec.__file__).parent
LACKING = {"datetime", "hmac", "operator", "typing", "warnings", "zlib"}

# --- the language -----------------------------------------------------------------------

# What MicroPython takes for UTF-8: as many octets as the first of them says, and no more
# is looked at. So there are surrogates, numbers past U+10FFFF, and forms too long.
_sequence = re.compile(
    rb"[\x00-\x7f]|[\xc0-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf7][\x80-\xbf]{3}"
)


def encode(text: str, encoding: str = "utf-8") -> bytes:
    """``text.encode(encoding)``: a surrogate is encoded like any other character."""
    return text.encode("utf-8", "surrogatepass")


def decode(data: "bytes | bytearray", encoding: str = "utf-8") -> str:
    """``data.decode(encoding)``: for what is no character here, U+FFFD stands in."""
    found = _sequence.findall(data)
    if sum(map(len, found)) != len(data):
        raise UnicodeError
    return "".join([_character(octets) for octets in found])


def _character(octets: bytes) -> str:
    try:
        return octets.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return "\ufffd"


def extend(octets: bytearray, more: "bytes | str") -> None:
    """``octets.extend(more)``."""
    octets.extend(more.encode() if isinstance(more, str) else more)


def _hasattr(thing: object, name: str) -> bool:
    return name != "isascii" and hasattr(thing, name)


class _Dialect(ast.NodeTransformer):
    """The calls and imports of a module, by way of what stands in for them."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS:
            method = ast.copy_location(ast.Name(node.func.attr, ast.Load()), node.func)
            node.args.insert(0, node.func.value)
            node.func = method
        return node

    def visit_Import(self, node: ast.Import) -> "list[ast.AST]":
        return [_bring(node, alias, [alias.name, 0, None]) for alias in node.names]

    def visit_ImportFrom(self, node: ast.ImportFrom) -> "list[ast.AST]":
        if node.names[0].name == "*":
            module = ast.Constant(node.module)
            call = ast.Call(ast.Name("_bring_all", ast.Load()), [module], [])
            return [ast.fix_missing_locations(ast.copy_location(ast.Expr(call), node))]
        return [
            _bring(node, alias, [node.module, node.level, alias.name]) for alias in node.names
        ]


def _bring(node: ast.stmt, alias: ast.alias, how: "list[Any]") -> ast.AST:
    call = ast.Call(ast.Name("_bring", ast.Load()), [ast.Constant(word) for word in how], [])
    name = ast.Name(alias.asname or alias.name, ast.Store())
    return ast.fix_missing_locations(ast.copy_location(ast.Assign([name], call), node))


_METHODS: "dict[str, Any]" = {"encode": encode, "decode": decode, "extend": extend}

# --- modules ----------------------------------------------------------------------------


class DeflateIO:
    """Of the module ``deflate`` what reads zlib's format."""

    def __init__(self, stream: Any, form: str) -> None:
        assert form == "zlib"
        self._data = stream.read()
        self._inflate = zlib.decompressobj()

    def read(self, size: int) -> bytes:
        """The next *size* octets, or fewer at the end; what follows the end is not read."""
        if self._inflate.eof:
            return b""
        try:
            piece = self._inflate.decompress(self._data, size)
        except zlib.error:
            raise OSError(errno.EINVAL) from None
        self._data = self._inflate.unconsumed_tail
        if len(piece) < size and not self._inflate.eof:
            raise EOFError
        return piece


def _dumps(obj: object, separators: "tuple[str, str]") -> str:
    """JSON whose controls are all in digits, but for HTAB, LF and CR."""
    text = json.dumps(obj, separators=separators, ensure_ascii=False)
    return text.replace("\\b", "\\u0008").replace("\\f", "\\u000c")


JSON = SimpleNamespace(dumps=_dumps, loads=json.loads)
DEFLATE = SimpleNamespace(DeflateIO=DeflateIO, ZLIB="zlib")
SHA256 = SimpleNamespace(sha256=hashlib.sha256)  # a port has others, or not
ALL_HASHES = SimpleNamespace(
    **{name: getattr(hashlib, name) for name in ("sha1", "sha256", "sha384", "sha512")}
)


def clock_from(year: int, now: "Callable[[], float]" = time.time) -> SimpleNamespace:
    """``time`` of a port whose clock counts from *year* on; *now* is Unix time."""
    epoch = {1970: 0, 2000: 946684800}[year]
    return SimpleNamespace(
        time=lambda: now() - epoch, gmtime=lambda second: time.gmtime(second + epoch)
    )


class Device:
    """The package's modules, as MicroPython loads them; *modules* are its own."""

    def __init__(self, **modules: "Optional[Any]") -> None:
        self._modules = {
            "deflate": DEFLATE,
            "hashlib": ALL_HASHES,
            "json": JSON,
            "time": clock_from(2000),
            **modules,
        }
        self._loaded: "dict[str, ModuleType]" = {}

    def __getattr__(self, name: str) -> Any:
        """The module *name* of the package."""
        return self.module(name)

    def module(self, name: str) -> Any:
        """A module of the package, by its path: ``_core.wire``."""
        if name not in self._loaded:
            path = SOURCE / (name.replace(".", "/") + ".py")
            package = SOURCE / name.replace(".", "/") / "__init__.py"
            if not path.is_file() and not package.is_file():
                raise AttributeError(name)
            module = self._loaded[name] = ModuleType(f"cookiecodec.{name}")
            within = name if package.is_file() else name.rpartition(".")[0]
            path = package if package.is_file() else path
            self.run(path.read_text("utf-8"), str(path), vars(module), within)
        return self._loaded[name]

    def run(
        self,
        source: str,
        path: str = "<run>",
        names: "Optional[dict[str, Any]]" = None,
        within: str = "",
    ) -> "dict[str, Any]":
        """Run *source* there, with the global *names*, which come back.

        *within* is the package that its relative imports start from.
        """
        names = {} if names is None else names

        def bring(module: "str | None", level: int, name: "str | None") -> Any:
            return self._bring(module, level, name, within)

        def bring_all(module: str) -> None:
            found = vars(self.module(f"{within}.{module}"))
            names.update({name: found[name] for name in found if not name.startswith("_")})

        names.update(_METHODS, hasattr=_hasattr, _bring=bring, _bring_all=bring_all)
        tree = _Dialect().visit(ast.parse(source))
        exec(compile(tree, path, "exec", dont_inherit=True), names)
        return names

    def _bring(self, module: "str | None", level: int, name: "str | None", within: str) -> Any:
        """What ``import`` binds: a module, or *name* of one."""
        if level:
            packages = within.split(".") if within else []
            base = ".".join(
                [*packages[: len(packages) - level + 1], *([module] if module else [])]
            )
            whole = f"{base}.{name}" if base else str(name)
            try:
                return self.module(whole)
            except AttributeError:
                return getattr(self.module(base), str(name))
        found = self._modules[str(module)] if module in self._modules else None
        if found is None and (module in LACKING or module in self._modules):
            raise ImportError(f"no module named {module!r}")
        return found or importlib.import_module(str(module))
