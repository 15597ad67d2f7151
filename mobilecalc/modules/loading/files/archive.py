"""The zip archives that torch writes: read member by member, and never more than the file holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_STORED, BadZipFile, ZipFile

_LARGEST = 256 * 2**20
"""Bytes of a member that is read whole: a graph or its example inputs, not weights."""


class Archive:
    """A zip archive whose members are stored as they are, as torch writes them.

    Raises `ValueError` for compressed members, which may be far larger than the file.
    """

    def __init__(self, file: Path | IO[bytes]) -> None:
        try:
            self._zip = ZipFile(file)
        except (BadZipFile, NotImplementedError) as error:
            raise ValueError(f"it is not a zip archive: {error}") from error
        self._members = {member.filename: member for member in self._zip.infolist()}
        if any(member.compress_type != ZIP_STORED for member in self._members.values()):
            raise ValueError("its members are compressed, and torch writes none that are")

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def find(self, *endings: str) -> str:
        """The one member at one of these paths, in whatever folder. Raises `ValueError`."""
        found = [
            name for name in self._members if any(f"/{name}".endswith(f"/{e}") for e in endings)
        ]
        if len(found) != 1:
            raise ValueError(f"it has {len(found)} members named {' or '.join(endings)}")
        return found[0]

    def has(self, ending: str) -> bool:
        """Whether a member is at this path, in whatever folder."""
        return any(f"/{name}".endswith(f"/{ending}") for name in self._members)

    def bytes(self, name: str) -> bytes:
        """A member's content. Raises `ValueError` for more than is read whole."""
        member = self._members[name]
        if member.file_size > _LARGEST:
            raise ValueError(f"its member {name} is larger than {_LARGEST} bytes")
        return self._zip.read(member)

    def json(self, name: str) -> Any:
        """A member's content as data."""
        return json.loads(self.bytes(name))
