"""TLS records of both directions, followed until the handshake is over (RFC 5246 and 8446).

What is not in clear text shows by the types of records alone: under TLS 1.2 a side has finished
with its first record of the handshake behind ChangeCipherSpec, under TLS 1.3 with its first record
that looks like application data.
"""

from typing import Final

from mypy_extensions import i32, i64

from tcptui.engine.decode.cursor import short_at
from tcptui.engine.names.hello import (
    CLIENT_HELLO,
    HEADER,
    SERVER_HELLO,
    Hello,
    message_size,
    read_hello,
)
from tcptui.engine.names.names import FATAL, NO_ALERT, TLS_1_3, FlowNames, TlsHandshake
from tcptui.engine.names.reading import HANDSHAKE, MAJOR, NOTHING, Reading
from tcptui.engine.names.text import SharedTexts
from tcptui.engine.segment import Segment

RECORD: Final = 5
"""Bytes of a record's header: type, version, length."""
LONGEST_RECORD: Final = (1 << 14) + 2048
LONGEST_MESSAGE: Final = 1 << 16
MOST_RECORDS: Final = 256
SHORTEST_FINISHED: Final = 4 + 32 + 1 + 8
"""Bytes of a record with a TLS 1.3 client's Finished: header, hash, type and the shortest tag."""
CHANGE_CIPHER: Final = 20
ALERT: Final = 21
APPLICATION: Final = 23
HEARTBEAT: Final = 24


class TlsRecords:
    """Both directions of one TLS connection: ``ours`` is read, ``other`` is the peer's."""

    def __init__(self, names: FlowNames, texts: SharedTexts) -> None:
        self.names: FlowNames = names
        self.texts: SharedTexts = texts

    def read(self, ours: Reading, other: Reading | None, seg: Segment) -> None:
        """Read the records that are there; a reading that is over becomes `NOTHING`."""
        stream = ours.stream
        while ours.protocol != NOTHING and len(stream.data) >= RECORD:
            data = stream.data
            kind = i64(data[0])
            size = short_at(data, 3)
            if not CHANGE_CIPHER <= kind <= HEARTBEAT or data[1] != MAJOR or size > LONGEST_RECORD:
                self.lose(ours)
                return
            if kind == HANDSHAKE and not ours.has_hello:
                if len(data) < RECORD + size and not stream.is_cut:
                    return
                ours.message += data[RECORD : RECORD + size]
                self.read_message(ours, other, seg, len(data) < RECORD + size)
            elif kind == ALERT and size == 2 and not ours.is_ciphered:
                if len(data) < RECORD + 2:
                    break
                self.note_alert(ours, i64(data[5]), i64(data[6]), seg)
            else:
                self.note_record(ours, other, kind, size, seg)
            stream.discard(RECORD + size)
            ours.read += 1
            if ours.read == MOST_RECORDS:
                self.lose(ours)
        if stream.is_cut or stream.is_lost:
            self.lose(ours)

    def lose(self, ours: Reading) -> None:
        """Take note that what follows cannot be read."""
        ours.protocol = NOTHING
        tls = self.names.tls
        if tls is not None:
            tls.is_followed = False

    def read_message(
        self, ours: Reading, other: Reading | None, seg: Segment, is_cut: bool
    ) -> None:
        """Read the hello if it is whole; of one that was cut, what there is."""
        message = ours.message
        if len(message) < HEADER:
            return
        if len(message) < message_size(message) and not is_cut:
            if len(message) > LONGEST_MESSAGE:
                self.lose(ours)
            return
        ours.message = b""
        hello = read_hello(message)
        if hello is None:
            self.lose(ours)
        elif hello.kind == CLIENT_HELLO:
            self.note_client_hello(ours, hello, seg)
        elif hello.kind == SERVER_HELLO:
            self.note_server_hello(ours, other, hello, seg)

    def note_client_hello(self, ours: Reading, hello: Hello, seg: Segment) -> None:
        names = self.names
        ours.has_hello = True
        ours.session = hello.session
        if names.tls is not None:
            return
        names.sni = self.texts.text(hello.server_name)
        names.alpn = [self.texts.text(one) for one in hello.protocols]
        tls = TlsHandshake(ours.began, seg.time, seg.row)
        tls.hello_from_server = ours.is_server
        names.tls = tls

    def note_server_hello(
        self, ours: Reading, other: Reading | None, hello: Hello, seg: Segment
    ) -> None:
        tls = self.names.tls
        if tls is None or tls.hello_from_server == ours.is_server:
            self.lose(ours)
            return
        if tls.server_hello_time == 0:
            tls.server_hello_time = seg.time
        if hello.is_retry:
            return
        ours.has_hello = True
        tls.version = i32(hello.version)
        tls.is_resumed = hello.has_key
        if hello.version < TLS_1_3 and other is not None and len(hello.session) > 0:
            tls.is_resumed = hello.session == other.session
        self.names.server_hello_row = i32(seg.row)
        if len(hello.protocols) > 0:
            self.names.alpn_chosen = self.texts.text(hello.protocols[0])

    def note_alert(self, ours: Reading, level: i64, description: i64, seg: Segment) -> None:
        """Note a fatal alert in clear text, the first one."""
        tls = self.names.tls
        if tls is not None and level == FATAL and tls.alert == NO_ALERT and tls.done_time == 0:
            tls.alert = i32(description)
            tls.alert_row = i32(seg.row)
            tls.alert_from_server = ours.is_server

    def note_record(
        self, ours: Reading, other: Reading | None, kind: i64, size: i64, seg: Segment
    ) -> None:
        """Note what a record says that is not read: who has finished, and data behind that."""
        tls = self.names.tls
        if tls is None:
            self.lose(ours)
            return
        is_client = tls.hello_from_server == ours.is_server
        if kind == CHANGE_CIPHER:
            ours.is_ciphered = True
        elif kind == APPLICATION and may_be_data(tls, ours):
            self.note_data(tls, is_client, seg)
            if tls.data_time != 0 and tls.done_time != 0:
                ours.protocol = NOTHING
        elif kind == APPLICATION and is_client and size < SHORTEST_FINISHED:
            tls.client_gave_up = True
        elif has_finished(tls, ours, kind):
            ours.is_finished = True
            if other is not None and other.is_finished:
                tls.done_time = seg.time

    def note_data(self, tls: TlsHandshake, is_client: bool, seg: Segment) -> None:
        """Note the first application data; a TLS 1.3 server's first may be a ticket."""
        if tls.data_time == 0 and (is_client or i64(tls.version) < TLS_1_3):
            tls.data_time = seg.time
            tls.data_row = i32(seg.row)


def may_be_data(tls: TlsHandshake, ours: Reading) -> bool:
    """Return whether a side may send application data: both have finished, or, up to TLS 1.2, it
    does not wait for the other to (False Start, RFC 7918)."""
    return tls.done_time != 0 or (ours.is_finished and 0 < i64(tls.version) < TLS_1_3)


def has_finished(tls: TlsHandshake, ours: Reading, kind: i64) -> bool:
    """Return whether a side has finished the handshake with a record of this type."""
    if kind == APPLICATION:
        return tls.server_hello_time != 0  # before, it is early data (RFC 8446, section 2.3)
    return kind == HANDSHAKE and ours.is_ciphered and 0 < i64(tls.version) < TLS_1_3
