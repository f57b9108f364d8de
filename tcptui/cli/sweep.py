"""Runs `tcptui sweep`: analyses many captures on Dask, into Parquet."""

import gc
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

from tcptui.cli.exit_codes import DONE
from tcptui.cli.reading import chosen_rules
from tcptui.cli.request import Request, UsageError
from tcptui.tables.requirement import MissingPackage


def sweep(request: Request) -> int:
    """Analyse all captures that are named, and write the data set; return the exit code."""
    check_sweep(request)
    from tcptui.fleet.out_folder import held_alone
    from tcptui.fleet.sweep import SweepRequest, plan
    from tcptui.fleet.sweep import sweep as sweep_all

    chosen = request.sweep
    rules = chosen_rules(request).name
    asked = SweepRequest(
        request.input.files, Path(chosen.out), rules, chosen.host_from, chosen.resume
    )
    with held_alone(asked.out):
        planned = plan(asked)
        gc.enable()  # a cluster makes garbage as long as it works
        sweep_all(partial(cluster, request, len(planned.sources)), asked, planned)
    return DONE


def check_sweep(request: Request) -> None:
    """Check that what is asked for goes together and is installed. Raises UsageError."""
    chosen = request.sweep
    if not chosen.out:
        raise UsageError("sweep needs a folder for its data set: tcptui sweep SOURCE… -o OUT")
    if chosen.scheduler and (chosen.workers or chosen.dashboard):
        wrong = "--workers" if chosen.workers else "--dashboard"
        raise UsageError(f"{wrong}: a scheduler that is running has its own")
    from tcptui.fleet.extra import require_fleet

    try:
        require_fleet(chosen.dashboard)
    except MissingPackage as error:
        raise UsageError(str(error)) from error


def cluster(request: Request, captures: int) -> AbstractContextManager[Any]:
    """Return the cluster that is asked for; one on this machine has no more processes than there
    are captures."""
    from tcptui.fleet.cluster import local_cluster, processors, running_cluster

    chosen = request.sweep
    if chosen.scheduler:
        return running_cluster(chosen.scheduler)
    return local_cluster(min(chosen.workers or processors(), captures), chosen.dashboard)
