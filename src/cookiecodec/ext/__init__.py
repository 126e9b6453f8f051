"""Sessions in the frameworks, a module for each.

`wsgi` and `asgi` implement the protocols and import no framework. `flask` and `django` import
theirs.
"""
