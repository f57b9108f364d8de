"""Fields that are read from packets, or from the file, have the values that tshark prints."""

from collections import defaultdict
from pathlib import Path

import pytest

from tests.cli.running import run
from tests.corpus.oracles import Tshark
from tests.fields.carriers import CARRIERS, DESCRIBED, END, LOOPBACK, NAMED, two_sections
from tests.sampling import sample

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpus" / "captures"
DIFFERENT = ("timestamp_invalid", "pcapng-example", "base64-7296", "fabric-path")
"""Captures with times that no clock gives, of which docs/differences.md tells, and one in whose
packets tshark takes no Ethernet header for the outer one."""
REAL = sorted(
    path
    for form in ("*.pcap", "*.pcapng", "*.cap")
    for path in CORPUS.rglob(form)
    if not any(part in path.name for part in DIFFERENT)
)
FIELDS = """
    frame.time_delta frame.interface_id frame.interface_name frame.interface_description
    eth.dst eth.src eth.type ip.ttl ip.id ip.len ip.dsfield ipv6.hlim ipv6.flow tcp.hdr_len
    sll.pkttype sll.hatype sll.halen sll.src.eth sll.src.ipv4 sll.src.other sll.unused sll.etype
    sll.ifindex
""".split()
OPTIONS = """
    tcp.options.mss_val tcp.options.wscale.shift tcp.options.timestamp.tsval tcp.options.sack.count
    tcp.options.sack_le tcp.options.sack_re
    tcp.options.mptcp.subtype tcp.options.mptcp.version tcp.options.mptcp.flags
    tcp.options.mptcp.reserved tcp.options.mptcp.reserved.flag tcp.options.mptcp.checksumreq.flags
    tcp.options.mptcp.extensibility.flag tcp.options.mptcp.nomoresubflows.flag
    tcp.options.mptcp.sha1.flag tcp.options.mptcp.sha256.flag tcp.options.mptcp.sendkey
    tcp.options.mptcp.recvkey tcp.options.mptcp.recvtok tcp.options.mptcp.sendrand
    tcp.options.mptcp.sendtrunchmac tcp.options.mptcp.sendhmac tcp.options.mptcp.backup.flag
    tcp.options.mptcp.addrid tcp.options.mptcp.dataackpresent.flag
    tcp.options.mptcp.dataack8.flag tcp.options.mptcp.dseqnpresent.flag
    tcp.options.mptcp.dseqn8.flag tcp.options.mptcp.datafin.flag tcp.options.mptcp.rawdataack
    tcp.options.mptcp.rawdataseqno tcp.options.mptcp.subflowseqno tcp.options.mptcp.datalvllen
    tcp.options.mptcp.ipver tcp.options.mptcp.echo tcp.options.mptcp.ipv4 tcp.options.mptcp.ipv6
    tcp.options.mptcp.port tcp.options.mptcp.addaddrtrunchmac tcp.options.mptcp.flag_U.flag
    tcp.options.mptcp.flag_V.flag tcp.options.mptcp.flag_W.flag tcp.options.mptcp.flag_T.flag
    tcp.options.mptcp.rst_reason
""".split()
MOST_PACKETS = 2000

needs_corpus = pytest.mark.skipif(not REAL, reason="needs the corpus of captures")

Rows = dict[int, list[str]]


def by_tshark(path: Path, fields: list[str], folder: Path) -> Rows:
    """The values of each frame that holds TCP, as tshark prints them."""
    asked = [word for field in ("frame.number", *fields) for word in ("-e", field)]
    told = Tshark(folder).run(
        "-r", str(path), "-c", str(MOST_PACKETS), "-Y", "tcp && !icmp && !icmpv6", "-T", "fields",
        *asked,
    )  # fmt: skip
    rows = [line.split("\t") for line in told.splitlines()]
    return {int(row[0]): row[1:] for row in rows}


def by_tcptui(path: Path, fields: list[str]) -> Rows:
    """The same of ours, of the frames with a single TCP header that can be found in them."""
    asked = [word for field in ("frame.number", *fields) for word in ("-e", field)]
    told = run("packets", "--rules", "4.0", *asked, str(path)).stdout.decode()
    found = defaultdict(list)
    for line in told.splitlines()[1:]:
        row = line.split("\t")
        found[int(row[0])].append(row[1:])
    whole = fields.index("tcp.hdr_len")
    return {frame: rows[0] for frame, rows in found.items() if len(rows) == 1 and rows[0][whole]}


def assert_same(path: Path, fields: list[str], folder: Path) -> int:
    """Compare all frames that both have, and return how many these are."""
    theirs, ours = by_tshark(path, fields, folder), by_tcptui(path, fields)
    common = sorted(theirs.keys() & ours.keys())
    for frame in common:
        told = dict(zip(fields, ours[frame], strict=True))
        assert told == dict(zip(fields, theirs[frame], strict=True)), f"frame {frame}"
    return len(common)


@needs_corpus
@pytest.mark.parametrize("name", CARRIERS)
def test_made_captures(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(CARRIERS[name]())
    assert assert_same(path, [*FIELDS, *OPTIONS], tmp_path) > 0


def test_each_section_names_its_own_interfaces(tmp_path: Path) -> None:
    """tshark 4.0 gives those of the second section the names of the first."""
    path = tmp_path / "sections.pcapng"
    path.write_bytes(two_sections((NAMED, END), (DESCRIBED, LOOPBACK)))
    asked = ["-e", "frame.interface_id", "-e", "frame.interface_name"]
    asked += ["-e", "frame.interface_description"]
    told = run("packets", *asked, str(path)).stdout.decode().splitlines()[1:]
    assert told[:6] == ["0\ten0\tWi-Fi, 5 GHz", "1\tunknown\t"] * 3
    assert told[6:] == ["0\tunknown\tonly \\x1b[2Jdescribed", "1\tlo\t"] * 2


@pytest.mark.parametrize(
    ("text", "count"),
    [("frame.interface_id == 1", 5), ('frame.interface_name == "lo"', 2),
     ('frame.interface_name matches "^EN"', 3), ("frame.interface_description", 5)],
)  # fmt: skip
def test_filters_ask_for_interfaces(text: str, count: int, tmp_path: Path) -> None:
    path = tmp_path / "sections.pcapng"
    path.write_bytes(two_sections((NAMED, END), (DESCRIBED, LOOPBACK)))
    told = run("packets", "-Y", text, "-e", "frame.number", str(path)).stdout.decode()
    assert len(told.splitlines()) == 1 + count


@needs_corpus
@pytest.mark.parametrize("path", sample(REAL, 12), ids=lambda path: path.name)
def test_real_captures(path: Path, tmp_path: Path) -> None:
    assert_same(path, [*FIELDS, *OPTIONS], tmp_path)
