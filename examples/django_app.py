"""A shop in Django: `python examples/django_app.py runserver`, then http://localhost:8000/.

Safari needs https, since it refuses Secure cookies, and so ``__Host-``, on http://localhost/.
"""

import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.views.decorators.http import require_POST
from page import page

settings.configure(
    ALLOWED_HOSTS=["localhost", "127.0.0.1"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware"],
    ROOT_URLCONF=__name__,
    SECRET_KEY=os.environ.get("SECRET_KEY") or os.urandom(32).hex(),
    SESSION_COOKIE_NAME="__Host-session",
    SESSION_COOKIE_SECURE=True,
    SESSION_ENGINE="cookiecodec.ext.django",
)


def index(request):
    if "user" in request.session:
        request.session["visits"] = request.session.get("visits", 0) + 1
    return HttpResponse(page(request.session))


@require_POST
def login(request):
    request.session.flush()  # nothing from before
    request.session["user"] = request.POST.get("user", "somebody")
    return see_index()


@require_POST
def cart(request):
    request.session.setdefault("cart", []).append(
        request.POST.get("item", "")
    )  # deep, and saved
    return see_index()


@require_POST
def logout(request):
    request.session.flush()
    return see_index()


def see_index():
    return HttpResponseRedirect("/", status=303)


urlpatterns = [
    path("", index),
    path("login", login),
    path("cart", cart),
    path("logout", logout),
]

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
