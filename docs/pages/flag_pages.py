"""The documentation of the flags, out of the tables: ``python -m docs.pages.flag_pages``.

Writes docs/flags.md, seen from the current folder.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tcptui.engine.wireshark.flags import (
    ANALYSIS_FLAGS,
    FAST_RETRANSMISSION,
    SPURIOUS_RETRANSMISSION,
    AnalysisFlag,
)
from tcptui.engine.wireshark.rule_sets import RULE_SETS

PAGE: Final = Path("docs/flags.md")

INTRODUCTION: Final = f"""\
# The flags

What tcptui says of a segment is what Wireshark says of it, {", ".join(RULE_SETS)}, as `--rules`
chooses: the same rules, the same names, in the order of Wireshark's packet list. What later
releases decide otherwise stands below each rule, and [wireshark-versions.md](wireshark-versions.md)
has the rest. A flag is a guess of somebody who sees segments pass one point; the evidence beside it
(`tcptui explain FILE FRAME`, or `e` on the screen) shows the numbers behind the guess, and where
SACK, D-SACK or time stamps prove another reading, says so.

Sequence arithmetic is modulo 2³². SYN and FIN take one number each, but one together. A number of
zero counts as "nothing seen yet". Windows are compared as they stand in the header, except for
Window Full.

| letter | flag | filter | severity | in one line |
|---|---|---|---|---|
"""


def lines() -> Iterator[str]:
    """The page, line by line."""
    yield INTRODUCTION.rstrip()
    for flag in ANALYSIS_FLAGS:
        yield (
            f"| `{flag.letter}` | [{flag.title}](#{flag.name}) | `tcp.analysis.{flag.name}` "
            f"| {flag.severity.value} | {flag.meaning} |"
        )
    for flag in ANALYSIS_FLAGS:
        yield f'\n<a id="{flag.name}"></a>\n\n## {flag.title}\n'
        yield f"`tcp.analysis.{flag.name}` · letter `{flag.letter}` · {flag.severity.value}\n"
        yield f"{flag.meaning[0].upper()}{flag.meaning[1:]}.\n"
        yield f"**Rule{of_oldest(flag)}.** {flag.rule}"
        if flag.bit & (FAST_RETRANSMISSION | SPURIOUS_RETRANSMISSION):
            yield "The field `tcp.analysis.retransmission` is set as well."
        for release, otherwise in flag.since:
            yield f"\n**Since {release}.** {otherwise}"
        yield f"\n**What it asks of the state.** {flag.state}\n"
        yield f"**What it tells.** {flag.reading}"


def of_oldest(flag: AnalysisFlag) -> str:
    """Return which releases decide by the rule as it stands; nothing where all of them do."""
    return f" of {next(iter(RULE_SETS))}" if flag.since else ""


def flag_pages() -> str:
    return "\n".join(lines()) + "\n"


if __name__ == "__main__":
    PAGE.write_text(flag_pages(), encoding="utf-8")
