"""safetensors files, with the order of tensors in our hands: equal values give equal files.

Format: https://huggingface.co/docs/safetensors
"""

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from .errors import DamagedError

_DTYPES: dict[str, np.dtype[Any]] = {"F32": np.dtype("<f4"), "U8": np.dtype("u1")}
_LENGTH_BYTES = 8


def encode(tensors: Mapping[str, np.ndarray], metadata: Mapping[str, str]) -> bytes:
    """The tensors' data come in the order given: put float32 first, which must be aligned, and bytes last."""
    header: dict[str, object] = {"__metadata__": dict(metadata)}
    parts: list[bytes] = []
    offset = 0
    for name, array in tensors.items():
        dtype = "U8" if array.dtype == np.uint8 else "F32"
        data = np.ascontiguousarray(array, dtype=_DTYPES[dtype]).tobytes()
        header[name] = {
            "dtype": dtype,
            "shape": list(array.shape),
            "data_offsets": [offset, offset + len(data)],
        }
        parts.append(data)
        offset += len(data)
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return b"".join([len(text).to_bytes(_LENGTH_BYTES, "little"), text, *parts])


def decode(data: bytes, name: str) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """The tensors, which are views of `data`, and the metadata."""
    try:
        length = int.from_bytes(data[:_LENGTH_BYTES], "little")
        header = json.loads(data[_LENGTH_BYTES : _LENGTH_BYTES + length])
        metadata = header.pop("__metadata__", {})
        body = memoryview(data)[_LENGTH_BYTES + length :]
        tensors = {key: _tensor(body, row) for key, row in header.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedError(f"{name}: expected a safetensors file, found another kind of file ({error})") from error
    return tensors, metadata


def _tensor(body: memoryview, row: dict) -> np.ndarray:
    begin, end = row["data_offsets"]
    dtype = _DTYPES[row["dtype"]]
    if not 0 <= begin <= end <= len(body) or end - begin != math.prod(row["shape"]) * dtype.itemsize:
        raise ValueError("a tensor that isn't in the file")
    return np.frombuffer(body[begin:end], dtype).reshape(row["shape"])
