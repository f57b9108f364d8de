"""Each module reads one capture file format: it finds the records in the file's bytes."""
