"""Options of Multipath TCP; their values are compared with tshark's in test_values_of_tshark."""

from hypothesis import given
from hypothesis import strategies as st

from tcptui.fields.mptcp_fields import MPTCP_FIELDS, parts_of

NAMES = {field.name.removeprefix("tcp.options.mptcp."): field for field in MPTCP_FIELDS}


@given(st.binary(min_size=1, max_size=40))
def test_any_bytes_have_parts_that_fields_show(value: bytes) -> None:
    for name, found in parts_of(value):
        field = NAMES[name]
        assert not isinstance(found, int) or found.bit_length() <= field.bits


def test_an_option_that_is_cut_short_has_what_is_there() -> None:
    assert list(parts_of(b"\x00")) == [("subtype", 0), ("version", 0)]
    assert dict(parts_of(b"\x20\x05\x00\x00\x00\x07\x00"))["rawdataack"] == 7
    assert "rawdataseqno" not in dict(parts_of(b"\x20\x05\x00\x00\x00\x07\x00"))
