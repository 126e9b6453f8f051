"""The most common public suffixes, for those who have no list of all of them."""

from __future__ import annotations

from .storing import PublicSuffix, site_hosts

# Suffixes of more than one label, of both sections of Mozilla's list
# (https://publicsuffix.org/list/public_suffix_list.dat). A jar never judges by them, since
# the list is a hundred times as long: they only make a finding more definite.
LIST_DATE = "2026-10-22"
_SUFFIXES = """
ac.uk co.uk gov.uk ltd.uk me.uk net.uk nhs.uk org.uk plc.uk sch.uk com.au edu.au gov.au
id.au net.au org.au ac.jp co.jp go.jp ne.jp or.jp ac.nz co.nz govt.nz net.nz org.nz com.br
gov.br net.br org.br ac.in co.in gov.in net.in org.in com.cn edu.cn gov.cn net.cn org.cn
ac.za co.za gov.za org.za co.kr go.kr or.kr com.ar com.co com.eg com.hk com.mx com.my com.ng
com.pe com.ph com.pk com.pl com.sa com.sg com.tr edu.tr gov.tr org.tr com.tw com.ua com.vn
co.at or.at co.id co.il co.ke co.th appspot.com azurestaticapps.net azurewebsites.net
blogspot.com cloudapp.net cloudfront.net deno.dev duckdns.org firebaseapp.com fly.dev
github.io githubusercontent.com gitlab.io herokuapp.com hf.space lovable.app myshopify.com
netlify.app ngrok-free.app ngrok.app ngrok.io onrender.com pages.dev pythonanywhere.com
r2.dev readthedocs.io repl.co replit.app run.app s3.amazonaws.com streamlit.app surge.sh
trycloudflare.com up.railway.app vercel.app web.app wixsite.com workers.dev
"""
COMMON_SUFFIXES = frozenset(_SUFFIXES.split())


def site(host: str, given: PublicSuffix) -> str:
    """Return the registrable domain of *host*, as far as the list is known, or *host*."""
    return site_hosts(host.rstrip("."), given or _is_common_suffix)[-1]


def _is_common_suffix(domain: str) -> bool:
    return "." not in domain or domain in COMMON_SUFFIXES
