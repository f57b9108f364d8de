"""Finds the files with the flows of a data set, and nothing outside of it: no link is followed, and
what is not named as a sweep names it is left out."""

import os
import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple
from urllib.parse import unquote

from tcptui.data_set.swept import Swept, SweptCapture
from tcptui.text.amounts import amount

FLOWS: Final = "flows"
HOST: Final = re.compile("host=(.+)", re.DOTALL)
DAY: Final = re.compile("date=([0-9]{4}-[0-9]{2}-[0-9]{2}|__HIVE_DEFAULT_PARTITION__)")
FILE: Final = re.compile(r"[0-9a-f]{32}\.parquet")
MOST_FILES: Final = 200_000


class FlowFile(NamedTuple):
    """A file with flows: of which host, day (UTC; empty where it is not known) and captures, these
    by their names."""

    path: str
    host: str
    day: str
    captures: Mapping[str, SweptCapture]


class FoundFiles(NamedTuple):
    """The files by day, host and name, and a line for each reason for which others are left
    out."""

    files: list[FlowFile]
    notes: list[str]


def find_files(swept: Swept) -> FoundFiles:
    """Find the files with flows that the manifest names. Raises OSError."""
    found: list[FlowFile] = []
    strangers = 0
    for relative, path, host, day in flow_files(str(swept.folder)):
        captures = swept.by_file.get(relative)
        if captures is None:
            strangers += 1
        elif len(found) < MOST_FILES:
            found.append(FlowFile(path, host, day, captures))
        else:
            return FoundFiles(found, [f"more than {amount(MOST_FILES, 'file')}: the rest left out"])
    notes = [f"{amount(strangers, 'file')} left out: the manifest names no such"]
    found.sort(key=lambda one: (one.day, one.host, min(one.captures)))
    return FoundFiles(found, notes if strangers else [])


def flow_files(folder: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield the path within the data set, the path, the host and the day of each file with flows.
    Raises OSError."""
    top = [one for one in folders_in(folder) if one.name == FLOWS]
    for hosts in (folders_in(one.path) for one in top):
        for host in hosts:
            if (named := HOST.fullmatch(host.name)) is None:
                continue
            for day in folders_in(host.path):
                if (dated := DAY.fullmatch(day.name)) is None:
                    continue
                within = f"{FLOWS}/{host.name}/{day.name}"
                known = dated[1] if dated[1][0].isdigit() else ""
                for file in entries(day.path):
                    if FILE.fullmatch(file.name) and file.is_file(follow_symlinks=False):
                        yield f"{within}/{file.name}", file.path, unquote(named[1]), known


def folders_in(folder: str) -> list["os.DirEntry[str]"]:
    """Return the folders in a folder, links to folders not. Raises OSError."""
    return [one for one in entries(folder) if one.is_dir(follow_symlinks=False)]


def entries(folder: str) -> list["os.DirEntry[str]"]:
    """Return what is in a folder. Raises OSError."""
    with os.scandir(folder) as found:
        return list(found)
