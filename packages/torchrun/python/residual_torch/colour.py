"""Changes of colour, byte for byte those of `@residual/pictures`, which are Pillow's.

Pictures are [H, W, C], uint8, grey or in colour. Pillow calculates in float32 in some places and in float64 in others; what
is written here as float32 must stay so.
"""

from collections.abc import Callable

import numpy as np

_LEVELS = np.arange(256)


def grey(picture: np.ndarray) -> np.ndarray:
    """[H, W, 1]: the brightness, ITU-R BT.601's in integers."""
    if picture.shape[2] == 1:
        return picture
    levels = picture.astype(np.int64) @ np.array([19595, 38470, 7471])
    return ((levels + 32768) >> 16).astype(np.uint8)[..., None]


def brightness(picture: np.ndarray, factor: float) -> np.ndarray:
    """Blends with black. Source: Pillow, `ImageEnhance`."""
    return _blend(np.zeros(256, np.uint8), _LEVELS, factor)[picture]


def contrast(picture: np.ndarray, factor: float) -> np.ndarray:
    """Blends with a plain picture of the mean brightness."""
    levels = grey(picture)
    mean = int(int(levels.sum(dtype=np.int64)) / levels.size + 0.5)
    return _blend(np.full(256, mean, np.uint8), _LEVELS, factor)[picture]


def saturation(picture: np.ndarray, factor: float) -> np.ndarray:
    """Blends with the grey picture."""
    return picture if picture.shape[2] == 1 else _blend(grey(picture), picture, factor)


def sharpness(picture: np.ndarray, factor: float) -> np.ndarray:
    """Blends with the smoothed picture: 5 parts of 13 and one of each neighbour; the edge stays."""
    smooth = picture.copy()
    height, width, _ = picture.shape
    if height > 2 and width > 2:
        levels = picture.astype(np.int64)
        sums = 4 * levels[1:-1, 1:-1]
        for top in range(3):
            for left in range(3):
                sums = sums + levels[top : height - 2 + top, left : width - 2 + left]
        smooth[1:-1, 1:-1] = np.floor(sums / 13 + 0.5)
    return _blend(smooth, picture, factor)


def _blend(without: np.ndarray, levels: np.ndarray, factor: float) -> np.ndarray:
    """Source: Pillow, `Blend.c`: float32, rounded down."""
    base = without.astype(np.float32)
    blended = base + np.float32(factor) * (levels.astype(np.float32) - base)
    return np.clip(np.trunc(blended), 0, 255).astype(np.uint8)


def hue(picture: np.ndarray, factor: float) -> np.ndarray:
    """Turns the hue by a share of the circle. Source: torchvision, `_functional_pil.adjust_hue`; Pillow, `Convert.c`."""
    if picture.shape[2] == 1:
        return picture
    colours = picture.astype(np.float64)
    value = colours.max(2)
    span = value - colours.min(2)
    is_grey = span == 0
    share = _float32(span / np.where(value == 0, 1, value))
    strength = np.where(is_grey, 0, np.trunc(share * 255))
    turned = np.where(is_grey, 0, _hue_of(colours, value, np.where(is_grey, 1, span))).astype(np.int64)
    turned = (turned + int(factor * 255)) & 255
    return _from_hue(turned, strength, value)


def _float32(values: np.ndarray) -> np.ndarray:
    """Rounded to float32, in float64."""
    return values.astype(np.float32).astype(np.float64)


def _hue_of(colours: np.ndarray, value: np.ndarray, span: np.ndarray) -> np.ndarray:
    """0 to 255. Source: Pillow, `rgb2hsv_row`."""
    red, green, _ = np.moveaxis(colours, 2, 0)
    r, g, b = (_float32((value - level) / span) for level in np.moveaxis(colours, 2, 0))
    sextant = np.where(red == value, b - g, np.where(green == value, 2 + r - b, 4 + g - r))
    turned = _float32(sextant) / 6 + 1
    return np.trunc(_float32(turned - np.floor(turned)) * 255)


# Where red, green and blue are in each sextant, among value, low, falling and rising.
_SEXTANTS = np.array([(0, 3, 1), (2, 0, 1), (1, 0, 3), (1, 2, 0), (3, 1, 0), (0, 1, 2)])


def _from_hue(turned: np.ndarray, strength: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Source: Pillow, `hsv2rgb`."""
    sextant = np.floor(turned * 6 / 255)
    rest = _float32(turned * 6 / 255 - sextant)
    share = _float32(strength / 255)
    low, falling, rising = 1 - share, 1 - _float32(share * rest), 1 - share * (1 - rest)
    levels = np.stack([value, *(np.floor(value * part + 0.5) for part in (low, falling, rising))], axis=2)
    places = _SEXTANTS[sextant.astype(np.int64) % 6]
    return np.take_along_axis(levels, places, axis=2).astype(np.uint8)


def posterize(picture: np.ndarray, bits: int) -> np.ndarray:
    """Keeps the highest bits of each level. Source: Pillow, `ImageOps`, as of all that follow."""
    return picture & np.uint8(256 - 2 ** (8 - bits))


def solarize(picture: np.ndarray, threshold: float) -> np.ndarray:
    """The negative of every level from the threshold on."""
    return np.where(_LEVELS < threshold, _LEVELS, 255 - _LEVELS).astype(np.uint8)[picture]


def autocontrast(picture: np.ndarray) -> np.ndarray:
    """Stretches each channel to reach from 0 to 255."""

    def table(histogram: np.ndarray) -> np.ndarray:
        used = np.flatnonzero(histogram)
        lowest, highest = int(used[0]), int(used[-1])
        if highest <= lowest:
            return _LEVELS
        scale = 255 / (highest - lowest)
        return np.trunc(_LEVELS * scale + -lowest * scale)

    return _channel_by_channel(picture, table)


def equalize(picture: np.ndarray) -> np.ndarray:
    """Makes all levels of a channel about as frequent."""

    def table(histogram: np.ndarray) -> np.ndarray:
        last = int(histogram[np.flatnonzero(histogram)[-1]])
        step = (int(histogram.sum()) - last) // 255
        if step == 0:
            return _LEVELS
        before = step // 2 + np.concatenate([[0], np.cumsum(histogram)[:-1]])
        return before // step

    return _channel_by_channel(picture, table)


def _channel_by_channel(picture: np.ndarray, table_of: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    changed = np.empty_like(picture)
    for channel in range(picture.shape[2]):
        levels = picture[:, :, channel]
        table = table_of(np.bincount(levels.reshape(-1), minlength=256))
        changed[:, :, channel] = np.clip(table, 0, 255).astype(np.uint8)[levels]
    return changed
