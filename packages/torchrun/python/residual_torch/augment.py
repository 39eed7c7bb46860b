"""The steps of training of `@residual/pictures`, byte for byte, of those that a run may take to PyTorch.

A step takes a picture [H, W, C] of bytes and gives another; what it draws is a function of (seed, epoch, index).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .errors import RunError
from .philox import Stream
from .resample import resize
from .schedules import rounded


@dataclass(frozen=True)
class Place:
    """Which picture is changed, and for what."""

    seed: int
    # From 0.
    epoch: int
    # Of the picture among those to train on.
    index: int
    # [height, width] of the pictures of a batch.
    size: tuple[int, int]

    def draws(self, purpose: str, count: int) -> list[float]:
        """`count` numbers in [0, 1) of this picture in this epoch."""
        indices = np.arange(count * self.index, count * (self.index + 1))
        return Stream(self.seed, purpose, self.epoch).uniform(indices).tolist()


Row = dict[str, Any]


def augment(picture: np.ndarray, rows: list[Row], place: Place) -> np.ndarray:
    for row in rows:
        picture = _STEPS[row["name"]](picture, row, place)
    return picture


def require_known(rows: list[Row]) -> None:
    for row in rows:
        if row["name"] not in _STEPS:
            raise RunError(f"The step {row['name']!r} is not known here.")


def _random_flip(picture: np.ndarray, _: Row, place: Place) -> np.ndarray:
    return _flipped(picture, place.draws("randomFlip", 1)[0] < 0.5)


def _horizontal_flip(picture: np.ndarray, row: Row, place: Place) -> np.ndarray:
    return _flipped(picture, place.draws("horizontalFlip", 1)[0] < row.get("probability", 0.5))


def _alternating_flip(picture: np.ndarray, _: Row, place: Place) -> np.ndarray:
    starts_mirrored = Stream(place.seed, "alternatingFlip").uniform(np.array([place.index]))[0] < 0.5
    return _flipped(picture, bool(starts_mirrored) != (place.epoch % 2 == 1))


def _flipped(picture: np.ndarray, is_mirrored: bool) -> np.ndarray:
    return picture[:, ::-1] if is_mirrored else picture


def _shifted_crop(picture: np.ndarray, row: Row, place: Place) -> np.ndarray:
    padding = row["padding"]
    top, left = (_below(draw, 2 * padding + 1) for draw in place.draws("shiftedCrop", 2))
    padded = np.pad(picture, ((padding, padding), (padding, padding), (0, 0)))
    return padded[top : top + picture.shape[0], left : left + picture.shape[1]]


# How often a box is drawn anew that doesn't fit; and a picture's numbers: an area and a ratio a try, and a place.
_TRIES = 10
_DRAWS = 2 * _TRIES + 3


def _random_resized_crop(picture: np.ndarray, row: Row, place: Place) -> np.ndarray:
    """torchvision's `v2.RandomResizedCrop` of PIL pictures; Szegedy et al. (arXiv 1409.4842), section 6."""
    draws = place.draws("randomResizedCrop", _DRAWS)
    scale, ratio = row.get("scale", [0.08, 1]), row.get("ratio", [3 / 4, 4 / 3])
    top, left, height, width = _crop_box(picture.shape[:2], scale, ratio, draws)
    piece = picture[top : top + height, left : left + width]
    return resize(piece, place.size, row.get("interpolation", "bilinear"))


def _crop_box(
    size: tuple[int, ...], scale: list[float], ratio: list[float], draws: list[float]
) -> tuple[int, int, int, int]:
    """(top, left, height, width) of a box that fits; the largest one in the middle where none of them did."""
    rows, columns = size
    for i in range(_TRIES):
        area = rows * columns * _between(draws[2 * i], *scale)
        shape = math.exp(_between(draws[2 * i + 1], math.log(ratio[0]), math.log(ratio[1])))
        height, width = rounded(math.sqrt(area / shape)), rounded(math.sqrt(area * shape))
        if 0 < height <= rows and 0 < width <= columns:
            return (
                _below(draws[2 * _TRIES], rows - height + 1),
                _below(draws[2 * _TRIES + 1], columns - width + 1),
                height,
                width,
            )
    height, width = rows, columns
    if columns / rows < ratio[0]:
        height = min(rows, max(1, rounded(columns / ratio[0])))
    elif columns / rows > ratio[1]:
        width = min(columns, max(1, rounded(rows * ratio[1])))
    return (rows - height) // 2, (columns - width) // 2, height, width


def _between(draw: float, low: float, high: float) -> float:
    return low + (high - low) * draw


def _below(draw: float, count: int) -> int:
    """From 0 to count - 1."""
    return math.floor(draw * count)


_STEPS: dict[str, Callable[[np.ndarray, Row, Place], np.ndarray]] = {
    "randomFlip": _random_flip,
    "horizontalFlip": _horizontal_flip,
    "alternatingFlip": _alternating_flip,
    "shiftedCrop": _shifted_crop,
    "randomResizedCrop": _random_resized_crop,
}
