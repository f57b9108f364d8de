"""Finds whose flows they are: processes of this host, by what its kernel knows of their sockets."""
