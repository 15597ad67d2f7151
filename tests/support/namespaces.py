"""Takes network and file system away from the process that asks for it, where Linux allows."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

_NEW_USER, _NEW_NETWORK, _NEW_MOUNTS = 0x10000000, 0x40000000, 0x00020000
_READ_ONLY, _REMOUNT, _BIND, _ALL_BELOW, _PRIVATE = 1, 32, 4096, 16384, 1 << 18


def enter(folder: Path, temporary: Path, *, writable: bool) -> bool:
    """Leave the process no network, and a read-only file system but for one or both folders.

    False, and no change, where the system does not allow it.
    """
    if not sys.platform.startswith("linux"):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    if libc.unshare(_NEW_USER | _NEW_NETWORK | _NEW_MOUNTS) != 0:
        return False
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    _mount(libc, b"none", b"/", _ALL_BELOW | _PRIVATE)
    for place in map(os.fsencode, (folder, temporary)):
        _mount(libc, place, place, _BIND)
    if not writable:
        _mount(libc, b"none", os.fsencode(folder), _REMOUNT | _BIND | _READ_ONLY)
    _mount(libc, b"none", b"/", _REMOUNT | _BIND | _READ_ONLY)
    os.chdir(folder)  # by the way of the new mount
    return True


def _mount(libc: ctypes.CDLL, source: bytes, target: bytes, flags: int) -> None:
    if libc.mount(source, target, None, flags, None) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), target)
