"""Scapy code: run, it writes the packets again byte for byte, and nothing in them becomes code."""

import ast
import builtins
import os
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samples.frames import frame
from samples.packet_script import parse_script
from tcptui.capture.formats.framer import Interface
from tcptui.capture.scapy_building import WRITABLE
from tcptui.capture.scapy_layers import FIRST_LAYERS
from tcptui.capture.scapy_script import scapy_script
from tcptui.capture.source import open_source
from tcptui.capture.writer import MOST_CODE, MOST_CODE_BYTES, Packet, SaveError, code, save

START = 1_700_000_000_000_000_000
MOST_OF_A_SAMPLE = 100
SAMPLES = sorted((Path(__file__).parents[2] / "samples").glob("*.pcapng"))
USUAL, WITH_TEXT, UNUSUAL = (
    frame(packet)
    for packet in parse_script(
        """
        1  0  A  S   1000     0  64000  0      mss=1460 sackok ts=1,0 ws=7
        2 10  B  PA  5000  1001  64000  "it's\\n"
        3 20  A  A   1001  5001  64000  0      sum=bad ttl=9 sack=1-2
        """
    ).packets
)


def script(packets: Sequence[Packet], link_type: int = 1) -> str:
    return b"".join(scapy_script(packets, link_type)).decode()


def packets_of(text: str) -> str:
    """What a script says of its packets alone."""
    return text.partition("PACKETS = [\n")[2].partition("\n]\n")[0]


def admitted(name: str, *more: Any) -> Any:
    """Import what a script may import, and nothing else."""
    assert name == "sys" or name.startswith("scapy.")
    return builtins.__import__(name, *more)


def records(text: str, target: Path) -> tuple[int, list[tuple[int, int, bytes]]]:
    """Run a script with next to no builtins; return the link type, and of each record that it
    writes its time, length and bytes."""
    few = {"__import__": admitted, "bytes": bytes, "divmod": divmod, "int": int}
    names: dict[str, Any] = {"__builtins__": few, "__name__": "slice"}
    exec(compile(text, "slice.py", "exec"), names)
    names["write"](str(target))
    return read_pcap(target.read_bytes())


def read_pcap(data: bytes) -> tuple[int, list[tuple[int, int, bytes]]]:
    """Read a pcap with nanoseconds."""
    magic, *_, link_type = struct.unpack("=IHHiIII", data[:24])
    assert magic == 0xA1B23C4D
    at, found = 24, []
    while at < len(data):
        second, rest, size, original = struct.unpack("=IIII", data[at : at + 16])
        found.append((second * 10**9 + rest, original, data[at + 16 : at + 16 + size]))
        at += 16 + size
    return link_type, found


def told(packets: Sequence[Packet]) -> list[tuple[int, int, bytes]]:
    return [(packet.time, packet.original, packet.data) for packet in packets]


def captured(path: Path) -> tuple[list[Packet], list[Interface]]:
    """The packets of a capture, and its interfaces."""
    source = open_source([str(path)])
    found = [
        Packet(r.time[i], r.interface[i], r.original[i], source.read(r.position[i], r.captured[i]))
        for _, r, start, stop in source.batches()
        for i in range(start, stop)
    ]
    source.close()
    return found, list(source.interfaces)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_comes_back_byte_for_byte(sample: Path, tmp_path: Path) -> None:
    packets, interfaces = captured(sample)
    packets = packets[:MOST_OF_A_SAMPLE]
    text = b"".join(code(packets, interfaces)).decode()
    assert records(text, tmp_path / "out.pcap") == (1, told(packets))
    assert "Raw(load=" in text
    assert "TCP(sport=" in text


def test_it_runs_as_it_stands(tmp_path: Path) -> None:
    packets = [Packet(START + 999_999_999, 0, 60, USUAL), Packet(START, 0, 9000, b"\0\xff")]
    target = tmp_path / "slice.py"
    assert save(str(target), packets, [Interface(0, 1, 65535)]) == 2
    run = [sys.executable, "-W", "error", target.name]
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run([*run, "out.pcap"], cwd=tmp_path, env=clean, capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert read_pcap((tmp_path / "out.pcap").read_bytes()) == (1, told(packets))
    lost = subprocess.run(run, cwd=tmp_path, env=clean, capture_output=True, text=True)
    assert (lost.returncode, lost.stderr) == (1, "usage: python slice.py out.pcap\n")


ETHERNET = "Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')"
BACK = "Ether(dst='02:00:00:00:00:01', src='02:00:00:00:00:02')"
IP = "IP(id=1, flags='DF', ttl=64, src='10.0.0.1', dst='10.0.0.2')"
OPTIONS = (
    "options=[('MSS', 1460), ('NOP', None), ('NOP', None), ('SAckOK', b''), ('NOP', None), "
    "('NOP', None), ('Timestamp', (1, 0)), ('NOP', None), ('WScale', 7)]"
)


@pytest.mark.parametrize(
    ("data", "link_type", "layers"),
    [
        pytest.param(
            USUAL, 1,
            [ETHERNET, IP,
             f"TCP(sport=1111, dport=2222, seq=1000, flags='S', window=64000, {OPTIONS})"],
            id="lengths and checksums are left to scapy",
        ),
        pytest.param(
            WITH_TEXT, 1,
            [BACK, "IP(id=1, flags='DF', ttl=64, src='10.0.0.2', dst='10.0.0.1')",
             "TCP(sport=2222, dport=1111, seq=5000, ack=1001, flags='PA', window=64000)",
             'Raw(load=b"it\'s\\n")'],
            id="payload",
        ),
        pytest.param(
            UNUSUAL, 1,
            [ETHERNET, "IP(id=2, flags='DF', ttl=9, src='10.0.0.1', dst='10.0.0.2')",
             "TCP(sport=1111, dport=2222, seq=1001, ack=5001, flags='A', window=64000, "
             "chksum=0x1215, options=[('NOP', None), ('NOP', None), ('SAck', (1, 2))])"],
            id="a wrong checksum",
        ),
        pytest.param(
            USUAL + bytes(4), 1,
            [ETHERNET, IP,
             f"TCP(sport=1111, dport=2222, seq=1000, flags='S', window=64000, {OPTIONS})",
             "Padding(load=b'\\x00\\x00\\x00\\x00')"],
            id="padding",
        ),
        pytest.param(
            USUAL[:40], 1,
            [ETHERNET.replace(")", ", type=0x0800)"),
             "IP(version=4, ihl=5, len=64, id=1, flags='DF', ttl=64, proto=0x06, chksum=0x26b5, "
             "src='10.0.0.1', dst='10.0.0.2')",
             "Raw(load=b'\\x04W\\x08\\xae\\x00\\x00')"],
            id="cut within TCP",
        ),
        pytest.param(USUAL[:9], 1, [f"Raw(load={USUAL[:9]!r})"], id="cut within Ethernet"),
        pytest.param(b"", 1, ["Raw(load=b'')"], id="nothing captured"),
        pytest.param(
            USUAL[:12] + b"\x88\x47" + bytes(100), 1,
            [ETHERNET, *["MPLS(label=0, s=0)"] * 15, f"Raw(load={bytes(40)!r})"],
            id="tunnels without end",
        ),
        pytest.param(USUAL[14:18], 105, [f"Raw(load={USUAL[14:18]!r})"], id="another link type"),
    ],
)  # fmt: skip
def test_how_a_packet_is_written(data: bytes, link_type: int, layers: list[str]) -> None:
    text = packets_of(script([Packet(START, 0, len(data), data)], link_type))
    head, *lines, tail = text.split("\n")[1:]
    assert (head, tail) == ('        "1700000000.000000000",', "    ),")
    assert "".join(line.strip() for line in lines) == "/ ".join(layers) + ","


def test_comments_are_kept_as_comments() -> None:
    comments = ("#7: lost\nthere\r\x0cexit()\x00", "ünï\u202e \u2028")
    text = packets_of(script([Packet(START, 0, 4, b"\1\2\3\4", comments)]))
    lines = [line.removeprefix("    # ") for line in text.split("    captured(")[0].splitlines()]
    assert lines == ["#7: lost", "there", "", "exit()\\x00", "ünï\\u202e "]


@pytest.mark.parametrize(
    ("packets", "why"),
    [
        ([Packet(START, 0, 1, b"x")] * (MOST_CODE + 1), "at most 5,000 packets and 8 MB; choose"),
        ([Packet(START, 0, 1, bytes(MOST_CODE_BYTES + 1))], "at most 5,000 packets and 8 MB"),
        ([Packet(START, 0, 1, b"x"), Packet(START, 1, 1, b"x")], "2 link types (1, 101)"),
        ([Packet(-1, 0, 1, b"x")], "no room for these times"),
    ],
)
def test_what_is_refused(packets: list[Packet], why: str, tmp_path: Path) -> None:
    target = tmp_path / "slice.py"
    with pytest.raises(SaveError) as refused:
        save(str(target), packets, [Interface(0, 1, 65535), Interface(0, 101, 65535)])
    assert why in str(refused.value)
    assert not target.exists()


def mutated(data: bytes, changes: list[tuple[int, int]], cut: int, more: bytes) -> bytes:
    changed = bytearray(data)
    for at, byte in changes:
        changed[at % len(changed)] = byte
    return bytes(changed[: len(changed) - cut]) + more


PACKETS_OF_TCP = st.builds(
    mutated,
    st.sampled_from([USUAL, WITH_TEXT, UNUSUAL]),
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=4),
    st.integers(0, 60) | st.just(0),
    st.binary(max_size=9) | st.sampled_from([b"'''", b'"""', b"\\", b"#{}\n", b"'), exit()"]),
)
PACKETS = st.builds(
    Packet,
    st.integers(0, (10**9 << 32) - 1),
    st.just(0),
    st.integers(0, 0xFFFFFFFF),
    PACKETS_OF_TCP | st.binary(max_size=90),
    st.lists(st.text(), max_size=2).map(tuple),
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(packets=st.lists(PACKETS, max_size=4), link_type=st.sampled_from([*FIRST_LAYERS, 105]))
def test_any_bytes_come_back_and_become_no_code(
    packets: list[Packet], link_type: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = script(packets, link_type)
    assert all(line.isprintable() for line in text.split("\n"))
    check_code_of(text, link_type)
    target = tmp_path_factory.getbasetemp() / "any.pcap"
    assert records(text, target) == (link_type, told(packets))


def check_code_of(text: str, link_type: int) -> None:
    """Check that a script differs from one without packets in literals and layers only."""
    statements = ast.parse(text).body
    assert without_packets(statements) == without_packets(ast.parse(script([], link_type)).body)
    [made] = [one for one in statements if isinstance(one, ast.Assign) and is_packets(one)]
    assert isinstance(made.value, ast.List)
    for packet in made.value.elts:
        time, layers, *none = called(packet, {"captured"}, {"wirelen"})
        assert (ast.literal_eval(time).replace(".", "").isdigit(), none) == (True, [])
        while isinstance(layers, ast.BinOp):
            assert isinstance(layers.op, ast.Div)
            assert called(layers.right, {*WRITABLE}) == []
            layers = layers.left
        assert called(layers, {*WRITABLE}) == []


def called(call: ast.expr, functions: set[str], keywords: set[str] | None = None) -> list[ast.expr]:
    """The arguments without a name of a call of one of the functions; those with one are
    literals."""
    assert isinstance(call, ast.Call)
    assert isinstance(call.func, ast.Name)
    assert call.func.id in functions
    for keyword in call.keywords:
        ast.literal_eval(keyword.value)
        assert keyword.arg is not None
        assert keywords is None or keyword.arg in keywords
    return call.args


def is_packets(statement: ast.stmt) -> bool:
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return [one.id for one in targets if isinstance(one, ast.Name)] == ["PACKETS"]


def without_packets(statements: list[ast.stmt]) -> list[str]:
    """All statements but the packets and the imports of their layers, which are checked here."""
    kept = []
    for statement in statements:
        if isinstance(statement, ast.ImportFrom) and statement.module != "scapy.utils":
            assert all(WRITABLE[name.name].module == statement.module for name in statement.names)
        elif not is_packets(statement):
            kept.append(ast.dump(statement))
    return kept
