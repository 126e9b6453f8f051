"""The page that the four shops show: who is here, how often, with what."""

from html import escape


def page(session):
    form = '<form method="post" action="/{}"><input name="{}"><button>{}</button></form>'
    if "user" not in session:
        return "<!doctype html><p>nobody is here</p>" + form.format("login", "user", "Log in")
    cart = ", ".join(session.get("cart", [])) or "nothing"
    told = f"{session['user']} is here, visit {session.get('visits', 1)}, cart: {cart}"
    forms = form.format("cart", "item", "Add") + form.format("logout", "-", "Log out")
    return f"<!doctype html><p>{escape(told)}</p>{forms}"
