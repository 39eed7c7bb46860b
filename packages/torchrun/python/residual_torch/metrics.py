"""Sums over examples, in double precision."""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from .processes import Processes

Sums = dict[str, float]


def no_sums() -> Sums:
    return {"loss": 0, "correct": 0, "examples": 0}


def add(a: Sums, b: Sums) -> Sums:
    return {key: a[key] + b[key] for key in a}


def means(sums: Sums) -> tuple[float, float]:
    """Loss and accuracy."""
    return sums["loss"] / sums["examples"], sums["correct"] / sums["examples"]


@dataclass
class Measured:
    """One batch, of all processes."""

    sums: Sums
    is_finite: bool


class PendingMetrics:
    """What waits on the device, batch by batch, to be read together: each reading waits for the device."""

    def __init__(self, processes: Processes) -> None:
        self._processes = processes
        self._pending: list[tuple[Tensor, Tensor, Tensor, int]] = []

    def add(self, loss_sum: Tensor, correct: Tensor, gradient_norm: Tensor, examples: int) -> None:
        self._pending.append((loss_sum.detach(), correct.detach(), gradient_norm.detach(), examples))

    def read(self) -> list[Measured]:
        """In the order of the batches, so that sums don't depend on when they are read."""
        if not self._pending:
            return []
        rows = [torch.stack([value.double() for value in row[:3]]) for row in self._pending]
        examples = [row[3] for row in self._pending]
        self._pending = []
        table = torch.stack(rows).cpu()
        table[:, 2] = (~torch.isfinite(table[:, 2])).double()
        totals: list[list[Any]] = self._processes.sum(table).tolist()
        return [
            Measured({"loss": loss, "correct": int(correct), "examples": count}, math.isfinite(loss) and bad == 0)
            for (loss, correct, bad), count in zip(totals, examples)
        ]
