"""Live capture: a process of its own turns an interface into files that grow."""
