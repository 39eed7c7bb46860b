"""Batches of pictures: each a function of (seed, epoch, index), of which a process takes its part."""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from .augment import Place, augment
from .balance import balanced_order
from .philox import Stream, permutation
from .pictures import Pictures

# A single array is faster to take from than picture by picture.
_FLIPS = {"randomFlip", "horizontalFlip", "alternatingFlip"}

# A repeated picture is changed as in an epoch that no run comes to. Odd: what takes turns by epochs takes turns here too.
REPEAT = 1_000_003


class Batch(NamedTuple):
    """What a process has of a batch. Where pictures are mixed, row 0 is the one before its first."""

    pictures: Tensor  # [b, H, W, C], uint8
    labels: Tensor  # [b], int64
    size: int  # of the whole batch


@dataclass(frozen=True)
class Plan:
    """How pictures become batches."""

    size: int
    # [height, width] of the pictures of a batch.
    picture: tuple[int, int]
    # None: in the order of the pictures, as they are.
    seed: int | None = None
    augment: tuple[dict[str, Any], ...] = ()
    drop_last: bool = False
    # Whether each class comes equally often.
    is_balanced: bool = False
    # Whether each process also needs the picture before its first.
    with_previous: bool = False

    def per_epoch(self, pictures: int) -> int:
        return pictures // self.size if self.drop_last else math.ceil(pictures / self.size)


class EpochBatches(Dataset[tuple[np.ndarray, np.ndarray, int]]):
    """The batches of one epoch (from 0), as one of several processes has them."""

    def __init__(self, pictures: Pictures, plan: Plan, epoch: int, rank: int = 0, count: int = 1) -> None:
        self._pictures, self._plan, self._epoch = pictures, plan, epoch
        self._rank, self._count = rank, count
        # For each picture of the epoch, how often it came before; None: none comes twice.
        self._repeats: np.ndarray | None = None
        if plan.seed is None:
            self.order = np.arange(len(pictures))
        elif plan.is_balanced:
            self.order, self._repeats = balanced_order(pictures.labels, plan.seed, epoch)
        else:
            self.order = permutation(Stream(plan.seed, "shuffle", epoch), len(pictures))

    def __len__(self) -> int:
        return self._plan.per_epoch(len(self._pictures))

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray, int]:
        begin = index * self._plan.size
        whole = self.order[begin : begin + self._plan.size]
        first, last = (part * len(whole) // self._count for part in (self._rank, self._rank + 1))
        rows = list(range(first, last))
        if self._plan.with_previous and rows:
            rows.insert(0, (first - 1) % len(whole))
        indices = whole[rows]
        repeats = None if self._repeats is None else self._repeats[begin : begin + self._plan.size][rows]
        return self._read(indices, repeats), self._pictures.labels[indices], len(whole)

    def _read(self, indices: np.ndarray, repeats: np.ndarray | None) -> np.ndarray:
        plan = self._plan
        if plan.seed is None or not plan.augment:
            return self._pictures.batch(indices, plan.picture)
        if repeats is None and all(row["name"] in _FLIPS for row in plan.augment):
            return self._flipped(indices)
        rows = list(plan.augment)
        epochs = self._epoch + (np.zeros_like(indices) if repeats is None else REPEAT * repeats)
        changed = [
            augment(self._pictures.picture(index), rows, Place(plan.seed, epoch, index, plan.picture))
            for index, epoch in zip(indices.tolist(), epochs.tolist())
        ]
        return np.stack(changed) if changed else np.empty((0, *plan.picture, self._pictures.channels), np.uint8)

    def _flipped(self, indices: np.ndarray) -> np.ndarray:
        images = self._pictures.batch(indices, self._plan.picture)
        for row in self._plan.augment:
            mirrored = _mirrored(row, self._plan.seed or 0, self._epoch, indices)
            images[mirrored] = images[mirrored][:, :, ::-1]
        return images


def _mirrored(row: dict[str, Any], seed: int, epoch: int, indices: np.ndarray) -> np.ndarray:
    """[n], bool: the flips of `augment`, of all pictures of a batch at once."""
    if row["name"] == "alternatingFlip":
        return (Stream(seed, row["name"]).uniform(indices) < 0.5) != (epoch % 2 == 1)
    return Stream(seed, row["name"], epoch).uniform(indices) < row.get("probability", 0.5)


def loader(batches: EpochBatches, begin: int, workers: int, pin: bool) -> DataLoader:
    """The batches from number `begin` on, made by `workers` other processes; 0: by this one."""
    return DataLoader(
        batches,
        batch_size=None,
        sampler=range(begin, len(batches)),
        num_workers=workers,
        collate_fn=_as_batch,
        pin_memory=pin,
    )


def _as_batch(item: Any) -> Batch:
    images, labels, size = item
    return Batch(torch.from_numpy(np.ascontiguousarray(images)), torch.from_numpy(labels), size)
