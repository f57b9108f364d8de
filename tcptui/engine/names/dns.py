"""DNS answers: which name was asked, and the addresses that it led to (RFC 1035, section 4)."""

from typing import Final

from mypy_extensions import i64

from tcptui.engine.decode.cursor import short_at

HEADER: Final = 12
RESPONSE: Final = 0x8000
RCODE: Final = 0x000F
MOST_RECORDS: Final = 256
MOST_JUMPS: Final = 32
LONGEST: Final = 255
"""Bytes of a name."""
A: Final = 1
CNAME: Final = 5
AAAA: Final = 28
INTERNET: Final = 1
POINTER: Final = 0xC0


class Answer:
    """An answer: ``names`` are the one asked and those that it is an alias of, one after the other;
    ``addresses`` those at the end of them."""

    def __init__(self, name: bytes) -> None:
        self.names: list[bytes] = [name]
        self.addresses: list[bytes] = []


class Name:
    """A name in a message, and the place behind it; ``end`` is -1 where it makes no sense."""

    def __init__(self, text: bytes, end: i64) -> None:
        self.text: bytes = text
        self.end: i64 = end


def read_question(data: bytes) -> Name | None:
    """Return the name that a message asks for; None where it has not one question."""
    size: i64 = len(data)
    if size < HEADER or short_at(data, 4) != 1:
        return None
    question = read_name(data, HEADER)
    return None if question.end < 0 or question.end + 4 > size else question


def read_answer(data: bytes) -> Answer | None:
    """Read a message; None where it is not the answer to one question without an error."""
    question = read_question(data)
    if question is None:
        return None
    flags = short_at(data, 2)
    records = short_at(data, 6)
    if (flags & RESPONSE) == 0 or (flags & RCODE) != 0 or records == 0:
        return None
    answer = Answer(question.text)
    if records > MOST_RECORDS:
        records = MOST_RECORDS
    read_records(answer, data, question.end + 4, records)
    return answer


def read_records(answer: Answer, data: bytes, at: i64, records: i64) -> None:
    """Read answers that are whole, as long as they go on from the name that was asked."""
    size: i64 = len(data)
    owner = answer.names[0].lower()
    while records > 0:
        records -= 1
        name = read_name(data, at)
        if name.end < 0 or name.end + 10 > size:
            return
        kind = short_at(data, name.end)
        start = name.end + 10
        at = start + short_at(data, name.end + 8)
        if at > size:
            return
        if short_at(data, name.end + 2) != INTERNET or name.text.lower() != owner:
            continue
        if kind == CNAME:
            target = read_name(data, start)
            if target.end < 0 or len(target.text) == 0:
                return
            answer.names.append(target.text)
            owner = target.text.lower()
        elif (kind == A and at - start == 4) or (kind == AAAA and at - start == 16):
            answer.addresses.append(data[start:at])


def read_name(data: bytes, at: i64) -> Name:
    """Read a name, which may go on elsewhere: pointers lead back only, so that they end."""
    labels: list[bytes] = []
    size: i64 = len(data)
    end: i64 = -1
    length: i64 = 0
    jumps: i64 = 0
    while at < size:
        count = i64(data[at])
        if count == 0:
            return Name(b".".join(labels), end if end >= 0 else at + 1)
        if count >= POINTER:
            if at + 2 > size:
                break
            target = short_at(data, at) & 0x3FFF
            if end < 0:
                end = at + 2
            jumps += 1
            if target >= at or jumps > MOST_JUMPS:
                break
            at = target
            continue
        length += count + 1
        if count > 63 or at + 1 + count > size or length > LONGEST:
            break
        labels.append(data[at + 1 : at + 1 + count])
        at += 1 + count
    return Name(b"", -1)
