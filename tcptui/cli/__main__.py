"""`python -m tcptui.cli`: the same as the command."""

from tcptui.start import run

if __name__ == "__main__":
    run()
