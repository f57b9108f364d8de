"""Make the samples that are written as packet scripts: ``python -m samples.make_samples``.

Each ``scripts/NAME.txt`` becomes ``NAME.pcapng``, the same bytes every time; its title and
comments are kept in the file. (``web_loss.py`` makes the one that real kernels speak.)
"""

from pathlib import Path

from samples.capture_files import Record, pcapng
from samples.frames import frame
from samples.packet_script import read_script

SAMPLES = Path(__file__).parent
SCRIPTS = sorted((SAMPLES / "scripts").glob("*.txt"))


def sample(path: Path) -> bytes:
    """The capture file of a script."""
    script = read_script(path)
    records = (Record(packet.time, frame(packet), packet.comment) for packet in script.packets)
    return pcapng(records, script.title)


def main() -> None:
    for path in SCRIPTS:
        (SAMPLES / f"{path.stem}.pcapng").write_bytes(sample(path))


if __name__ == "__main__":
    main()
