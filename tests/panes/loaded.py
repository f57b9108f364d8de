"""A sample analysed, for tests of the drawing."""

from functools import cache
from pathlib import Path

from librt.vecs import vec
from mypy_extensions import i32

from tcptui.capture.source import open_source
from tcptui.engine.engine import Engine
from tcptui.engine.wireshark.release_4_0 import WIRESHARK_4_0
from tcptui.findings.finding import Read
from tcptui.panes.ladder.model.fold import Fold
from tcptui.session import analyse

SAMPLES = Path(__file__).parents[2] / "samples"


@cache
def sample(name: str) -> Engine:
    """The engine after all of a sample; shared, so only to be read."""
    engine = Engine(WIRESHARK_4_0)
    source = open_source([str(SAMPLES / f"{name}.pcapng")])
    for _ in analyse(source, engine):
        pass
    source.close()
    return engine


@cache
def reader(name: str) -> Read:
    """Reads the packets of a sample's rows again."""
    packets = sample(name).packets
    source = open_source([str(SAMPLES / f"{name}.pcapng")])
    return lambda row: source.read(int(packets.position(row)), int(packets.captured(row)))


class Listed:
    """All flows of an engine, as a list has them that is not sorted yet."""

    def __init__(self, engine: Engine) -> None:
        self.order: vec[i32] = vec[i32]()
        self.fresh = range(len(engine.flows))


def folded(engine: Engine, flow: int, slice_of_rows: int = 1 << 20) -> Fold:
    """A flow's fold, made in slices of so many rows."""
    fold = Fold(flow)
    fold.events = [event.row for event in engine.events.of_flow(flow)]
    end = int(engine.packets.count)
    while fold.scanned < end or fold.folded < len(fold.rows):
        fold.find_rows(engine.packets, min(end, int(fold.scanned) + slice_of_rows))
        fold.fold_rows(engine.packets, slice_of_rows)
    return fold
