"""Facts into explanations, with evidence."""
