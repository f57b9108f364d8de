"""Gets the corpus: real captures of public repositories, and what tshark says of them.

    python -m tests.corpus.fetch ../shared/corpus

downloads what `sources.tsv` names (repository, commit, path, licence, SHA-256; 19 MB) and asks
each tshark that there is (4.0, 4.4, 4.6) for its verdict, without the application decoders that
`disabled_protos` lists: they would split streams, or skip them. What is there already is left
alone, so that an interrupted run goes on. A file that is no longer there, or no longer the same, is
named and left out. The licences are those of the repositories; the captures are not passed on with
this project.
"""

import csv
import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple
from urllib.error import URLError
from urllib.parse import quote

from tests.wireshark import tshark_of

SOURCES: Final = Path(__file__).with_name("sources.tsv")
DISABLED: Final = Path(__file__).with_name("disabled_protos")
NO_CORPUS: Final = (
    "no corpus at ../shared/corpus; python -m tests.corpus.fetch ../shared/corpus gets it"
)
"""Why a test is skipped that asks real captures."""
HOST: Final = "https://github.com"
FOLDERS: Final = {"4.0": "verdicts", "4.4": "verdicts-4.4", "4.6": "verdicts-4.6"}
PLAIN: Final = (
    "frame.number", "frame.time_epoch", "tcp.stream", "ip.src", "ipv6.src", "tcp.srcport", "ip.dst",
    "ipv6.dst", "tcp.dstport", "tcp.seq_raw", "tcp.ack_raw", "tcp.len", "tcp.flags",
    "tcp.window_size", "tcp.completeness",
    *(f"tcp.analysis.{name}" for name in (
        "duplicate_ack_num", "duplicate_ack_frame", "acks_frame", "ack_rtt", "initial_rtt",
        "bytes_in_flight", "push_bytes_sent", "rto", "rto_frame",
    )),
)  # fmt: skip
LATER: Final = {
    "4.0": (),
    "4.4": ("tcp.analysis.partial_ack", "tcp.completeness.str", "tcp.stream.pnum"),
    "4.6": ("tcp.analysis.partial_ack", "tcp.analysis.ambiguous_ack", "tcp.completeness.str",
            "tcp.stream.pnum"),
}  # fmt: skip
FLAGS: Final = tuple(
    "ack_lost_segment duplicate_ack fast_retransmission keep_alive keep_alive_ack lost_segment "
    "out_of_order retransmission reused_ports spurious_retransmission window_full window_update "
    "zero_window zero_window_probe zero_window_probe_ack".split()
)
QUOTED: Final = ("icmp.type", "icmpv6.type")


class Source(NamedTuple):
    """Says where a capture comes from, and what its bytes are."""

    file: str
    repository: str
    path: str
    commit: str
    licence: str
    sha256: str

    def address(self, host: str) -> str:
        return f"{host}/{self.repository}/raw/{self.commit}/{quote(self.path)}"


def sources() -> list[Source]:
    with SOURCES.open(encoding="utf-8", newline="") as table:
        rows = csv.reader(table, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(rows)
        return [Source(*row) for row in rows]


def fetch(source: Source, captures: Path, host: str = HOST) -> None:
    """Download a capture unless it is there. Raises URLError, and ValueError where it is not the
    same any more."""
    target = captures / source.file
    if target.exists():
        return
    with urllib.request.urlopen(source.address(host), timeout=60) as answer:
        data = answer.read()
    found = hashlib.sha256(data).hexdigest()
    if found != source.sha256:
        raise ValueError(f"its SHA-256 is {found}, not {source.sha256}")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    part.write_bytes(data)
    part.rename(target)


class Judge:
    """A tshark without application decoders, and with no settings of its user's."""

    def __init__(self, tshark: str, settings: Path, release: str) -> None:
        self.tshark = tshark
        self.fields = (*PLAIN, *LATER[release])
        self.environment = os.environ | {"WIRESHARK_CONFIG_DIR": str(settings), "TZ": "UTC"}
        shutil.copy(DISABLED, settings)

    def run(self, *arguments: str) -> str:
        """Return what it prints; a damaged end of the file is no failure."""
        done = subprocess.run(
            [self.tshark, *arguments], capture_output=True, env=self.environment, check=False
        )
        return done.stdout.decode(errors="replace")

    def verdict(self, capture: Path) -> Iterator[list[str]]:
        """Yield the columns' names, then a row for each packet with TCP."""
        flags = [f"tcp.analysis.{flag}" for flag in FLAGS]
        asked = [f"-e{name}" for name in (*self.fields, *flags, *QUOTED)]
        yield [*map(short, self.fields), "analysis", "quoted_in_icmp"]
        for line in self.run("-n", "-r", str(capture), "-Ytcp", "-Tfields", *asked).splitlines():
            values = line.split("\t")
            plain, rest = values[: len(self.fields)], values[len(self.fields) :]
            there = [flag for flag, value in zip(FLAGS, rest, strict=False) if value]
            quoted = "1" if any(rest[len(FLAGS) :]) else ""
            yield [*plain, ",".join(there), quoted]


def short(name: str) -> str:
    """Return a field's name as the column is called."""
    for beginning in ("tcp.analysis.", "tcp.", "frame."):
        if name.startswith(beginning):
            return name.removeprefix(beginning)
    return name


def judge_all(corpus: Path, release: str, tshark: str) -> None:
    """Write a release's verdict on each capture that has none."""
    with tempfile.TemporaryDirectory() as settings:
        judge = Judge(tshark, Path(settings), release)
        for source in sources():
            capture = corpus / "captures" / source.file
            table = corpus / FOLDERS[release] / f"{source.file}.tsv.gz"
            if table.exists() or not capture.exists():
                continue
            table.parent.mkdir(parents=True, exist_ok=True)
            rows = "".join("\t".join(row) + "\n" for row in judge.verdict(capture))
            part = table.with_name(table.name + ".part")
            part.write_bytes(gzip.compress(rows.encode(), mtime=0))
            part.rename(table)


def main(folder: str) -> int:
    corpus, missing = Path(folder), 0
    corpus.mkdir(parents=True, exist_ok=True)
    if not (corpus / DISABLED.name).exists():
        shutil.copy(DISABLED, corpus)
    for source in sources():
        try:
            fetch(source, corpus / "captures")
        except (URLError, ValueError) as error:
            missing += 1
            print(f"{source.file}: {error}", file=sys.stderr)
    for release in FOLDERS:
        tshark = tshark_of(release)
        if tshark:
            judge_all(corpus, release, tshark)
        else:
            print(f"no tshark {release} here: no verdicts of it", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
