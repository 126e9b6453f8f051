"""The documentation site: `nox -s docs` builds it in `docs/_build`.

A new page of `docs` needs a line in a toctree of `index.md`. `tests/project/test_docs.py`
runs the code blocks of all pages, and compares the reference with the public names.
"""

import contextlib
import importlib
import io
import os
import pkgutil
import pydoc
import sys
import types
import typing
import wsgiref.types
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode

import cookiecodec

project = "cookiecodec"
author = "the cookiecodec authors"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.autosummary"]
exclude_patterns = ["_build", "inspector"]
# `nox -s inspector` assembles it.
html_extra_path = (
    ["inspector/dist"]
    if Path(__file__).with_name("inspector").joinpath("dist").is_dir()
    else []
)
nitpicky = True

html_theme = "furo"
html_title = "cookiecodec"
html_show_copyright = False
html_show_sphinx = False
html_show_sourcelink = False
html_copy_source = False
html_static_path = ["_static"]
html_css_files = ["site.css"]

myst_heading_anchors = 4
myst_enable_extensions = ["deflist"]
myst_links_external_new_tab = False

# --- the reference, from the docstrings ---------------------------------------------------

# In docstrings, `name` is a Python object, ``text`` is a literal, and *name* is a parameter.
default_role = "py:obj"
autodoc_member_order = "bysource"
autodoc_class_signature = "mixed"
autodoc_preserve_defaults = True
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
maximum_signature_line_length = 70
add_module_names = False
autodoc_inherit_docstrings = False
autosummary_generate = False

# Names of other libraries that docstrings use without their module.
nitpick_ignore = [
    *(("py:obj", name) for name in ("datetime", "timedelta", "UUID", "warnings")),
    *(("py:obj", name) for name in ("HTTPCookieProcessor", "Secret", "SecretStr")),
    *(("py:class", name) for name in ("WSGIEnvironment", "cookiecodec.ext.httpx.Client")),
    ("py:class", "cookiecodec.session._Options"),  # the options of `SessionCookie`, by name
]

FRAMEWORKS = ["aiohttp", "django.contrib.sessions.backends.signed_cookies", "flask", "httpx"]
FRAMEWORKS += ["hypothesis", "requests"]


def import_as_type_checkers_do() -> None:
    """Import the package with the names of types that only type checkers load.

    Without them the reference would show `_types.Key` in place of `str | bytes`. What the
    package imports is imported before, as it is.
    """
    for name in FRAMEWORKS:
        importlib.import_module(name)
    typeshed = types.ModuleType("_typeshed")
    sys.modules.update({"_typeshed": typeshed, "_typeshed.wsgi": wsgiref.types})
    typing.TYPE_CHECKING = True
    importlib.import_module("cookiecodec._platform").TYPE_CHECKING = True
    for module in pkgutil.walk_packages(cookiecodec.__path__, "cookiecodec."):
        if "._" not in module.name:
            importlib.import_module(module.name)
    typing.TYPE_CHECKING = False


import_as_type_checkers_do()


def resolve(app: Any, env: Any, node: Any, content: Any) -> Any:
    """Resolve a reference to a public name by another path, or to another library's object.

    The reference has the public names in `cookiecodec`, docstrings and types also where they
    are defined (`limits.MAX_NAME_VALUE`). What can be imported is not an error.
    """
    target = node.get("reftarget", "")
    parts = target.split(".")
    for start in range(len(parts)):
        name = ".".join(["cookiecodec", *parts[start:]])
        found = env.domains["py"].objects.get(name)
        if found:
            return make_refnode(app.builder, node["refdoc"], found.docname, name, content)
    ours = target.startswith(("cookiecodec", "_"))
    return None if ours or pydoc.locate(target) is None else content


def strip_examples(app: Any, name: str, source: "list[str]") -> None:
    """Remove the blank lines that end examples: doctest needs them, and readers don't."""
    source[0] = source[0].replace("\n\n```\n", "\n```\n")


class CommandHelp(SphinxDirective):
    """What `cookiecodec COMMAND --help` prints."""

    optional_arguments = 1

    def run(self) -> "list[nodes.Node]":
        os.environ["COLUMNS"] = "80"
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.suppress(SystemExit):
            importlib.import_module("cookiecodec.__main__").main([*self.arguments, "--help"])
        text = printed.getvalue()
        return [nodes.literal_block(text, text, language="text")]


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("missing-reference", resolve)
    app.connect("source-read", strip_examples)
    app.add_directive("command-help", CommandHelp)
