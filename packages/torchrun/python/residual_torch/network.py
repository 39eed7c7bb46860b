"""A residual network from `architecture.json`: the layers of the JavaScript model by path, in PyTorch.

Modules have Residual's paths. One `Block` serves the chapter's `Residual`, torchvision's `BasicBlock` and `Bottleneck`
and those with squeeze-and-excitation: they differ in their layers, not in how these are wired.
"""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .errors import RunError

# Residual's name of a leaf of batch normalisation -> PyTorch's.
_NORMALISATION = {
    "scale": "weight",
    "offset": "bias",
    "runningMean": "running_mean",
    "runningVariance": "running_var",
}


class Stem(nn.Module):
    """Convolution, batch normalisation, ReLU, or three of each, and perhaps max-pooling."""

    conv: nn.Module
    bn: nn.Module
    pool: nn.Module

    def forward(self, x: Tensor) -> Tensor:
        y = x
        for i in ("1", "2", ""):
            if hasattr(self, f"conv{i}"):
                y = F.relu(getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(y)))
        return self.pool(y) if hasattr(self, "pool") else y


class Projection(nn.Module):
    """A shortcut that changes the shape; or a pool, where there is one, and then such a shortcut."""

    conv: nn.Module
    bn: nn.Module
    pool: nn.Module
    projection: nn.Module

    def forward(self, x: Tensor) -> Tensor:
        if hasattr(self, "pool"):
            x = self.pool(x)
        return self.projection(x) if hasattr(self, "projection") else self.bn(self.conv(x))


class PaddedShortcut(nn.Module):
    """Without parameters: every stride-th pixel, zeros for new channels. He et al. (arXiv 1512.03385), option A."""

    def __init__(self, channels: int, stride: tuple[int, int]) -> None:
        super().__init__()
        self._channels, self._stride = channels, stride

    def forward(self, x: Tensor) -> Tensor:
        y = x[:, :, :: self._stride[0], :: self._stride[1]]
        return F.pad(y, (0, 0, 0, 0, 0, self._channels - y.size(1)))


class Gate(nn.Module):
    """What each channel is multiplied by: squeeze-and-excitation. Hu et al. (arXiv 1709.01507), equation 3."""

    fc1: nn.Module
    fc2: nn.Module

    def forward(self, x: Tensor) -> Tensor:
        return torch.sigmoid(self.fc2(F.relu(self.fc1(x.mean((2, 3))))))[:, :, None, None]


class Block(nn.Module):
    """relu(gate * bn(conv(... relu(bn(conv(x))))) + shortcut(x))"""

    shortcut: nn.Module
    gate: nn.Module

    def forward(self, x: Tensor) -> Tensor:
        count = 3 if hasattr(self, "conv3") else 2
        y = x
        for i in range(1, count + 1):
            y = getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(y))
            if i < count:
                y = F.relu(y)
        if hasattr(self, "gate"):
            y = y * self.gate(y)
        return F.relu(y + (self.shortcut(x) if hasattr(self, "shortcut") else x))


class Head(nn.Module):
    """Global average pooling and a linear layer."""

    linear: nn.Module

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x.mean((2, 3)))


class Network(nn.Module):
    """[B, C, H, W] -> logits [B, K]"""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.stages, self.head = Stem(), nn.Sequential(), Head()

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.stages(self.stem(x)))


def build(architecture: dict[str, Any]) -> Network:
    network = Network()
    for row in architecture["layers"]:
        *path, name = row["path"].split(".")
        _holder(network, path).add_module(name, _layer(row))
    return network


def _holder(network: Network, path: list[str]) -> nn.Module:
    """The module at a path: `stages.S` is a list of blocks, `stages.S.B` a block, what is deeper a projection or a gate."""
    kinds = (nn.Module, nn.Sequential, Block, Gate if path[-1] == "gate" else Projection, Projection)
    module: nn.Module = network
    for depth, name in enumerate(path):
        if name not in dict(module.named_children()):
            module.add_module(name, kinds[depth]())
        module = module.get_submodule(name)
    return module


def _layer(row: dict[str, Any]) -> nn.Module:
    match row["type"]:
        case "conv2d":
            return nn.Conv2d(
                row["inputs"],
                row["channels"],
                kernel_size=tuple(row["kernelSize"]),
                stride=tuple(row["stride"]),
                padding=tuple(row["padding"]),
                groups=row["groups"],
                bias=row["bias"],
            )
        case "batchNorm2d":
            return nn.BatchNorm2d(row["channels"], eps=row["epsilon"], momentum=row["momentum"])
        case "maxPool2d":
            return nn.MaxPool2d(tuple(row["kernelSize"]), tuple(row["stride"]), tuple(row["padding"]))
        case "averagePool2d":
            return nn.AvgPool2d(tuple(row["stride"]), ceil_mode=True, count_include_pad=False)
        case "paddedShortcut":
            return PaddedShortcut(row["channels"], tuple(row["stride"]))
        case "linear":
            return nn.Linear(row["inputs"], row["channels"], bias=row["bias"])
    raise RunError(f"architecture.json: {row['path']}: unknown layer {row['type']!r}.")


def leaves(network: nn.Module) -> dict[str, Tensor]:
    """Every parameter and running statistic by Residual's path."""
    found: dict[str, Tensor] = {}
    for path, module in network.named_modules():
        own = {**dict(module.named_parameters(recurse=False)), **dict(module.named_buffers(recurse=False))}
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            own = {name: own[theirs] for name, theirs in _NORMALISATION.items()}
        found |= {f"{path}.{name}": tensor for name, tensor in own.items()}
    return found


def to_torch(array: np.ndarray) -> Tensor:
    """HWIO -> OIHW, [in, out] -> [out, in]; a copy."""
    tensor = torch.from_numpy(np.array(array, dtype=np.float32))
    if tensor.ndim == 4:
        return tensor.permute(3, 2, 0, 1)
    return tensor.t() if tensor.ndim == 2 else tensor


def to_numpy(tensor: Tensor) -> np.ndarray:
    """The way back. A copy: on a processor, numpy() would go on sharing the parameter's memory."""
    tensor = tensor.detach().clone()
    if tensor.ndim == 4:
        tensor = tensor.permute(2, 3, 1, 0)
    elif tensor.ndim == 2:
        tensor = tensor.t()
    return tensor.contiguous().cpu().numpy()


@torch.no_grad()
def load(tensors: dict[str, Tensor], arrays: dict[str, np.ndarray], what: str) -> None:
    """Copies values into tensors of the same paths; all names and shapes must match."""
    if tensors.keys() != arrays.keys():
        missing = ", ".join(sorted(tensors.keys() - arrays.keys())[:3]) or "none"
        unexpected = ", ".join(sorted(arrays.keys() - tensors.keys())[:3]) or "none"
        raise RunError(f"{what}: another network's values. Missing: {missing}; not expected: {unexpected}.")
    for path, tensor in tensors.items():
        value = to_torch(arrays[path])
        if value.shape != tensor.shape:
            raise RunError(f"{what}: {path}: expected {tuple(tensor.shape)}, received {tuple(value.shape)}.")
        tensor.copy_(value)
