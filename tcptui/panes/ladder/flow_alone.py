"""Analyses one flow of a capture alone, from the parts of the file in which its packets lie.

The engine is the one that analyses whole captures; it takes these packets by their numbers, and
answers for nothing but this flow's segments. What it found the last time, as a part of the whole,
is known by a digest: where it finds anything else now, it is not shown.
"""

from collections.abc import Collection
from typing import Final

from tcptui.capture.errors import CaptureError
from tcptui.capture.portions import Portion, PortionReader, ReadBytes
from tcptui.engine.engine import Engine, new_engine
from tcptui.engine.one_flow import OneFlow
from tcptui.engine.wireshark.rules import Rules
from tcptui.panes.ladder.remembered_flows import RememberedFlow, RememberedFlows, digest_of

MOST_BYTES: Final = 24 << 20
MOST_PACKETS: Final = 100_000
"""Of all portions of one flow: what is read and decoded while somebody waits."""
MOST_BEFORE: Final = 256
"""Flows on the same ports in the same portions."""


def flow_alone(kept: RememberedFlows, number: int, read: ReadBytes, rules: Rules) -> Engine | None:
    """Return an engine that has analysed one flow of a capture; None where that cannot be, or finds
    something else than the last time."""
    try:
        wanted = kept.flow(number)
        if wanted is None:
            return None
        engine = analysed(kept, number, wanted, read, rules)
    except (ValueError, CaptureError, OSError):
        return None
    return engine if engine is not None and is_same(engine, number, wanted) else None


def analysed(
    kept: RememberedFlows, number: int, wanted: RememberedFlow, read: ReadBytes, rules: Rules
) -> Engine | None:
    """Return the engine after the flow's portions, and those of the flow before on its ports; None
    where that is much. Raises ValueError, CaptureError, OSError."""
    numbers, of_flow = before_on_ports(kept, number, wanted)
    portions = {one: kept.portion(one) for one in sorted(of_flow | {0})}
    if not is_little(portions.values()):
        return None
    engine = new_engine(rules, reads_names=False)
    engine.share = OneFlow(wanted.key, numbers)
    reader = PortionReader(read)
    for one, portion in portions.items():
        feed_portion(engine, reader, portion, is_wanted=one in of_flow)
        if len(reader.interfaces) != kept.interfaces:
            return None
    engine.finish()
    engine.tick(kept.last_time)
    engine.frames = kept.packets
    return engine


def before_on_ports(
    kept: RememberedFlows, number: int, wanted: RememberedFlow
) -> tuple[list[int], set[int]]:
    """Return which flows on the ports of one will be met up to it, and in which portions: its own,
    and those of the flow before, on whose end it depends. Raises ValueError where one of them
    cannot be analysed."""
    numbers, portions = [number], set(wanted.portions)
    one = wanted
    while one.before >= 0:
        before = kept.flow(one.before)
        if before is None or len(numbers) > MOST_BEFORE:
            raise ValueError("there is too much on these ports")
        if one is wanted:
            portions.update(before.portions)
        elif before.portions[-1] < min(portions):
            break
        numbers.insert(0, one.before)
        one = before
    return numbers, portions


def is_little(portions: Collection[Portion]) -> bool:
    """Return whether portions are read and decoded in a moment."""
    size = sum(one.end - one.start for one in portions)
    return size <= MOST_BYTES and sum(one.packets for one in portions) <= MOST_PACKETS


def feed_portion(
    engine: Engine, reader: PortionReader, portion: Portion, *, is_wanted: bool
) -> None:
    """Feed the packets of a portion by their numbers in the capture, where they are wanted. Raises
    CaptureError, OSError."""
    engine.frames = portion.frames
    for data in reader.batches(portion):
        for interface in reader.interfaces[len(engine.interfaces) :]:
            engine.add_interface(interface.linktype, interface.in_engine())
        if is_wanted:
            engine.feed(data, 0, reader.records.count, reader.records)


def is_same(engine: Engine, number: int, wanted: RememberedFlow) -> bool:
    """Return whether the analysis found what it found the last time."""
    if len(engine.flows) <= number or engine.flows[number].index != number:
        return False
    flow = engine.flows[number]
    same = flow.client.key == wanted.key and flow.packets == wanted.segments
    return same and digest_of(engine, number) == wanted.digest
