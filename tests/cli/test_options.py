"""What a command does not take is refused by its name, and what was meant is suggested."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tcptui.cli.parser import parse
from tcptui.cli.request import UsageError
from tcptui.cli.screen import show
from tcptui.panes.ladder.drawing import TimeColumn
from tests.cli.running import Ended, run

SAMPLE = str(Path(__file__).parents[2] / "samples" / "web-loss.pcapng")

REFUSED = [
    ("compare F --format json", "compare takes no --format"),
    ("explain F 7 -Y ((", "explain takes no -Y"),
    ("packets F --threshold 3", "packets takes no --threshold, which belongs to compare"),
    ("F --threshold 3", "tcptui FILE takes no --threshold, which belongs to compare"),
    ("report F --kind rtt", "report takes no --kind, which belongs to graph"),
    ("report F --calm", "report takes no --calm, which belongs to tcptui FILE and between"),
    ("doctor -r F", "doctor takes no -r; `tcptui doctor --help` lists what it takes"),
    ("graph F 0 --kind rtt -v", "graph takes no -v"),
    ("between F F -Y tcp", "between takes no -Y"),
    ("between F F -C 1", "between compares all of its captures: it takes no -C"),
    ("graph F 0 -i lo", "graph reads files: tcptui graph FILE"),
    ("packets F -T json", "-T json is tshark's: --format says how to print here"),
    ("report F -Q in", "-Q only works with -i"),
    ("report F --keep-flows 9", "--keep-flows only works with -i"),
    ("-i lo -Q sideways", "-Q sideways: one of in, out, inout"),
    ("-i lo -Z no-such-user", "-Z no-such-user: the name of a user of this system"),
    ("-i lo -z gzip", "-z: run the command on the files afterwards"),
    ("-r F -d", "-d: `tcpdump -d` prints the program"),
    ("-r F --count", "--count: `tcptui report` counts the packets"),
    ("report F --treshold 3", "option --treshold not recognized; did you mean --threshold?"),
    ("report F --formt md", "option --formt not recognized; did you mean --format?"),
    ("report F --xyz", "option --xyz not recognized; `tcptui --help` lists the options"),
    ("-e packets F", "packets: write the command first: tcptui packets"),
    ("reprot F", "reprot: no such file or command; did you mean report?"),
    ("Packets", "Packets: no such file or command; did you mean packets?"),
    ("port 80", "port 80: a capture filter needs an input: -i NAME or -r FILE"),
    ("-F F -r F", "-F F: a text file, of 1 MiB at most; -r reads captures"),
    ("-V F", "-V F: a text file, of 1 MiB at most; -r reads captures"),
    ("-V empty", "-V empty: a text file with the name of a capture in each line"),
    ("-F filter", "-F gives a capture filter, which needs an input"),
    ("-F filter -r F tcp", "-F gives the capture filter already: tcp"),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a capture F, a filter and a list of captures."""
    monkeypatch.chdir(tmp_path)
    Path("F").write_bytes(Path(SAMPLE).read_bytes())
    Path("filter").write_text("tcp and # the server\n  src port 80\n# nothing\n")
    Path("empty").touch()
    Path("list").write_text("F\nF\n")
    return tmp_path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("line", "reason"), REFUSED, ids=[line for line, _ in REFUSED])
def test_refused(line: str, reason: str) -> None:
    ended = run(*line.split())
    assert (ended.code, ended.stdout) == (2, b"")
    assert reason in ended.stderr


def test_a_file_with_a_name_like_a_command_is_a_file(folder: Path) -> None:
    (folder / "reprot").write_bytes((folder / "F").read_bytes())
    assert run("reprot").code == 0


# -- tcpdump's options -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "-nnvvXSs0 -i eth0",
        "-nnvvXSs0 -r F port 80",
        "report -v -vv -vvv -A -X -XX -x -xx -q -e -l -U -S -K -N -O -f -u -H -# -r F",
        "packets --number --print --micro --nano --immediate-mode -j host -r F",
        "-i eth0 -Q in -Z root --immediate-mode tcp",
    ],
)
def test_accepted(line: str) -> None:
    assert parse(line.split()).command in ("open", "report", "packets")


@pytest.mark.usefixtures("folder")
def test_a_filter_from_a_file() -> None:
    by_file = run("packets", "-r", "F", "-F", "filter")
    assert by_file == run("packets", "-r", "F", "tcp and src port 80")
    assert by_file != run("packets", "F")


@pytest.mark.usefixtures("folder")
def test_a_list_of_captures() -> None:
    assert run("packets", "-V", "list") == run("packets", "F", "F")
    missing = run("packets", "-V", "nothing")
    assert (missing.code, missing.stderr) == (
        3, "tcptui: nothing: no such file or directory; check the name\n"
    )  # fmt: skip


def test_e_takes_a_field_for_packets_alone() -> None:
    assert parse("-e tcp.seq packets F".split()).output.fields == ["tcp.seq"]
    assert parse("report -e F".split()).input.files == ["F"]
    assert parse("report -e F".split()).unheeded == ["-e"]


def test_what_has_no_effect_is_said_once_to_who_types(folder: Path) -> None:
    words = [sys.executable, "-m", "tcptui.cli", "report", "-nnvvXS", "-vr", str(folder / "F")]
    told = "tcptui: -v, -X, -S: accepted as tcpdump's, without effect here"
    master, slave = pty.openpty()
    root = Path(__file__).parents[2]
    subprocess.run(words, cwd=root, stdout=subprocess.DEVNULL, stderr=slave, check=True)
    os.close(slave)
    said = os.read(master, 4096).decode()
    os.close(master)
    assert said.count(told) == said.count("tcptui:") == 1
    assert run(*words[3:]).stderr == ""


def test_t_chooses_among_the_time_columns_of_the_ladder(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []

    def run_app(*_: object, time: str, **__: object) -> int:
        shown.append(time)
        return 0

    monkeypatch.setattr("tcptui.app.run", run_app)
    monkeypatch.setattr("tcptui.cli.screen.prepare_terminal", lambda _: lambda: (False, False))
    for number in range(6):
        show(parse([*["-t"] * number, SAMPLE]))
    assert shown == ["", "none", "epoch", "delta", "date", "start"]
    assert {name.upper() for name in shown[1:]} < {*TimeColumn.__members__}
    with pytest.raises(UsageError, match="-ttttt"):
        parse(["-tttttt", SAMPLE])


# -- filters in the wrong place --------------------------------------------------------------------

TOLD = [
    ("-r F tcp.port==80", "this is a display filter, so type tcptui -r F -Y tcp.port==80"),
    ("report -r F ip.addr==1.2.3.4", "so type tcptui report -r F -Y ip.addr==1.2.3.4"),
    ("-r F http.request", "this is a display filter, so type tcptui -r F -Y http.request"),
    ("-r F my.proto == 3", "so type tcptui -r F -Y 'my.proto == 3'"),
    ("packets F -Y ip6", "this is a capture filter, so type tcptui packets -r F ip6"),
]
NO_DNS = "unknown host 'www.example.com' (column 6); DNS is never asked, so write its address"
UNTOLD = [
    "-r F www.example.com",
    "-r F src www.example.com and",
    "-r F host",
    "-r F tcp port",
    "packets F -Y tcp.len>",
]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("line", "advice"), TOLD, ids=[line for line, _ in TOLD])
def test_a_filter_of_the_other_language(line: str, advice: str) -> None:
    ended = run(*line.split())
    assert ended.code == 2
    assert advice in ended.stderr


@pytest.mark.usefixtures("folder")
def test_a_capture_filter_of_several_words_as_a_display_filter() -> None:
    ended = run("F", "-Y", "tcp port 80")
    assert ended.code == 2
    assert "this is a capture filter, so type tcptui -r F 'tcp port 80'" in ended.stderr


@pytest.mark.usefixtures("folder")
def test_a_name_that_only_dns_knows() -> None:
    ended = run("-r", "F", "host", "www.example.com")
    assert (ended.code, ended.stderr) == (2, f"tcptui: {NO_DNS}\n")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("line", UNTOLD)
def test_a_filter_of_neither_language(line: str) -> None:
    ended: Ended = run(*line.split())
    assert ended.code == 2
    assert "so type" not in ended.stderr
