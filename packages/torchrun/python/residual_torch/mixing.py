"""mixup and cutmix of `@residual/trainer`: torchvision v2's, each picture with the one before it in its batch.

Sources: Zhang et al. (arXiv 1710.09412), Yun et al. (arXiv 1905.04899).
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import Tensor

from .beta import beta
from .philox import Stream


@dataclass(frozen=True)
class Mix:
    """What a batch is mixed by."""

    # Of the own picture, in the loss.
    share: float
    # Of cutmix: (top, bottom, left, right) of what is the other's.
    box: tuple[int, int, int, int] | None = None

    def pictures(self, own: Tensor, other: Tensor) -> Tensor:
        """[b, C, H, W] each."""
        if self.box is None:
            return own * self.share + other * (1 - self.share)
        top, bottom, left, right = self.box
        mixed = own.clone()
        mixed[:, :, top:bottom, left:right] = other[:, :, top:bottom, left:right]
        return mixed

    def loss(self, of_own: Tensor, of_other: Tensor) -> Tensor:
        return of_own * self.share + of_other * (1 - self.share)


def draw(row: dict[str, Any], seed: int, epoch: int, batch: int, size: tuple[int, int]) -> Mix:
    """A function of its arguments alone. `size`: [height, width] of the pictures as the network sees them."""
    share = beta(Stream(seed, row["name"], epoch), batch, row["alpha"], row["alpha"])
    if row["name"] == "mixup":
        return Mix(share)
    center = Stream(seed, "cutmix.place", epoch).uniform(np.array([2 * batch, 2 * batch + 1])).tolist()
    radius = 0.5 * math.sqrt(1 - share)
    top, bottom = _range(center[0], radius, size[0])
    left, right = _range(center[1], radius, size[1])
    area = (bottom - top) * (right - left)
    return Mix(1 - area / (size[0] * size[1]), (top, bottom, left, right))


def _range(center: float, radius: float, size: int) -> tuple[int, int]:
    middle, half = math.floor(center * size), math.trunc(radius * size)
    return max(0, middle - half), min(size, middle + half)
