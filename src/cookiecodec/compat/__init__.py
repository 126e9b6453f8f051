"""Other libraries' interfaces on this package's rules.

Their names stay in their modules: many of them, such as ``CookieError`` and ``Signer``, are
names of this package, too.
"""
