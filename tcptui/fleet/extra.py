"""Says what to install where a sweep is asked for and its packages are missing."""

from typing import Final

from tcptui.tables.requirement import require

EXTRA: Final = "pip install 'tcptui[fleet]'"
PACKAGES: Final = ("distributed", "fsspec", "pyarrow")


def require_fleet(dashboard: bool) -> None:
    """Load what a sweep runs on, and what draws its dashboard. Raises MissingPackage."""
    for package in PACKAGES:
        require(package, "sweep", EXTRA)
    if dashboard:
        require("bokeh", "--dashboard", f"{EXTRA} bokeh")
