"""Runs the commands that print what they read: report, packets, explain, compare."""

import re
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from tcptui.build import build
from tcptui.cli.exit_codes import BELOW_THRESHOLD, DONE, FOUND
from tcptui.cli.options import ALL_RULES, DIGITS
from tcptui.cli.reading import (
    asked_filter,
    chosen_rules,
    printed,
    reading,
    say_what_is_missing,
    say_what_is_odd,
)
from tcptui.cli.request import OutputOptions, Request, UsageError
from tcptui.escapes import decoded, visible
from tcptui.report.output_formats import (
    GROUP_FORMATS,
    PACKET_FORMATS,
    REPORT_FORMATS,
    TSV,
    WITH_EVIDENCE,
    OutputFormat,
    is_of_packets,
    is_table,
    names,
)
from tcptui.stderr import say

if TYPE_CHECKING:
    from tcptui.capture.source import Source
    from tcptui.engine.engine import Engine
    from tcptui.engine.wireshark.rules import Rules
    from tcptui.report.grouping import Grouping
    from tcptui.report.worst_severity import WorstSeverity


def packets(request: Request) -> int:
    """Print a row for each segment; return the exit code."""
    rules = chosen_rules(request)
    wanted = asked_filter(request, rules)
    form = request.output.format
    if wanted is None and form == TSV.name and not request.output.fields:
        return default_rows(request, rules)
    from tcptui.capture.writer import SaveError
    from tcptui.report.packets import UnknownField, columns, print_packets, reads_bytes

    check_table(PACKET_FORMATS, form)
    of_packets = is_of_packets(PACKET_FORMATS, form)
    if of_packets and request.output.fields:
        raise UsageError(f"-e: --format {form} has whole packets, and no columns")
    try:
        fields = columns(request.output.fields, rules.name)
    except UnknownField as error:
        raise UsageError(str(error)) from error
    try:
        with reading(request, wanted, again=of_packets or reads_bytes(fields)) as source:
            engine = print_packets(
                source, printed(request), fields, form, rules, wanted, request.output.jobs
            )
    except SaveError as error:
        raise UsageError(f"--format {form}: {error}") from error
    say_what_is_odd(request, source, engine)
    return DONE


def default_rows(request: Request, rules: "Rules") -> int:
    """Print a row with the default columns for each segment; return the exit code."""
    from tcptui.report.default_rows import DEFAULT_FORM
    from tcptui.report.text_rows import print_text_rows

    with reading(request) as source:
        out, jobs = printed(request), request.output.jobs
        engine = print_text_rows(source, out, rules, DEFAULT_FORM, jobs)
    say_what_is_odd(request, source, engine)
    return DONE


def report(request: Request) -> int:
    """Print the flows; return the exit code."""
    from tcptui.report.report import Contents, print_report

    chosen = request.output
    check_report(chosen)
    check_table(GROUP_FORMATS if chosen.by else REPORT_FORMATS, chosen.format)
    rules = chosen_rules(request)
    wanted = asked_filter(request, rules)
    worst, grouping = asked_worst(chosen), asked_grouping(chosen)
    contents = Contents(
        rules,
        wanted,
        chosen.findings,
        chosen.evidence,
        chosen.names,
        worst,
        grouping,
        chosen.jobs,
        chosen.low_memory,
    )
    files = request.input.files or request.input.interfaces
    with reading(request, contents.only, again=chosen.evidence) as source:
        engine = print_report(source, printed(request), files, chosen.format, build(), contents)
    say_what_is_odd(request, source, engine)
    return FOUND if worst is not None and worst.reaches(chosen.fail_on) else DONE


def check_report(chosen: OutputOptions) -> None:
    """Check that what is asked of a report goes together. Raises UsageError."""
    if chosen.fail_on and not chosen.findings:
        raise UsageError("--fail-on needs the findings: it does not go with --no-findings")
    if chosen.evidence and chosen.format not in WITH_EVIDENCE:
        raise UsageError(f"--evidence: {chosen.format} has no place for it; use {WITH_EVIDENCE[0]}")
    if chosen.prefix is not None and chosen.by != "subnet":
        raise UsageError("--prefix goes with --by subnet")
    if chosen.by and chosen.evidence:
        raise UsageError("--evidence: groups (--by) have no place for it")
    if chosen.by and not chosen.findings:
        raise UsageError("--no-findings: groups (--by) are made with the findings")
    if chosen.by and chosen.format not in names(GROUP_FORMATS):
        known = ", ".join(names(GROUP_FORMATS))
        raise UsageError(f"--format {chosen.format}: report --by writes {known}")


def check_table(formats: Sequence[OutputFormat], form: str) -> None:
    """Check that what is no text can be made, and goes to no terminal. Raises UsageError."""
    if not is_table(formats, form):
        return
    if sys.stdout.isatty():
        raise UsageError(f"--format {form}: this is a terminal; redirect it: > FILE.{form}")
    from tcptui.tables.requirement import MissingPackage, require_pyarrow

    try:
        require_pyarrow(f"--format {form}")
    except MissingPackage as error:
        raise UsageError(str(error)) from error


def asked_worst(chosen: OutputOptions) -> "WorstSeverity | None":
    """Return what finds out how bad the findings are, or None where nobody asks."""
    if not chosen.fail_on:
        return None
    from tcptui.report.worst_severity import WorstSeverity

    return WorstSeverity()


def asked_grouping(chosen: OutputOptions) -> "Grouping | None":
    """Return how flows are to be grouped, or None where no groups are asked for."""
    if not chosen.by:
        return None
    from tcptui.report.grouping import Grouping

    return Grouping(chosen.by, chosen.prefix)


def explain(request: Request) -> int:
    """Print the evidence for one segment; return the exit code."""
    from tcptui.report.evidence import NoSuchFrame
    from tcptui.report.evidence import explain as print_evidence
    from tcptui.report.release_differences import explain_releases

    words, form = request.input.words, request.output.format
    if len(words) != 1 or not re.fullmatch(DIGITS, words[0]):
        raise UsageError("explain needs a file and a frame: tcptui explain FILE FRAME")
    try:
        with reading(request, again=True) as source:
            frame, out = int(words[0]), printed(request)
            if request.input.rules == ALL_RULES:
                engine = explain_releases(source, out, frame, form)
            else:
                engine = print_evidence(source, out, frame, form, chosen_rules(request))
    except NoSuchFrame as error:
        raise UsageError(str(error)) from error
    say_what_is_odd(request, source, engine)
    return DONE


def compare(request: Request) -> int:
    """Print how many flags agree with tshark's; the exit code says whether they are enough."""
    import gc

    from tcptui.engine.wireshark.rule_sets import RULE_SETS
    from tcptui.report.compare import agreement_text
    from tcptui.report.compare import compare as compare_files
    from tcptui.report.tshark import Tshark, TsharkMissing, nearest_rules

    try:
        tshark = Tshark()
    except TsharkMissing as error:
        raise UsageError(str(error)) from error
    try:
        nearest, note = nearest_rules(tshark.version)
        asked = request.input.rules
        rules = RULE_SETS[asked] if asked else nearest
        gc.enable()  # one capture after the other is let go of
        agreement = compare_files(request.input.files, tshark, rules, tell_of_file)
    finally:
        tshark.close()
    if note and not asked:
        print(note)
    for line in agreement_text(agreement, tshark.version, rules):
        print(visible(line))
    return DONE if agreement.share * 100 >= request.output.threshold else BELOW_THRESHOLD


def tell_of_file(name: str, source: "Source", engine: "Engine") -> None:
    """Say on stderr what is damaged of a file, and when it has nothing to compare."""
    for warning in source.warnings:
        say(warning)
    say_what_is_missing(engine, f"{decoded(name)}: ")


COMMANDS: Final[dict[str, Callable[[Request], int]]] = {
    "report": report,
    "packets": packets,
    "explain": explain,
    "compare": compare,
}
