"""The build hook: compiles the hot modules with mypyc, or says why it cannot and goes without.

The modules are ordinary Python and run interpreted too, only slower; so a missing C compiler or
missing headers make a pure package instead of a failed installation, which carries the reason
(``NOT_COMPILED``) for who wonders why it is slow. A regular build puts the extension modules into
the wheel, an editable one puts them beside their sources.

With TCPTUI_EXPECT_COMPILED=1 in the environment a build that cannot compile fails;
TCPTUI_OPTIMISE=0 … 3 is the most effort that the compiler may make (3), for who edits and compiles
often.
"""

import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LIBRARY = "tcptui"
"""mypyc adds __mypyc: the shared library with all the code, beside the package."""

NOT_COMPILED = "tcptui/not_compiled.txt"
"""Says in one line why the package was built without compiled modules; tcptui.build reads it."""

MYPY_OPTIONS = (
    "--config-file=",
    "--cache-dir=/dev/null",
    "--ignore-missing-imports",
    # Where polars, pydantic and others are installed, two thirds of the checking would be theirs.
    "--no-site-packages",
)
"""What is compiled names types of what is not, whose own imports a build does not have."""

OPTIONS_BEFORE = {
    # They let the compiler join functions of different modules: a fifth less time.
    # Tables for exceptions of C++, of which there are none, are a fifteenth of the library.
    "linux": [
        "-fno-semantic-interposition",
        "-fvisibility=hidden",
        "-fno-asynchronous-unwind-tables",
    ],
}

OPTIONS_AFTER = [
    # No warning of another compiler may fail the build (mypyc asks for -Werror), nor what newer
    # ones take for an error where older ones warn.
    "-w",
    "-Wno-error",
    "-Wno-error=incompatible-pointer-types",
    "-Wno-error=int-conversion",
    "-Wno-error=implicit-function-declaration",
    # 3 % of gcc's time for the hot unit (-ftime-report); clang takes the option and ignores it.
    "-fno-gcse",
    # What no module calls is left to the linker to drop.
    "-ffunction-sections",
]

OPTIONS_IF_TAKEN = [
    # Equal ends of functions stand once, as gcc's -O2 has them: a twelfth less at no cost.
    "-fcrossjumping",
    # Bodies that are copied into those who call them: 80 kB less, and 1 % more instructions.
    "--param=max-inline-insns-auto=20",
    # What runs for a packet is as much as a processor's cache for code: no gaps in it.
    "-falign-functions=16",
    "-falign-jumps=1",
    "-falign-labels=1",
    "-falign-loops=1",
]
"""Of gcc's options clang ignores some, and ends at others."""

LINKER_OPTIONS = {
    # No symbols, which nobody reads, no functions that are never called, and no empty pages
    # between the parts of 200 small files.
    "linux": ["-Wl,-s", "-Wl,--gc-sections", "-Wl,-z,noseparate-code", "-Wl,--build-id=none"],
}

PACKED_RELOCATIONS = "-Wl,-z,pack-relative-relocs"
"""A tenth of the library is where it has addresses of itself: in a twentieth of the bytes, for a
loader that knows the form. Linkers that do not know it warn, and go on."""

FIRST_GLIBC_WITH_PACKED = (2, 36)

SHIM_OPTIONS = ["-O1", "-g0", "-fno-asynchronous-unwind-tables", *OPTIONS_AFTER]
SHIM_LINKER_OPTIONS = {
    # Half of each of 190 files is what a program needs to start and to end, and alignment.
    "linux": ["-nostartfiles", "-Wl,-z,norelro"],
}
"""Of the small file beside the library that Python finds for each module."""

FOR_SHIMS = "for_shims"
"""The folder of Python's compiled headers, which the library's units, of other options, pass by."""

HOT_EFFORT = 3

COLD_EFFORTS = ("0", "g")
"""What is not hot takes a third less time to compile with -Og than with -O1, and is smaller."""

ONCE = "#define RUNS_ONCE __attribute__((cold, noinline))\n"

INLINE = """\
#include <Python.h>
#if PY_VERSION_HEX < 0x030C0000 && !defined(Py_REF_DEBUG)
static inline __attribute__((always_inline)) void (Py_DECREF)(PyObject *);
#endif
"""
"""As Python's own headers have it since 3.12: with -Og gcc would call it."""

SELDOM = """\
#define SELDOM __attribute__((cold))
SELDOM void CPyError_OutOfMemory(void);
SELDOM void CPy_AddTraceback(const char *, const char *, int, PyObject *);
SELDOM void CPy_TypeErrorTraceback(
    const char *, const char *, int, PyObject *, const char *, PyObject *);
SELDOM void CPy_AttributeError(
    const char *, const char *, const char *, const char *, int, PyObject *);
SELDOM void CPy_TypeError(const char *, PyObject *);
SELDOM PyAPI_FUNC(void) PyErr_SetString(PyObject *, const char *);
SELDOM PyAPI_FUNC(void) PyErr_SetNone(PyObject *);
SELDOM PyAPI_FUNC(void) _Py_Dealloc(PyObject *);
"""
"""What the hot unit calls where something fails, or a last reference ends: the compiler keeps that
away from what runs for each packet, which then misses the processor's cache for code a tenth less
often (valgrind --tool=cachegrind)."""

RUN_ONCE = re.compile(
    r"^(char CPyDef_\w+_____top_level__\(void\) \{"
    r"|static int CPyExec_\w+__impl\(PyObject \*module\))$.*?^\}",
    re.MULTILINE | re.DOTALL,
)
"""What mypyc writes for the statements of a module: a third of all code, run at its import."""


HEADER_MISSING = re.compile(r"\bPython\.h'?(: No such file| file not found)")
"""How gcc and clang say that they do not find it."""


class NotCompiled(Exception):
    """Why the modules cannot be compiled here, in one line."""


def check_toolchain() -> None:
    """Raise NotCompiled unless a C compiler runs and finds Python's headers."""
    compiler = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")
    headers = sysconfig.get_path("include")
    if not shutil.which(compiler[0]):
        raise NotCompiled(f"no C compiler: {compiler[0]} not found")
    with tempfile.TemporaryDirectory(prefix="tcptui-probe-") as scratch:
        probe = [*compiler, "-x", "c", "-I", headers, "-c", "-o", f"{scratch}/probe.o", "-"]
        run_compiler(probe, "int probe;\n")
        try:
            run_compiler(probe, "#include <Python.h>\n")
        except NotCompiled as error:
            if not HEADER_MISSING.search(str(error)):
                raise
            reason = f"Python's headers (python3-dev) not found: no Python.h in {headers}"
            raise NotCompiled(reason) from None


def taken_options(compiler: Sequence[str]) -> list[str]:
    """Return those of `OPTIONS_IF_TAKEN` that a compiler takes."""
    return [option for option in OPTIONS_IF_TAKEN if takes_option(compiler, option)]


def library_linker_options() -> list[str]:
    options = LINKER_OPTIONS.get(sys.platform, [])
    return [*options, PACKED_RELOCATIONS] if glibc_release() >= FIRST_GLIBC_WITH_PACKED else options


def glibc_release() -> tuple[int, ...]:
    """Return the release of glibc, like (2, 36); with another C library nothing."""
    name, release = platform.libc_ver()
    return tuple(map(int, re.findall(r"\d+", release))) if name == "glibc" else ()


def takes_option(compiler: Sequence[str], option: str) -> bool:
    try:
        run_compiler([*compiler, option, "-x", "c", "-c", "-o", os.devnull, "-"], "int probe;\n")
    except NotCompiled:
        return False
    return True


def run_compiler(
    command: Sequence[str], source: str | None = None, name: str | None = None
) -> None:
    """Run a compiler's command; raises NotCompiled with the compiler's own reason."""
    compiler = name or Path(command[0]).name
    try:
        result = subprocess.run(
            list(map(str, command)),
            input=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise NotCompiled(f"the C compiler {compiler} does not run: {error.strerror}") from error
    if result.returncode:
        raise NotCompiled(f"the C compiler {compiler} fails: {first_error(result)}")


def first_error(result: subprocess.CompletedProcess[str]) -> str:
    """Return the line of a compiler's output that names its error, else its exit status."""
    lines = [line.strip() for line in result.stdout.splitlines() if line.strip()]
    named = [line for line in lines if "error" in line.lower()]
    return (named or lines or [f"exit status {result.returncode}, without a word"])[0]


def find_modules(root: Path, patterns: Sequence[str]) -> list[str]:
    """The modules that the patterns name, relative to the root, without any __init__.py."""
    found = {path for pattern in patterns for path in root.glob(pattern)}
    return sorted(str(path.relative_to(root)) for path in found if path.stem != "__init__")


class Unit(NamedTuple):
    """C files that the compiler sees as one, so that it joins their functions, and its effort, as
    behind -O."""

    source: str
    effort: str


def units_of(sources: Sequence[str], hot: Sequence[str], scratch: str) -> list[Unit]:
    """Write the units of mypyc's C files, the longest to compile first.

    The hot modules and mypyc's runtime are one unit that takes all effort; the others are a unit
    for each room, with little.
    """
    effort = min(int(os.environ.get("TCPTUI_OPTIMISE", HOT_EFFORT)), HOT_EFFORT)
    generated = {c_name(module) for module in hot}
    units: dict[str, list[str]] = {"hot": []}
    for source in sources:
        name = Path(source).name
        own = name.startswith(f"__native_{LIBRARY}")
        room = "hot" if not own or name in generated else "_".join(name.split("___")[1:-1][:1])
        units.setdefault(room, []).append(source)
        if own:
            mark_what_runs_once(Path(source))
    for room, members in units.items():
        # The runtime first: the modules' code uses its macros.
        members.sort(key=lambda source: Path(source).name.startswith("__native_"))
        lines = "".join(f'#include "{Path(member).absolute()}"\n' for member in members)
        header = INLINE + SELDOM if room == "hot" else INLINE
        Path(scratch, f"unit_{room}.c").write_text(header + lines)
    weight = {room: sum(Path(member).stat().st_size for member in units[room]) for room in units}
    cold = COLD_EFFORTS[min(effort, len(COLD_EFFORTS) - 1)]
    return [
        Unit(f"{scratch}/unit_{room}.c", str(effort) if room == "hot" else cold)
        for room in sorted(units, key=lambda room: (room != "hot", -weight[room]))
    ]


def c_name(module: str) -> str:
    """Return the name of the C file that mypyc writes for a module."""
    return f"__native_{module.removesuffix('.py').replace('/', '___')}.c"


def mark_what_runs_once(source: Path) -> None:
    """Tell the compiler which functions should be small instead of fast; nor are they to have what
    a reference's end takes at each of 8,000 places."""
    source.write_text(ONCE + RUN_ONCE.sub(write_small, source.read_text()))


def write_small(function: re.Match[str]) -> str:
    return "RUNS_ONCE " + function[0].replace("CPy_DECREF(", "CPy_DecRef(")


def compile_modules(
    modules: Sequence[str], target: Path, scratch: str, hot: Sequence[str] = ()
) -> None:
    """Compile modules into extension modules below the target; the current folder is the root."""
    from setuptools import Distribution
    from setuptools.command.build_ext import build_ext

    class Build(build_ext):  # type: ignore[misc]
        """Compiles on all processors: a shim for each module while mypyc, which uses one processor,
        writes the library's C; then the library's units."""

        def build_extensions(self) -> None:
            self.compile_header()
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                compiler = Path(self.compiler.compiler_so[0]).name
                script = self.commands_for_shims()
                shims = pool.submit(run_compiler, ["sh", "-e"], script, compiler)
                library = write_library(modules, scratch)
                library.extra_compile_args += taken_options(self.compiler.compiler_so)
                self.compiler.spawn = run_compiler
                units = units_of(library.sources, hot, scratch)
                objects = [pool.submit(self.compile_unit, library, unit) for unit in units]
                compiled = [path for unit in objects for path in unit.result()]
                shims.result()
            self.compiler.link_shared_object(
                compiled,
                self.get_ext_fullpath(library.name),
                extra_postargs=library.extra_link_args,
            )

        def commands_for_shims(self) -> str:
            """Return a script: a process of its own does not wait for mypyc to let threads run."""
            commands: list[Sequence[str]] = []
            self.compiler.spawn = commands.append
            for shim in self.extensions:
                self.build_extension(shim)
            return "".join(f"{shlex.join(map(str, command))}\n" for command in commands)

        def compile_unit(self, library: Any, unit: Unit) -> list[str]:
            arguments = [*library.extra_compile_args, f"-O{unit.effort}"]
            folders = library.include_dirs
            compiled: list[str] = self.compiler.compile(
                [unit.source], self.build_temp, include_dirs=folders, extra_postargs=arguments
            )
            return compiled

        def compile_header(self) -> None:
            """Compile Python's headers once for all shims; clang passes by what gcc makes of it."""
            header = Path(sysconfig.get_path("include"), "Python.h")
            folder = Path(scratch, FOR_SHIMS)
            folder.mkdir()
            output = [f"-I{header.parent}", "-x", "c-header", "-o", f"{folder}/Python.h.gch"]
            run_compiler([*self.compiler.compiler_so, *SHIM_OPTIONS, *output, str(header)])

    try:
        command = Build(
            Distribution({"ext_modules": [write_shim(name, scratch) for name in modules]})
        )
        command.build_lib, command.build_temp = str(target), scratch
        command.ensure_finalized()
        command.run()
    except NotCompiled:
        raise
    except (Exception, SystemExit) as error:
        raise NotCompiled(f"mypyc failed: {one_line(error)}") from error


def write_shim(module: str, scratch: str) -> Any:
    """Write the C file that finds a module in the library; returns its extension."""
    from mypyc.build import generate_c_extension_shim
    from setuptools import Extension

    name = module.removesuffix(".py").replace("/", ".")
    source = generate_c_extension_shim(name, name.rpartition(".")[2], scratch, LIBRARY)
    return Extension(
        name,
        [source],
        include_dirs=[f"{scratch}/{FOR_SHIMS}"],
        extra_compile_args=SHIM_OPTIONS,
        extra_link_args=[
            *LINKER_OPTIONS.get(sys.platform, []),
            *SHIM_LINKER_OPTIONS.get(sys.platform, []),
        ],
    )


def write_library(modules: Sequence[str], scratch: str) -> Any:
    """Write the library's C files with mypyc; returns its extension."""
    from mypyc.build import mypycify

    library, *_ = mypycify(
        [*MYPY_OPTIONS, *modules],
        debug_level="0",
        strip_asserts=True,
        multi_file=True,
        group_name=LIBRARY,
        target_dir=scratch,
    )
    library.extra_compile_args += OPTIONS_BEFORE.get(sys.platform, []) + OPTIONS_AFTER
    library.extra_link_args = library_linker_options()
    return library


def one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def remove_compiled(root: Path) -> None:
    """Remove what an earlier editable build left beside the sources."""
    for pattern in (f"{LIBRARY}__mypyc*.so", "tcptui/**/*.so"):
        for path in root.glob(pattern):
            path.unlink()
    Path(root, NOT_COMPILED).unlink(missing_ok=True)


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
            self.give_reason(str(reason), version, build_data)
            return
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        if version == "editable":
            remove_compiled(Path(self.root))
            shutil.copytree(compiled, self.root, dirs_exist_ok=True)
        else:
            build_data["force_include"][str(compiled)] = "/"
            self.leave_out_sources()

    def compile(self) -> Path:
        """Compile the configured modules; returns the folder that holds the results."""
        check_toolchain()
        modules = find_modules(Path(self.root), self.config["modules"])
        compiled = Path(self.scratch.name, "compiled")
        hot = find_modules(Path(self.root), self.config["hot"])
        compile_modules(modules, compiled, self.scratch.name, hot)
        self.app.display_info(f"tcptui: compiled {len(modules)} modules")
        return compiled

    def leave_out_sources(self) -> None:
        """Keep the sources of compiled modules out of the wheel: Python never loads them there,
        and installers would compile them once more."""
        chosen = self.build_config.target_config
        modules = find_modules(Path(self.root), self.config["modules"])
        chosen["exclude"] = [*chosen.get("exclude", []), *(f"/{module}" for module in modules)]

    def give_reason(self, reason: str, version: str, build_data: dict[str, Any]) -> None:
        """Put the reason into the package, where the program finds it."""
        if version == "editable":
            remove_compiled(Path(self.root))
            Path(self.root, NOT_COMPILED).write_text(f"{reason}\n")
            return
        written = Path(self.scratch.name, "reason")
        written.write_text(f"{reason}\n")
        build_data["force_include"][str(written)] = NOT_COMPILED

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the scratch folder once the wheel is packed."""
        self.scratch.cleanup()
