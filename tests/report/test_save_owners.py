"""Processes are saved as comments, where that is asked for, and read from comments again."""

from contextlib import closing
from pathlib import Path

import pytest

from tcptui.capture import owner_comments
from tcptui.capture.formats.framer import Interface
from tcptui.capture.live.filtered_source import FilteredSource
from tcptui.capture.source import open_source
from tcptui.capture.writer import Packet, save
from tcptui.engine.engine import Engine, new_engine
from tcptui.engine.names.owner import Owner
from tcptui.engine.wireshark.rule_sets import DEFAULT_RULES
from tcptui.filters.subjects import FlowSubject, OpenCapture
from tcptui.report.save_packets import save_subject
from tcptui.session import analyse
from tests.engine.headers import ethernet, ip, tcp

FLOWS = 3
CURL = Owner("curl", 77, "root", "", "", "client")
PTCPDUMP = ("PID: 77\nCmd: /usr/bin/curl\nArgs: curl x", "ParentPID: 1\nParentCmd: /sbin/init")


def written(path: Path, *comments: tuple[int, tuple[str, ...]]) -> str:
    """A capture of some connections, their segments in turn; comments by the packet's place."""
    told = dict(comments)
    packets = [
        Packet(
            place, 0, 60, ethernet(ip(tcp(b"x", 40000 + place % FLOWS, 80))), told.get(place, ())
        )
        for place in range(4 * FLOWS)
    ]
    save(str(path), packets, [Interface(0, 1, 65535)])
    return str(path)


def read(path: str, names: bool = True) -> Engine:
    engine = new_engine(DEFAULT_RULES, names)
    with closing(open_source([path])) as source:
        for _ in analyse(source, engine):
            pass
    return engine


def names(engine: Engine) -> list[str]:
    """The name of each flow's process; empty where none is known."""
    owners = [engine.owner_of(flow) for flow in engine.flows]
    return [owner.name if owner is not None else "" for owner in owners]


@pytest.mark.parametrize(
    ("comments", "found"),
    [
        ([(1, PTCPDUMP)], ["", "curl", ""]),
        ([(4, PTCPDUMP)], ["", "curl", ""]),
        ([(0, ("PID: 1\nCmd: a",)), (3, ("PID: 2\nCmd: b",))], ["a", "", ""]),
        ([(place, PTCPDUMP) for place in range(4 * FLOWS)], ["curl"] * 3),
        ([(2, ("rustnet process=sshd pid=9",))], ["", "", "sshd"]),
        ([(2, ("look here", "PID: 5 Process:nginx"))], ["", "", "nginx"]),
        ([(2, ("nothing of PID: 5",))], ["", "", ""]),
    ],
)
def test_comments_on_any_packet_name_its_flow(
    comments: list[tuple[int, tuple[str, ...]]], found: list[str], tmp_path: Path
) -> None:
    assert names(read(written(tmp_path / "a.pcapng", *comments))) == found


def test_without_names_there_are_none(tmp_path: Path) -> None:
    assert names(read(written(tmp_path / "a.pcapng", (1, PTCPDUMP)), names=False)) == [""] * 3


def test_both_files_of_a_capture_have_comments(tmp_path: Path) -> None:
    paths = [written(tmp_path / name, (1, PTCPDUMP)) for name in ("a.pcapng", "b.pcapng")]
    engine = new_engine(DEFAULT_RULES)
    with closing(open_source(paths)) as source:
        for _ in analyse(source, engine):
            pass
    assert names(engine) == ["", "curl", ""]


def test_there_are_no_more_comments_than_a_batch_has(tmp_path: Path) -> None:
    flood = tuple(f"PID: {n}" for n in range(2, 3000))
    everywhere = [(place, flood) for place in range(4 * FLOWS)]
    with closing(open_source([written(tmp_path / "a.pcapng", *everywhere)])) as source:
        while not source.ended:
            source.next_batch()
        assert len(source.take_owner_comments()) == 1 << 14
        assert source.take_owner_comments() == []


def test_packets_that_a_filter_leaves_out_do_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner_comments, "MOST_WAITING", 2)
    everywhere = [(place, PTCPDUMP) for place in range(4 * FLOWS)]
    source = open_source([written(tmp_path / "a.pcapng", *everywhere)])
    with closing(FilteredSource(source, "tcp port 40002")) as filtered:
        engine = new_engine(DEFAULT_RULES)
        for _ in analyse(filtered, engine):
            pass
    assert names(engine) == ["curl"]


@pytest.mark.parametrize(("asked", "comments"), [(True, 1), (False, 0)])
def test_only_where_it_is_asked_for(asked: bool, comments: int, tmp_path: Path) -> None:
    path, target = written(tmp_path / "a.pcapng"), tmp_path / "b.pcapng"
    engine = new_engine(DEFAULT_RULES)
    with closing(open_source([path])) as source:
        for _ in analyse(source, engine):
            pass
        engine.name_owner(engine.flows[1], CURL)
        save_subject(str(target), source, OpenCapture(engine), FlowSubject(1), owners=asked)
    with closing(open_source([str(target)])) as saved:
        again = new_engine(DEFAULT_RULES)
        for _ in analyse(saved, again):
            pass
        assert len(saved.comments) == comments
    assert names(again) == (["curl"] if asked else [""])
