"""All that changes while a run trains: the network, the optimizer, averages, and how far it is."""

import contextlib
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from .checkpoint import Arrays, Checkpoint
from .metrics import Sums, no_sums
from .network import Network, build, leaves, load, to_numpy
from .optimizers import make_slots, optimizer_of, slot, slots_of
from .processes import Processes


class TrainingState:
    def __init__(
        self,
        checkpoint: Checkpoint | None,
        state: dict[str, Any],
        architecture: dict[str, Any],
        processes: Processes,
    ) -> None:
        """`checkpoint`: of the first process; the others have their values from it."""
        self.state = state
        self._optimizer_settings = state["config"]["training"]["optimizer"]
        self.network: Network = build(architecture)
        self.network.to(processes.device)
        self.leaves = leaves(self.network)
        self.parameters = {path: tensor for path, tensor in self.leaves.items() if tensor.requires_grad}
        self.optimizer = optimizer_of(self._optimizer_settings, self.parameters)
        make_slots(self.optimizer, self._optimizer_settings, self.parameters, state["step"])
        has_averages = state["config"]["training"]["averageDecay"] is not None
        self.averages = (
            {path: tensor.detach().clone() for path, tensor in self.parameters.items()} if has_averages else {}
        )
        for name, tensors, arrays in self._parts(checkpoint):
            if arrays is not None:
                load(tensors, arrays, name)
            processes.share({path: tensor.detach() for path, tensor in tensors.items()})

    def _parts(self, checkpoint: Checkpoint | None) -> Iterator[tuple[str, dict[str, Tensor], Arrays | None]]:
        yield "model", self.leaves, checkpoint.model if checkpoint else None
        for name in slots_of(self._optimizer_settings):
            yield (
                name,
                slot(self.optimizer, name, self.parameters),
                checkpoint.slots.get(name, {}) if checkpoint else None,
            )
        yield "average", self.averages, checkpoint.averages if checkpoint else None

    def checkpoint(self) -> Checkpoint:
        """Copies of all values."""
        arrays = {
            name: {path: to_numpy(tensor) for path, tensor in tensors.items()} for name, tensors, _ in self._parts(None)
        }
        model, averages = arrays.pop("model"), arrays.pop("average")
        return Checkpoint(model, arrays, averages, self.state)

    @torch.no_grad()
    def average(self, decay: float) -> None:
        """Young averages would remember the initial weights: TensorFlow's ExponentialMovingAverage(num_updates)."""
        step = self.state["step"]
        decay = min(decay, (1 + step) / (10 + step))
        averages = list(self.averages.values())
        torch._foreach_mul_(averages, decay)
        torch._foreach_add_(averages, [self.parameters[path] for path in self.averages], alpha=1 - decay)

    @contextlib.contextmanager
    def with_averages(self) -> Iterator[None]:
        """The averaged weights in the network, where they are kept."""
        own = {path: self.parameters[path].detach().clone() for path in self.averages}
        self._put(self.averages)
        try:
            yield
        finally:
            self._put(own)

    @torch.no_grad()
    def _put(self, values: dict[str, Tensor]) -> None:
        for path, value in values.items():
            self.parameters[path].copy_(value)

    def measure(self, sums: list[Sums]) -> None:
        for key in ("epochSums", "logSums"):
            for more in sums:
                self.state[key] = {name: self.state[key][name] + more[name] for name in no_sums()}

    def take_log(self) -> Sums:
        """What was measured since the last call."""
        sums, self.state["logSums"] = self.state["logSums"], no_sums()
        return sums

    def finish_epoch(self, validation: dict[str, float] | None, learning_rate: float) -> tuple[dict[str, Any], bool]:
        """Enters the epoch into the history and turns to the next: its record, and whether it is the best so far."""
        state, sums = self.state, self.state["epochSums"]
        record: dict[str, Any] = {
            "epoch": state["epoch"],
            "step": state["step"],
            "trainLoss": sums["loss"] / sums["examples"],
            "trainAccuracy": sums["correct"] / sums["examples"],
        }
        if validation is not None:
            record |= {"validationLoss": validation["loss"], "validationAccuracy": validation["accuracy"]}
        record["learningRate"] = learning_rate
        state["history"].append(record)
        best = state.get("best")
        is_best = validation is not None and validation["accuracy"] > (best["validationAccuracy"] if best else -1)
        if is_best:
            state["best"] = {key: record[key] for key in ("epoch", "step", "validationAccuracy")}
        state["epoch"] += 1
        state["batch"] = 0
        state["epochSums"] = no_sums()
        return record, is_best
