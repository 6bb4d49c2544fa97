"""Files of data: arrays of float64 and one text in JSON, in an uncompressed ``.npz``; nothing in one names a thing to
import, and every part of it is looked at before it is taken.
"""

from __future__ import annotations

import io
import json
import math
import os
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.lib import format as npy

from attnproof.impl.replacing import replacing
from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.options import one_of

# The largest setting that a property draws makes a file of about 100 KB: what is much larger is none of ours.
MOST_BYTES: Final = 4 * 2**20
MOST_ARRAYS: Final = 1024


def write(path: Path, meta: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    """Write the text and the arrays. Raises OSError where the file cannot be written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if os.path.lexists(path) and not stat.S_ISREG(path.lstat().st_mode):
        raise FileExistsError(f"{path} is there and no regular file")
    with replacing(path) as file:
        np.savez(file, allow_pickle=False, meta=np.array(json.dumps(meta, ensure_ascii=False)), **arrays)


def read(path: Path) -> dict[str, Any]:
    """The arrays of the file, each no larger than the file is."""
    if path.exists() and not path.is_file():  # opening a pipe or a device may never end
        raise ValueError("no regular file")
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > MOST_BYTES:
            raise ValueError(f"{size} bytes; a file of ours has at most {MOST_BYTES}")
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if any(each.compress_type != zipfile.ZIP_STORED for each in members):
                raise ValueError("compressed arrays")
            if len(members) > MOST_ARRAYS or sum(each.file_size for each in members) > size:
                raise ValueError("more or longer arrays than the file has room for")
            return {each.filename.removesuffix(".npy"): _array(each.filename, archive.read(each)) for each in members}


def _array(name: str, content: bytes) -> Any:
    """An array of float64 or text from the content of a ``.npy`` file, whose header has to say what follows it."""
    stream = io.BytesIO(content)
    version = npy.read_magic(stream)
    if version != (1, 0):
        raise ValueError(f"{name}: unknown version {version} of the format npy")
    shape, fortran, dtype = npy.read_array_header_1_0(stream)
    if dtype != np.float64 and not (dtype.kind == "U" and dtype.isnative and shape == ()):
        raise ValueError(f"{name}: numbers of type {dtype}; expected float64")
    rest = content[stream.tell() :]
    if any(length < 1 for length in shape) or math.prod(shape) * dtype.itemsize != len(rest):
        raise ValueError(f"{name}: shape {shape} is not that of the {len(rest)} bytes that follow")
    return np.frombuffer(rest, dtype).reshape(shape, order="F" if fortran else "C")


def meta_of(arrays: dict[str, Any], schema: str) -> dict[str, Any]:
    """The text among the arrays, which is taken out of them. Raises ValueError where it is of another schema."""
    text = arrays.pop("meta", np.zeros(1))
    if text.dtype.kind != "U":
        raise ValueError("no text named meta")
    meta = mapping("meta", json.loads(str(text)))
    one_of("schema", meta.get("schema"), (schema,))
    return meta


def mapping(what: str, value: Any) -> dict[str, Any]:
    """Names and values, or ValueError."""
    if not isinstance(value, dict):
        raise ValueError(f"{what} is {str(value)[:40]!r}; expected names and values")
    return dict(value)


def whole(what: str, value: Any, *, least: int = 1, most: int = MOST_BYTES) -> int:
    """A whole number in a range, or ValueError."""
    if type(value) is not int or not least <= value <= most:  # True is an int, too
        raise ValueError(f"{what} is {str(value)[:40]}; expected a whole number from {least} to {most}")
    return int(value)
