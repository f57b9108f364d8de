"""This room analyses many captures at once, on Dask, into Parquet; it needs `tcptui[fleet]`."""
