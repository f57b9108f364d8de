"""Fetch files from a web server, one connection each: the client of make_capture.py."""

import asyncio
import random
import sys

TIMEOUT_SECONDS = 60.0


async def fetch(host: str, path: str) -> int:
    """Fetch one file on a connection of its own; returns the bytes received."""
    reader, writer = await asyncio.open_connection(host, 80)
    writer.write(f"GET /{path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n".encode())
    received = 0
    while chunk := await reader.read(65536):
        received += len(chunk)
    writer.close()
    await writer.wait_closed()
    return received


async def worker(host: str, paths: list[str]) -> tuple[int, int]:
    """Fetch until the shared list is empty; returns bytes received and failed fetches."""
    received = failed = 0
    while paths:
        try:
            received += await asyncio.wait_for(fetch(host, paths.pop()), TIMEOUT_SECONDS)
        except (OSError, TimeoutError):
            failed += 1
    return received, failed


async def main(host: str, connections: int, files: int, parallel: int) -> None:
    chooser = random.Random(1)
    paths = [str(chooser.randrange(files)) for _ in range(connections)]
    results = await asyncio.gather(*(worker(host, paths) for _ in range(parallel)))
    print(
        f"{connections} connections, {sum(failed for _, failed in results)} failed,",
        f"{sum(received for received, _ in results)} bytes",
    )


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], *map(int, sys.argv[2:5])))
