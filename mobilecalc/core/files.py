"""Files that are replaced whole: written beside their place first, then renamed."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path


def written_beside(target: Path, content: bytes) -> Path:
    """A new file in the target's folder, on the disk, with what is to replace the target.

    It has the target's permissions and owner, or those of any new file. None is left where it
    cannot be written. Raises `OSError`.
    """
    import tempfile

    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".mobilecalc-")
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(handle)
        if target.exists():
            old = target.stat()
            with suppress(OSError, AttributeError):  # not allowed, or a system without owners
                os.chown(beside, old.st_uid, old.st_gid)
            beside.chmod(stat.S_IMODE(old.st_mode))
        else:
            beside.chmod(0o666 & ~_umask())
    except BaseException:
        beside.unlink()
        raise
    return beside


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask
