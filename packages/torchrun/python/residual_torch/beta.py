"""The beta distribution of `@residual/random`, from which mixup and cutmix draw their shares.

Source: Marsaglia & Tsang, "A simple method for generating gamma variables" (ACM TOMS 26, 2000).
"""

import math

import numpy as np

from .philox import Stream

# How many integers of a stream each index may use: half of them for each of beta's, four an attempt.
_ROOM = 2**16


def beta(stream: Stream, index: int, a: float, b: float) -> float:
    """The number at `index`, in [0, 1]."""
    x = _log_gamma_draw(stream, index * _ROOM, a)
    y = _log_gamma_draw(stream, index * _ROOM + _ROOM // 2, b)
    return 1 / (1 + _exp(y - x))


def _exp(x: float) -> float:
    """Infinite where float64 has no such number, as JavaScript's."""
    return math.exp(x) if x < 709 else math.inf


def _log_gamma_draw(stream: Stream, first: int, shape: float) -> float:
    """The logarithm of a gamma-distributed number, which also holds what float64 rounds to 0."""
    if shape < 1:  # gamma(shape) = gamma(shape + 1) * U^(1 / shape)
        return _log_gamma_draw(stream, first + 4, shape + 1) + math.log(1 - _uniform(stream, first)) / shape
    d = shape - 1 / 3
    c = 1 / math.sqrt(9 * d)
    at = first
    while True:
        # Of one block of four integers, two for the normal number and one for the uniform one.
        x = stream.normal(at // 2)
        cube = (1 + c * x) ** 3
        u = 1 - _uniform(stream, at + 2)
        if cube > 0 and math.log(u) < 0.5 * x * x + d * (1 - cube + math.log(cube)):
            return math.log(d) + math.log(cube)
        at += 4


def _uniform(stream: Stream, index: int) -> float:
    return float(stream.uniform(np.array([index]))[0])
