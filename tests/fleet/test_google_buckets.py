"""A bucket of Google's is swept as a folder is; gcp-storage-emulator stands in for it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fleet.swept import SAMPLES, check_bucket, sweep

MISSING = "such a bucket needs gcsfs and gcp-storage-emulator: pip install '.[test-others]'"
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("in_process")]
emulator: Any = pytest.importorskip("gcp_storage_emulator.server", reason=MISSING)
pytest.importorskip("gcsfs", reason=MISSING)

SMALL = [one for one in SAMPLES if one.stat().st_size < 20_000]
BUCKET = "fleet"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The file system of a server that speaks to gcsfs, with a bucket of captures."""
    # gcsfs would ask for the bucket's type by gRPC first, a minute long.
    monkeypatch.setenv("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")
    server = emulator.create_server("127.0.0.1", 0, in_memory=True, default_bucket=BUCKET)
    server.start()
    port = server._api._httpd.socket.getsockname()[1]
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{port}")
    import gcsfs

    gcsfs.GCSFileSystem.clear_instance_cache()
    files = gcsfs.GCSFileSystem()
    for sample in SMALL:
        files.pipe_file(f"{BUCKET}/web1/{sample.name}", sample.read_bytes())
    yield files
    server.stop()
    gcsfs.GCSFileSystem.clear_instance_cache()


def test_a_bucket_has_the_rows_of_a_folder(bucket: Any, tmp_path: Path) -> None:
    words = [f"gs://{BUCKET}", f"gs://{BUCKET}/web1/*.pcapng"]
    check_bucket(tmp_path, SMALL, f"gs://{BUCKET}/web1", words)
    assert "nothing to do" in sweep(tmp_path / "0", f"gs://{BUCKET}", "--resume").stderr


def test_what_is_not_there_is_said(bucket: Any, tmp_path: Path) -> None:
    ended = sweep(tmp_path / "out", f"gs://{BUCKET}/x.pcap")
    assert ended.code == 3
    assert ended.stderr.startswith(f"tcptui: gs://{BUCKET}/x.pcap: FileNotFoundError")
