"""A cluster within the test's own process, in place of the one that a sweep starts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

pytest.importorskip("distributed", reason="sweeps need it: pip install '.[test]'")

import dask
from distributed import Client

from tcptui.fleet.cluster import NO_PAGES


@pytest.fixture(scope="session")
def client() -> Iterator[Any]:
    """A client whose one worker is a thread of this process."""
    with (
        dask.config.set(NO_PAGES),
        Client(processes=False, n_workers=1, threads_per_worker=1, dashboard_address=":0") as one,
    ):
        yield one


@pytest.fixture
def in_process(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `sweep` run in this process."""

    @contextmanager
    def cluster(*_: object) -> Iterator[Any]:
        yield client

    monkeypatch.setattr("tcptui.cli.sweep.cluster", cluster)
