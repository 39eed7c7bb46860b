"""Residual's checkpoints: one safetensors file each, whose last tensor is the SHA-256 of all bytes before it.

`model.<path>`, `slot.<slot>.<path>` and `average.<path>` are float32 in Residual's layout; the rest is JSON in the
metadata.
"""

import hashlib
import json
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from . import tensor_file
from .errors import DamagedError, RunError

Arrays = dict[str, np.ndarray]

_VERSION = "2"
_DIGEST_BYTES = 32
_NAME = re.compile(r"^checkpoint-(\d{9,})\.safetensors$")
_KEY = re.compile(r"^(model|average|slot\.(\w+))\.(.*)$", re.DOTALL)
_KEEP_LAST = 2


@dataclass
class Checkpoint:
    model: Arrays
    slots: dict[str, Arrays]
    averages: Arrays
    # Position, history, configuration and so on: what JavaScript reads is what is here.
    state: dict[str, Any]


def decode(data: bytes, name: str) -> Checkpoint:
    if hashlib.sha256(data[:-_DIGEST_BYTES]).digest() != data[-_DIGEST_BYTES:]:
        raise DamagedError(f"{name}: its bytes don't match the SHA-256 at their end")
    tensors, metadata = tensor_file.decode(data, name)
    if metadata.get("format") != "residual-checkpoint":
        raise DamagedError(f"{name}: expected a checkpoint, found another kind of file")
    if metadata.get("version") != _VERSION:
        raise RunError(
            f"{name}: expected a checkpoint of version {_VERSION}, found version {metadata.get('version')}. "
            "Write this folder again with the `residual scale-out` of the version that wrote the checkpoint."
        )
    result = Checkpoint({}, {}, {}, json.loads(metadata["state"]))
    for key, array in tensors.items():
        match = _KEY.match(key)
        if match is None:
            continue  # the digest
        part, slot, path = match.groups()
        group = result.slots.setdefault(slot, {}) if slot else result.model if part == "model" else result.averages
        group[path] = array
    return result


def encode(checkpoint: Checkpoint) -> bytes:
    named = {f"model.{path}": array for path, array in checkpoint.model.items()}
    for slot, arrays in checkpoint.slots.items():
        named |= {f"slot.{slot}.{path}": array for path, array in arrays.items()}
    named |= {f"average.{path}": array for path, array in checkpoint.averages.items()}
    named["sha256"] = np.zeros(_DIGEST_BYTES, dtype=np.uint8)
    text = json.dumps(checkpoint.state, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    data = tensor_file.encode(named, {"format": "residual-checkpoint", "version": _VERSION, "state": text})
    return data[:-_DIGEST_BYTES] + hashlib.sha256(data[:-_DIGEST_BYTES]).digest()


def checkpoint_name(step: int) -> str:
    return f"checkpoint-{step:09d}.safetensors"


def latest(folder: Path) -> tuple[Checkpoint, list[str]]:
    """The latest whole checkpoint, and what is wrong with newer ones, which are passed over."""
    passed_over: list[str] = []
    for step in _steps_in(folder):
        name = checkpoint_name(step)
        try:
            return decode((folder / name).read_bytes(), name), passed_over
        except DamagedError as error:
            passed_over.append(str(error))
    found = "none" if not passed_over else f"only damaged ones: {' '.join(passed_over)}"
    raise RunError(f"{folder}: expected a whole checkpoint, found {found}. Copy the folder anew.")


def save(folder: Path, checkpoint: Checkpoint) -> tuple[str, int, list[str]]:
    """Writes a checkpoint, reads it back, and removes what it makes superfluous: its name, bytes, and those names."""
    step, best = checkpoint.state["step"], checkpoint.state.get("best")
    name = checkpoint_name(step)
    data = encode(checkpoint)
    write_whole(folder / name, data)
    decode((folder / name).read_bytes(), name)
    kept = set([stored for stored in _steps_in(folder) if stored <= step][:_KEEP_LAST])
    if best is not None:
        kept.add(best["step"])
    removed = [checkpoint_name(stored) for stored in _steps_in(folder) if stored not in kept]
    for old in removed:
        (folder / old).unlink()
    return name, len(data), removed


def write_whole(path: Path, data: bytes) -> None:
    """All of the bytes or nothing: a temporary file beside it, fsync, rename, fsync of the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.parent / f".residual-{os.getpid()}-{secrets.token_hex(6)}.tmp"  # a name that Residual passes over
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _steps_in(folder: Path) -> list[int]:
    """The latest first. Files of other names are left alone."""
    names = (entry.name for entry in folder.iterdir()) if folder.is_dir() else ()
    return sorted((int(match[1]) for match in map(_NAME.match, names) if match), reverse=True)
