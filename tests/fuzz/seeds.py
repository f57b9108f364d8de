"""What is mutated: the recipe of all seeds.

Sample scripts and random connections near the rules' thresholds (both become frames), every
link type, tag and tunnel of the decoder's tests, and where the corpus of real captures lies
beside the repository its small files, as packets and byte for byte.
"""

from pathlib import Path
from typing import Final, NamedTuple

from samples.frames import frame
from samples.packet_script import read_script
from tcptui.capture.errors import CaptureError
from tcptui.capture.source import open_source
from tests.corpus.oracles import CORPUS
from tests.engine.fuzz_traffic import traffic
from tests.engine.headers import ethernet, ip, ip6_fragment, tcp
from tests.engine.test_decode import INNER
from tests.engine.test_decode import LINKS as CARRIED
from tests.fuzz.drafts import Draft, Packet

SAMPLES: Final = Path(__file__).parents[2] / "samples" / "scripts"
LARGEST: Final = 20_000
"""Bytes of a corpus file."""
LONGEST: Final = 24
"""Packets of a draft: a long capture gives several."""
CONNECTIONS: Final = 150
"""Random captures."""
START: Final = 1_700_000_000_000_000_000
MILLISECOND: Final = 1_000_000


class Seeds(NamedTuple):
    """Drafts of packets, and whole files."""

    drafts: list[Draft]
    files: list[bytes]


def pieces(draft: Draft) -> list[Draft]:
    return [draft[at : at + LONGEST] for at in range(0, len(draft), LONGEST)]


def scripts() -> list[Draft]:
    found = []
    for path in sorted(SAMPLES.glob("*.txt")):
        packets = read_script(path).packets
        found += pieces([Packet(packet.time, frame(packet)) for packet in packets])
    return found


def connections() -> list[Draft]:
    return [
        [Packet(packet.time, frame(packet)) for packet in traffic(seed, 1 + seed % 3, LONGEST)]
        for seed in range(CONNECTIONS)
    ]


def carriers() -> list[Draft]:
    """One segment in all that the decoder knows."""
    packets = [(link_type, data) for link_type, data, _ in CARRIED.values()]
    packets += [(1, data) for data, _ in INNER.values()]
    packets += [(1, ethernet(ip6_fragment(tcp()[:16], 0, True), 0x86DD)),
                (1, ethernet(ip6_fragment(tcp()[16:], 16, False), 0x86DD)),
                (1, ethernet(ip(tcp()[:24], fragment=0x2000)))]  # fmt: skip
    drafts = []
    for number, (link_type, data) in enumerate(packets):
        times = (START + number, START + number + MILLISECOND)
        drafts.append([Packet(time, data, None, link_type) for time in times])
    return drafts


def corpus_files() -> list[Path]:
    """The small captures of the corpus; none where it is not there."""
    found = sorted((CORPUS / "captures").rglob("*"))
    return [path for path in found if path.is_file() and path.stat().st_size < LARGEST]


def packets_of(path: Path) -> Draft:
    """The packets of a file that can be read."""
    found: Draft = []
    try:
        source = open_source([str(path)], seekable=False)
    except CaptureError:
        return found
    try:
        for chunk, records, start, stop in source.batches():
            for i in range(start, stop):
                at = int(records.offset[i])
                data = chunk[at : at + int(records.captured[i])]
                link_type = source.interfaces[int(records.interface[i])].linktype & 0xFFFF
                found.append(
                    Packet(int(records.time[i]), data, int(records.original[i]), link_type)
                )
    except CaptureError:
        pass
    source.close()
    return found


def make_seeds(with_corpus: bool = True) -> Seeds:
    """All seeds, in the same order every time."""
    drafts = [*scripts(), *connections(), *carriers()]
    files = []
    for path in corpus_files() if with_corpus else ():
        files.append(path.read_bytes())
        drafts += pieces(packets_of(path))
    return Seeds(drafts, files)
