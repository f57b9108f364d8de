"""What is opened one after the other, under one command line."""

from pathlib import Path

from tcptui.capture.source import Source
from tcptui.captures import Captures

SAMPLE = Path(__file__).parents[2] / "samples" / "openings.pcapng"


def test_only_the_first_files_are_narrowed_so_that_no_copy_is_written_over() -> None:
    narrowed: list[Source] = []

    def narrow(source: Source) -> Source:
        narrowed.append(source)
        return source

    captures = Captures({}, narrow=narrow)
    first, second = captures.files([str(SAMPLE)]), captures.files([str(SAMPLE)])
    captures.stop()
    assert narrowed == [first.session.source]
    assert second.session.source is not first.session.source


def test_what_was_opened_earlier_is_left() -> None:
    captures = Captures({})
    first, second = captures.files([str(SAMPLE)]), captures.files([str(SAMPLE)])
    captures.leave_earlier()
    assert captures.opened == [second]
    assert first.session._stopped.is_set()
    captures.stop()
