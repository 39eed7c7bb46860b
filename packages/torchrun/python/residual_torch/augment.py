"""The steps of training of `@residual/pictures`, byte for byte, of those that a run may take to PyTorch.

A step takes a picture [H, W, C] of bytes and gives another; what it draws is a function of (seed, epoch, index).
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import colour
from .errors import RunError
from .philox import Stream
from .resample import resize
from .schedules import rounded
from .trivial_augment import trivial_augment


@dataclass(frozen=True)
class Place:
    """Which picture is changed, and for what."""

    seed: int
    # From 0; of a picture that comes again in an epoch, a number of its own.
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


_Box = tuple[int, int, int, int]


def _crop_box(size: tuple[int, ...], scale: list[float], ratio: list[float], draws: list[float]) -> _Box:
    """(top, left, height, width) of a box that fits; the largest one in the middle where none of them did."""
    rows, columns = size
    for area, shape in _boxes(size, scale, ratio, draws):
        height, width = rounded(math.sqrt(area / shape)), rounded(math.sqrt(area * shape))
        if 0 < height <= rows and 0 < width <= columns:
            return _placed(height, width, size, draws)
    height, width = rows, columns
    if columns / rows < ratio[0]:
        height = min(rows, max(1, rounded(columns / ratio[0])))
    elif columns / rows > ratio[1]:
        width = min(columns, max(1, rounded(rows * ratio[1])))
    return (rows - height) // 2, (columns - width) // 2, height, width


def _random_erasing(picture: np.ndarray, row: Row, place: Place) -> np.ndarray:
    """torchvision's `v2.RandomErasing` of PIL pictures; Zhong et al. (arXiv 1708.04896)."""
    draws = place.draws("randomErasing", _DRAWS)
    if draws[_DRAWS - 1] >= row.get("probability", 0.5):
        return picture
    scale, ratio = row.get("scale", [0.02, 0.33]), row.get("ratio", [0.3, 3.3])
    rows, columns = size = picture.shape[:2]
    for area, shape in _boxes(size, scale, ratio, draws):
        height, width = rounded(math.sqrt(area * shape)), rounded(math.sqrt(area / shape))
        if height < rows and width < columns:
            top, left, height, width = _placed(height, width, size, draws)
            erased = picture.copy()
            erased[top : top + height, left : left + width] = row.get("value", 0)
            return erased
    return picture


def _boxes(
    size: tuple[int, ...], scale: list[float], ratio: list[float], draws: list[float]
) -> Iterator[tuple[float, float]]:
    """The area and the ratio of the sides of each box that is tried."""
    for i in range(_TRIES):
        area = size[0] * size[1] * _between(draws[2 * i], *scale)
        yield area, math.exp(_between(draws[2 * i + 1], math.log(ratio[0]), math.log(ratio[1])))


def _placed(height: int, width: int, size: tuple[int, ...], draws: list[float]) -> _Box:
    top = _below(draws[2 * _TRIES], size[0] - height + 1)
    return top, _below(draws[2 * _TRIES + 1], size[1] - width + 1), height, width


_ADJUSTMENTS = {
    "brightness": colour.brightness,
    "contrast": colour.contrast,
    "saturation": colour.saturation,
    "hue": colour.hue,
}


def _color_jitter(picture: np.ndarray, row: Row, place: Place) -> np.ndarray:
    """torchvision's `v2.ColorJitter` of PIL pictures: in an order that is drawn."""
    names = list(_ADJUSTMENTS)
    draws = place.draws("colorJitter", 2 * len(names) - 1)
    factors = {}
    for name, draw in zip(names, draws[len(names) - 1 :]):
        by, middle = row.get(name, 0), 0 if name == "hue" else 1
        low = -by if name == "hue" else max(0, 1 - by)
        factors[name] = None if by == 0 else _between(draw, low, middle + by)
    for last in range(len(names) - 1, 0, -1):
        chosen = _below(draws[last - 1], last + 1)
        names[last], names[chosen] = names[chosen], names[last]
    for name in names:
        if factors[name] is not None:
            picture = _ADJUSTMENTS[name](picture, factors[name])
    return picture


def _trivial_augment_wide(picture: np.ndarray, _: Row, place: Place) -> np.ndarray:
    return trivial_augment(picture, place.draws("trivialAugmentWide", 3))


def _between(draw: float, low: float, high: float) -> float:
    return low + (high - low) * draw


def _below(draw: float, count: int) -> int:
    """From 0 to count - 1."""
    return math.floor(draw * count)


# Those that crop in place of the task's steps.
CROPS = {"randomResizedCrop"}

_STEPS: dict[str, Callable[[np.ndarray, Row, Place], np.ndarray]] = {
    "randomFlip": _random_flip,
    "horizontalFlip": _horizontal_flip,
    "alternatingFlip": _alternating_flip,
    "shiftedCrop": _shifted_crop,
    "randomResizedCrop": _random_resized_crop,
    "randomErasing": _random_erasing,
    "colorJitter": _color_jitter,
    "trivialAugmentWide": _trivial_augment_wide,
}
