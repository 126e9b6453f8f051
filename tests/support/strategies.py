"""The strategies that tests share: those of `cookiecodec.testing`, and any text at all."""

from hypothesis import strategies as st

from cookiecodec import testing

# A `str` of anything, lone surrogates too.
any_text = st.one_of(
    st.text(alphabet=st.characters(), max_size=30),
    st.text(
        alphabet=st.sampled_from('a=;,"\\ \t\r\n\x00\x0b\x1f\x7f\x85\xa0éß\u2000\ud800/.:-_%'),
        max_size=30,
    ),
)

#: What a server may write.
cookie_names = testing.cookie_names()
cookie_values = testing.cookie_values()

#: Whatever may come over the wire, one character per octet.
native_headers = testing.cookie_headers() | testing.hostile_headers()
set_cookie_headers = testing.set_cookie_headers() | testing.hostile_headers()
