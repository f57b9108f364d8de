"""Makes the figures of docs/differences.md and docs/wireshark-versions.md from real captures and
what tshark says of them: ``python -m docs.pages.corpus_pages``.

Both lie beside the project where it is developed (`../shared/corpus`). It writes the tables into
both pages below the current folder, and takes a few minutes where tcptui is not compiled.
"""

import gzip
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from tcptui.capture.source import open_source
from tcptui.engine.engine import Engine
from tcptui.engine.wireshark.flags import ANALYSIS_FLAGS, flag_names
from tcptui.engine.wireshark.rule_sets import RULE_SETS
from tcptui.session import analyse

CORPUS: Final = Path(__file__).parents[3] / "shared" / "corpus"
FOLDERS: Final = {"4.0": "verdicts", "4.4": "verdicts-4.4", "4.6": "verdicts-4.6"}
"""By rule set, where the verdicts of its tshark are."""

BEGIN: Final = "<!-- figures: made by docs.pages.corpus_pages -->"
END: Final = "<!-- end of figures -->"

COMPARED: Final = {
    "analysis": "the flags",
    "stream": "`tcp.stream`",
    "completeness": "`tcp.completeness`",
    "acks_frame": "`tcp.analysis.acks_frame`",
    "initial_rtt": "`tcp.analysis.initial_rtt`",
    "bytes_in_flight": "`tcp.analysis.bytes_in_flight`",
    "push_bytes_sent": "`tcp.analysis.push_bytes_sent`",
    "rto": "`tcp.analysis.rto`",
}
"""Columns of the verdicts, and what they are called in the page."""

Row = dict[str, str]


def names() -> list[str]:
    """Return the captures of which there are verdicts."""
    folder = CORPUS / FOLDERS["4.0"]
    tables = folder.rglob("*.tsv.gz")
    return sorted(str(one.relative_to(folder)).removesuffix(".tsv.gz") for one in tables)


def verdicts(name: str, release: str) -> dict[int, Row]:
    """Return what a tshark says of each TCP packet of a capture; not of those quoted in ICMP."""
    path = CORPUS / FOLDERS[release] / f"{name}.tsv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as table:
        columns = table.readline().rstrip("\n").split("\t")
        rows = [dict(zip(columns, line.rstrip("\n").split("\t"), strict=True)) for line in table]
    return {int(row["number"]): row for row in rows if row["quoted_in_icmp"] != "1"}


# Between the releases


class Changes(NamedTuple):
    """Counts the packets of which two releases say different things, and the files with such."""

    packets: Counter[str]
    files: Counter[str]


@cache
def changes(older: str, newer: str) -> Changes:
    """Count where the ``newer`` release differs from the ``older`` one."""
    found = Changes(Counter(), Counter())
    for name in names():
        before, after = verdicts(name, older), verdicts(name, newer)
        here = Counter(
            column
            for frame in before.keys() & after.keys()
            for column in COMPARED
            if before[frame][column] != after[frame][column]
        )
        found.packets.update(here)
        found.files.update(here.keys())
    return found


def versions_lines() -> Iterator[str]:
    """Yield a Markdown table of how often the releases differ."""
    pairs = (("4.0", "4.4"), ("4.4", "4.6"), ("4.0", "4.6"))
    yield "| other value of | " + " | ".join(f"{a} → {b}" for a, b in pairs) + " |"
    yield "|---|" + "--:|" * len(pairs)
    for column, title in COMPARED.items():
        cells = (
            f"{changes(*pair).packets[column]:,} in {changes(*pair).files[column]:,} files"
            for pair in pairs
        )
        yield f"| {title} | {' | '.join(cells)} |"


# Between tcptui and tshark


class Agreement(NamedTuple):
    """Counts packets, those with exactly the same flags, and for each flag who gives it."""

    same: int
    packets: int
    both: Counter[str]
    only_tcptui: Counter[str]
    only_tshark: Counter[str]


def our_flags(name: str, release: str) -> dict[int, set[str]]:
    """Return the flags of each frame by a rule set; of several headers in it, of all."""
    engine = Engine(RULE_SETS[release])
    source = open_source([str(CORPUS / "captures" / name)], seekable=False)
    try:
        for _ in analyse(source, engine):
            pass
    finally:
        source.close()
    packets = engine.packets
    found: dict[int, set[str]] = {}
    for row in range(packets.count):
        found.setdefault(packets.frame(row), set()).update(flag_names(packets.analysis(row)))
    return found


def agreement(release: str) -> Agreement:
    """Compare all captures with the verdicts of a release."""
    same = packets = 0
    both: Counter[str] = Counter()
    ours_alone: Counter[str] = Counter()
    theirs_alone: Counter[str] = Counter()
    for name in names():
        ours = our_flags(name, release)
        theirs = {
            frame: set(filter(None, row["analysis"].split(",")))
            for frame, row in verdicts(name, release).items()
        }
        for frame in ours.keys() | theirs.keys():
            we, they = ours.get(frame, set()), theirs.get(frame, set())
            packets += 1
            same += we == they and frame in ours and frame in theirs
            both.update(we & they)
            ours_alone.update(we - they)
            theirs_alone.update(they - we)
    return Agreement(same, packets, both, ours_alone, theirs_alone)


def differences_lines() -> Iterator[str]:
    """Yield Markdown tables of packets and flags, by release."""
    found = {release: agreement(release) for release in FOLDERS}
    yield "| | " + " | ".join(FOLDERS) + " |"
    yield "|---|" + "--:|" * len(found)
    yield "| TCP packets | " + " | ".join(f"{one.packets:,}" for one in found.values()) + " |"
    yield (
        "| with exactly the same flags | "
        + " | ".join(f"{one.same:,}" for one in found.values())
        + " |"
    )
    yield ""
    yield "| `tcp.analysis.` | " + " | ".join(FOLDERS) + " |"
    yield "|---|" + "--:|" * len(found)
    for flag in sorted(ANALYSIS_FLAGS, key=lambda flag: flag.name):
        yield (
            f"| `{flag.name}` | "
            + " | ".join(flag_cell(one, flag.name) for one in found.values())
            + " |"
        )


def flag_cell(found: Agreement, name: str) -> str:
    """Return how many packets have a flag, and how many have it on one side alone."""
    text = f"{found.both[name]:,}"
    alone = found.only_tcptui[name], found.only_tshark[name]
    return f"{text} (only tcptui {alone[0]:,}, only tshark {alone[1]:,})" if any(alone) else text


# The pages


def versions_figures() -> str:
    return "\n".join([BEGIN, *versions_lines(), END])


def differences_figures() -> str:
    return "\n".join([BEGIN, *differences_lines(), END])


def figures_in(page: str) -> str:
    """Return the figures that stand in a page, with their marks."""
    return page[page.index(BEGIN) : page.index(END) + len(END)]


if __name__ == "__main__":
    for file, figures in (
        ("wireshark-versions.md", versions_figures),
        ("differences.md", differences_figures),
    ):
        path = Path("docs") / file
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(figures_in(text), figures()), encoding="utf-8")
