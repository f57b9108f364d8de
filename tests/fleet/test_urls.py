"""What an address has of credentials is told nowhere."""

import re
from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from tcptui.fleet.urls import is_url, scrubbed, without_credentials
from tests.fleet.swept import WEB_LOSS, rows, sweep

TOLD = [
    ("s3://bucket/a.pcap", "s3://bucket/a.pcap"),
    ("sftp://me:secret@host/a.pcap", "sftp://host/a.pcap"),
    ("sftp://me@host:22/a.pcap", "sftp://host:22/a.pcap"),
    ("sftp://me:se@cret@host/a.pcap", "sftp://host/a.pcap"),
    ("sftp://me:se/cret@host/a.pcap", "sftp://host/a.pcap"),
    ("sftp://me:se#cret?x@host/a.pcap", "sftp://host/a.pcap"),
    ("sftp://[::1]:22/a@b.pcap", "sftp://[::1]:22/a@b.pcap"),
    ("https://host/a.pcap?token=secret&x=1", "https://host/a.pcap"),
    ("https://host/a.pcap#secret", "https://host/a.pcap"),
    ("https://host?token=secret", "https://host"),
    ("https://host?a=b/c@d", "https://host"),
    ("zip://a.pcap::sftp://me:secret@host/a.zip", "zip://a.pcap::sftp://host/a.zip"),
    ("memory://a@b/c@d.pcap", "memory://b/c@d.pcap"),
]


@pytest.mark.parametrize(("url", "told"), TOLD)
def test_an_address_is_told_without(url: str, told: str) -> None:
    assert is_url(url)
    assert without_credentials(url) == told


@pytest.mark.parametrize("url", [url for url, _ in TOLD if "secret" in url])
def test_a_text_about_an_address_is_told_without(url: str) -> None:
    assert "secret" not in scrubbed(f"cannot open {url}: secret is wrong", url)


def test_what_is_decoded_is_found_too() -> None:
    url = "sftp://me:p%40ss@host/x"
    assert scrubbed("password p@ss or p%40ss", url) == "password … or …"


class Guarded(MemoryFileSystem):  # type: ignore[misc]
    """Takes credentials in its addresses, and chatters about them."""

    protocol = "guarded"
    cachable = False

    def __init__(self, user: str = "", password: str = "", **_: Any) -> None:
        super().__init__()
        self.credentials = user, password

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return "/" + re.sub("^guarded://([^/]*@)?[^/]*", "", path).lstrip("/")

    @staticmethod
    def _get_kwargs_from_urls(path: str) -> dict[str, str]:
        match = re.match("guarded://([^:]*):([^@]*)@", path)
        return {"user": match[1], "password": match[2]} if match else {}

    def _open(self, path: str, *arguments: Any, **options: Any) -> Any:
        if "refused" in path:
            user, password = self.credentials
            raise PermissionError(f"guarded://{user}:{password}@host{path}: wrong {password}")
        return super()._open(path, *arguments, **options)


@pytest.mark.usefixtures("in_process")
def test_credentials_reach_nothing_that_is_written(tmp_path: Path) -> None:
    fsspec.register_implementation("guarded", Guarded, clobber=True)
    memory = fsspec.filesystem("memory")
    for name in ("good", "refused"):
        memory.pipe(f"/host1/{name}.pcapng", WEB_LOSS.read_bytes())
    out = tmp_path / "out"
    ended = sweep(out, "guarded://xuserx:xsecretx@host/host1")
    memory.rm("/host1", recursive=True)
    assert ended.code == 0
    assert [row["capture"] for row in rows(out, "captures")] == [
        "guarded://host/host1/good.pcapng",
        "guarded://host/host1/refused.pcapng",
    ]
    assert "PermissionError" in rows(out, "captures")[1]["error"]
    told = repr([rows(out, name) for name in ("captures", "flows", "findings")]) + ended.stderr
    written = [path.read_bytes() for path in out.rglob("*") if path.is_file()]
    for secret in ("xuserx", "xsecretx"):
        assert secret not in told
        assert not any(secret.encode() in one for one in written)
