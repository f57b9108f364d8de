"""From captured bytes to the TCP headers in them: link layers, IP, tunnels, fragments."""
