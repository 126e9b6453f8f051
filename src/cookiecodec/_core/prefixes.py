"""Name prefixes: what a cookie-name asks of its cookie (layered 4.1.3, 5.4.3).

Sections of "layered" are those of draft-ietf-httpbis-layered-cookies.
"""

# What the cookie must have, longest prefix first. User agents match them in any case
# (layered 5.4.3), since servers may.
#   prefix in lower case, Secure, HttpOnly, Path=/ and no Domain
NAME_PREFIXES = (
    ("__host-http-", True, True, True),
    ("__host-", True, False, True),
    ("__http-", True, True, False),
    ("__secure-", True, False, False),
)


def name_prefix(name: str) -> "tuple[str, bool, bool, bool] | None":
    """The row of `NAME_PREFIXES` that binds a cookie of this *name*, or None."""
    if not name.startswith("__"):
        return None
    lowered = name.lower()
    for row in NAME_PREFIXES:
        if lowered.startswith(row[0]):
            return row
    return None
