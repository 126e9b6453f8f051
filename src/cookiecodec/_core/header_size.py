"""How much a client sends, and the warning that names the largest of it.

`limits` loads this when its function is called, so that a device has the limits alone.
"""

from .. import _platform, errors
from . import grammar as _grammar
from . import wire as _wire

if _platform.TYPE_CHECKING:
    from .. import _types

# How many of the largest cookies a warning names.
_LARGEST = 5


def check(header: "_types.Header", max_size: int, max_count: int) -> int:
    """The octets of *header*, with a warning near a limit: see `check_cookie_header`."""
    lines = _wire.header_lines(header)
    size = sum([_wire.count_octets(line) for line in lines])
    texts = [_wire.decode_line(line) for line in lines]
    pieces = sum([text.count(";") + 1 for text, _ in texts])
    near_size = max_size > 0 and size * 4 >= max_size * 3
    if near_size or (max_count > 0 and pieces * 4 >= max_count * 3):
        cookies = _cookie_sizes(texts)
        near_count = max_count > 0 and len(cookies) * 4 >= max_count * 3
        if near_size and near_count:
            near_count = len(cookies) * max_size > size * max_count
        if near_count:
            _warn("header-count", len(cookies), max_count, cookies)
        elif near_size:
            _warn("header-size", size, max_size, cookies)
    return size


def _warn(code: str, size: int, limit: int, cookies: list[tuple[str, int]]) -> None:
    """Emit the warning, for the line that called `check_cookie_header`."""
    # With their places: where sizes are equal the first is larger, on each platform.
    ranked = sorted([(-octets, place) for place, (_, octets) in enumerate(cookies)])
    largest = tuple([cookies[place] for _, place in ranked[:_LARGEST]])
    warning = errors.CookieSizeWarning(
        "this client sends nearly as many octets or cookies as servers take, or more;"
        " shorten or expire some of its cookies (see the warning's `largest`)",
        name=largest[0][0] if largest else "",
        code=code,
        size=size,
        limit=limit,
        largest=largest,
    )
    errors.emit_warning(warning, 5)


def _cookie_sizes(texts: list[tuple[str, bool]]) -> list[tuple[str, int]]:
    """Name and octets of each cookie-pair, nameless ones among them."""
    sizes = []
    for text, native in texts:
        for piece in _platform.pieces(text):
            pair = piece.strip(_grammar.WSP)
            if pair:
                name, equals, _ = pair.partition("=")
                name = name.rstrip(_grammar.WSP) if equals else ""
                if native:
                    sizes.append((_wire.decode_name(name), len(pair)))
                else:
                    sizes.append((name, len(_platform.to_utf8_lax(pair))))
    return sizes
