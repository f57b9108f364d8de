"""Remembers what clients asked DNS for before they connected: the names behind an address.

Answers over UDP come from the decoder, those over TCP from segments out of port 53, whoever's flow
they are: processes that share the flows of a capture know the same names.
"""

from typing import Final

from librt.strings import read_i32_be
from mypy_extensions import i64

from tcptui.engine.decode.cursor import short_at
from tcptui.engine.flow import IPV4_KEY
from tcptui.engine.names.dns import read_answer, read_question
from tcptui.engine.names.first_bytes import FirstBytes
from tcptui.engine.names.text import SharedTexts
from tcptui.engine.segment import HeaderLocation
from tcptui.engine.sequence import MASK32

PORT: Final = 53
MOST_KNOWN: Final = 100_000
"""Pairs of client and server; beyond, those that were asked for longest ago are forgotten."""
MOST_STREAMS: Final = 256
ROOT: Final = "<Root>"
"""How Wireshark shows the empty name."""
LENGTH: Final = 2
"""Bytes before a message over TCP that say how long it is."""


class Lookups:
    """The names by the addresses of who asked and what was answered, those asked last; ``hosts``
    are those that the capture's file has of addresses (pcapng's name resolution blocks);
    ``questions`` are the names in messages over TCP, by the row that completes the message."""

    def __init__(self, texts: SharedTexts) -> None:
        self.texts: SharedTexts = texts
        self.recent: dict[bytes, list[str]] = {}
        self.hosts: dict[bytes, list[str]] = {}
        self.older: dict[bytes, list[str]] = {}
        self.streams: dict[bytes, FirstBytes] = {}
        self.questions: dict[int, list[str]] = {}

    def names_for(self, client: bytes, server: bytes) -> list[str] | None:
        """Return the name that a client asked for, and those that it is an alias of; else the one
        that the capture's file has of the server's address."""
        found = self.recent.get(client + server)
        if found is None:
            found = self.older.get(client + server)
        return self.hosts.get(server) if found is None else found

    def name_hosts(self, hosts: dict[bytes, bytes]) -> None:
        """Take names of addresses, as they are in the file."""
        for address, name in hosts.items():
            self.hosts[address] = [self.texts.text(name)]

    @property
    def is_empty(self) -> bool:
        """Whether no address has a name."""
        return len(self.recent) == 0 and len(self.older) == 0 and len(self.hosts) == 0

    def take_message(self, client: bytes, data: bytes) -> None:
        """Remember what a message tells the client."""
        answer = read_answer(data)
        if answer is None or len(answer.addresses) == 0:
            return
        names = [self.texts.text(one) for one in answer.names if len(one) > 0]
        if len(names) == 0:
            return
        for address in answer.addresses:
            self.recent[client + address] = names
        if len(self.recent) > MOST_KNOWN:
            self.older = self.recent
            self.recent = {}

    def take_segment(self, at: HeaderLocation, row: i64) -> None:
        """Take a segment to or from port 53, which may carry messages or a part of one; ``row`` is
        its row, or -1 where it has none here."""
        header = (i64(at.data[at.offset + 12]) >> 4) << 2
        size = at.captured - header
        if size <= 0 or at.reported != at.captured:
            return
        seq = i64(read_i32_be(at.data, at.offset + 4)) & MASK32
        key = at.key
        stream = self.streams.get(key)
        if stream is None:
            if len(self.streams) == MOST_STREAMS:
                self.streams.clear()
            stream = FirstBytes(seq)
            self.streams[key] = stream
        begin = at.offset + header
        if stream.take(seq, at.data[begin : begin + size], False):
            self.read_messages(key, stream, row)
        if stream.is_lost or len(stream.data) == 0:
            del self.streams[key]

    def read_messages(self, key: bytes, stream: FirstBytes, row: i64) -> None:
        """Read the messages of a stream that are whole."""
        while len(stream.data) >= LENGTH:
            size = LENGTH + short_at(stream.data, 0)
            if len(stream.data) < size:
                return
            message = stream.data[LENGTH:size]
            if short_at(key, len(key) - 4) == PORT:
                self.take_message(destination_of(key), message)
            self.note_question(row, message)
            stream.discard(size)

    def note_question(self, row: i64, message: bytes) -> None:
        """Note on which row the name that is asked for stands."""
        question = read_question(message)
        if row >= 0 and question is not None and len(self.questions) < MOST_KNOWN:
            name = self.texts.text(question.text) or ROOT
            self.questions.setdefault(int(row), []).append(name)


def destination_of(key: bytes) -> bytes:
    """Return the destination address of a key."""
    return key[4:8] if len(key) == IPV4_KEY else key[16:32]
