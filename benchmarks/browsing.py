#!/usr/bin/env python3
"""What questions to the flows of a data set take: as the list reads them, and asked of DuckDB.

    python -m benchmarks.browsing OUT

OUT is what `tcptui sweep` has written. For each question, a filter or a group, it prints wall and
CPU time in ms: of tcptui when it is asked first, and again (the columns that it needs are kept),
and of DuckDB over the same Parquet files, where it is installed. The numbers of flows are compared.
"""

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

from tcptui.data_set.files import find_files
from tcptui.data_set.groups import add_up, trouble_by_day
from tcptui.data_set.row_filter import asked
from tcptui.data_set.shown_flows import ShownFlows
from tcptui.data_set.swept import read_manifest
from tcptui.data_set.swept_rows import SweptRows

FILTERS: Final = {
    "10.9.1.1": None,
    "80": None,
    "retry": None,
    "server reset": None,
    "flow.server.port == 80": "server_port = 80",
    'flow.client.address == "10.9.1.1"': "client_address = '10.9.1.1'",
    "flow.cost > 1s": "cost_ns > 1000000000",
    "flow.verdict == trouble": "verdict = 'trouble'",
    "flow.findings == stall_rto": "list_contains(findings, 'stall_rto')",
    'host == "host3"': "host = 'host3'",
    'flow.sentence contains "retry"': "contains(sentence, 'retry')",
    'flow.sentence matches "waited [0-9.]+ s"': "regexp_matches(sentence, 'waited [0-9.]+ s', 'i')",
}
"""Filters as they are typed, and what they are in SQL; None: words, looked for in many columns."""
GROUPS: Final = ("host", "day", "file", "server", "client")


def timed(work: Callable[[], Any]) -> tuple[str, Any]:
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return f"{wall * 1e3:8.0f} {cpu * 1e3:8.0f}", result


def main(folder: str) -> None:
    files = find_files(read_manifest(Path(folder))).files
    took, rows = timed(lambda: SweptRows(files, lambda part: True))
    print(f"{'':44}{'first: wall, CPU':>18}{'again':>18}{'DuckDB':>18}")
    print(f"{f'{rows.count:,} flows of {len(files):,} files':44} {took}")
    took, shown = timed(lambda: ShownFlows(rows))
    print(f"{'worst first':44} {took}{'':18} {of_duckdb(folder, None, shown.count)}")
    shown.read_ahead(lambda part: True)
    for text, sql in FILTERS.items():
        wanted = asked(text)
        first, kept = timed(partial(shown.kept, wanted))
        again, _ = timed(partial(shown.kept, wanted))
        other = of_duckdb(folder, sql, kept.count) if sql else ""
        print(f"{text:44} {first} {again} {other}  {kept.count:,}")
    for by in GROUPS:
        first, _ = timed(partial(add_up, shown, by))
        again, _ = timed(partial(add_up, shown, by))
        print(f"{f'by {by}':44} {first} {again}")
    print(f"{'trouble by day':44} {timed(lambda: trouble_by_day(shown, 8))[0]}")


def of_duckdb(folder: str, where: str | None, wanted: int) -> str:
    """The times of DuckDB for the worst 100 flows and how many there are."""
    try:
        import duckdb
    except ImportError:
        return ""
    source = f"read_parquet('{folder}/flows/*/*/*.parquet', hive_partitioning = true)"
    condition = f"WHERE {where}" if where else ""

    def ask() -> int:
        database = duckdb.connect()
        database.sql(
            f"SELECT capture, sentence FROM {source} {condition} ORDER BY cost_ns DESC LIMIT 100"
        ).fetchall()
        return int(database.sql(f"SELECT count(*) FROM {source} {condition}").fetchall()[0][0])

    took, found = timed(ask)
    return took if found == wanted else f"{took} ({found:,} flows)"


if __name__ == "__main__":
    main(sys.argv[1])
