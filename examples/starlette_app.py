"""A shop in Starlette: `python examples/starlette_app.py`, then http://localhost:8000/.

Safari needs https, since it refuses Secure cookies, and so ``__Host-``, on http://localhost/.
"""

import os
import sys

import uvicorn
from page import page
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.routing import Route

from cookiecodec import SessionCookie
from cookiecodec.ext.asgi import SessionMiddleware


async def index(request):
    if "user" in request.session:
        request.session["visits"] = request.session.get("visits", 0) + 1
    return HTMLResponse(page(request.session))


async def login(request):
    request.session.clear()  # nothing from before
    request.session["user"] = (await request.form()).get("user", "somebody")
    request.session.permanent = True
    return RedirectResponse("/", 303)


async def cart(request):
    item = (await request.form()).get("item", "")
    request.session.setdefault("cart", []).append(item)  # deep inside, and saved
    return RedirectResponse("/", 303)


async def logout(request):
    request.session.clear()
    return RedirectResponse("/", 303)


key = os.environ.get("SECRET_KEY") or os.urandom(32)
cookie = SessionCookie(key, name="__Host-session", secure=True)
app = Starlette(
    routes=[
        Route("/", index),
        Route("/login", login, methods=["POST"]),
        Route("/cart", cart, methods=["POST"]),
        Route("/logout", logout, methods=["POST"]),
    ],
    middleware=[Middleware(SessionMiddleware, session_cookie=cookie)],
)

if __name__ == "__main__":
    uvicorn.run(app, host="localhost", port=int((*sys.argv[1:], "8000")[0]))
