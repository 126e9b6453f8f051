"""Sessions in the frameworks, and cookie jars in HTTP clients, a module for each.

`wsgi` and `asgi` implement the protocols and import no framework. The others import theirs.
"""
