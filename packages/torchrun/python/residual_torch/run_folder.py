"""The files of a run folder, beside its checkpoints."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from . import checkpoint, tensor_file
from .errors import RunError
from .pictures import Shards, read_array

_CHUNK = 2**20


class RunFolder:
    def __init__(self, path: Path, data: Path | None) -> None:
        self.path = path
        self.checkpoints = path / "checkpoint"
        self.architecture = self._read("architecture.json", "residual-architecture")
        self.handover = self._read("handover.json", "residual-handover")
        told = self.handover["data"]
        shards = told.get("shards")
        # Shards lie elsewhere, and what tells where in them lies here. An absolute path stays as it is.
        self.data = path / told["at"] if shards else data or path / told["at"]
        self.shards = Shards(data or path / shards["at"], shards["files"]) if shards else None

    def is_complete(self) -> bool:
        return (self.path / "model.safetensors").exists()

    def log(self, kind: str, **values: Any) -> None:
        """Appends an event to events.jsonl, under the names that Residual has for them, and prints it."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = json.dumps({"time": now, "type": kind, **values}, ensure_ascii=False)
        with (self.path / "events.jsonl").open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        print(line, flush=True)

    def write_history(self, history: list[dict[str, Any]]) -> None:
        checkpoint.write_whole(self.path / "history.json", f"{json.dumps(history, indent=2)}\n".encode())

    def write_model(self, values: dict[str, np.ndarray], config: dict[str, Any]) -> None:
        """The trained network, as `residual evaluate` and `predict` read it."""
        facts = {"task": config["task"], "model": config["training"]["model"]}
        texts = {key: json.dumps(value, separators=(",", ":"), ensure_ascii=False) for key, value in facts.items()}
        data = tensor_file.encode(values, {"format": "residual-model", "version": "2", **texts})
        checkpoint.write_whole(self.path / "model.safetensors", data)

    def other_data(self) -> str | None:
        """What is wrong with the files of the pictures, by their SHA-256; None: nothing."""
        for name, facts in self.handover["data"]["files"].items():
            path = self.data / name
            array = read_array(path)
            if list(array.shape) != facts["shape"] or sha256_of(array) != facts["sha256"]:
                return f"{path}: others than `residual scale-out` wrote"
        return None

    def _read(self, name: str, format_name: str) -> dict[str, Any]:
        path = self.path / name
        try:
            value = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise RunError(f"{path}: no such file. Give a folder that `residual scale-out` wrote.") from None
        except ValueError as error:
            raise RunError(f"{path}: expected JSON ({error}). Copy the folder anew.") from error
        if value.get("format") != format_name or value.get("version") != 1:
            raise RunError(f"{path}: expected {format_name} of version 1. Use the train.py that came with this folder.")
        return value


def sha256_of(array: np.ndarray) -> str:
    """Of its elements' bytes."""
    digest = hashlib.sha256()
    elements = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    for start in range(0, len(elements), _CHUNK):
        digest.update(elements[start : start + _CHUNK].tobytes())
    return digest.hexdigest()
