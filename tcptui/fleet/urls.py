"""Tells addresses of captures without the credentials in them."""

import re
from typing import Final, NamedTuple
from urllib.parse import unquote

CHAINED: Final = "::"
"""What stands between the links of a chain, as in ``zip://a.pcap::s3://bucket/b.zip``."""
SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
HOST: Final = re.compile(r"(\[[^\]]*\]|[^:]*)(:[0-9]*)?")
"""A host, and it may be a port."""
HIDDEN: Final = "…"


def is_url(word: str) -> bool:
    """Return whether a word is an address, not the name of a local file."""
    return SCHEME.match(word) is not None


def without_credentials(url: str) -> str:
    """Return an address without user, password, query and fragment."""
    return CHAINED.join(told_link(link) for link in url.split(CHAINED))


def told_link(link: str) -> str:
    """Return one link of a chained address without its credentials."""
    scheme, separator, _ = link.partition("://")
    return f"{scheme}://{parts_of(link).place}" if separator else link


class LinkParts(NamedTuple):
    """Holds what follows ``://`` in an address: user and password, host and path, query."""

    credentials: str
    place: str
    query: str


def parts_of(link: str) -> LinkParts:
    """Take an address apart. A password in which ``/``, ``?`` or ``#`` was not escaped is still
    one: what stands before them is no host then."""
    rest = link.partition("://")[2]
    front = re.split("[/?#]", rest, maxsplit=1)[0]
    whole = rest if "@" not in front and not HOST.fullmatch(front) else front
    credentials, at, _ = whole.rpartition("@")
    place, *query = re.split("[?#]", rest[len(credentials + at) :], maxsplit=1)
    return LinkParts(credentials, place, "".join(query))


def scrubbed(text: str, url: str) -> str:
    """Return a text in which nothing is left of the credentials of an address."""
    for secret in sorted(secrets_of(url), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def secrets_of(url: str) -> set[str]:
    """Return what of an address is not to be told, as it stands there and decoded."""
    found = set()
    for credentials, _, query in map(parts_of, filter(is_url, url.split(CHAINED))):
        values = [pair.partition("=")[2] for pair in re.split("[&#]", query)]
        parts = [credentials, *credentials.split(":", 1), query, *values]
        found |= {*parts, *map(unquote, parts)}
    return found - {""}
