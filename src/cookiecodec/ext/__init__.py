"""Sessions in the frameworks, each in a module of its own.

`wsgi` and `asgi` are protocol code, and import no framework; `flask` and `django`
import theirs.
"""
