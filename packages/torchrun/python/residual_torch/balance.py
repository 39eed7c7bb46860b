"""The sampler of `@residual/data`, by which each class comes equally often."""

import numpy as np

from .philox import Stream, permutation


def balanced_order(labels: np.ndarray, seed: int, epoch: int) -> tuple[np.ndarray, np.ndarray]:
    """The pictures of an epoch in their order, and how often each came in it before: [N], [N].

    As many as there are, but for a remainder of one that is drawn equally many of each class; a class's pictures come in
    shuffled rounds, each once before any comes again.
    """
    classes = np.unique(labels).tolist()
    quota, extra = divmod(len(labels), len(classes))
    has_extra = set(permutation(Stream(seed, "balance", epoch), len(classes))[:extra].tolist())
    examples: list[np.ndarray] = []
    counts: list[np.ndarray] = []
    for i, label in enumerate(classes):
        own = np.flatnonzero(labels == label)
        left, round_number = quota + (i in has_extra), 0
        while left > 0:
            taken = permutation(Stream(seed, f"balance/{label}/{round_number}", epoch), len(own))[:left]
            examples.append(own[taken])
            counts.append(np.full(len(taken), round_number))
            left -= len(taken)
            round_number += 1
    places = permutation(Stream(seed, "shuffle", epoch), len(labels))
    return np.concatenate(examples)[places], np.concatenate(counts)[places]
