"""Input number n of a run: made from the run's seed and n alone."""

from random import Random
from typing import Final, NamedTuple

from tests.fuzz import compressed, containers, packets
from tests.fuzz.drafts import damaged
from tests.fuzz.seeds import Seeds

FILE: Final = "file"
STREAM: Final = "stream"
FILE_SHARE: Final = 0.12
"""Part of the inputs that start from a whole file."""
COMPRESSED_SHARE: Final = 0.05
STREAM_SHARE: Final = 0.06


class Input(NamedTuple):
    """Bytes to be read as a file, or as what a remote host sends; and what was done to them."""

    number: int
    kind: str
    data: bytes
    mutators: tuple[str, ...]


def make_input(seeds: Seeds, seed: int, number: int) -> Input:
    random = Random(f"{seed}/{number}")
    applied: list[str] = []
    kind = STREAM if random.random() < STREAM_SHARE else FILE
    if seeds.files and random.random() < FILE_SHARE:
        container = containers.parts_of(random.choice(seeds.files))
    else:
        draft = packets.mutate(
            random, random.choice(seeds.drafts), random.choice(seeds.drafts), applied
        )
        container = (
            containers.pcap(random, draft) if kind == STREAM else containers.write(random, draft)
        )
    applied.append(container.form)
    data = containers.mutate(random, container, applied).data
    if random.random() < 0.04:
        data = damaged(random, data)
        applied.append("damaged file")
    if kind == FILE and random.random() < COMPRESSED_SHARE:
        data = compressed.mutate(random, data, applied)
    return Input(number, kind, data, tuple(applied))
