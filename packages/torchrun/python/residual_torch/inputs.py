"""From the pictures of a run to the network's input, and from its answers to the loss."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import DataLoader

from .augment import CROPS, require_known
from .batches import Batch, EpochBatches, Plan, loader
from .errors import RunError
from .mixing import Mix, draw
from .philox import fnv1a
from .pictures import Pictures, Shards, crops_of
from .processes import Processes
from .resample import BatchResize


@dataclass(frozen=True)
class Input:
    """What a process computes a step with: b of the pictures of a batch."""

    x: Tensor  # [b, C, H, W], float32
    labels: Tensor  # [b]
    size: int  # of the whole batch
    # What the pictures are mixed by, and the labels of what they are mixed with, [b].
    mix: Mix | None = None
    other_labels: Tensor | None = None

    def counted(self) -> Tensor:
        """[b]: the labels by which answers are counted right, those of the larger share."""
        if self.mix is None or self.other_labels is None or self.mix.share >= 0.5:
            return self.labels
        return self.other_labels


class Inputs:
    """The batches of a run, as one of several processes has them."""

    def __init__(self, state: dict[str, Any], data: Path, shards: Shards | None, processes: Processes) -> None:
        task, training = state["config"]["task"], state["config"]["training"]
        self._facts = state["facts"]["data"]
        self._mix, self._seed = training["mix"], training["seed"]
        self._label_smoothing: float = training["loss"]["labelSmoothing"]
        # What is added to the logits in training, [K], where the loss makes up for unequal classes.
        adjustment = state["facts"].get("logitAdjustment")
        self._adjustment = None if adjustment is None else torch.tensor(adjustment, device=processes.device)
        self._processes = processes
        require_known(training["augment"])
        height, width, channels = self._facts["shape"]
        self._plan = Plan(
            training["batchSize"],
            (height, width),
            seed=self._seed,
            augment=tuple(training["augment"]),
            drop_last=training["dropLast"],
            is_balanced=training["balance"] == "sampler",
            with_previous=self._mix is not None,
        )
        crops = crops_of(task["steps"])
        own = () if any(row["name"] in CROPS for row in training["augment"]) else crops
        self.pictures = Pictures(data, "train", channels, shards, own)
        has_validation = (data / "validation-labels.npy").exists()
        self.validation = Pictures(data, "validation", channels, shards, crops) if has_validation else None
        self.size = (task["picture"]["height"], task["picture"]["width"])
        device = processes.device
        self._resize = BatchResize((height, width), self.size, device) if (height, width) != self.size else None
        normalize = task["normalize"] or {"mean": [0.0], "standardDeviation": [1.0]}
        self._mean, self._deviation = (
            torch.tensor(normalize[key], dtype=torch.float32, device=device).view(1, -1, 1, 1)
            for key in ("mean", "standardDeviation")
        )

    @property
    def per_epoch(self) -> int:
        """Batches, which are steps."""
        return self._plan.per_epoch(len(self.pictures))

    def require_same(self) -> None:
        """The number of pictures, and the first batch of the run, byte by byte."""
        facts = self._facts
        if (facts["examples"], facts["batchesPerEpoch"]) != (len(self.pictures), self.per_epoch):
            raise RunError(
                f"Expected the {facts['examples']} pictures that the run began with, found {len(self.pictures)}."
            )
        if self._fingerprint() != facts["firstBatch"]:
            raise RunError("Expected the pictures that the run began with, found others: the first batch differs.")

    def batches(self, epoch: int, begin: int, workers: int) -> DataLoader[Batch]:
        """Of an epoch of training (from 0), beginning with number `begin`."""
        processes = self._processes
        batches = EpochBatches(self.pictures, self._plan, epoch, processes.rank, processes.count)
        return loader(batches, begin, workers, pin=processes.device.type == "cuda")

    def to_judge(self, pictures: Pictures, workers: int) -> DataLoader[Batch]:
        processes = self._processes
        plan = Plan(self._plan.size, self._plan.picture)
        batches = EpochBatches(pictures, plan, 0, processes.rank, processes.count)
        return loader(batches, 0, workers, pin=processes.device.type == "cuda")

    def plain(self, batch: Batch) -> Input:
        """As it is judged: not mixed."""
        return Input(self._prepared(batch.pictures), batch.labels.to(self._processes.device), batch.size)

    def mixed(self, batch: Batch, epoch: int, index: int) -> Input:
        """As it is learnt from. Epoch and index from 0."""
        if self._mix is None:
            return self.plain(batch)
        x, labels = self._prepared(batch.pictures), batch.labels.to(self._processes.device)
        mix = draw(self._mix, self._seed, epoch, index, self.size)
        # Row 0 is the picture before the first; a process without any has no row at all.
        return Input(mix.pictures(x[1:], x[:-1]), labels[1:], batch.size, mix, labels[:-1])

    def loss_sum(self, logits: Tensor, given: Input) -> Tensor:
        """The sum of the training losses of this process's pictures, in nats."""
        if self._adjustment is not None:
            logits = logits + self._adjustment
        own = self._cross_entropy(logits, given.labels)
        if given.mix is None or given.other_labels is None:
            return own
        return given.mix.loss(own, self._cross_entropy(logits, given.other_labels))

    def _cross_entropy(self, logits: Tensor, labels: Tensor) -> Tensor:
        return F.cross_entropy(logits, labels, reduction="sum", label_smoothing=self._label_smoothing)

    def _prepared(self, pictures: Tensor) -> Tensor:
        """[b, h, w, C], uint8 -> [b, C, H, W], float32: resized, then (x / 255 - mean) / deviation."""
        x = pictures.to(self._processes.device).permute(0, 3, 1, 2)
        if self._resize is not None:
            x = self._resize(x)
        return ((x.float() / 255 - self._mean) / self._deviation).contiguous()

    def _fingerprint(self) -> str:
        """Of the first batch of the run: its bytes, labels and places, as `@residual/trainer` hashes them."""
        batches = EpochBatches(self.pictures, replace(self._plan, with_previous=False), 0)
        images, labels, size = batches[0]
        value = fnv1a(images.reshape(-1).tolist())
        value = fnv1a(labels.tolist(), value)
        return f"{fnv1a(batches.order[:size].tolist(), value):08x}"
