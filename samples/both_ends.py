"""Make both-ends-client.pcapng and both-ends-server.pcapng: ``python -m samples.both_ends``.

The network of :mod:`samples.web_loss`, captured at both ends at once: what its router drops is in
one capture only, what the client drops is in both. Python's web server gives two files. Each run
gives other captures. Needs what that module needs.
"""

import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from samples.capture_files import pcapng
from samples.web_loss import DEVICE, LINE, PORT, SERVER, inside, network, records, run, running

FILES = {"page.html": 30_000, "photo.jpg": 90_000}
ENDS = ("client", "server")
TITLE = "Two downloads between two Linux kernels, as the {} end saw them"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, network():
        for name, size in FILES.items():
            Path(folder, name).write_bytes((LINE * (size // len(LINE) + 1))[:size])
        captures = {end: Path(folder, f"{end}.pcap") for end in ENDS}
        with ExitStack() as stack:
            for end, capture in captures.items():
                tcpdump = f"tcpdump -i {DEVICE} --time-stamp-precision nano -U -w {capture} tcp"
                stack.enter_context(running(inside(end, *tcpdump.split())))
            server = [sys.executable, "-m", "http.server", str(PORT), "-b", SERVER, "-d", folder]
            stack.enter_context(running(inside("server", *server)))
            for name in FILES:
                url = f"http://{SERVER}:{PORT}/{name}"
                fetch = f"import urllib.request as web; web.urlopen('{url}').read()"
                run(*inside("client", sys.executable, "-c", fetch))
            time.sleep(1)
        for end, capture in captures.items():
            target = Path(__file__).parent / f"both-ends-{end}.pcapng"
            target.write_bytes(pcapng(records(capture), TITLE.format(f"{end}'s")))


if __name__ == "__main__":
    main()
