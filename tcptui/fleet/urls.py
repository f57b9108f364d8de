"""Tells addresses of captures without the credentials in them."""

import re
from typing import Final
from urllib.parse import unquote

CHAINED: Final = "::"
"""What stands between the links of a chain, as in ``zip://a.pcap::s3://bucket/b.zip``."""
SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
HIDDEN: Final = "…"


def is_url(word: str) -> bool:
    """Return whether a word is an address, not the name of a local file."""
    return SCHEME.match(word) is not None


def without_credentials(url: str) -> str:
    """Return an address without user, password, query and fragment."""
    return CHAINED.join(told_link(link) for link in url.split(CHAINED))


def told_link(link: str) -> str:
    """Return the same of one link of a chain."""
    scheme, separator, rest = link.partition("://")
    if not separator:
        return link
    rest = re.split("[?#]", rest, maxsplit=1)[0]
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"


def scrubbed(text: str, url: str) -> str:
    """Return a text in which nothing is left of the credentials of an address."""
    for secret in sorted(secrets_of(url), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def secrets_of(url: str) -> set[str]:
    """Return what of an address is not to be told, as it stands there and decoded."""
    found = set()
    for link in filter(is_url, url.split(CHAINED)):
        host, _, _ = link.partition("://")[2].partition("/")
        user, at, _ = host.rpartition("@")
        behind = re.split("[?#]", link, maxsplit=1)[1:]
        parts = [*(user.split(":", 1) if at else ()), *behind]
        parts += [pair.partition("=")[2] for some in behind for pair in re.split("[&#]", some)]
        found |= {*parts, *map(unquote, parts)}
    return found - {""}
