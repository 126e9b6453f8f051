"""Why a user agent keeps or drops a cookie, in words for the developer who sets it.

The judgement is the same as the jar's, so that these two can't differ. Each cause has a
code, and a message that says what was found, in which section the rule is, and what to
change.
"""

from __future__ import annotations

import time

from ._formats import urls
from ._user_agent.findings import Finding
from ._user_agent.judgement import Case, judge
from ._user_agent.storing import PublicSuffix
from ._user_agent.verdict import Verdict, verdict_on
from .set_cookie import Octets, native_string

__all__ = ["Finding", "Verdict", "explain_set_cookie"]


def explain_set_cookie(
    header: str | Octets,
    url: str = "https://example.com/",
    *,
    is_public_suffix: PublicSuffix = None,
) -> Verdict:
    """Say what a browser does with a Set-Cookie *header* in a response from *url*, and why.

    *header* is what `parse_set_cookie` takes. The response belongs to a navigation by the
    user, in a browser without cookies: nothing is cross-site, and there is no other cookie
    to consider. (A `CookieJar` considers those.) *is_public_suffix* tells whether a domain
    is one that sites of many owners share. Without it, single labels are.

    Raises TypeError for a *header* of the wrong type, and nothing else.

    >>> verdict = explain_set_cookie("sid=31d4; SameSite=None", "https://example.com/")
    >>> verdict.accepted, verdict.findings[0].code
    (False, 'samesite-none-insecure')
    """
    text, request = native_string(header), urls.read_url(url)
    case = Case(text, request, time.time(), is_public_suffix=is_public_suffix)
    return verdict_on(case, judge(case))
