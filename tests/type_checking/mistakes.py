"""Each line with the comment ``# mistake`` has one, which type checkers have to find."""

from __future__ import annotations

from cookiecodec import (
    CookieJar,
    SessionCookie,
    Signer,
    check_cookie_header,
    dump_cookie,
    dump_cookie_chunks,
    explain_set_cookie,
    parse_cookie,
    parse_set_cookie,
    session_readers,
)

dump_cookie("a", 1)  # mistake
dump_cookie("a", samesite="sometimes")  # mistake
dump_cookie("a", samesite=True)  # mistake
dump_cookie("a", max_age="3600")  # mistake
dump_cookie("a", expires=[])  # mistake
dump_cookie("a", same_site="Lax")  # mistake
dump_cookie("a", quoting="base64")  # mistake
dump_cookie_chunks("a", b"b")  # mistake
parse_cookie("a=1", quoting="url")  # mistake
parse_cookie(1)  # mistake
parse_cookie("a=1")["a"].decode()  # mistake
check_cookie_header("a=1", max_size="100")  # mistake
parse_set_cookie(None)  # mistake
name = parse_set_cookie("a=1").name  # mistake
Signer(None)  # mistake
Signer("key", digest="md5")  # mistake
Signer("key", key_derivation="none at all")  # mistake
Signer("key").dumps({}, max_age=1)  # mistake
Signer("key").unsign(1)  # mistake
SessionCookie("key", samesite="sometimes")  # mistake
SessionCookie("key", lifetime="1 hour")  # mistake
SessionCookie("key", max_life=1)  # mistake
SessionCookie("key", readers=[1])  # mistake
SessionCookie.flask("key", max_life=1)  # mistake
SessionCookie.flask("key", httponly="yes")  # mistake
SessionCookie("key").open("a=1").permanent.upper()  # mistake
SessionCookie("key").save({})  # mistake
session_readers.django(1)  # mistake
CookieJar(max_per_host="50")  # mistake
CookieJar().receive("a=1")  # mistake
CookieJar().cookie_header("https://example.com/", same_site="very")  # mistake
CookieJar().save("cookies.txt", format="xml")  # mistake
CookieJar().find(url=1)  # mistake
explain_set_cookie("a=1", cross_sight=True)  # mistake
hint = explain_set_cookie("a=1").findings[0].hint  # mistake
