"""What the tests ask of residual_torch: `python probe.py PYTHON_FOLDER COMMAND ...`, an answer in JSON."""

import base64
import hashlib
import json
import math
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, sys.argv[1])

import numpy as np
import torch
from residual_torch import augment, balance, batches, beta, checkpoint, optimizers, philox, pictures, resample, schedules, tensor_file
from residual_torch.check import network_of, next_loss
from residual_torch.inputs import Inputs
from residual_torch.network import leaves, to_numpy
from residual_torch.run_folder import RunFolder


def check_vectors(file: str) -> dict[str, int]:
    """Compares everything with what JavaScript came to; an assertion says where they differ."""
    vectors = json.loads(Path(file).read_text())
    for row in vectors["permutations"]:
        order = philox.permutation(philox.Stream(row["seed"], "shuffle", row["stream"]), row["length"])
        assert order.tolist() == row["order"], row
    for row in vectors["uniforms"]:
        stream = philox.Stream(row["seed"], row["purpose"], row["stream"])
        assert stream.uniform(np.array(row["indices"])).tolist() == row["values"], row
    for row in vectors["betas"]:
        stream = philox.Stream(row["seed"], row["purpose"], row["stream"])
        value = beta.beta(stream, row["index"], row["alpha"], row["alpha"])
        assert math.isclose(value, row["value"], rel_tol=1e-12), row
    for row in vectors["pictures"]:
        place = augment.Place(row["seed"], row["epoch"], row["index"], tuple(row["size"]))
        changed = augment.augment(_picture(row["from"], row["shape"]), row["steps"], place)
        assert np.ascontiguousarray(changed).tobytes() == base64.b64decode(row["to"]), row["steps"]
    for row in vectors["colours"]:
        assert _colours(row) == row["sha256"], row
    for row in vectors["balanced"]:
        order, repeats = balance.balanced_order(np.array(row["labels"]), row["seed"], row["epoch"])
        assert order.tolist() == row["order"], row
        assert (row["epoch"] + batches.REPEAT * repeats).tolist() == row["drawn"], row
    for row in vectors["resizes"]:
        _check_resize(row)
    for row in vectors["crops"]:
        middle = pictures.center_crop(_picture(row["from"], row["shape"]), *row["size"])
        assert np.ascontiguousarray(middle).tobytes() == base64.b64decode(row["to"]), row
    for row in vectors["schedules"]:
        for step, rate in enumerate(row["rates"]):
            found = schedules.learning_rate(row["schedule"], step, row["total"], row["base"], row["history"])
            assert math.isclose(found, rate, rel_tol=1e-14), (row["schedule"], step, found, rate)
    for row in vectors["optimizers"]:
        _check_optimizer(row)
    return {part: len(rows) for part, rows in vectors.items()}


def _picture(text: str, shape: list[int]) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(shape)


def _colours(row: dict[str, Any]) -> str:
    """The hash of all pictures after the steps."""
    digest, shape, (count, first) = hashlib.sha256(), tuple(row["shape"]), row["levels"]
    for index in range(row["count"]):
        shares = philox.Stream(row["seed"], "levels", index).uniform(np.arange(math.prod(shape)))
        picture = (first + np.floor(count * shares)).astype(np.uint8).reshape(shape)
        place = augment.Place(row["seed"], row["epoch"], index, shape[:2])
        digest.update(np.ascontiguousarray(augment.augment(picture, row["steps"], place)).tobytes())
    return digest.hexdigest()


def _check_resize(row: dict[str, Any]) -> None:
    picture, size = _picture(row["from"], row["shape"]), tuple(row["size"])
    expected = base64.b64decode(row["to"])
    assert resample.resize(picture, size, row["interpolation"]).tobytes() == expected, row
    if row["interpolation"] == "bilinear":
        batch = torch.from_numpy(picture.copy()).permute(2, 0, 1)[None]
        resized = resample.BatchResize(picture.shape[:2], size, torch.device("cpu"))(batch)
        assert resized[0].permute(1, 2, 0).to(torch.uint8).numpy().tobytes() == expected, row


def _check_optimizer(row: dict[str, Any]) -> None:
    settings = row["optimizer"]
    shapes = {"weight": (3, 4), "bias": (4,)}
    parameters = {
        name: torch.tensor(values).reshape(shape).requires_grad_()
        for (name, shape), values in zip(shapes.items(), row["from"])
    }
    optimizer = optimizers.optimizer_of(settings, parameters)
    optimizers.make_slots(optimizer, settings, parameters, 0)
    for i, step in enumerate(row["steps"]):
        for tensor, values in zip(parameters.values(), step["gradients"]):
            tensor.grad = torch.tensor(values).reshape(tensor.shape)
        clip = optimizers.clip_norm_of(settings, 0)
        norm = torch.cat([tensor.grad.flatten() for tensor in parameters.values()]).norm()
        for tensor in parameters.values():
            tensor.grad.mul_(torch.clamp(clip / norm, max=1) if clip > 0 else 1)
        for group in optimizer.param_groups:
            group["lr"] = step["rate"]
        optimizer.step()
        for tensor, values in zip(parameters.values(), step["parameters"]):
            found, expected = tensor.detach().flatten(), torch.tensor(values)
            assert torch.allclose(found, expected, rtol=2e-6, atol=1e-7), (settings, i, (found - expected).abs().max())


def gradient(run: str, file: str) -> dict[str, float]:
    """The loss of the next batch and its gradients, in float64; these go into a safetensors file, as float32."""
    folder = RunFolder(Path(run), None)
    found, _ = checkpoint.latest(folder.checkpoints)
    alone = SimpleNamespace(rank=0, count=1, device=torch.device("cpu"))
    network = network_of(folder, found)
    loss = next_loss(network, found, Inputs(found.state, folder.data, folder.shards, alone))
    gradients = {path: to_numpy(tensor.grad) for path, tensor in leaves(network).items() if tensor.requires_grad}
    Path(file).write_bytes(tensor_file.encode(gradients, {}))
    return {"loss": loss}


def rewrite(source: str, target: str) -> dict[str, bool]:
    """A checkpoint, read and written."""
    Path(target).write_bytes(checkpoint.encode(checkpoint.decode(Path(source).read_bytes(), source)))
    return {"done": True}


def damage_weight(file: str) -> dict[str, str]:
    """Changes one weight of a checkpoint and signs it again."""
    found = checkpoint.decode(Path(file).read_bytes(), file)
    path = "stem.conv.weight"
    found.model[path] = found.model[path] + np.float32(0.01)
    Path(file).write_bytes(checkpoint.encode(found))
    return {"path": path}


COMMANDS = {"vectors": check_vectors, "gradient": gradient, "rewrite": rewrite, "damage": damage_weight}

if __name__ == "__main__":
    print(json.dumps(COMMANDS[sys.argv[2]](*sys.argv[3:])))
