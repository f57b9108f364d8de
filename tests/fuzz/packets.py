"""Mutators of a draft: packets put elsewhere, and the fields of their headers."""

from collections.abc import Callable
from random import Random
from typing import Final

from tests.engine.headers import ethernet, ip
from tests.engine.test_decode import LINKS as CARRIED
from tests.fuzz.drafts import Draft, Packet, damaged, near, patched
from tests.fuzz.layers import fields_of
from tests.fuzz.tunnels import WRAPS, ip_of, wrapped

SECOND: Final = 1_000_000_000
MOST_PACKETS: Final = 64
JUMPS: Final = (0, 1, -1, 1000, -1000, 3_000_000, SECOND, -SECOND, 60 * SECOND, 86_400 * SECOND,
                SECOND << 16, SECOND << 31, SECOND << 32, 1 << 62, -(1 << 62), 1 << 63, -(1 << 63),
                (1 << 63) - 1)  # fmt: skip
"""Steps of time (ns)."""
LINK_TYPES: Final = (*sorted({link_type for link_type, _, _ in CARRIED.values()}), 147, 65535)

Mutate = Callable[[Random, Draft, Draft], Draft]
"""Takes dice, the draft, and another one to take from."""


def duplicate(random: Random, draft: Draft, other: Draft) -> Draft:
    at, place = random.randrange(len(draft)), random.randrange(len(draft) + 1)
    times = random.choice((1, 1, 1, 2, 5, 40))
    return draft[:place] + [draft[at]] * times + draft[place:]


def delete(random: Random, draft: Draft, other: Draft) -> Draft:
    at = random.randrange(len(draft))
    return draft[:at] + draft[at + random.choice((1, 1, 2, 5)) :] or draft


def swap(random: Random, draft: Draft, other: Draft) -> Draft:
    changed = list(draft)
    a, b = random.randrange(len(draft)), random.randrange(len(draft))
    changed[a], changed[b] = changed[b], changed[a]
    return changed


def turn_around(random: Random, draft: Draft, other: Draft) -> Draft:
    return draft[::-1]


def splice(random: Random, draft: Draft, other: Draft) -> Draft:
    """The beginning of one, the end of the other."""
    return draft[: random.randrange(len(draft)) + 1] + other[random.randrange(len(other)) :]


def weave(random: Random, draft: Draft, other: Draft) -> Draft:
    """Both at once."""
    both = [*draft, *other]
    random.shuffle(both)
    return both


def jump(random: Random, draft: Draft, other: Draft) -> Draft:
    """Time steps from a packet on, or at that packet alone."""
    at, step = random.randrange(len(draft)), random.choice(JUMPS)
    stop = len(draft) if random.random() < 0.6 else at + 1
    moved = [packet._replace(time=packet.time + step) for packet in draft[at:stop]]
    return draft[:at] + moved + draft[stop:]


def set_time(random: Random, draft: Draft, other: Draft) -> Draft:
    at = random.randrange(len(draft))
    time = random.choice((0, 1, -1, (1 << 63) - 1, -(1 << 63), (1 << 64) - 1, SECOND << 32))
    return [*draft[:at], draft[at]._replace(time=time), *draft[at + 1 :]]


def cut(random: Random, draft: Draft, other: Draft) -> Draft:
    """As by a snap length: one packet, or all."""
    size = random.choice((0, 1, 13, 14, 20, 33, 34, 35, 49, 50, 53, 54, 55, 66, 96, 128))
    one = random.randrange(len(draft)) if random.random() < 0.5 else -1
    return [
        packet._replace(data=packet.data[:size], original=len(packet.data))
        if one in (-1, number)
        else packet
        for number, packet in enumerate(draft)
    ]


def set_original(random: Random, draft: Draft, other: Draft) -> Draft:
    return change_one(
        random, draft, lambda packet: packet._replace(original=near(random, len(packet.data), 4))
    )


def set_link_type(random: Random, draft: Draft, other: Draft) -> Draft:
    return change_one(
        random, draft, lambda packet: packet._replace(link_type=random.choice(LINK_TYPES))
    )


def change_one(random: Random, draft: Draft, change: Callable[[Packet], Packet]) -> Draft:
    at = random.randrange(len(draft))
    return [*draft[:at], change(draft[at]), *draft[at + 1 :]]


def field_mutator(*layers: str) -> Mutate:
    """Changes fields of these layers (of any, if none is named) in one to three packets."""

    def change(random: Random, packet: Packet) -> Packet:
        fields = fields_of(packet.data, packet.link_type)
        wanted = [field for field in fields if field.layer in layers] if layers else fields
        if not wanted:
            at = random.randrange(80)
            return packet._replace(data=patched(random, packet.data, at, random.choice((1, 2, 4))))
        field = random.choice(wanted)
        return packet._replace(data=patched(random, packet.data, field.at, field.size))

    def mutate(random: Random, draft: Draft, other: Draft) -> Draft:
        for _ in range(random.choice((1, 1, 2, 3))):
            draft = change_one(random, draft, lambda packet: change(random, packet))
        return draft

    return mutate


ODD_OPTIONS: Final = (
    bytes([2, 4, 0, 0]), bytes([2, 4, 255, 255]), bytes([3, 3, 255]), bytes([3, 3, 14, 0]),
    bytes([4, 2]), bytes([5, 10]) + bytes([255]) * 8, bytes([5, 2]), bytes([5, 255]),
    bytes([5, 34]) + bytes(32), bytes([8, 10]) + bytes(8), bytes([8, 10]) + bytes([255]) * 8,
    bytes([30, 12, 0, 0x81]) + bytes(8), bytes([30, 20, 0x20, 0]) + bytes(16), bytes([30, 2]),
    bytes([34, 2]), bytes([34, 18]) + bytes(16), bytes([19, 18]) + bytes(16), bytes([254, 4, 0, 0]),
    bytes([1]) * 40, bytes([0]) * 4, bytes([253, 1]), bytes([28, 4, 255, 255]),
)  # fmt: skip


def set_options(random: Random, draft: Draft, other: Draft) -> Draft:
    """TCP options put in behind the header of a plain segment; its length may lie."""

    def change(packet: Packet) -> Packet:
        start = next(
            (f.at for f in fields_of(packet.data, packet.link_type) if f.layer == "tcp"), 0
        )
        if not start or start + 20 > len(packet.data):
            return packet
        data = packet.data
        chosen = b"".join(random.choices(ODD_OPTIONS, k=random.choice((1, 1, 2, 4))))[:40]
        chosen += bytes(-len(chosen) % 4)
        words = 5 + len(chosen) // 4 if random.random() < 0.9 else random.randrange(16)
        head = data[start : start + 12] + bytes([words << 4 | data[start + 12] & 15])
        body = data[start + (data[start + 12] >> 4) * 4 :]
        changed = data[:start] + head + data[start + 13 : start + 20] + chosen + body
        return packet._replace(data=with_total(changed, start), original=None)

    return change_one(random, draft, change)


def with_total(data: bytes, start: int) -> bytes:
    """The IPv4 length made right, where an IPv4 header stands directly before ``start``."""
    if start >= 20 and data[start - 20] == 0x45:
        total = (len(data) - start + 20) & 0xFFFF
        return data[: start - 18] + total.to_bytes(2) + data[start - 16 :]
    return data


def fragment(random: Random, draft: Draft, other: Draft) -> Draft:
    """A packet in IPv4 fragments: some lost, repeated, overlapping or out of order."""
    at = random.randrange(len(draft))
    packet = draft[at]
    inner = ip_of(packet.data)
    if packet.link_type != 1 or inner is None or inner[:1] != b"\x45":
        return draft
    body, size = inner[20:], random.choice((8, 8, 16, 24, 64))
    number = random.choice((7, random.getrandbits(16)))
    pieces = []
    for start in range(0, min(len(body), 40 * size), size):
        more = start + size < len(body)
        place = start // 8 if random.random() < 0.9 else near(random, start // 8, 2) & 0x1FFF
        piece = body[start : start + size + random.choice((0, 0, 0, 8))]
        data = ip(piece, inner[9], fragment=(0x2000 if more else 0) | place, identification=number)
        pieces.append(packet._replace(data=ethernet(data), original=None))
    if random.random() < 0.3:
        random.shuffle(pieces)
    if random.random() < 0.3:
        pieces = delete(random, pieces, other) if pieces else pieces
    return draft[:at] + pieces + draft[at + 1 :] or draft


def wrap(random: Random, draft: Draft, other: Draft) -> Draft:
    """One packet, or all, in one tunnel, a few, or very many."""
    names = random.choices(list(WRAPS), k=random.choice((1, 1, 1, 2, 3, 20)))
    if random.random() < 0.5:
        return [wrapped(random, packet, names) for packet in draft]
    return change_one(random, draft, lambda packet: wrapped(random, packet, names))


def damage(random: Random, draft: Draft, other: Draft) -> Draft:
    return change_one(
        random, draft, lambda packet: packet._replace(data=damaged(random, packet.data))
    )


def extend(random: Random, draft: Draft, other: Draft) -> Draft:
    more = random.choice((bytes(1), bytes(46), random.randbytes(300), b"\x1b]0;x\x07\xe2\x80\xae"))
    return change_one(random, draft, lambda packet: packet._replace(data=packet.data + more))


MUTATORS: Final[dict[str, tuple[int, Mutate]]] = {
    "duplicate packets": (4, duplicate),
    "delete packets": (3, delete),
    "swap packets": (3, swap),
    "turn around": (1, turn_around),
    "splice": (3, splice),
    "weave": (2, weave),
    "time jump": (4, jump),
    "time set": (2, set_time),
    "cut packets": (3, cut),
    "length on the wire": (2, set_original),
    "link type": (1, set_link_type),
    "TCP fields": (12, field_mutator("tcp")),
    "TCP option fields": (4, field_mutator("options")),
    "TCP options": (5, set_options),
    "IP fields": (5, field_mutator("ip", "ip6", "extension")),
    "any field": (5, field_mutator()),
    "fragments": (3, fragment),
    "tunnels": (6, wrap),
    "damaged packet": (2, damage),
    "longer packet": (1, extend),
}
"""With how often each is chosen."""


def mutate(random: Random, draft: Draft, other: Draft, applied: list[str]) -> Draft:
    """Some of the mutators one after the other; their names join ``applied``."""
    weights = [weight for weight, _ in MUTATORS.values()]
    for name in random.choices(list(MUTATORS), weights, k=random.choice((0, 1, 1, 2, 2, 3, 5))):
        draft = MUTATORS[name][1](random, draft, other)[:MOST_PACKETS]
        applied.append(name)
    return draft
