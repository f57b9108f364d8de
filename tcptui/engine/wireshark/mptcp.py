"""Multipath TCP, as far as it keeps Wireshark from calling an ACK a duplicate (RFC 8684)."""

from collections.abc import Callable
from typing import Final, Protocol

from mypy_extensions import i64

MP_CAPABLE: Final = 0
MP_JOIN: Final = 1

JOIN_SYN_LENGTH: Final = 12
CAPABLE_LENGTHS: Final = (12, 20, 22, 24)


class MptcpConnection:
    """The facts that the subflows of one connection share: the kinds of options seen so far.

    ``store`` finds it by its ``tokens`` as long as one of its subflows is kept.
    """

    def __init__(self, store: "dict[bytes, MptcpConnection]") -> None:
        self.subtypes: i64 = 0
        self.subflows: i64 = 0
        self.tokens: list[bytes] = []
        self.store: dict[bytes, MptcpConnection] = store

    def forget_subflow(self) -> None:
        """Let one go, as a rolling capture does; with the last one go the tokens."""
        self.subflows -= 1
        if self.subflows == 0:
            for token in self.tokens:
                del self.store[token]
            self.tokens.clear()

    def hand_over(self, other: "MptcpConnection") -> None:
        """Hand a subflow over to another connection; with the last one, the tokens too."""
        self.subflows -= 1
        if self.subflows == 0:
            other.tokens.extend(self.tokens)
            self.tokens.clear()


class Hash(Protocol):
    """A hash of some bytes, as :mod:`hashlib` makes them."""

    def digest(self) -> bytes: ...


class MptcpTokens:
    """Finds the connection that a subflow belongs to by the token of RFC 8684, section 3.2."""

    def __init__(self) -> None:
        self.by_token: dict[bytes, MptcpConnection] = {}
        self.hashes: list[Callable[[bytes], Hash]] = []
        """SHA-1 for version 0, SHA-256 for the others; none before the first key."""

    def connection(
        self, current: MptcpConnection | None, subtype: i64, option: bytes
    ) -> MptcpConnection:
        """Return the record of the subflow after ``option``, which has all bytes of the option."""
        found = self._find(current, subtype, option)
        if found is not current:
            found.subflows += 1
            if current is not None:
                current.hand_over(found)
        return found

    def _find(
        self, current: MptcpConnection | None, subtype: i64, option: bytes
    ) -> MptcpConnection:
        length = len(option)
        if subtype == MP_CAPABLE and length in CAPABLE_LENGTHS:
            digest = self._hash(i64(option[2]) & 0x0F)
            current = self._join(current, digest(option[4:12]).digest()[:4])
            if length >= 20:
                current = self._join(current, digest(option[12:20]).digest()[:4])
        elif subtype == MP_JOIN and length == JOIN_SYN_LENGTH:
            current = self._join(current, option[4:8])
        return MptcpConnection(self.by_token) if current is None else current

    def _hash(self, version: i64) -> Callable[[bytes], Hash]:
        """Return what makes tokens of keys in this version of Multipath TCP."""
        if len(self.hashes) == 0:
            from hashlib import sha1, sha256  # 4 ms, which few captures need

            self.hashes = [sha1, sha256]
        return self.hashes[0 if version == 0 else 1]

    def _join(self, current: MptcpConnection | None, token: bytes) -> MptcpConnection:
        known = self.by_token.get(token)
        if known is not None:
            return known
        record = MptcpConnection(self.by_token) if current is None else current
        self.by_token[token] = record
        record.tokens.append(token)
        return record
