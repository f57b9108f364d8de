"""Both endpoints' state machines, as a tap can follow them (RFC 9293, section 3.3.2)."""
