"""How much a client sends, and the warning that names the largest cookies.

`limits` loads this module when its function is called: a device that needs the constants
only does without it.
"""

from .. import _platform, errors
from . import grammar, wire

if _platform.TYPE_CHECKING:
    from .. import _types

# How many of the largest cookies a warning names.
_LARGEST = 5


def check(header: "_types.Header", max_size: int, max_count: int) -> int:
    """Return the octets of *header*, and warn near a limit: see `check_cookie_header`."""
    lines = wire.header_lines(header)
    size = sum([wire.count_octets(line) for line in lines])
    texts = [wire.decode_line(line) for line in lines]
    parts = sum([text.count(";") + 1 for text, _ in texts])
    near_size = max_size > 0 and size * 4 >= max_size * 3
    if near_size or (max_count > 0 and parts * 4 >= max_count * 3):
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
    # Sorted with their positions: of equal sizes the first is larger, on each platform.
    ranked = sorted([(-octets, at) for at, (_, octets) in enumerate(cookies)])
    largest = tuple([cookies[at] for _, at in ranked[:_LARGEST]])
    name = largest[0][0] if largest else ""
    message = (
        "This client sends nearly as many octets or cookies as servers accept, or more."
        " Servers answer such requests with an error. Shorten or expire some of its cookies:"
        " the warning's attribute `largest` names the largest ones."
    )
    errors.warn(errors.CookieSizeWarning(message, name, code, size, limit, largest))


def _cookie_sizes(texts: list[tuple[str, bool]]) -> list[tuple[str, int]]:
    """Return name and octets of each cookie-pair, including nameless ones."""
    sizes = []
    for text, native in texts:
        for part in _platform.split_at_semicolons(text):
            pair = part.strip(grammar.WSP)
            if pair:
                name, equals, _ = pair.partition("=")
                name = name.rstrip(grammar.WSP) if equals else ""
                if native:
                    sizes.append((wire.decode_name(name), len(pair)))
                else:
                    sizes.append((name, len(_platform.to_utf8_lax(pair))))
    return sizes
