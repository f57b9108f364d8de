"""The fuzzer itself, and a minute of it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from tcptui.drawing.cells import Run
from tests.fuzz import answers, compressed, containers, limits, packets, runner, targets, tunnels
from tests.fuzz.checks import Broken, check_line, check_text, read_json
from tests.fuzz.faults import fault_of
from tests.fuzz.inputs import FILE, STREAM, Input, make_input
from tests.fuzz.seeds import Seeds, make_seeds
from tests.fuzz.worker import try_input

ROOT = Path(__file__).parents[2]
SEED = int(os.environ.get("TCPTUI_FUZZ_SEED", time.time() // 86_400))
"""Another one each day."""
SECONDS = int(os.environ.get("TCPTUI_FUZZ_SECONDS", "60"))


@pytest.fixture(scope="module")
def seeds() -> Seeds:
    return make_seeds(with_corpus=False)


def test_an_input_is_made_from_seed_and_number_alone(seeds: Seeds) -> None:
    again = make_seeds(with_corpus=False)
    made = [make_input(seeds, 7, number) for number in range(200)]
    assert made == [make_input(again, 7, number) for number in range(200)]
    assert made != [make_input(seeds, 8, number) for number in range(200)]


def test_every_mutator_is_used(seeds: Seeds) -> None:
    applied = {name for number in range(4000) for name in make_input(seeds, 1, number).mutators}
    wanted = {*packets.MUTATORS, *containers.MUTATORS, *containers.FORMS, *compressed.COMPRESSORS}
    assert wanted <= applied


@pytest.mark.parametrize("name", tunnels.WRAPS)
def test_a_tunnel_holds_its_packet(name: str, seeds: Seeds) -> None:
    inner = tunnels.ip_of(seeds.drafts[0][0].data)
    assert inner is not None
    made = [tunnels.WRAPS[name](Random(number), inner) for number in range(20)]
    assert any(inner[-20:] in data for data in made)
    assert len(set(made)) > 1


def test_parts_are_the_whole_file(seeds: Seeds) -> None:
    for number, draft in enumerate(seeds.drafts[:60]):
        made = containers.write(Random(number), draft)
        parts = containers.parts_of(made.data)
        assert parts.data == made.data
        assert len(parts.parts) > 1 or made.form == "netmon"


# number of the input: what happens, and how the fault is told
MISBEHAVIOUR = {3: "Broken: no such promise", 4: "TooSlow", 5: "SIGTERM", 6: "TooBig", 7: "exit 9"}


def misbehave(kind: str, data: bytes, random: Random, whole: bool = False) -> list[str]:
    number = int(data)
    if number == 3:
        raise Broken("no such promise")
    while number == 4:
        pass
    if number == 5:
        os.kill(os.getpid(), signal.SIGTERM)
    if number == 6:
        assert len(bytearray(b"x") * (64 << 20)) > 0
    if number == 7:
        os._exit(9)
    return [kind]


def test_what_misbehaves_is_named_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(targets, "run", misbehave)
    monkeypatch.setattr(limits, "MOST_SECONDS", 0.5)
    monkeypatch.setattr(limits, "MOST_GROWTH", 32 << 20)
    monkeypatch.setattr("tests.fuzz.worker.make_input", numbered)
    monkeypatch.setattr("tests.fuzz.runner.make_input", numbered)
    run = runner.Run(Seeds([], []), 1, 0, 20, 2, tmp_path)
    run.go()
    assert run.inputs == 20
    told = {fault.number: fault.words for fault in run.faults.first.values()}
    assert told.keys() == MISBEHAVIOUR.keys()
    for number, words in MISBEHAVIOUR.items():
        assert words in told[number]
        assert (tmp_path / f"1-{number}.file").read_bytes() == str(number).encode()


def numbered(seeds: Seeds, seed: int, number: int) -> Input:
    return Input(number, FILE, str(number).encode(), ())


@pytest.mark.parametrize("text", ["\x1b[31m", "\x9b", "\u202e", "\x00", "\x7f", "\udc80"])
def test_controls_are_found(text: str) -> None:
    with pytest.raises(Broken, match="control character"):
        check_text(f"a{text}b", "a text")
    with pytest.raises(Broken):
        check_line([Run(f"a{text}b")], "a line")


@pytest.mark.parametrize("text", [b"NaN", b"[1, -Infinity]", b'{"a": "\x1b"}', b'"\xff"', b"{"])
def test_json_is_strict(text: bytes) -> None:
    with pytest.raises((Broken, ValueError)):
        read_json(text)


def test_samples_are_put_through_all_targets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for path in sorted((ROOT / "samples").glob("*.pcapng")):
        if path.stat().st_size < 50_000:
            passed, fault = try_input(Input(0, FILE, path.read_bytes(), ()), Random(1), whole=True)
            assert fault is None
            assert set(passed) == {FILE, *targets.TARGETS}


def test_a_stream_becomes_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    draft = make_seeds(with_corpus=False).drafts[0]
    data = containers.pcap(Random(2), draft).data
    assert answers.answer(STREAM, data).startswith(b'{"capture"')
    assert answers.answer(STREAM, b"Password:").startswith(
        b"refused: eth0: the stream ended after 9"
    )


def test_a_kind_is_what_was_raised_and_where() -> None:
    try:
        misbehave(FILE, b"3", Random())
    except Broken as error:
        fault = fault_of(3, error)
    assert fault.kind.startswith("Broken at tests/fuzz/test_fuzz.py:")
    assert fault.words == "Broken: no such promise"


def fuzz(*arguments: str) -> None:
    """Run the fuzzer in a process of its own; what it says is shown where it fails."""
    command = [sys.executable, "-m", "tests.fuzz", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900)
    print(done.stdout, done.stderr)
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.fuzz
def test_a_minute_of_inputs(tmp_path: Path) -> None:
    fuzz(f"--seed={SEED}", "--inputs=10000000", f"--seconds={SECONDS}", f"--folder={tmp_path}")


@pytest.mark.fuzz
@pytest.mark.skipif(not answers.is_compiled(), reason="the engine is interpreted")
def test_compiled_and_interpreted_say_the_same(tmp_path: Path) -> None:
    fuzz("--compare", f"--seed={SEED}", "--inputs=1000000", "--seconds=20", f"--folder={tmp_path}")
