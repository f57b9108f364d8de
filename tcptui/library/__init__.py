"""This room is what `import tcptui` offers to programs and notebooks; docs/library.md shows it."""
