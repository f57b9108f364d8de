"""The build hook: compiles the hot modules with mypyc, or says why it cannot and goes without.

The modules are ordinary Python and run interpreted too, only slower; so a missing C compiler or
missing headers make a pure package instead of a failed installation. A regular build puts the
extension modules into the wheel, an editable one puts them beside their sources.

With TCPTUI_EXPECT_COMPILED=1 in the environment a build that cannot compile fails;
TCPTUI_OPTIMISE=0 … 3 chooses the compiler's effort (3), for who edits and compiles often.
"""

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LIBRARY = "tcptui"
"""mypyc adds __mypyc: the shared library with all the code, beside the package."""

MYPY_OPTIONS = ("--config-file=", "--cache-dir=/dev/null")


class NotCompiled(Exception):
    """Why the modules cannot be compiled here, in one line."""


def check_toolchain() -> None:
    """Raise NotCompiled unless a C compiler finds Python's headers."""
    compiler = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")
    headers = sysconfig.get_path("include")
    probe = [*compiler, "-E", "-x", "c", "-I", headers, "-"]
    try:
        result = subprocess.run(probe, input=b"#include <Python.h>\n", capture_output=True)
    except OSError:
        raise NotCompiled(f"no C compiler: {compiler[0]} not found") from None
    if result.returncode:
        raise NotCompiled(f"Python's headers (python3-dev) not found: no Python.h in {headers}")


COMPILER_OPTIONS = {
    # The first two let the compiler join functions of different modules: a fifth less time. The
    # warning costs as much time as the code, and none of a newer compiler's may fail the build.
    "linux": [
        "-fno-semantic-interposition",
        "-fvisibility=hidden",
        "-Wno-misleading-indentation",
        "-Wno-error",
    ],
    "darwin": ["-Wno-error"],
}


def find_modules(root: Path, patterns: Sequence[str]) -> list[str]:
    """The modules that the patterns name, relative to the root, without any __init__.py."""
    found = {path for pattern in patterns for path in root.glob(pattern)}
    return sorted(str(path.relative_to(root)) for path in found if path.stem != "__init__")


def compile_modules(modules: Sequence[str], target: Path, scratch: str) -> None:
    """Compile modules into extension modules below the target; the current folder is the root."""
    from mypyc.build import mypycify
    from setuptools import Distribution

    try:
        extensions = mypycify(
            [*MYPY_OPTIONS, *modules],
            opt_level=os.environ.get("TCPTUI_OPTIMISE", "3"),
            debug_level="0",
            strip_asserts=True,
            group_name=LIBRARY,
            target_dir=scratch,
        )
        for extension in extensions:
            extension.extra_compile_args += COMPILER_OPTIONS.get(sys.platform, [])
        command = Distribution({"ext_modules": extensions}).get_command_obj("build_ext")
        command.build_lib, command.build_temp = str(target), scratch
        command.ensure_finalized()
        command.run()
    except (Exception, SystemExit) as error:
        raise NotCompiled(f"mypyc failed: {error}") from error


def remove_compiled(root: Path) -> None:
    """Remove what an earlier editable build left beside the sources."""
    for pattern in (f"{LIBRARY}__mypyc*.so", "tcptui/**/*.so"):
        for path in root.glob(pattern):
            path.unlink()


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Called by hatchling before and after it packs a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile; on success the wheel carries the extension modules and a platform tag."""
        self.scratch = tempfile.TemporaryDirectory(prefix="tcptui-build-")
        try:
            compiled = self.compile()
        except NotCompiled as reason:
            if os.environ.get("TCPTUI_EXPECT_COMPILED") == "1":
                raise
            self.app.display_warning(f"tcptui: building without compiled modules: {reason}")
            return
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        if version == "editable":
            remove_compiled(Path(self.root))
            shutil.copytree(compiled, self.root, dirs_exist_ok=True)
        else:
            build_data["force_include"][str(compiled)] = "/"

    def compile(self) -> Path:
        """Compile the configured modules; returns the folder that holds the results."""
        check_toolchain()
        modules = find_modules(Path(self.root), self.config["modules"])
        compiled = Path(self.scratch.name, "compiled")
        compile_modules(modules, compiled, self.scratch.name)
        self.app.display_info(f"tcptui: compiled {len(modules)} modules")
        return compiled

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the scratch folder once the wheel is packed."""
        self.scratch.cleanup()
