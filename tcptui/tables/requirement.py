"""Says what to install where tables are asked for and pyarrow is missing."""

from importlib import import_module
from typing import Final

EXTRA: Final = "pip install 'tcptui[data]'"


class MissingPackage(ImportError):
    """A package that is not installed is needed; the text names the command that installs it."""


def require(package: str, purpose: str, command: str) -> None:
    """Load a package. Raises MissingPackage."""
    try:
        import_module(package)
    except ImportError as error:
        raise MissingPackage(f"{purpose} needs {package}: {command}") from error


def require_pyarrow(purpose: str) -> None:
    """Load what makes tables. Raises MissingPackage."""
    require("pyarrow", purpose, EXTRA)
