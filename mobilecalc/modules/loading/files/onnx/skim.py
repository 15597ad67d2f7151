"""Reads an ONNX file without its weights: the data of large tensors is skipped, never loaded.

What is read is a `ModelProto` whose large tensors say how many bytes were skipped, as an entry
"skipped" of their `external_data`. The wire format: protobuf.dev/programming-guides/encoding.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

Descriptor: TypeAlias = Any
"""Protobuf's description of a message, or of one of its fields."""

LARGEST_FILE = 2**31
"""Protobuf's own limit for a message; larger models keep their weights in other files."""

_SMALL = 2**14
"""Fields up to this number of bytes are read as they are."""

_LARGEST_FIELD = 2**24
_MOST_FIELDS = 1_000_000
_DEEPEST = 90
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


class Damaged(ValueError):
    """A file that is not a protobuf message, or one beyond the limits; says which."""


def model(path: Path) -> Any:
    """The `ModelProto` in the file, without the data of large tensors. Raises `Damaged`."""
    import onnx

    size = path.stat().st_size
    if size >= LARGEST_FILE:
        raise Damaged(
            f"the file has {size} bytes, and an ONNX file is limited to 2 GiB"
            " (larger models keep their weights as external data)"
        )
    with path.open("rb") as file:
        message = _Skimmer(file).message(size, onnx.ModelProto.DESCRIPTOR, 0)
    return onnx.ModelProto.FromString(message)


def skipped(tensor: Any) -> int | None:
    """How many bytes of the tensor's data were skipped; None if it was read whole."""
    entries = (e for e in tensor.external_data if e.key == "skipped")
    entry = next(entries, None)
    return None if entry is None else int(entry.value)


class _Skimmer:
    """A pass over the fields of a file, which copies the small ones."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.fields = 0

    def message(self, end: int, kind: Descriptor, depth: int) -> bytes:
        """The message that ends at a position of the file, without its large data."""
        if depth > _DEEPEST:
            raise Damaged(f"its messages are nested more than {_DEEPEST} deep")
        out, left_out = io.BytesIO(), 0
        while (start := self.file.tell()) < end:
            tag = self.varint(end)
            if tag < 8:
                raise Damaged("it is not a protobuf message")
            field = kind.fields_by_number.get(tag >> 3)
            stop = self._end_of_field(tag & 7, end)
            if _is_data(kind, field) and (tag & 7 != _BYTES or stop - start > _SMALL):
                left_out += stop - self.file.tell()
            elif stop - start <= _SMALL:
                self.file.seek(start)
                out.write(self.file.read(stop - start))
            elif tag & 7 == _BYTES and field is not None:
                self._large(out, tag, stop, field, depth)
            self.file.seek(stop)
        return out.getvalue() + (_marked(left_out) if left_out else b"")

    def _large(self, out: io.BytesIO, tag: int, stop: int, field: Descriptor, depth: int) -> None:
        """A long message field by field; other long fields as they are, texts left out."""
        if field.message_type is not None:
            inner = self.message(stop, field.message_type, depth + 1)
        elif field.type in (field.TYPE_STRING, field.TYPE_BYTES):
            return
        elif stop - self.file.tell() > _LARGEST_FIELD:
            raise Damaged(f"its field {field.full_name} is larger than 16 MiB")
        else:
            inner = self.file.read(stop - self.file.tell())
        out.write(_varint(tag) + _varint(len(inner)) + inner)

    def _end_of_field(self, wire: int, end: int) -> int:
        """Where the field whose tag was just read ends."""
        self.fields += 1
        if self.fields > _MOST_FIELDS:
            raise Damaged(f"it has more than {_MOST_FIELDS} fields")
        if wire == _VARINT:
            position = self.file.tell()
            self.varint(end)
            stop = self.file.tell()
            self.file.seek(position)
            return stop
        if wire not in (_FIXED64, _BYTES, _FIXED32):
            raise Damaged("it is not a protobuf message")
        length = self.varint(end) if wire == _BYTES else {_FIXED64: 8, _FIXED32: 4}[wire]
        if self.file.tell() + length > end:
            raise Damaged("it ends in the middle of a field")
        return self.file.tell() + length

    def varint(self, end: int) -> int:
        """The number at the file's position, 7 bits per byte."""
        value = shift = 0
        while self.file.tell() < end and shift < 64:
            (byte,) = self.file.read(1)
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
        raise Damaged("it is not a protobuf message")


def _is_data(kind: Descriptor, field: Descriptor | None) -> bool:
    """Whether the field holds the values of a tensor."""
    return (
        field is not None
        and kind.name == "TensorProto"
        and field.name.endswith("_data")
        and (field.message_type is None)
    )


def _varint(value: int) -> bytes:
    """A number, 7 bits per byte."""
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes((*out, value))


def _marked(length: int) -> bytes:
    """The fields of a tensor that say how many bytes of it were skipped."""
    import onnx

    mark = onnx.TensorProto(data_location=onnx.TensorProto.EXTERNAL)
    mark.external_data.add(key="skipped", value=str(length))
    return bytes(mark.SerializeToString())
