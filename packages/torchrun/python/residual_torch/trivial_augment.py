"""TrivialAugment's wide space, byte for byte that of `@residual/pictures`, which is torchvision's of PIL pictures.

Source: Müller and Hutter (arXiv 2103.10158).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from . import colour
from .schedules import rounded

# How many magnitudes each operation has: number 0 changes least.
BINS = 31


def _transform(picture: np.ndarray, a: float, b: float, c: float, d: float, e: float, f: float) -> np.ndarray:
    """The nearest pixel of (a x + b y + c, d x + e y + f), black where that lies outside.

    Source: Pillow, `affine_fixed` of `Geometry.c`: with 16 bits after the point.
    """
    height, width, _ = picture.shape
    x, y = np.arange(width), np.arange(height)[:, None]
    columns = (_fixed(c + a * 0.5 + b * 0.5) + y * _fixed(b) + x * _fixed(a)) >> 16
    rows = (_fixed(f + d * 0.5 + e * 0.5) + y * _fixed(e) + x * _fixed(d)) >> 16
    is_inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    moved = np.zeros_like(picture)
    moved[is_inside] = picture[rows[is_inside], columns[is_inside]]
    return moved


def _fixed(value: float) -> int:
    return math.floor(value * 2**16 + 0.5)


def _rotate(picture: np.ndarray, degrees: float) -> np.ndarray:
    """About the middle, counterclockwise. Source: Pillow, `Image.rotate`, which rounds to 15 digits too."""
    angle = -degrees * (math.pi / 180)
    cosine, sine = round(math.cos(angle), 15), round(math.sin(angle), 15)
    x, y = picture.shape[1] / 2, picture.shape[0] / 2
    c, f = cosine * -x + sine * -y + x, -sine * -x + cosine * -y + y
    return _transform(picture, cosine, sine, c, -sine, cosine, f)


@dataclass(frozen=True)
class _Operation:
    apply: Callable[[np.ndarray, float], np.ndarray]
    # From number 0 to the last, evenly; None: it has no magnitude.
    magnitudes: tuple[float, float] | None = None
    # Whether a coin decides the sign.
    is_signed: bool = True


# In torchvision's order.
_OPERATIONS = (
    _Operation(lambda p, _: p),
    _Operation(lambda p, by: _transform(p, 1, by, 0, 0, 1, 0), (0, 0.99)),
    _Operation(lambda p, by: _transform(p, 1, 0, 0, by, 1, 0), (0, 0.99)),
    _Operation(lambda p, by: _transform(p, 1, 0, -int(by), 0, 1, 0), (0, 32)),
    _Operation(lambda p, by: _transform(p, 1, 0, 0, 0, 1, -int(by)), (0, 32)),
    _Operation(_rotate, (0, 135)),
    _Operation(lambda p, by: colour.brightness(p, 1 + by), (0, 0.99)),
    _Operation(lambda p, by: colour.saturation(p, 1 + by), (0, 0.99)),
    _Operation(lambda p, by: colour.contrast(p, 1 + by), (0, 0.99)),
    _Operation(lambda p, by: colour.sharpness(p, 1 + by), (0, 0.99)),
    _Operation(lambda p, bits: colour.posterize(p, rounded(bits)), (8, 2), is_signed=False),
    _Operation(lambda p, share: colour.solarize(p, 255 * share), (1, 0), is_signed=False),
    _Operation(lambda p, _: colour.autocontrast(p)),
    _Operation(lambda p, _: colour.equalize(p)),
)


def trivial_augment(picture: np.ndarray, draws: list[float]) -> np.ndarray:
    """`draws`: three numbers in [0, 1), for the operation, its magnitude and its sign."""
    operation = _OPERATIONS[math.floor(draws[0] * len(_OPERATIONS))]
    magnitude = 0.0
    if operation.magnitudes is not None:
        magnitude = _magnitude(operation.magnitudes, math.floor(draws[1] * BINS))
    if operation.is_signed and draws[2] < 0.5:
        magnitude = -magnitude
    return operation.apply(picture, magnitude)


def _magnitude(ends: tuple[float, float], number: int) -> float:
    """In float32, from whichever end is nearer. Source: PyTorch, `linspace`, with fused multiply-add."""
    first, last = ends[0], float(np.float32(ends[1]))
    step = float(np.float32(float(np.float32(last - first)) / (BINS - 1)))
    if number < (BINS - 1) / 2:
        return float(np.float32(first + step * number))
    return float(np.float32(last - step * (BINS - 1 - number)))
