"""A ticket names the files of its capture with size and hash."""

from pathlib import Path

from tcptui.filters.ticket import digest_of, file_line


def test_a_file_is_hashed_once_for_each_version_of_it(tmp_path: Path) -> None:
    file = tmp_path / "web.pcap"
    file.write_bytes(b"abc")
    first = file_line("web.pcap", str(file))
    assert first.startswith("`web.pcap`, 3 bytes, SHA-256 `ba7816bf")
    misses = digest_of.cache_info().misses
    assert file_line("web.pcap", str(file)) == first
    assert digest_of.cache_info().misses == misses
    file.write_bytes(b"abcd")
    assert file_line("web.pcap", str(file)).startswith("`web.pcap`, 4 bytes, SHA-256 `88d4266f")


def test_what_cannot_be_read_again_is_named_alone(tmp_path: Path) -> None:
    assert file_line("gone.pcap", str(tmp_path / "gone.pcap")) == "`gone.pcap`"
    assert file_line("-", None) == "`-`"
