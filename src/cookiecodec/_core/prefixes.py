"""Name prefixes: what a cookie-name requires of its cookie (layered 4.1.3, 5.4.3)."""

from .. import _platform

if _platform.TYPE_CHECKING:
    from .. import _types


class NamePrefix:
    """A prefix, in lower case, and the attributes that it requires."""

    def __init__(self, text: str, httponly: bool, host: bool) -> None:
        self.text = text
        self.httponly = httponly
        self.host = host  # Path=/ and no Domain
        self.code = "prefix-" + text.strip("_-")  # of a cookie that lacks what is required

    def missing(self, cookie: "_types.HasAttributes", host_only: bool) -> list[str]:
        """Return what *cookie* lacks (layered 5.1.2, 5.4.3).

        "Http-prefix compatible" means that http-only is true: the text there is in error.
        """
        missing = [] if cookie.secure else ["Secure"]
        if self.httponly and not cookie.httponly:
            missing.append("HttpOnly")
        if self.host and cookie.path != "/":
            missing.append("Path=/")
        if self.host and not host_only:
            missing.append("no Domain")
        return missing


# The longest first. User agents match them in any case (layered 5.4.3), since servers may.
NAME_PREFIXES = (
    NamePrefix("__host-http-", True, True),
    NamePrefix("__host-", False, True),
    NamePrefix("__http-", True, False),
    NamePrefix("__secure-", False, False),
)


def name_prefix(name: str) -> "NamePrefix | None":
    """Return the prefix that *name* starts with, or None."""
    lowered = name.lower() if name[:2] == "__" else ""
    for prefix in NAME_PREFIXES:
        if lowered.startswith(prefix.text):
            return prefix
    return None
