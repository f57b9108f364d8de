"""Each segment of a flow is followed through all points, and said what became of it."""

from collections import Counter
from pathlib import Path

import pytest

from tcptui.between.journeys import AGAIN, LOST, MISSED, OVERTAKEN, TWICE, Journeys, followed
from tcptui.between.segment_told import told_of_segment
from tests.between.test_between import FATES, SEGMENTS, WAYS, analysed
from tests.between.way import Fates, Play, Segment, Way, download

SIGNS = {
    LOST: "lost", TWICE: "twice", OVERTAKEN: "late", AGAIN: "beyond", MISSED: "missed",
}  # fmt: skip


def journeys_of(tmp_path: Path, way: Way, fates: Fates) -> Journeys:
    comparison = analysed(tmp_path, *download(way, SEGMENTS, fates).files())
    (flow,) = comparison.flows
    return followed(comparison, flow)


def counted(fates: Fates) -> Counter[str]:
    """How many segments have which fate; lost ones are sent again, and pass."""
    return +Counter(
        lost=len(set(fates.lost)),
        twice=len({*fates.twice, *fates.echoed}),
        late=len(set(fates.late)),
        beyond=len(set(fates.beyond)),
        missed=len({*fates.missed_at_a, *fates.missed_at_b}),
    )


@pytest.mark.parametrize("fate", FATES)
@pytest.mark.parametrize("way", ["plain", "NAT and numbers rewritten", "clock hours ahead"])
def test_a_journey_has_the_fate_of_its_segment(way: str, fate: str, tmp_path: Path) -> None:
    journeys = journeys_of(tmp_path, WAYS[way], FATES[fate])
    found = Counter(
        name
        for journey in range(journeys.count)
        for bit, name in SIGNS.items()
        if journeys.fate(journey) & bit
    )
    assert found == counted(FATES[fate])


def test_journeys_have_every_packet_once_in_the_order_of_time(tmp_path: Path) -> None:
    journeys = journeys_of(tmp_path, Way(), FATES["all"])
    times = [journeys.time(journey, journeys.seen(journey)[0]) for journey in range(journeys.count)]
    assert times == sorted(times)
    for place, point in enumerate(journeys.comparison.points):
        rows = [journeys.row(journey, place) for journey in range(journeys.count)]
        assert sorted(row for row in rows if row >= 0) == list(range(point.engine.packets.count))


def test_pieces_of_a_segment_have_a_journey_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A captures two pieces of each segment of 1,000 bytes that B captures whole."""

    def capture_pieces(play: Play, sent: Segment, time: int) -> None:
        for at in range(0, max(sent.size, 1), 500):
            piece = sent._replace(seq=sent.seq + at, size=min(sent.size - at, 500))
            play.at_a.append(play.record(piece, time + at, True))

    monkeypatch.setattr(Play, "capture_a", capture_pieces)
    journeys = journeys_of(tmp_path, Way(), Fates(lost={4}))
    at_b = Counter(
        journeys.row(journey, 1)
        for journey in range(journeys.count)
        if journeys.from_server(journey) and len(journeys.seen(journey)) == 2
    )
    assert Counter(at_b.values()) == {1: 1, 2: SEGMENTS}, "the SYN+ACK, and all data"
    assert [n for n in range(journeys.count) if journeys.fate(n)] == [
        n for n in range(journeys.count) if journeys.fate(n) == LOST
    ]


@pytest.mark.parametrize(
    ("fates", "bit", "said"),
    [
        (Fates(lost={5}), LOST, ["Vanished between B and A.", "Sent again 150 ms later"]),
        (Fates(beyond={5}), AGAIN, ["Passed A, the last point on its way", "8.00 ms on the way"]),
        (Fates(twice={5}), TWICE, ["is the second of two that one became before A"]),
        (Fates(late={5}), OVERTAKEN, ["Overtaken between the points", "6.00 ms more"]),
        (Fates(missed_at_a={5}), MISSED, ["Must have passed A, whose file lacks it."]),
        (Fates(missed_at_b={5}), MISSED, ["Must have passed B, whose file lacks it."]),
    ],
)  # fmt: skip
def test_what_is_said_of_a_segment(fates: Fates, bit: int, said: list[str], tmp_path: Path) -> None:
    journeys = journeys_of(tmp_path, Way(), fates)
    (journey,) = (n for n in range(journeys.count) if journeys.fate(n) & bit)
    text = " ".join(told_of_segment(journeys, journey))
    assert all(words in text for words in said), text


def test_a_repeat_says_what_became_of_the_first(tmp_path: Path) -> None:
    journeys = journeys_of(tmp_path, Way(), Fates(lost={5}))
    (lost,) = (n for n in range(journeys.count) if journeys.fate(n) & LOST)
    texts = [" ".join(told_of_segment(journeys, n)) for n in range(lost + 1, journeys.count)]
    assert sum("which vanished between B and A" in text for text in texts) == 1
