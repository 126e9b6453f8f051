"""The grammar, each rule in one place, under the name that the RFC gives it.

A rule here is the set of characters that it is made of, then, where it is checked,
a function ``is_...`` that is true of a text of those alone, the empty text among
them. What may live here: character sets, and the one
way to say which character is out of place. Sections of "layered" are those of
draft-ietf-httpbis-layered-cookies.
"""

from .. import _platform
from ..errors import CookieError

DIGIT = "0123456789"
ALPHA = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

# token = 1*tchar (RFC 9110, 5.6.2); cookie-name = token (layered 4.1.1)
TCHAR = "!#$%&'*+-.^_`|~" + DIGIT + ALPHA
is_tchars = _platform.only(TCHAR)

# cookie-octet = %x21 / %x23-2B / %x2D-3A / %x3C-5B / %x5D-7E (layered 4.1.1):
# visible ASCII without DQUOTE, comma, semicolon and backslash
COOKIE_OCTETS = TCHAR + "()/:<=>?@[]{}"
is_cookie_octets = _platform.only(COOKIE_OCTETS)

# What stands for itself between the DQUOTEs of a value in `octal` quoting:
# printable ASCII without "," and ";". DQUOTE and backslash are escaped before.
QUOTED_TEXT = COOKIE_OCTETS + ' "\\'

# av-octet = %x20-3A / %x3C-7E (layered 4.1.1): any CHAR except CTLs and ";"
AV_OCTETS = QUOTED_TEXT + ","
is_av_octets = _platform.only(AV_OCTETS)

# What JavaScript's encodeURIComponent leaves alone (ECMA-262, 19.2.6): the
# value in `percent` quoting. All are cookie-octets.
URI_UNRESERVED = "-_.!~*'()" + DIGIT + ALPHA

# What Werkzeug leaves alone in a path: a URL-path-segment string, "/", and "%"
# of what is percent-encoded already. All are av-octets.
PATH_TEXT = "%!$&'()*+,/:=@-._~" + DIGIT + ALPHA
is_path_text = _platform.only(PATH_TEXT)

# What is trimmed from a name and a value: SP and HTAB, and no other white space,
# whatever Unicode says. The user agent's rule for Set-Cookie (layered 5.4.2), held to
# in reading Cookie too, so that both sides see the same name.
WSP = " \t"


def check_text(value: object, argument: str) -> str:
    """*value* as a plain `str`; TypeError if it is none.

    A subclass may format or join otherwise (Markup, string enums): its text is taken.
    """
    if not isinstance(value, str):
        raise TypeError(argument + " must be str, not " + type(value).__name__)
    return value if type(value) is str else "".join([value])


def to_utf8(text: str, part: str) -> bytes:
    """The octets of *text*; a lone surrogate has none, and is the caller's mistake."""
    try:
        return _platform.to_utf8(text)
    except UnicodeError as error:
        at = error.args[2]
        shown = "%s at index %d" % (show(text[at : at + 1]), at)
        raise CookieError(part + " has no UTF-8: a lone surrogate, " + shown, part) from None


def show(char: str) -> str:
    """A character for a message: escaped if it is not printable, with its number."""
    return "%r (U+%04X)" % (char, ord(char))


def out_of_place(text: str, allowed: str, rule: str, part: str) -> "CookieError":
    """The error that shows the first character of *text* outside of *allowed*."""
    rest = text.lstrip(allowed)
    at = len(text) - len(rest)
    return CookieError("%s; not allowed: %s at index %d" % (rule, show(rest[:1]), at), part)
