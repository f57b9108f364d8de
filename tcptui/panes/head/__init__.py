"""The head line says what is open, how much of it, and what leads in it."""
