"""This room holds where bytes come from: files, streams and growing files become batches of
records."""
