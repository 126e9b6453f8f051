"""The grammar of cookies (layered 4.1.1 and 4.2.1), under the names that the RFCs use.

    set-cookie-string = cookie-pair *( ";" SP cookie-av )
    cookie-string     = cookie-pair *( ";" SP cookie-pair )
    cookie-pair       = cookie-name "=" cookie-value
    cookie-name       = token
    cookie-value      = *cookie-octet / ( DQUOTE *cookie-octet DQUOTE )
    cookie-av         = expires-av / max-age-av / domain-av / path-av / secure-av /
                        httponly-av / samesite-av / extension-av

A rule below is the set of its characters. Where it is checked, a function ``is_...`` tells
whether a text consists of these characters only, which is true of the empty text as well.
Sections of "layered" are those of draft-ietf-httpbis-layered-cookies.
"""

from .. import _platform

DIGIT = "0123456789"
ALPHA = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

# token = 1*tchar (RFC 9110, 5.6.2); cookie-name = token (layered 4.1.1)
TCHAR = "!#$%&'*+-.^_`|~" + DIGIT + ALPHA
is_tchars = _platform.charset_matcher(TCHAR)

# cookie-octet = %x21 / %x23-2B / %x2D-3A / %x3C-5B / %x5D-7E (layered 4.1.1):
# visible ASCII without DQUOTE, comma, semicolon and backslash
COOKIE_OCTETS = TCHAR + "()/:<=>?@[]{}"
is_cookie_octets = _platform.charset_matcher(COOKIE_OCTETS)

# What is not escaped between the DQUOTEs of a value in `octal` quoting: printable ASCII
# without "," and ";". DQUOTE and backslash are escaped before.
QUOTED_TEXT = COOKIE_OCTETS + ' "\\'

# av-octet = %x20-3A / %x3C-7E (layered 4.1.1): any CHAR except CTLs and ";"
AV_OCTETS = QUOTED_TEXT + ","
is_av_octets = _platform.charset_matcher(AV_OCTETS)

# What JavaScript's encodeURIComponent leaves as it is (ECMA-262, 19.2.6): the value in
# `percent` quoting. All are cookie-octets.
URI_UNRESERVED = "-_.!~*'()" + DIGIT + ALPHA

# What Werkzeug leaves as it is in a path: the characters of a URL-path-segment string, "/",
# and "%", which belongs to what is percent-encoded already. All are av-octets.
PATH_TEXT = "%!$&'()*+,/:=@-._~" + DIGIT + ALPHA
is_path_text = _platform.charset_matcher(PATH_TEXT)

# What is trimmed from a name and a value: SP and HTAB, but no other white space of Unicode.
# This is the user agent's rule for Set-Cookie (layered 5.4.2). Cookie headers are read by
# the same rule, so that both sides see the same name.
WSP = " \t"


def check_text(value: object, argument: str) -> str:
    """Return *value* as a plain `str`, or raise TypeError if it is not a `str`.

    A subclass may format or join in another way (Markup, string enums): its text is used.
    """
    if not isinstance(value, str):
        from . import invalid

        raise invalid.wrong_type(argument, value, "str")
    return value if type(value) is str else "".join([value])


def to_utf8(text: str, part: str) -> bytes:
    """Return the UTF-8 of *text*, or raise CookieError for a lone surrogate."""
    try:
        return _platform.to_utf8(text)
    except UnicodeError as error:
        from . import invalid

        raise invalid.surrogate(text, error.args[2], part) from None
