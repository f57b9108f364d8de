"""The clock of TLS handshakes is tshark's, frame by frame, over the corpus and the samples."""

import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tcptui.capture.errors import CaptureError
from tcptui.engine.engine import Engine
from tcptui.engine.names.names import NO_ALERT, TLS_1_3, TlsHandshake
from tests.corpus.test_names import captures
from tests.engine.feeding import analysed_file
from tests.sampling import sample
from tests.wireshark import needed_tshark

FIELDS: Final = ("tls.handshake.type", "tls.record.content_type", "tls.alert_message.desc")
CLIENT_HELLO, SERVER_HELLO, APPLICATION = "1", "2", "23"
HELLO, ANSWER, DATA, ALERT = "hello", "answer", "data", "alert"
MISSING, OTHER_DATA = 9, 1
"""In the whole corpus, of more than 500 moments: what tshark takes for another protocol; data where
it does not know the ServerHello. A sample may have all of them."""
RECORD: Final = b"\x16\x03"
"""How the records of a handshake begin."""
Moments = dict[tuple[int, str], int]
"""When (ns) what came first in a flow; of an alert what it is."""


def told_by_tshark(path: Path, engine: Engine) -> Moments:
    command = [needed_tshark("4.0"), "-n", "-r", str(path), "-Y", "tls", "-Tfields"]
    command += [f"-e{field}" for field in ("frame.number", *FIELDS)]
    said = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    found: Moments = {}
    packets = engine.packets
    for line in said.stdout.splitlines():
        number, hellos, records, alert = line.split("\t")
        row = packets.row_of(int(number))
        if row == packets.count or packets.frame(row) != int(number):
            continue
        flow, time = int(packets.flow(row)), int(packets.time(row))
        if CLIENT_HELLO in hellos.split(","):
            found.setdefault((flow, HELLO), time)
        if SERVER_HELLO in hellos.split(","):
            found.setdefault((flow, ANSWER), time)
        if APPLICATION in records.split(","):
            found.setdefault((flow, DATA), time)
        if alert:
            found.setdefault((flow, ALERT), int(alert.split(",")[0]))
    return found


def told_here(tls: TlsHandshake) -> Iterator[tuple[str, int]]:
    """Under TLS 1.3 tshark calls the encrypted end of the handshake application data."""
    yield HELLO, int(tls.hello_time)
    if tls.server_hello_time:
        yield ANSWER, int(tls.server_hello_time)
    if tls.data_time and tls.version < TLS_1_3:
        yield DATA, int(tls.data_time)
    if tls.alert != NO_ALERT:
        yield ALERT, int(tls.alert)


def compared(path: Path) -> Counter[tuple[str, str]]:
    """Of what tshark tells too: how much is the same, and how much is not."""
    counts: Counter[tuple[str, str]] = Counter()
    try:
        engine, _ = analysed_file(path)
    except CaptureError:
        return counts
    assert engine.naming is not None
    theirs = told_by_tshark(path, engine)
    for flow in engine.flows:
        if flow.names is None or flow.names.tls is None:
            continue
        for what, moment in told_here(flow.names.tls):
            told = theirs.get((flow.index, what))
            counts[what, verdict(what, told, moment)] += 1
    return counts


def verdict(what: str, told: int | None, moment: int) -> str:
    """tshark shows a record of several segments on its last one; data has come with its first."""
    if told is None:
        return "missing there"
    if told == moment:
        return "same"
    return "sooner" if what == DATA and moment < told else "other"


@pytest.mark.slow
def test_the_clock_is_that_of_tshark() -> None:
    paths = sample([path for path in captures() if RECORD in path.read_bytes()], 8)
    if len(paths) < 10:
        pytest.skip("no corpus beside the project")
    counts = sum(map(compared, paths), Counter[tuple[str, str]]())
    print(dict(counts))
    assert counts[HELLO, "same"] > 0
    assert {what for what, same in counts if same == "other"} <= {DATA}
    assert counts[DATA, "other"] <= OTHER_DATA
    assert sum(n for (_, same), n in counts.items() if same == "missing there") <= MISSING
