"""What is said of a segment, by the engine or by tshark, in one form that can be compared.

A verdict has an entry for each thing that tshark shows: ``flags`` (sorted names), ``strm``,
``cmpl``, ``win``, and, only where it is shown, ``dup`` (frame#number), ``acks`` (frame), ``rtt``,
``irtt``, ``rto`` (ns), ``rtof`` (frame), ``bif`` and ``psh`` (bytes).
"""

import os
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from tcptui.engine.engine import Engine
from tcptui.engine.packets import COMPLETENESS_SHIFT, HAS_RECORD
from tcptui.engine.wireshark.flags import ANALYSIS_FLAGS, DUPLICATE_ACK, RETRANSMISSION, flag_names

Verdict = dict[str, Any]

KEPT_PROTOCOLS = {"frame", "ethertype", "eth", "ip", "ipv6", "tcp", "mptcp", "data"}

TSHARK_FIELDS = {
    "strm": "tcp.stream",
    "cmpl": "tcp.completeness",
    "win": "tcp.window_size",
    "acks": "tcp.analysis.acks_frame",
    "rtt": "tcp.analysis.ack_rtt",
    "irtt": "tcp.analysis.initial_rtt",
    "rto": "tcp.analysis.rto",
    "rtof": "tcp.analysis.rto_frame",
    "bif": "tcp.analysis.bytes_in_flight",
    "psh": "tcp.analysis.push_bytes_sent",
}
DUP_FIELDS = ("tcp.analysis.duplicate_ack_frame", "tcp.analysis.duplicate_ack_num")
TIMES = {"rtt", "irtt", "rto"}


def nanoseconds(text: str) -> int:
    """Decimal seconds as ns."""
    return int(Decimal(text) * 1_000_000_000)


def engine_verdict(engine: Engine, row: int) -> Verdict:
    """What the columns say of a row."""
    packets = engine.packets
    flow = engine.flows[packets.flow(row)]
    verdict: Verdict = {
        "flags": flag_names(int(packets.analysis(row))),
        "strm": packets.flow(row),
        "cmpl": packets.attributes(row) >> COMPLETENESS_SHIFT & 0x3F,
        "win": packets.window(row),
    }
    note = packets.reference_at(row)
    if note and packets.analysis(row) & DUPLICATE_ACK:
        verdict["dup"] = "{}#{}".format(*note)
    if note and packets.analysis(row) & RETRANSMISSION and note[1]:
        verdict["rtof"], verdict["rto"] = note
    if packets.attributes(row) & HAS_RECORD:
        verdict |= record_values(engine, row)
        if flow.irtt and flow.irtt_row <= row:
            verdict["irtt"] = flow.irtt
    return verdict


def record_values(engine: Engine, row: int) -> Verdict:
    """Values that tshark shows on every segment with an analysis record."""
    packets = engine.packets
    values: Verdict = {}
    if packets.acks(row):
        values["acks"] = packets.acks(row)
        rtt = packets.time(row) - packets.time(packets.row_of(packets.acks(row)))
        if rtt:
            values["rtt"] = rtt
    if packets.in_flight(row):
        values["bif"] = packets.in_flight(row)
        values["psh"] = packets.push_bytes(row)
    return values


def write_profile(folder: Path, tshark: str) -> None:
    """A configuration for a tshark, with all protocols off but those below TCP."""
    listed = subprocess.run([tshark, "-G", "protocols"], capture_output=True, text=True)
    names = [line.split("\t")[2] for line in listed.stdout.splitlines()]
    off = [name for name in names if name not in KEPT_PROTOCOLS and not name.startswith("_ws")]
    (folder / "disabled_protos").write_text("\n".join(off) + "\n")


def tshark_verdicts(capture: Path, profile: Path, tshark: str) -> Iterator[tuple[int, Verdict]]:
    """Frame number and verdict of every TCP segment that a tshark sees, in one pass."""
    flags = sorted(f"tcp.analysis.{flag.name}" for flag in ANALYSIS_FLAGS)
    fields = ["frame.number", *TSHARK_FIELDS.values(), *DUP_FIELDS, *flags]
    command = [tshark, "-nr", str(capture), "-Y", "tcp", "-T", "fields", "-Eoccurrence=f"]
    command += [f"-e{name}" for name in fields]
    environment = os.environ | {"WIRESHARK_CONFIG_DIR": str(profile)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            told = dict(zip(fields, line.rstrip("\n").split("\t"), strict=True))
            yield int(told["frame.number"]), tshark_verdict(told, flags)


def tshark_verdict(told: dict[str, str], flags: list[str]) -> Verdict:
    verdict: Verdict = {"flags": [name.rpartition(".")[2] for name in flags if told[name]]}
    for key, name in TSHARK_FIELDS.items():
        if told[name]:
            verdict[key] = nanoseconds(told[name]) if key in TIMES else int(told[name])
    frame, number = (told[name] for name in DUP_FIELDS)
    if number:
        verdict["dup"] = f"{frame}#{number}"
    return verdict
