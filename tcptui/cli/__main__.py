"""`python -m tcptui.cli` does the same as the command `tcptui`."""

from tcptui.start import run

if __name__ == "__main__":
    run()
