"""Wireshark's analysis: the tcp.analysis flags and the values that go with them."""
