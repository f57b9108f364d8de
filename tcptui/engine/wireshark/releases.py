"""The names of Wireshark releases compare as the releases follow each other."""


def has_come(release: str, by: str) -> bool:
    """Return whether a release is not later than another one; the empty one was before all."""
    return not release or version(release) <= version(by)


def version(release: str) -> list[int]:
    """Return a name as its numbers: 4.10 comes after 4.9."""
    return [int(part) for part in release.split(".")]
