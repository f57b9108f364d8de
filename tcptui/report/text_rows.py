"""Prints rows as lines of text. Where their values need nothing but the rows of a flow and their
packets, any process that has the flow can write them, with an engine for rows alone."""

from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from tcptui.capture.source import Source
from tcptui.engine.engine import Engine, new_engine, new_row_engine
from tcptui.engine.wireshark.rules import Rules
from tcptui.fields.columns.row_lines import RowLines
from tcptui.report.processes import SMALLEST_SHARE, shares_of
from tcptui.report.row_ranges import rows_as_they_come
from tcptui.shortage import keep_freed

if TYPE_CHECKING:  # the filters take a tenth of a start
    from tcptui.filters.language import Expression
    from tcptui.filters.selection import Selection
else:
    Expression = object


class RowForm(NamedTuple):
    """Says what rows look like: ``header`` stands before the first; ``lines`` makes what writes
    them from an engine, and from the source where packets are read again. With ``needs_times`` the
    times of packets that have no row are known too. Only rows that ``wanted`` selects are written.
    Unless all this is ``of_rows``, the engine accounts for flows too; where it is about whole
    flows, the lines are ``held_back`` until the capture's end."""

    header: bytes
    lines: Callable[[Engine, Source], RowLines]
    needs_times: bool = False
    wanted: Expression | None = None
    of_rows: bool = True
    held_back: bool = False

    def selection(self, engine: Engine, source: Source) -> "Selection | None":
        """Return what selects rows of an engine; None where all are wanted."""
        if self.wanted is None:
            return None
        from tcptui.filters.selection import Selection

        return Selection(self.wanted, engine, source.read)

    @property
    def may_be_shared(self) -> bool:
        """Whether several processes may write rows: a search for regular expressions is one more
        process already."""
        return self.of_rows and (self.wanted is None or not self.wanted.searches)


class Printed(NamedTuple):
    """Says what came of printing: the engine that has seen all packets, how many rows were asked
    for, and whether one was wanted."""

    engine: Engine
    rows: int
    any_wanted: bool


def print_text_rows(
    source: Source,
    out: BinaryIO,
    rules: Rules,
    form: RowForm,
    jobs: int | None = None,
    smallest_share: int = SMALLEST_SHARE,
) -> Engine:
    """Analyse ``source`` and print its rows as they come; return an engine that has seen all
    packets.

    Several processes share the work, ``jobs`` or as many as there are processors, where a file has
    ``smallest_share`` bytes or more for each. Raises BrokenPipeError once nobody reads the rows.
    """
    keep_freed()
    out.write(form.header)
    may_be_shared = source.is_one_input and form.may_be_shared
    shares = shares_of(source, jobs, smallest_share) if may_be_shared else 1
    printed = print_all(source, out, rules, form, shares)
    if form.wanted is not None:
        from tcptui.filters.selection import say_if_none

        say_if_none(printed.any_wanted, printed.engine)
    out.flush()
    return printed.engine


def print_all(source: Source, out: BinaryIO, rules: Rules, form: RowForm, shares: int) -> Printed:
    """Print the rows by so many processes, and those that they do not bring by this one."""
    if shares < 2:
        return print_alone(source, out, rules, form)
    from tcptui.report.row_shares import print_shared_rows

    shared = print_shared_rows(source, out, rules, form, shares)
    if shared.rows == shared.engine.segments:
        return shared
    with closing(source.again()) as again:
        rest = print_alone(again, out, rules, form, shared.rows)
    return shared._replace(any_wanted=shared.any_wanted or rest.any_wanted)


def print_alone(
    source: Source, out: BinaryIO, rules: Rules, form: RowForm, start: int = 0
) -> Printed:
    """Analyse ``source`` in this process alone, and print its rows from ``start`` on."""
    engine = new_row_engine(rules) if form.of_rows else new_engine(rules)
    lines = form.lines(engine, source)
    selection = form.selection(engine, source)
    any_wanted = False
    for first, behind in rows_as_they_come(source, engine, out, form.held_back):
        first = max(first, start)
        if first < behind:
            chosen = None if selection is None else selection.answers(first, behind)
            some = lines.rows(first, behind, chosen)
            any_wanted = any_wanted or bool(some)
            out.write(some)
    return Printed(engine, engine.segments, any_wanted)
