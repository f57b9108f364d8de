"""A copy of the sources to add something to, and to run it interpreted.

What is compiled cannot be added to while it runs; of a copy only the sources are taken.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


class CopiedTree:
    """The package in another folder; ``touched`` are the files that differ from the original."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.touched: set[str] = set()
        compiled = shutil.ignore_patterns("*.so", "*.pyc", "__pycache__")
        shutil.copytree(ROOT / "tcptui", folder / "tcptui", ignore=compiled)

    def add_file(self, name: str, text: str) -> None:
        """Put a new module into the package."""
        path = self.folder / "tcptui" / name
        assert not path.exists()
        path.write_text(text)
        self.touched.add(name)

    def add_after(self, name: str, line: str, text: str) -> None:
        """Put ``text`` behind the only line of a module that is ``line``."""
        path = self.folder / "tcptui" / name
        before, found, after = path.read_text().partition(f"\n{line}\n")
        assert found, f"{name} has no line {line!r}"
        path.write_text(before + found + text + after)
        self.touched.add(name)

    def run(self, script: str, *arguments: str) -> Any:
        """What a script prints as JSON that imports the copy, and samples, docs and tests here."""
        paths = os.pathsep.join((str(self.folder), str(ROOT)))
        environment = os.environ | {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            [sys.executable, "-P", "-c", script, *arguments],
            cwd=self.folder, env=environment, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
