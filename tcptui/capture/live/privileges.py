"""Gives up what sudo gave, once the interface is open."""

import os
import pwd
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from tcptui.capture.live.refusal import Reason, Refusal

MOST_ID: Final = (1 << 32) - 2
"""The largest number of a user or group; the next one means "none" to the system."""


@dataclass(frozen=True)
class Invoker:
    """The user who called the program that gave root: numbers, and what passwd says, if it knows
    the user."""

    uid: int
    gid: int
    name: str = ""
    home: str = ""


def invoking_user(environment: Mapping[str, str] = os.environ) -> Invoker | None:
    """Return who called sudo, pkexec or doas; None if nobody did, or root itself. Raises
    Refusal."""
    return caller(environment) if os.geteuid() == 0 else None


def named_user(name: str) -> Invoker | None:
    """Return the user of this name; None for root, and where there are no privileges to give up,
    as with tcpdump. Raises Refusal."""
    user = by_name({"-Z": name}, "-Z")
    return user if user.uid and os.geteuid() == 0 else None


def caller(environment: Mapping[str, str]) -> Invoker | None:
    """Return who called them, also after what they gave was given up. Raises Refusal."""
    for variable, find in VARIABLES.items():
        if variable in environment and (user := find(environment, variable)).uid:
            return user
    return None


def by_number(environment: Mapping[str, str], variable: str) -> Invoker:
    """Return the user whose number the variable has, known to passwd or not. Raises Refusal."""
    uid = number(environment, variable)
    try:
        return known(pwd.getpwuid(uid))
    except KeyError:
        return Invoker(uid, number(environment, GROUPS[variable]))


def by_name(environment: Mapping[str, str], variable: str) -> Invoker:
    """Return the user whose name the variable has. Raises Refusal."""
    try:
        return known(pwd.getpwnam(environment[variable]))
    except (KeyError, ValueError):
        raise refusal(variable, f"no user is called {environment[variable]!r}") from None


VARIABLES: Final[Mapping[str, Callable[[Mapping[str, str], str], Invoker]]] = {
    "SUDO_UID": by_number,
    "PKEXEC_UID": by_number,
    "DOAS_USER": by_name,
}
"""The variable in which each of the programs that give root names its caller, and how it is
read."""
GROUPS: Final = {"SUDO_UID": "SUDO_GID", "PKEXEC_UID": "SUDO_GID"}
"""The variable with the group of a user whom passwd does not know."""


def known(entry: pwd.struct_passwd) -> Invoker:
    return Invoker(entry.pw_uid, entry.pw_gid, entry.pw_name, entry.pw_dir)


def number(environment: Mapping[str, str], variable: str) -> int:
    """Return the user's or group's number that a variable has. Raises Refusal."""
    text = environment.get(variable)
    if text is None:
        raise refusal(variable, "not set, and passwd does not know the caller")
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= MOST_ID):
        raise refusal(variable, f"{text!r} is not the number of a user or group")
    return int(text)


def refusal(where: str, what: str) -> Refusal:
    return Refusal(Reason.PRIVILEGES, f"{where}: {what}")


def drop_privileges(name: str = "") -> None:
    """Become the user of this name, or who called sudo, for good; root's name keeps what there is.
    Raises Refusal where that cannot be."""
    user = named_user(name) if name else invoking_user()
    if user is None:
        return
    try:
        become_user(user)
    except OSError as error:
        who = user.name or f"user {user.uid}"
        raise refusal("privileges", f"cannot become {who} ({error.strerror})") from None
    if not is_for_good(user):
        raise refusal("privileges", "root privileges could be regained after they were given up")
    if user.name:
        os.environ |= {"HOME": user.home, "USER": user.name, "LOGNAME": user.name}


def become_user(user: Invoker) -> None:
    """Take over the user's groups, then the user's number. Raises OSError."""
    if user.name:
        os.initgroups(user.name, user.gid)
    else:
        os.setgroups([])
    os.setgid(user.gid)
    os.setuid(user.uid)


def is_for_good(user: Invoker) -> bool:
    """Return whether all ids of the process are the user's, and the system gives root's back no
    more."""
    if {os.getuid(), os.geteuid()} != {user.uid} or {os.getgid(), os.getegid()} != {user.gid}:
        return False
    try:
        os.setuid(0)
    except PermissionError:
        return True
    return False
