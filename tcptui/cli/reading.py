"""Opens what a command reads: files with a capture filter, or interfaces."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from tcptui.build import is_slow, why_interpreted
from tcptui.capture.interrupt import ending_with_interrupt
from tcptui.capture.source import Source, open_source
from tcptui.capture.whole_file import descriptor
from tcptui.cli.request import Request, UsageError
from tcptui.stderr import say

if TYPE_CHECKING:
    from tcptui.engine.engine import Engine
    from tcptui.engine.wireshark.rules import Rules
    from tcptui.filters.language import Expression


def asked_filter(request: Request, rules: "Rules") -> "Expression | None":
    """Parse the display filter of -Y, with the fields that the rules' release has; return None
    where there is none. Raises UsageError."""
    if not request.output.display_filter:
        return None
    from tcptui.filters.filter_error import FilterError
    from tcptui.filters.language import parse as parse_filter

    try:
        return parse_filter(request.output.display_filter, rules.name)
    except FilterError as error:
        from tcptui.cli.wrong_filter import capture_filter_advice

        advice = capture_filter_advice(request)
        raise UsageError(f"-Y: {error}{advice}", error.pointed()) from error


def chosen_rules(request: Request) -> "Rules":
    """Return the rule set of the command line, else of the configuration, else the default."""
    from tcptui.configuration import config_file, configured_rules
    from tcptui.engine.wireshark.rule_sets import DEFAULT_RULES, RULE_SETS

    if request.input.rules:
        return RULE_SETS[request.input.rules]
    try:
        configured = configured_rules()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        say(f"{config_file()}: none of it is used: {why}; using {DEFAULT_RULES.name}")
        return DEFAULT_RULES
    if configured is None:
        return DEFAULT_RULES
    if not isinstance(configured, str) or configured not in RULE_SETS:
        known = ", ".join(RULE_SETS)
        say(f"{config_file()}: rules is not one of {known}; using {DEFAULT_RULES.name}")
        return DEFAULT_RULES
    return RULE_SETS[configured]


def printed(request: Request) -> BinaryIO:
    """Open the stream for the result, which is nowhere when -w writes the capture to stdout."""
    if descriptor(request.capture.write or "") == 1:
        return open(os.devnull, "wb")  # noqa: PTH123 - open until the program ends
    return sys.stdout.buffer


@contextmanager
def reading(
    request: Request, wanted: "Expression | None" = None, again: bool = False
) -> Iterator[Source]:
    """Open the source of a command that reads its input from the beginning to the end.

    ``again``: packets are read a second time, as they are for some filters. Raises CaptureError,
    UsageError.
    """
    chosen = request.input
    if chosen.interfaces:
        with capturing(request) as live:
            yield live
        return
    again = again or (wanted is not None and wanted.reads_bytes)
    source = open_source(chosen.files, seekable=again, follow=chosen.follow, spool_dir=chosen.spool)
    try:
        say_what_is_slow(source.total_bytes or 0)
        source = filtered(source, request)
        with ending_with_interrupt(source):
            try:
                yield source
            except BrokenPipeError:  # nobody reads the rows any more, but -w writes all there is
                source.stop_following()
                source.complete()
                raise
            source.complete()
    finally:
        source.close()


def say_what_is_slow(size: int) -> None:
    """Say that the engine is not compiled, and why, where a capture of this size makes it felt."""
    if is_slow(size):
        say(f"this takes long: the engine is not compiled ({why_interpreted()})")


def filtered(source: Source, request: Request) -> Source:
    """Reduce a source to what the capture filter and -c admit; -w gets a copy. Raises
    UsageError."""
    expression, count, path = request.input.expression, request.capture.count, request.capture.write
    if not (expression or count or path):
        return source
    from tcptui.capture.live.filtered_source import FilteredSource
    from tcptui.capture.packet_copy import PacketCopy

    if path and descriptor(path) == 1 and sys.stdout.isatty():
        raise UsageError(f"-w {path}: this is a terminal; name a file, or pipe the capture on")
    with usage_errors(request):
        admitted = FilteredSource(source, expression, count)
    if path:
        admitted.copy = PacketCopy(path, source.is_reading)
    return admitted


@contextmanager
def usage_errors(request: Request) -> Iterator[None]:
    """Turn errors in options and capture filters into UsageError."""
    from tcptui.capture.live.capture_filter import WrongExpression
    from tcptui.capture.live.libpcap import Missing
    from tcptui.capture.live.live_options import OptionConflict

    try:
        yield
    except OptionConflict as error:
        raise UsageError(str(error)) from error
    except WrongExpression as error:
        from tcptui.cli.wrong_filter import refused_filter_advice

        raise UsageError(f"{error}{refused_filter_advice(request, error.words)}") from error
    except Missing as error:
        raise UsageError(f"{error}, which capture filters need") from error


@contextmanager
def capturing(request: Request) -> Iterator[Source]:
    """Capture on the interfaces until -c, an interrupt, or their end. Raises UsageError,
    CaptureError."""
    from tcptui.capture.live.headless import captured
    from tcptui.capture.live.live_options import live_options
    from tcptui.engine.decode.protocol_numbers import LINKS

    chosen = request.input
    with usage_errors(request):
        options = live_options(chosen.interfaces, chosen.expression, request.capture, chosen.spool)
        names_owners = request.command != "packets" and request.output.names
        with captured(options, LINKS, names_owners) as source:
            yield source


def say_what_is_odd(request: Request, source: Source, engine: "Engine") -> None:
    """Say on stderr what is damaged, and when a capture has nothing to show."""
    warnings = [*source.warnings]
    if engine.jumps.inside:
        from tcptui.findings.jumps import jump_warnings

        warnings += jump_warnings(engine)
    if engine.has_several_files:
        from tcptui.findings.two_points import two_point_warnings

        warnings += two_point_warnings(engine)
    for warning in warnings:
        say(warning)
    if engine.frames == 0 and request.input.expression:
        say("no packet passed the capture filter")
    else:
        say_what_is_missing(engine)


def say_what_is_missing(engine: "Engine", of: str = "") -> None:
    """Say on stderr that a capture has no packets, or no TCP; ``of`` names it where it is one of
    several."""
    if engine.frames == 0:
        say(f"{of}the capture has no packets")
    elif engine.segments == 0:
        from tcptui.text.amounts import amount

        say(f"{of}{amount(engine.frames, 'packet')}, none of them TCP")
