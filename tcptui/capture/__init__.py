"""Where bytes come from: capture files, streams and growing files as batches of records."""
