"""The rules run again over a flow's rows say of every flagged segment what they said before."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from tcptui.capture.errors import CaptureError
from tcptui.capture.source import open_source
from tcptui.engine import engine as engine_module
from tcptui.engine.engine import Engine
from tcptui.engine.wireshark.flags import flag_names
from tcptui.engine.wireshark.recorder import FIRED
from tcptui.engine.wireshark.replay import Replay
from tcptui.engine.wireshark.rule_sets import RULE_SETS
from tcptui.engine.wireshark.rules import Rules
from tcptui.report.rereading import reader
from tcptui.session import analyse
from tests.corpus.oracles import CORPUS
from tests.sampling import sample

OF_CORPUS = sorted(path for path in (CORPUS / "captures").rglob("*") if path.is_file())
SAMPLED = sorted((Path(__file__).parents[2] / "samples").glob("*.pcap*"))
CAPTURES = [*SAMPLED, *OF_CORPUS]
STEP = 4 if engine_module.__file__.endswith(".so") else 40
"""Compiled every fourth capture; interpreted, which is slower, every fortieth."""


def unlike(path: Path, rules: Rules, flagged: Counter[str]) -> Iterator[str]:
    """The flagged segments of a capture of which a replay does not say what their rows say."""
    engine = Engine(rules)
    source = open_source([str(path)], seekable=True)
    try:
        for _ in analyse(source, engine):
            pass
        read = reader(engine, source)
        replays: dict[int, Replay] = {}
        packets = engine.packets
        for row in range(int(packets.count)):
            said = int(packets.analysis(row))
            if not said:
                continue
            flagged[path.name] += 1
            index = int(packets.flow(row))
            if index not in replays:
                replays[index] = Replay(engine, engine.flows[index], read)
            recorder = replays[index].decisions_at(row)
            if recorder is None:
                yield f"{path.name} #{packets.frame(row)}: {replays[index].why_not}"
                continue
            fired = [int(one.flag) for one in recorder.decisions if one.reason == FIRED]
            if sum(fired) != said:
                found = [flag_names(flag) for flag in fired]
                yield f"{path.name} #{packets.frame(row)}: {flag_names(said)}, fired {found}"
    finally:
        source.close()


@pytest.mark.parametrize("release", RULE_SETS)
def test_flags_are_what_the_rules_say_when_they_run_again(release: str) -> None:
    assert disagreements([*SAMPLED, *sample(OF_CORPUS, STEP)], release) == []


@pytest.mark.slow
@pytest.mark.parametrize("release", RULE_SETS)
def test_every_flag_is_what_the_rules_say_when_they_run_again(release: str) -> None:
    assert disagreements(CAPTURES, release) == []


def disagreements(captures: Sequence[Path], release: str) -> list[str]:
    flagged: Counter[str] = Counter()
    found: list[str] = []
    for path in captures:
        with suppress(CaptureError):
            found += unlike(path, RULE_SETS[release], flagged)
    assert flagged.total() > 0
    return found
