"""How much a client sends, and the warning that names the largest cookies."""

from .. import _platform, errors
from . import grammar, wire

if _platform.TYPE_CHECKING:
    from .. import _types

# How many of the largest cookies a warning names.
_LARGEST = 5


def check(header: "_types.Header", max_size: int, max_count: int) -> int:
    """Return the octets of *header*, and warn near a limit: see `check_cookie_header`."""
    texts = [wire.decode_line(line) for line in wire.header_lines(header)]
    size = sum([_count_octets(text, native) for text, native in texts])
    parts = sum([text.count(";") + 1 for text, _ in texts])
    near_size = 0 < max_size * 3 <= size * 4
    if not near_size and not 0 < max_count * 3 <= parts * 4:
        return size
    cookies = _cookie_sizes(texts)
    near_count = 0 < max_count * 3 <= len(cookies) * 4
    if near_count and not (near_size and size * max_count >= len(cookies) * max_size):
        code, amount, limit = "header-count", len(cookies), max_count
    elif near_size:
        code, amount, limit = "header-size", size, max_size
    else:
        return size
    # Sorted with their positions: of equal sizes the first is larger, on each platform.
    ranked = sorted([(-octets, at) for at, (_, octets) in enumerate(cookies)])
    largest = tuple([cookies[at] for _, at in ranked[:_LARGEST]])
    message = (
        "This client sends nearly as many octets or cookies as servers accept, or more."
        " Servers answer such requests with an error. Shorten or expire some of its cookies:"
        " the warning's attribute `largest` names the largest ones."
    )
    name = largest[0][0] if largest else ""
    errors.warn(errors.CookieSizeWarning(message, name, code, amount, limit, largest))
    return size


def _count_octets(text: str, native: bool) -> int:
    """Return how many octets a text of `decode_line` had on the wire."""
    return len(text) if native else len(_platform.to_utf8_lax(text))


def _cookie_sizes(texts: list[tuple[str, bool]]) -> list[tuple[str, int]]:
    """Return name and octets of each cookie-pair, including nameless ones."""
    sizes = []
    for text, native in texts:
        for part in _platform.split_at_semicolons(text):
            pair = part.strip(grammar.WSP)
            if pair:
                name, equals, _ = pair.partition("=")
                name = name.rstrip(grammar.WSP) if equals else ""
                name = wire.decode_name(name) if native else name
                sizes.append((name, _count_octets(pair, native)))
    return sizes
