"""A bucket is swept as a folder is; moto stands in for S3."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fleet.swept import SAMPLES, check_bucket, sweep

MISSING = "a bucket needs moto and s3fs: pip install '.[test-others]'"
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("in_process")]
moto: Any = pytest.importorskip("moto.server", reason=MISSING)
pytest.importorskip("s3fs", reason=MISSING)

SMALL = [one for one in SAMPLES if one.stat().st_size < 20_000]


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The file system of a server that speaks S3, with a bucket of captures."""
    import s3fs

    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "xkeyx")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "xsecretx")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    s3fs.S3FileSystem.clear_instance_cache()
    files = s3fs.S3FileSystem()
    if not files.exists("fleet"):  # moto keeps it from one server to the next
        files.mkdir("fleet")
    for sample in SMALL:
        files.put_file(str(sample), f"fleet/web1/{sample.name}")
    yield files
    server.stop()
    s3fs.S3FileSystem.clear_instance_cache()


def test_a_bucket_has_the_rows_of_a_folder(bucket: Any, tmp_path: Path) -> None:
    words = ["s3://fleet", "s3://fleet/web1/*.pcapng"]
    check_bucket(tmp_path, SMALL, "s3://fleet/web1", words)


def test_what_has_changed_in_a_bucket_is_read_again(bucket: Any, tmp_path: Path) -> None:
    out = tmp_path / "out"
    sweep(out, "s3://fleet")
    assert "nothing to do" in sweep(out, "s3://fleet", "--resume").stderr
    bucket.put_file(str(SMALL[1]), f"fleet/web1/{SMALL[0].name}")
    bucket.invalidate_cache()
    ended = sweep(out, "s3://fleet", "--resume")
    assert (ended.code, ended.stderr.split(",")[0]) == (0, "tcptui: 1 capture")


def test_what_is_not_there_is_said(bucket: Any, tmp_path: Path) -> None:
    ended = sweep(tmp_path / "out", "s3://nothing/x.pcap")
    assert ended.code == 3
    assert ended.stderr.startswith("tcptui: s3://nothing/x.pcap: FileNotFoundError")
