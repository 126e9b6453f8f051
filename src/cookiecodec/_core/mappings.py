"""Mappings that stand for a request: a WSGI environ, an ASGI scope."""

from .. import _platform

if _platform.TYPE_CHECKING:
    from .. import _types


def header_lines(
    mapping: "_types.Mapping[_types.Any, _types.Any]",
) -> "list[str | _types.Octets]":
    """Return the Cookie lines of a mapping without ``HTTP_COOKIE``.

    An empty mapping, or one with a key of WSGI (PEP 3333), is an environ without cookies.
    """
    keys = [key for key in mapping if isinstance(key, str)]
    if not mapping or "REQUEST_METHOD" in keys or [key for key in keys if key[:5] == "wsgi."]:
        return []
    if "headers" in keys and "type" in keys:  # an ASGI scope
        return [value for name, value in mapping["headers"] if name.lower() == b"cookie"]
    raise TypeError(
        "this mapping is neither a WSGI environ nor an ASGI scope, so its cookies can't be"
        " found; pass the value of its Cookie header (str or bytes), or a list of several"
    )
