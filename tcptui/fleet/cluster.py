"""Opens the Dask cluster that a sweep runs on: one on this machine, or one that is running."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from logging import NOTSET, disable
from signal import SIG_IGN, SIGINT, signal
from typing import Any, Final
from urllib.parse import urlsplit

import dask
from distributed import Client, LocalCluster
from distributed.utils import get_mp_context

from tcptui.capture.errors import WrongOption
from tcptui.fleet.versions import Versions, versions
from tcptui.stderr import say

HERE: Final = "127.0.0.1"
LOCAL: Final = (HERE, "localhost", "::1")
SILENT: Final = 100
"""Above all levels of logging: what is wrong is said by tcptui, without arguments of tasks."""
PATIENCE: Final = 30
"""Seconds for a scheduler to answer, and to have a worker."""
NO_PAGES: Final[dict[str, object]] = {
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}
"""Without --dashboard nothing is told by HTTP, not even that it works."""
UNWATCHED: Final[dict[str, object]] = NO_PAGES | {
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.tick.interval": "1s",
    "distributed.scheduler.active-memory-manager.start": False,
    "distributed.worker.profile.enabled": False,
}
"""Nor does anything measure what only the dashboard would show: at Dask's own intervals that takes
some per cent of the processors for as long as the sweep takes."""
STARTED: Final[dict[str, object]] = {
    "distributed.nanny.pre-spawn-environ": {},  # memory is given back after a run, not all the time
    "distributed.worker.multiprocessing-method": (
        "spawn" if sys.platform == "darwin" else "forkserver"
    ),
}
"""How workers start: forked from a process that has loaded, once for all, what they need."""
LOADED_ONCE: Final = "tcptui.fleet.loaded"


@contextmanager
def silence() -> Iterator[None]:
    """Keep the libraries from writing to stderr what they meet; what matters is raised too."""
    disable(SILENT)
    try:
        yield
    finally:
        disable(NOTSET)


@contextmanager
def local_cluster(workers: int, dashboard: bool) -> Iterator[Client]:
    """Start processes on this machine that only this machine can reach."""
    settings = STARTED | ({} if dashboard else UNWATCHED)
    with silence(), dask.config.set(settings), started(workers, dashboard) as cluster:
        if dashboard:
            say(f"dashboard: {cluster.dashboard_link}")
        with Client(cluster) as client:
            check_workers(client)
            yield client


def started(workers: int, dashboard: bool) -> LocalCluster:
    """Start a cluster, which inherits that interrupts are ignored: they reach all processes of a
    terminal, and this one ends the others."""
    before = signal(SIGINT, SIG_IGN)
    try:
        get_mp_context().set_forkserver_preload([LOADED_ONCE])
        return LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host=HERE,
            dashboard_address=f"{HERE}:{8787 if dashboard else 0}",
            scheduler_kwargs={"dashboard": dashboard},
            silence_logs=SILENT,
        )
    finally:
        signal(SIGINT, before)


@contextmanager
def running_cluster(scheduler: str) -> Iterator[Client]:
    """Use the workers of a scheduler. Raises WrongOption."""
    address = urlsplit(scheduler)
    if address.scheme == "tcp" and address.hostname not in LOCAL:
        say(f"--scheduler {scheduler}: names and results pass unencrypted; tls:// encrypts them")
    with silence(), connected(scheduler) as client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            where = f"--scheduler {scheduler}"
            raise WrongOption("it has no workers", where, "start some") from error
        check_workers(client)
        yield client


def connected(scheduler: str) -> Client:
    """Connect to a scheduler. Raises WrongOption."""
    try:
        return Client(scheduler, timeout=PATIENCE)
    except (OSError, ValueError, RuntimeError, TypeError) as error:
        advice = "check the address, and for tls:// the certificates in Dask's configuration"
        raise WrongOption("no scheduler answers", f"--scheduler {scheduler}", advice) from error


def check_workers(client: Any) -> None:
    """Check that all workers are of this version. Raises WrongOption, with their names."""
    here = versions()
    found = client.run(versions, on_error="return")
    others = [f"{name} has {told(has)}" for name, has in sorted(found.items()) if has != here]
    if others:
        raise WrongOption(f"this is {here}", "; ".join(others), "install the same for all workers")


def told(has: Versions | BaseException) -> str:
    """Return what a worker has, in words."""
    return str(has) if isinstance(has, tuple) else "no tcptui that can sweep"


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
