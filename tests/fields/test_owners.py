"""The process that a flow belongs to: the same in JSON, CSV, filters, groups, list and Why line."""

import csv
import json

import pytest
from mypy_extensions import i64

from tcptui.drawing.cells import plain
from tcptui.engine.engine import Engine
from tcptui.engine.names.owner import Owner
from tcptui.fields.reported import REPORTED
from tcptui.findings.findings import findings_of
from tcptui.findings.judgement import Judge
from tcptui.panes.flows import drawing
from tcptui.panes.flows.word_search import search
from tcptui.panes.why.drawing import of_flow
from tcptui.report.groups.keys import ProcessKeys
from tests.engine.feeding import feed, new_engine
from tests.engine.headers import ethernet, ip, tcp

NGINX = Owner("nginx", 412, "www-data", "0123456789ab", "nginx.service", "server")
IN_ANOTHER = Owner("curl", 77, "root", "", "", "client", "blue")
OF_ANOTHER = Owner("", 0, "root", "", "", "client")


def owned(owner: Owner | None) -> Engine:
    """A flow that belongs to a process."""
    engine = new_engine()
    feed(engine, [ethernet(ip(tcp()))], [1])
    if owner is not None:
        engine.name_owner(engine.flows[0], owner)
    return engine


def in_json(engine: Engine) -> dict[str, object]:
    flow = engine.flows[0]
    text = REPORTED.json_writer(engine).flow_text(i64(0), flow, findings_of(engine, flow))
    names: dict[str, object] = json.loads(text)["names"]
    return names


def in_csv(engine: Engine) -> dict[str, str]:
    flow = engine.flows[0]
    text = REPORTED.csv_writer(engine).flow_text(i64(0), flow, findings_of(engine, flow))
    (cells,) = csv.reader([text.decode()])
    return dict(zip(REPORTED.column_names(), cells, strict=True))


def test_all_that_is_known() -> None:
    engine = owned(NGINX)
    told = {"name": "nginx", "pid": 412, "user": "www-data", "container": "0123456789ab",
            "unit": "nginx.service", "side": "server"}  # fmt: skip
    assert in_json(engine) == {"process": told}
    cells = in_csv(engine)
    assert {name: cells[f"names_process_{name}"] for name in told} == {
        name: str(value) for name, value in told.items()
    }


def test_a_process_in_another_network_namespace() -> None:
    engine = owned(IN_ANOTHER)
    told = {"name": "curl", "pid": 77, "user": "root", "side": "client", "namespace": "blue"}
    assert in_json(engine) == {"process": told}
    assert in_csv(engine)["names_process_namespace"] == "blue"


def test_only_the_user_is_known() -> None:
    assert in_json(owned(OF_ANOTHER)) == {"process": {"user": "root", "side": "client"}}


def test_nothing_is_known() -> None:
    assert in_json(owned(None)) == {}
    assert in_csv(owned(None))["names_process_pid"] == ""


@pytest.mark.parametrize(
    ("owner", "key"), [(NGINX, b'"nginx"'), (OF_ANOTHER, b'"unknown"'), (None, b'"unknown"')]
)
def test_key_of_its_group(owner: Owner | None, key: bytes) -> None:
    engine = owned(owner)
    assert ProcessKeys(engine).of(engine.flows[0]) == key


@pytest.mark.parametrize(
    ("owner", "sentence"),
    [
        (NGINX, "The server is nginx (pid 412, user www-data, nginx.service, container "
                "0123456789ab)."),
        (IN_ANOTHER, "The client is curl (pid 77, user root, network namespace blue)."),
        (OF_ANOTHER, "The client is a process of another user (user root)."),
    ],
)  # fmt: skip
def test_why_line(owner: Owner, sentence: str) -> None:
    engine = owned(owner)
    assert sentence in of_flow(Judge(engine, None).judge(engine.flows[0]))


@pytest.mark.parametrize(("owner", "titles"), [(NGINX, 1), (None, 0)])
def test_a_column_where_there_are_some(owner: Owner | None, titles: int) -> None:
    engine = owned(owner)
    judge, flow = Judge(engine, None), engine.flows[0]
    owners = [drawing.owner_name(flow, judge)]
    placed = drawing.place_columns(
        drawing.DEFAULT, drawing.column_widths(engine.flows, 1, owners=owners), 220
    )
    assert plain(drawing.header(placed, "process", False)).count("process") == titles
    assert plain(drawing.row(flow, placed, judge)).count("nginx") == titles
    keep = search("NGI")
    assert keep is not None
    assert keep(flow, judge) == bool(owner)
