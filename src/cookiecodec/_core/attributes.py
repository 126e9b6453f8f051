"""The attributes of Set-Cookie: one table, the lexer of cookie-av, and how they are written."""

from .. import _platform
from ..limits import MAX_ATTRIBUTE_VALUE
from . import grammar

if _platform.TYPE_CHECKING:
    from .. import _types

#: The field that holds each attribute, and its name, in the order in which they are written,
#: which is Werkzeug's. (A tuple, since a `dict` of MicroPython has no order.)
ATTRIBUTES = (
    ("domain", "Domain"),
    ("expires", "Expires"),
    ("max_age", "Max-Age"),
    ("secure", "Secure"),
    ("httponly", "HttpOnly"),
    ("path", "Path"),
    ("samesite", "SameSite"),
    ("partitioned", "Partitioned"),
    ("priority", "Priority"),
)

_escape_path = _platform.escaper(grammar.PATH_TEXT, "%%%02X")

#: The values of the attributes that have one of a few.
KEYWORDS = {"samesite": ("Strict", "Lax", "None"), "priority": ("Low", "Medium", "High")}


def split_attribute(cookie_av: str) -> tuple[str, str]:
    """Return attribute-name, in lower case, and attribute-value (layered 5.4.2)."""
    name, _, value = cookie_av.partition("=")
    return name.strip(grammar.WSP).lower(), value.strip(grammar.WSP)


def split_pair(pair: str) -> tuple[str, str]:
    """Return cookie-name and cookie-value (layered 5.4.2). Without ``=`` all is value."""
    name, equals, value = pair.partition("=")
    if equals:
        return name.strip(grammar.WSP), value.strip(grammar.WSP)
    return "", name.strip(grammar.WSP)


def write_attributes(values: "_types.Mapping[str, object]") -> str:
    """Return *( ";" SP cookie-av ) of *values*, by their fields; None and False are left out.

    True writes the attribute's name only, a text its name and value.
    """
    text = ""
    for field, name in ATTRIBUTES:
        value = values.get(field)
        if value is True:
            text += "; " + name
        elif value is not None and value is not False:
            text += "; %s=%s" % (name, value)
    return text


def find_keyword(field: str, text: str) -> "str | None":
    """Return the keyword of an attribute that *text* is, in any case, or None."""
    for keyword in KEYWORDS[field]:
        if text.lower() == keyword.lower():
            return keyword
    return None


class CookieAttributes:
    """The attributes of one cookie but for its lifetime, checked and written out.

    ``before`` and ``after`` are the text around the lifetime in a Set-Cookie header,
    ``text`` is both. ``problem`` is the `lint.Problem` that warnings report, or None.
    """

    def __init__(
        self,
        name: str,
        path: "str | None",
        domain: "str | None",
        secure: bool,
        httponly: bool,
        samesite: "str | None",
        partitioned: bool,
    ) -> None:
        self.name = name
        if path is not None:
            path = grammar.check_text(path, "path")
            if not grammar.is_path_text(path):  # percent-encoded as Werkzeug does
                path = _escape_path(grammar.to_utf8(path, "path"))
        self.path: "str | None" = path
        self.samesite: "str | None" = None
        if samesite is not None:
            self.samesite = find_keyword("samesite", grammar.check_text(samesite, "samesite"))
            if self.samesite is None:
                from . import invalid

                raise invalid.wrong_value(samesite, "samesite")
        self.secure: bool = bool(secure or partitioned)
        self.httponly: bool = bool(httponly)
        self.partitioned: bool = bool(partitioned)
        values = {"secure": self.secure, "httponly": self.httponly, "path": path}
        values.update({"samesite": self.samesite, "partitioned": self.partitioned})
        self.after: str = write_attributes(values)
        self.domain: "str | None" = None
        if domain is not None:
            from . import hosts

            self.domain = hosts.find_host(grammar.check_text(domain, "domain"))
            if self.domain is None:
                from . import invalid

                raise invalid.domain(domain)
        self.before: str = write_attributes({"domain": self.domain})
        self.text: str = self.before + self.after
        self.problem: "_types.Problem | None" = None
        usual = path is None or (path[:1] == "/" and len(path) <= MAX_ATTRIBUTE_VALUE)
        if not usual or domain is not None or self.samesite == "None" or name[:2] == "__":
            from . import lint

            self.problem = lint.attributes_problem(self, domain)

    def header(self, name: str, value: str, lifetime: str = "") -> str:
        """Return the set-cookie-string of these attributes. *value* is quoted already."""
        return f"{name}={value}{self.before}{lifetime}{self.after}"

    def deletion(self, name: str) -> str:
        """Return the set-cookie-string that deletes the cookie of this *name*."""
        return self.header(name, "", "; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0")
