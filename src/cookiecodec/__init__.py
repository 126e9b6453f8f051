"""HTTP cookies by the RFC, for servers and clients.

>>> from cookiecodec import dump_cookie, parse_cookie
>>> dump_cookie("theme", "dark", secure=True)
'theme=dark; Secure; Path=/'
>>> parse_cookie("theme=dark; sid=31d4")
{'theme': 'dark', 'sid': '31d4'}

A module is loaded when one of its names is first used.
"""

# (MicroPython's heap has room for a docstring of 300 characters here: a longer one splits it.)
__version__ = "1.0.0"

# Each public module and its public names; as text, which is small on a device.
# Those of `tagged_json` and `session_readers` are those of others, so they go as a whole.
_PUBLIC = {
    "chunks": "dump_cookie_chunks join_cookie_chunks",
    "codec": "delete_cookie dump_cookie parse_cookie parse_cookie_pairs",
    "compat": "",
    "dates": "format_cookie_date parse_cookie_date",
    "errors": "CookieError CookieIgnoredWarning CookieRejectedWarning CookieSizeWarning"
    " CookieWarning WeakKeyWarning",
    "explain": "Finding Sending Verdict explain_cookie_header explain_response"
    " explain_set_cookie",
    "ext": "",
    "jar": "CookieJar StoredCookie",
    "limits": "MAX_AGE_SECONDS MAX_ATTRIBUTE_VALUE MAX_COOKIES_PER_HOST MAX_COOKIE_HEADER"
    " MAX_NAME_VALUE MAX_SET_COOKIE check_cookie_header",
    "matching": "default_path domain_match path_match",
    "session": "Session SessionCookie",
    "session_readers": "session_readers",
    "set_cookie": "SetCookie parse_set_cookie split_set_cookie",
    "signing": "BadPayload BadSignature SignatureExpired Signer",
    "tagged_json": "tagged_json",
    "testing": "assert_cookies_kept cookie_headers cookie_names cookie_values hostile_headers"
    " set_cookie_headers",
}


def __getattr__(name: str) -> object:
    """Load the module that holds *name* (PEP 562), or that has it for its own name."""
    if name == "__all__":  # made when it is asked for: a device seldom does
        listed = [names for module, names in _PUBLIC.items() if module != "testing"]
        return sorted(" ".join(listed).split())
    if name in _PUBLIC or name == "_platform":  # as MicroPython does for `from . import`
        return __import__(__name__ + "." + name, None, None, [name])
    for module, names in _PUBLIC.items():
        if name in names.split():
            loaded = __import__(__name__ + "." + module, None, None, [name])
            value = globals()[name] = getattr(loaded, name)
            return value
    raise AttributeError("module '%s' has no attribute '%s'" % (__name__, name))


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__getattr__("__all__")))
