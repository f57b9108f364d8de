"""Offers the rows of a capture as objects, and as Arrow tables to programs that take them."""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, Generic, TypeVar

from tcptui.tables.requirement import EXTRA, require, require_pyarrow

Row = TypeVar("Row")


class Table(Generic[Row]):
    """Rows of one kind: an iterable of objects, and an Arrow table.

    What speaks Arrow's C stream protocol takes it as it is: ``polars.DataFrame(table)``,
    ``pyarrow.table(table)``, ``duckdb.sql("select … from table")``. The table is made once, when it
    is first asked for.
    """

    def __init__(
        self, name: str, rows: Callable[[], Iterator[Row]], make: Callable[[], Any]
    ) -> None:
        self._name = name
        self._rows = rows
        self._make = make

    def __iter__(self) -> Iterator[Row]:
        return self._rows()

    def __repr__(self) -> str:
        return f"<tcptui {self._name}>"

    @cached_property
    def _table(self) -> Any:
        require_pyarrow(f"the table of {self._name}")
        return self._make()

    def to_arrow(self) -> Any:
        """Return a `pyarrow.Table`. Raises ImportError without `tcptui[data]`."""
        return self._table

    def to_polars(self) -> Any:
        """Return a `polars.DataFrame`. Raises ImportError without polars or `tcptui[data]`."""
        require("polars", "to_polars()", f"{EXTRA} polars")
        import polars

        return polars.DataFrame(self)

    def to_pandas(self) -> Any:
        """Return a `pandas.DataFrame`. Raises ImportError without pandas or `tcptui[data]`."""
        require("pandas", "to_pandas()", f"{EXTRA} pandas")
        return self._table.to_pandas()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> object:
        return self._table.schema.__arrow_c_schema__()
