"""The files that a `CookieJar` reads and writes, a module per format."""
