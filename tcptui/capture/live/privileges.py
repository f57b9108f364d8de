"""Giving up what sudo gave, once the interface is open."""

import os
import pwd


def invoking_user() -> pwd.struct_passwd | None:
    """Who called sudo; None where nobody did, or root itself."""
    if os.geteuid() != 0:
        return None
    try:
        user = pwd.getpwuid(int(os.environ["SUDO_UID"]))
    except (KeyError, ValueError):
        return None
    return user if user.pw_uid else None


def drop() -> str:
    """Become the user who called sudo, for good; the user's name, or empty if nothing was done."""
    user = invoking_user()
    if user is None:
        return ""
    os.initgroups(user.pw_name, user.pw_gid)
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    os.environ |= {"HOME": user.pw_dir, "USER": user.pw_name, "LOGNAME": user.pw_name}
    return user.pw_name
