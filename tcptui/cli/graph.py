"""Runs `tcptui graph`: analyses a capture, and prints one graph of a flow or of all of it."""

import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from tcptui import terminal
from tcptui.cli.exit_codes import DONE
from tcptui.cli.reading import chosen_rules, printed, reading
from tcptui.cli.request import Request, UsageError
from tcptui.escapes import decoded, visible
from tcptui.stderr import hint
from tcptui.text.durations import SECOND

if TYPE_CHECKING:
    from tcptui.capture.source import Source
    from tcptui.engine.engine import Engine
    from tcptui.graphs.series import Series

CAPTURE: Final = "capture"
SVG: Final = "svg"
FLOW: Final = re.compile("[0-9]{1,9}")
OF_A_PICTURE: Final = ("--format", "--width", "--height", "--ascii")
"""Options that a table of points does not obey."""


class AskedGraph(NamedTuple):
    """Says what is to be drawn, a flow by its number or ``capture``, and as which kind of graph."""

    what: str
    kind: str


def graph(request: Request) -> int:
    """Print a graph; return the exit code."""
    from tcptui.drawing.doubts import doubts_of
    from tcptui.drawing.graph import GraphSize, whose_graph
    from tcptui.engine.engine import new_engine
    from tcptui.report.graph import Graph, print_points
    from tcptui.report.output_formats import GRAPH_FORMATS, writer_of
    from tcptui.session import analyse

    asked = asked_graph(request)
    tell_without_effect(request, asked)
    engine = new_engine(chosen_rules(request))
    with reading(request, again=asked.what != CAPTURE) as source:
        for _ in analyse(source, engine):
            pass
        series = made_series(asked, round(request.graph.bin * SECOND), engine, source)
        name = visible(decoded(request.input.files[0]))
        flow = None if asked.what == CAPTURE else engine.flows[int(asked.what)]
        title = f"{name}, {whose_graph(engine, flow)}: {asked.kind}"
        size = GraphSize(request.graph.width, request.graph.height)
        plain = request.output.ascii or terminal.is_plain(os.environ)
        doubts = doubts_of(flow) if flow is not None else {}
        picture = Graph(asked.kind, series, title, size, plain, doubts)
        points = request.graph.points
        write = print_points if points else writer_of(GRAPH_FORMATS, request.output.format)
        out = printed(request)
        write(out, picture)
        out.flush()
    return DONE


def asked_graph(request: Request) -> AskedGraph:
    """Return what is asked for. Raises UsageError."""
    words, kind = request.input.words, str(request.graph.kind)
    if len(words) != 1 or not (words[0] == CAPTURE or FLOW.fullmatch(words[0])):
        raise UsageError(
            "graph needs a file, and a flow's number or capture: tcptui graph FILE FLOW --kind rtt"
        )
    what = str(words[0])
    allowed = kinds_of(what)
    if kind not in allowed:
        subject = "the capture" if what == CAPTURE else "a flow"
        told = f"--kind {kind}" if kind else "graph needs --kind"
        raise UsageError(f"{told}: of {subject} there are {', '.join(allowed)}")
    return AskedGraph(what, kind)


def tell_without_effect(request: Request, asked: AskedGraph) -> None:
    """Say to who types which of the options have no effect beside the others."""
    for where, options in without_effect(request, asked).items():
        if given := [name for name in options if name in request.given]:
            hint(f"{', '.join(given)}: without effect {where}")


def without_effect(request: Request, asked: AskedGraph) -> dict[str, tuple[str, ...]]:
    """Return options that have no effect, by what they have none beside."""
    found: dict[str, tuple[str, ...]] = {}
    if request.graph.points:
        found["where the points are printed, not a picture"] = OF_A_PICTURE
    elif request.output.format == SVG:
        found["on a picture that is SVG"] = ("--ascii",)
    if not has_bins(asked):
        found[f"on --kind {asked.kind}, which has a point for each segment"] = ("--bin",)
    return found


def has_bins(asked: AskedGraph) -> bool:
    """Return whether a graph counts in bins."""
    from tcptui.graphs.kinds import FLOW_GRAPHS

    return asked.what == CAPTURE or any(one.binned for one in FLOW_GRAPHS if one.name == asked.kind)


def kinds_of(what: str) -> Sequence[str]:
    """Return the names of the graphs of a flow, or of the capture."""
    from tcptui.graphs.kinds import CAPTURE_GRAPHS, FLOW_GRAPHS

    return [one.name for one in (CAPTURE_GRAPHS if what == CAPTURE else FLOW_GRAPHS)]


def made_series(
    asked: AskedGraph, bin_length: int, engine: "Engine", source: "Source"
) -> "list[Series]":
    """Return the series of the graph, in bins of so many ns. Raises UsageError for a flow that is
    not there, or for bins that are too short."""
    from tcptui.graphs.bins import TooManyBins
    from tcptui.graphs.kinds import CAPTURE_GRAPHS, FLOW_GRAPHS, capture_series, flow_series
    from tcptui.report.rereading import reader

    try:
        if asked.what == CAPTURE:
            drawn = next(one for one in CAPTURE_GRAPHS if one.name == asked.kind)
            return capture_series(drawn, engine, bin_length)
        number = int(asked.what)
        if number >= len(engine.flows):
            raise UsageError(missing_flow(engine, number))
        chosen = next(one for one in FLOW_GRAPHS if one.name == asked.kind)
        read = reader(engine, source)
        return flow_series(chosen, engine, engine.flows[number], bin_length, read)
    except TooManyBins as error:
        raise UsageError(str(error)) from error


def missing_flow(engine: "Engine", number: int) -> str:
    """Return why there is no such flow."""
    flows = len(engine.flows)
    if not flows:
        return f"flow {number} does not exist: the capture has no TCP flows"
    there = "only flow 0" if flows == 1 else f"flows 0 to {flows - 1}"
    return f"flow {number} does not exist: the capture has {there}"
