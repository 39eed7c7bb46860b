"""Counter-based random numbers, bit for bit those of `@residual/random` (Philox4x32-10).

A number is a function of (seed, purpose, stream, index): nothing is remembered, so every process computes what it
needs. Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
"""

from dataclasses import dataclass

import numpy as np

_MASK = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_WEYL = (0x9E3779B9, 0xBB67AE85)
_ROUNDS = 10


def philox(counters: np.ndarray, key: tuple[int, int]) -> np.ndarray:
    """Four random 32-bit integers for each counter: [n, 4] -> [n, 4], all uint64."""
    c0, c1, c2, c3 = (counters[:, i] for i in range(4))
    k0, k1 = key
    for _ in range(_ROUNDS):
        product0, product1 = _MULTIPLIERS[0] * c0, _MULTIPLIERS[1] * c2
        c0, c1, c2, c3 = (
            (product1 >> _SHIFT) ^ c1 ^ np.uint64(k0),
            product1 & _MASK,
            (product0 >> _SHIFT) ^ c3 ^ np.uint64(k1),
            product0 & _MASK,
        )
        k0, k1 = (k0 + _WEYL[0]) & 0xFFFFFFFF, (k1 + _WEYL[1]) & 0xFFFFFFFF
    return np.stack([c0, c1, c2, c3], axis=1)


def fnv1a(values: list[int], start: int = 0x811C9DC5) -> int:
    """FNV-1a, 32 bits, over whole numbers; `start` goes on from an earlier hash."""
    value = start
    for element in values:
        value = ((value ^ element) * 0x01000193) & 0xFFFFFFFF
    return value


def _purpose_word(purpose: str) -> int:
    """Over UTF-16 code units, as JavaScript has them."""
    return fnv1a(np.frombuffer(purpose.encode("utf-16-le"), dtype=np.uint16).tolist())


@dataclass(frozen=True)
class Stream:
    """The random numbers of one (seed, purpose, stream), at any index in any order."""

    seed: int
    purpose: str
    stream: int = 0

    def uint32(self, indices: np.ndarray) -> np.ndarray:
        """[n] -> [n], uint64 that holds 32 bits."""
        indices = np.asarray(indices, dtype=np.uint64)
        words = self._blocks(indices >> np.uint64(2))
        return words[np.arange(len(indices)), (indices & np.uint64(3)).astype(np.int64)]

    def uniform(self, indices: np.ndarray) -> np.ndarray:
        """[n] -> [n], float64 in [0, 1), multiples of 2^-24."""
        return (self.uint32(indices) >> np.uint64(8)).astype(np.float64) * 2.0**-24

    def normal(self, index: int) -> float:
        """Standard normal (Box-Muller on two integers of the same counter)."""
        words = self._blocks(np.array([index // 2], dtype=np.uint64))[0]
        pair = (index % 2) * 2
        u = float(words[pair] + np.uint64(1)) * 2.0**-32  # (0, 1]: the logarithm needs more than 0
        angle = 2 * np.pi * float(words[pair + 1]) * 2.0**-32
        return float(np.sqrt(-2 * np.log(u)) * np.cos(angle))

    def _blocks(self, blocks: np.ndarray) -> np.ndarray:
        counters = np.empty((len(blocks), 4), dtype=np.uint64)
        counters[:, 0], counters[:, 1] = blocks & _MASK, blocks >> _SHIFT
        counters[:, 2], counters[:, 3] = self.stream & 0xFFFFFFFF, _purpose_word(self.purpose)
        return philox(counters, (self.seed & 0xFFFFFFFF, self.seed >> 32))


def permutation(stream: Stream, length: int) -> np.ndarray:
    """[length], int64: the Fisher-Yates shuffle of `@residual/random`, whose i-th swap is drawn at index i."""
    draws = stream.uint32(np.arange(length)).astype(np.float64) / 2.0**32
    targets = np.floor(draws * (np.arange(length) + 1)).astype(np.int64).tolist()
    order = list(range(length))
    for i in range(length - 1, 0, -1):
        j = targets[i]
        order[i], order[j] = order[j], order[i]
    return np.array(order, dtype=np.int64)
