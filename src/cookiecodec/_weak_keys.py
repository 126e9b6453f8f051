"""The warning about keys that others can guess. Devices do not load this module.

A key that ends with a line break is reported, too, since it is probably not the key that was
meant. A key is weak if it has fewer than 16 octets, is regular, or is published: a sample from
documentation, or made of the words of samples. 16 octets are 128 bits if all of them are
random. (NIST SP 800-131A, 10 disallows HMAC keys of less than 112 bits. RFC 2104, 3 advises
as many octets as the hash has: 32 for SHA-256.)
"""

from __future__ import annotations

from . import errors

_LEAST_OCTETS = 16
_LEAST_DIFFERENT = 5  # as in Django's check security.W009

# How samples start: those of Django's `startproject`, of Flask (three editions), of FastAPI.
_PUBLISHED = (
    *(b"django-insecure-", b"192b9bdd22ab9ed4", b'_5#y2L"F4Q8z', b"A0Zr98j/3yX R~X"),
    b"09d25e094faa6ca2",
)
# What Django puts before the key of its signed cookies.
_DJANGO_COOKIES = b"django.http.cookies"
# A sample has at least one of the first, and consists of all of them, digits and punctuation.
_TYPICAL = b"secret key password change insecure example sample dev test guess".split()
_WORDS = b"""
    a absolutely an and any app application as at bad be bytes cookie default development django
    do documentation fastapi flask for go goes hard hello here hmac i in input insert into is it
    jwt local long me more must my never new not octets of old on only or own please precious
    production put random really replace s safe session set shared should signing so some
    something starlette string strong super that the there this to token use user value very
    will with world you your
""".split()
_BY_LENGTH = sorted(_TYPICAL + _WORDS, key=len, reverse=True)
_BETWEEN = b" 0123456789_-.,:;!?*+#$%&=/'\"()<>[]{}\t\r\n"

# Not even by chance does it contain a typical key, such as "secret".
_TEXT = (
    "a signing key %s: others can guess it and forge what it signs. Use 32 random octets, such"
    " as those of os.urandom(32)"
)
# The hashes of the keys that were checked last.
_checked: set[int] = set()
_LIMIT = 64


def warn_of(keys: list[bytes]) -> None:
    """Emit one `WeakKeyWarning` if a key is weak, once for each key in a process."""
    new = {hash(key): key for key in keys if hash(key) not in _checked}
    weaknesses = list(filter(None, map(_weakness, new.values())))
    if weaknesses:
        errors.warn(errors.WeakKeyWarning(_TEXT % weaknesses[0]))
    if len(_checked) >= _LIMIT:
        _checked.clear()
    _checked.update(new)


def _weakness(key: bytes) -> str:
    """Return what is wrong with a key, in constant words, or ""."""
    key = key.rpartition(_DJANGO_COOKIES)[2]
    if key.endswith(b"\n"):  # of a file: other programs strip it
        return "ends with a line break, which is part of it"
    if len(key) < _LEAST_OCTETS:
        return "has fewer than 16 octets"
    steps = {after - before for before, after in zip(key, key[1:])}
    if min(len(steps), len(set(key))) < _LEAST_DIFFERENT:
        return "is a regular sequence"
    return "is a published sample" if _is_sample(key) else ""


def _is_sample(key: bytes) -> bool:
    if key.startswith(_PUBLISHED):
        return True
    text = key.lower()
    if not any(word in text for word in _TYPICAL):
        return False
    for word in _BY_LENGTH:
        text = text.replace(word, b" ")
    return not text.strip(_BETWEEN)
