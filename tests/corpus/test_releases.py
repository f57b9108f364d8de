"""The fields of each Wireshark release, against the tshark of that release where it is installed.

`../shared/tools/wireshark 4.4` (or `4.6`) brings it; the system's tshark is of one release too.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Set
from pathlib import Path

import pytest

from tcptui.engine.wireshark.rule_sets import RULE_SETS
from tcptui.fields.field import Field
from tcptui.fields.segment_fields import ANALYSIS_FIELDS, SEGMENT_FIELDS, TCP_FIELDS
from tcptui.fields.value_kind import ValueKind
from tests.cli.running import run
from tests.corpus.fetch import NO_CORPUS
from tests.corpus.made import MADE, Sent, capture_of
from tests.corpus.oracles import CORPUS
from tests.corpus.simulated import simulated
from tests.corpus.test_verdicts import EXCEPTIONS, EXCEPTIONS_OF_4_6, NAMES, UNSEEN_BY_4_6
from tests.sampling import IS_FULL, SEED, sample
from tests.wireshark import needed_tshark

pytestmark = pytest.mark.versions

NOT_COMPARED = {"tcp.port", "tcp.options.mss.exceeded"}
"""Ports of all layers; and what tshark only counts."""
OF_LENGTH = {
    "stream.client.contiguity_count", "stream.server.contiguity_count",
    "nxtseq", "flags", "retransmission",
}  # fmt: skip
COUNTED = re.compile(r"(\d+) +Protocol +TCP +This packet's length exceeds MSS")

BYTES_OF_AN_OPTION = "says what an option of this header has, or that it should not have it"
BYTES_OF_THE_HEADER = "says what this header has, or that it should not have it"
REASSEMBLED = "comes with the reassembly for decoders of applications, which are off"
FROM_ELSEWHERE = "comes from flow records of other tools"
BY_PREFERENCE = "comes with a preference that is off"
LEFT_OUT = {
    "tcp.ack.nonzero": BYTES_OF_THE_HEADER,
    "tcp.bogus_header_length": BYTES_OF_THE_HEADER,
    "tcp.checksum(.ffff|.partial|.status|_bad.expert|_calculated)?": BYTES_OF_THE_HEADER,
    "tcp.hdr_len": BYTES_OF_THE_HEADER,
    "tcp.nstrace.rst.window_error_code": BYTES_OF_THE_HEADER,
    "tcp.short_segment": BYTES_OF_THE_HEADER,
    "tcp.urgent_pointer(.non_zero)?": BYTES_OF_THE_HEADER,
    "tcp.reset_cause": "is the payload of a RST",
    "tcp.non_zero_bytes_after_eol": BYTES_OF_AN_OPTION,
    "tcp.nop": BYTES_OF_AN_OPTION,
    "tcp.option.len.invalid": BYTES_OF_AN_OPTION,
    "tcp.option_(kind|len)": BYTES_OF_AN_OPTION,
    "tcp.options": BYTES_OF_AN_OPTION,
    "tcp.options.(cc_value|echo_value|mss_val|user_to_(granularity|val))": BYTES_OF_AN_OPTION,
    "tcp.options.(mss|sack_perm).(absent|present)": BYTES_OF_AN_OPTION,
    "tcp.options.sack(.count|.dsack|.dsack_[lr]e|_[lr]e)": BYTES_OF_AN_OPTION,
    "tcp.options.timestamp.(tsval|tsecr)": BYTES_OF_AN_OPTION,
    "tcp.options.unknown.payload": BYTES_OF_AN_OPTION,
    "tcp.options.wscale.(multiplier|shift|shift.invalid)": BYTES_OF_AN_OPTION,
    "tcp.options.(acc_ecn|ao|experimental|md5|mptcp|qs|rvbd|scps|scpsflags|snack|tar|tarr|tfo)[.].+":
        BYTES_OF_AN_OPTION,
    "tcp.suboption_malformed": BYTES_OF_AN_OPTION,
    "tcp.options.timestamp.tsval.syncookie.(ecn|sack|timestamp|wscale)": BY_PREFERENCE,
    "tcp.syncookie.(hash|mss|time)": BY_PREFERENCE,
    "tcp.continuation_to": REASSEMBLED,
    "tcp.fin_retransmission": REASSEMBLED,
    "tcp.pdu.(last_frame|size|time)": REASSEMBLED,
    "tcp.reassembled(_in|.data|.length)": REASSEMBLED,
    "tcp.segment(s|_data)?": REASSEMBLED,
    "tcp.segment.(count|error|multipletails|overlap|overlap.conflict|toolongfragment)": REASSEMBLED,
    "tcp.proc.(dst|src)(cmd|pid|uid|uname)": FROM_ELSEWHERE,
}  # fmt: skip
"""The fields of tshark that are not the analysis's, as patterns, and why."""


@pytest.fixture(params=RULE_SETS)
def release(request: pytest.FixtureRequest) -> str:
    needed_tshark(request.param)
    return str(request.param)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration folder with the application decoders off."""
    folder = tmp_path_factory.mktemp("wireshark")
    if (CORPUS / "disabled_protos").exists():
        shutil.copy(CORPUS / "disabled_protos", folder)
    return folder


def told_by(release: str, settings: Path, *arguments: str) -> str:
    """What a release's tshark prints; a damaged end of the file is no failure."""
    environment = os.environ | {"WIRESHARK_CONFIG_DIR": str(settings), "TZ": "UTC"}
    return subprocess.run(
        [needed_tshark(release), *arguments], capture_output=True, env=environment, check=False
    ).stdout.decode(errors="replace")


def test_a_release_has_the_fields_that_say_so(release: str, settings: Path) -> None:
    lines = told_by(release, settings, "-G", "fields").splitlines()
    theirs = {line.split("\t")[2] for line in lines if line.startswith(("F\t", "P\t"))}
    ours = {field.name: field.is_in(release) for field in SEGMENT_FIELDS}
    assert {name: name in theirs for name in ours} == ours


def test_no_field_of_the_analysis_is_missing(release: str, settings: Path) -> None:
    listed = told_by(release, settings, "-G", "fields")
    theirs = set(re.findall(r"^F\t[^\t]*\t(tcp\.\S+)", listed, re.MULTILINE))
    missing = theirs - {field.name for field in SEGMENT_FIELDS}
    assert len(theirs) > len(missing) > 0
    assert [name for name in sorted(missing) if not is_left_out(name)] == []


def is_left_out(name: str) -> bool:
    return any(re.fullmatch(pattern, name) for pattern in LEFT_OUT)


def compared(release: str) -> list[Field]:
    """The fields of a segment that come from its header or from the analysis."""
    return [
        field
        for field in (*TCP_FIELDS, *ANALYSIS_FIELDS)
        if field.is_in(release)
        and field.kind is not ValueKind.BYTES
        and field.name not in NOT_COMPARED
    ]


def as_shown(field: Field, said: str) -> str:
    """A value of tshark as `packets -e` writes it."""
    if field.kind is ValueKind.BIT:
        return {"True": "1", "False": "0"}.get(said, said)
    if field.kind is ValueKind.PRESENCE and said:
        return "1"
    return said


def differences(release: str, settings: Path, name: str) -> Iterator[str]:
    """Where `packets -e` says something else of a capture than a release's tshark."""
    capture = str(CORPUS / "captures" / name)
    fields = compared(release)
    asked = [word for field in fields for word in ("-e", field.name)]
    shown = ("-n", "-Y", "tcp && !icmp && !icmpv6", "-Tfields", "-eframe.number", *asked)
    theirs = told_by(release, settings, "-r", capture, *shown).splitlines()
    ours = run("packets", "--rules", release, "-eframe.number", *asked, capture).stdout.decode()
    rows: dict[str, list[list[str]]] = {}
    for line in ours.splitlines()[1:]:
        frame, *values = line.split("\t")
        rows.setdefault(frame, []).append(values)
    exceptions = EXCEPTIONS.get(name, set())
    if release == "4.6":
        exceptions = exceptions | EXCEPTIONS_OF_4_6.get(name, set())
    for line in theirs:
        frame, *values = line.split("\t")
        if len(rows.get(frame, ())) != 1 or int(frame) in UNSEEN_BY_4_6.get(name, ()):
            continue  # several headers in one frame: their values are joined
        for field, said, found in zip(fields, values, rows[frame][0], strict=True):
            if as_shown(field, said) != found and not is_known(field, exceptions):
                yield f"{name} #{frame} {field.name}: {said!r} in tshark, {found!r}"


def is_known(field: Field, exceptions: Set[str]) -> bool:
    """Whether a difference is one of docs/differences.md; ``exceptions`` are the capture's columns
    that `test_verdicts` leaves out. All that needs a length goes with `len`."""
    columns = exceptions | (OF_LENGTH if "len" in exceptions else set())
    return field.name.removeprefix("tcp.").removeprefix("analysis.") in columns


@pytest.mark.parametrize("make", MADE)
def test_the_borders_of_the_rules_are_tsharks(
    release: str, settings: Path, tmp_path: Path, make: Callable[[], Iterator[Sent]]
) -> None:
    capture = tmp_path / f"{make.__name__}.pcap"
    capture.write_bytes(capture_of(make()))
    assert list(differences(release, settings, str(capture))) == []


@pytest.mark.parametrize("number", range(11 if IS_FULL else 1))
def test_simulated_connections_are_what_tshark_says(
    release: str, settings: Path, tmp_path: Path, number: int
) -> None:
    """Captures that no corpus has, others each day."""
    capture = tmp_path / "simulated.pcap"
    seed = SEED * 100 + number
    capture.write_bytes(capture_of(simulated(seed, 20_000 if IS_FULL else 4_000)))
    assert list(differences(release, settings, str(capture))) == [], f"seed {seed}"


@pytest.mark.skipif(not NAMES, reason=NO_CORPUS)
def test_every_field_is_what_tshark_says(release: str, settings: Path) -> None:
    chosen = sample(NAMES, 12)
    found = [line for name in chosen for line in differences(release, settings, name)]
    assert found == []


def test_payload_beyond_the_mss_is_counted_as_tshark_does(settings: Path) -> None:
    needed_tshark("4.6")
    found: list[str] = []
    for name in sample(NAMES, 12):
        capture = str(CORPUS / "captures" / name)
        said = told_by("4.6", settings, "-n", "-q", "-z", "expert,note", "-r", capture)
        theirs = COUNTED.search(said)
        asked = (
            "--rules",
            "4.6",
            "-Y",
            "tcp.options.mss.exceeded",
            "-e",
            "tcp.options.mss.exceeded",
        )
        # Other segments of such a frame are printed too.
        ours = run("packets", *asked, capture).stdout.splitlines().count(b"1")
        if ours != (int(theirs[1]) if theirs else 0):
            found.append(f"{name}: {theirs and theirs[1]} in tshark, {ours}")
    assert found == []
