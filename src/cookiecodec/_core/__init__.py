"""The grammar of RFC 6265 and the rules of the server's side, shared by all other layers.

Sections of "layered" are those of draft-ietf-httpbis-layered-cookies.
"""
