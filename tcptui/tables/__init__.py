"""This room makes Arrow tables of the fields; its modules but `requirement` need pyarrow."""
