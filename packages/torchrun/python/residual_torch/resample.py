"""Pillow's resize of 8-bit pictures, byte for byte: of one picture on the host, of a batch on the device.

Source: Pillow 13, `Resample.c`.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

_BITS = 32 - 8 - 2  # after the point of a coefficient
_A = -0.5


def _bilinear(distance: np.ndarray) -> np.ndarray:
    return np.maximum(0.0, 1 - np.abs(distance))


def _bicubic(distance: np.ndarray) -> np.ndarray:
    x = np.abs(distance)
    near = ((_A + 2) * x - (_A + 3)) * x * x + 1
    far = (((x - 5) * x + 8) * x - 4) * _A
    return np.where(x < 1, near, np.where(x < 2, far, 0.0))


_FILTERS: dict[str, tuple[float, Callable[[np.ndarray], np.ndarray]]] = {
    "bilinear": (1.0, _bilinear),
    "bicubic": (2.0, _bicubic),
}


@lru_cache(maxsize=256)
def matrix(size: int, to: int, interpolation: str = "bilinear") -> np.ndarray:
    """What each output of an axis takes of each input: [to, size], whole numbers in float64, so that sums are exact."""
    support, weigh = _FILTERS[interpolation]
    scale = size / to
    widening = max(scale, 1.0)
    reach = support * widening
    result = np.zeros((to, size))
    for i in range(to):
        center = (i + 0.5) * scale
        start, end = max(0, int(center - reach + 0.5)), min(size, int(center + reach + 0.5))
        weights = weigh((np.arange(start, end) - center + 0.5) * (1 / widening))
        total = 0.0
        for weight in weights.tolist():
            total += weight  # one after the other, as Pillow does
        result[i, start:end] = np.trunc(np.sign(weights) / 2 + weights / total * 2.0**_BITS)
    result.setflags(write=False)
    return result


def is_vertical_first(size: tuple[int, int], to: tuple[int, int]) -> bool:
    """Whether the height is resized before the width; each pass is rounded, so the order matters."""
    lost = size[0] - to[0]
    return lost > 0 and lost > 2 * (size[1] - to[1])


def resize(picture: np.ndarray, to: tuple[int, int], interpolation: str = "bilinear") -> np.ndarray:
    """[H, W, C] -> [h, w, C], uint8; of 1 or 3 channels."""
    size = (picture.shape[0], picture.shape[1])
    if size == to:
        return picture
    axes = (0, 1) if is_vertical_first(size, to) else (1, 0)
    x = picture.astype(np.float64)
    for axis in axes:
        if size[axis] != to[axis]:
            moved = np.moveaxis(x, axis, 0)
            sums = np.tensordot(matrix(size[axis], to[axis], interpolation), moved, axes=1)
            x = np.moveaxis(_levels(sums), 0, axis)
    return x.astype(np.uint8)


def _levels(sums: np.ndarray) -> np.ndarray:
    return np.clip(np.floor((sums + 2.0 ** (_BITS - 1)) / 2.0**_BITS), 0, 255)


class BatchResize:
    """Bilinear, of a batch on a device: [B, C, H, W] -> [B, C, h, w], float64 that holds whole levels."""

    def __init__(self, size: tuple[int, int], to: tuple[int, int], device: torch.device) -> None:
        first, second = (2, 3) if is_vertical_first(size, to) else (3, 2)
        self._passes = [
            (axis, torch.from_numpy(matrix(size[axis - 2], to[axis - 2]).copy()).to(device))
            for axis in (first, second)
            if size[axis - 2] != to[axis - 2]
        ]

    def __call__(self, x: Tensor) -> Tensor:
        x = x.double()
        for axis, weights in self._passes:
            sums = x @ weights.t() if axis == 3 else weights @ x
            x = torch.floor((sums + 2.0 ** (_BITS - 1)) / 2.0**_BITS).clamp_(0, 255)
        return x
