"""The loop of `@residual/trainer`, on every process that a launcher started.

A step is a function of the checkpoint, the pictures and its number, whatever the number of processes: so a run may stop
anywhere, go on with more or fewer, and go back to JavaScript.
"""

import math
import time
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from . import checkpoint as checkpoints
from .batches import Batch
from .errors import RunError
from .inputs import Inputs
from .metrics import PendingMetrics, add, means, no_sums
from .network import to_numpy
from .optimizers import clip_norm_of
from .options import Options
from .parallel import arithmetic, parallelised
from .processes import Processes
from .run_folder import RunFolder
from .schedules import learning_rate
from .stopping import Stopping
from .training_state import TrainingState

# The most batches whose metrics wait on the device.
_MAX_PENDING = 64


class Training:
    """One run: the loop, and what it needs between steps."""

    def __init__(
        self,
        folder: RunFolder,
        options: Options,
        inputs: Inputs,
        now: TrainingState,
        processes: Processes,
        stopping: Stopping,
    ) -> None:
        self._folder, self._options, self._inputs, self._processes = folder, options, inputs, processes
        self._now, self._stopping = now, stopping
        self._training: dict[str, Any] = now.state["config"]["training"]
        self._total = self._training["epochs"] * inputs.per_epoch
        self._pending = PendingMetrics(processes)
        self._parallel = parallelised(now.network, options, processes)
        self._last_saved = time.monotonic()
        self._seconds = self._wait_seconds = 0.0

    def run(self) -> bool:
        """Whether the run is over; else it was told to stop, and has saved where it is."""
        state = self._now.state
        while self._is_going_on():
            if state["batch"] < self._inputs.per_epoch and not self._finish_batches():
                self._save()
                self._end("aborted")
                return False
            self._finish_epoch()
            self._save()
        if self._processes.is_first:
            with self._now.with_averages():
                values = {path: to_numpy(tensor) for path, tensor in self._now.leaves.items()}
            self._folder.write_model(values, state["config"])
        self._end("completed")
        return True

    def _finish_batches(self) -> bool:
        """The batches that are left of the epoch; False when the run is told to stop before."""
        state, options = self._now.state, self._options
        asked = time.monotonic()
        for batch in self._inputs.batches(state["epoch"] - 1, state["batch"], options.workers):
            began = time.monotonic()
            self._wait_seconds += began - asked
            self._step(batch)
            is_last = state["batch"] == self._inputs.per_epoch
            is_logged = is_last or state["step"] % options.log_every == 0
            if is_logged or state["step"] % _MAX_PENDING == 0:
                self._measure()
            self._seconds += time.monotonic() - began
            if is_logged:
                self._log_step()
            is_due = self._processes.is_first and time.monotonic() - self._last_saved >= options.checkpoint_every
            stops, saves = self._processes.any(self._stopping.is_asked, is_due)
            if stops and not is_last:
                return False
            if saves and not is_last:
                self._save()
            asked = time.monotonic()
        return True

    def _step(self, batch: Batch) -> None:
        state, training = self._now.state, self._training
        given = self._inputs.mixed(batch, state["epoch"] - 1, state["batch"])
        self._parallel.train()
        logits = self._logits(self._parallel, given.x)
        loss_sum = self._inputs.loss_sum(logits, given)
        # The mean over processes is taken of gradients: with this factor it is that over the examples of the batch.
        (loss_sum * (self._processes.count / given.size)).backward()
        gradients = [tensor.grad for tensor in self._now.parameters.values() if tensor.grad is not None]
        norm = torch.linalg.vector_norm(torch.stack(torch._foreach_norm(gradients)))
        clip = clip_norm_of(training["optimizer"], training["gradientClipNorm"])
        if clip > 0:
            torch._foreach_mul_(gradients, torch.clamp(clip / norm, max=1))
        correct = (logits.argmax(1) == given.counted()).sum()
        # Every process has all gradients: their length is told once.
        self._pending.add(loss_sum, correct, norm, given.size)
        for group in self._now.optimizer.param_groups:
            group["lr"] = self._learning_rate(state["step"])
        self._now.optimizer.step()
        self._now.optimizer.zero_grad(set_to_none=True)
        if self._now.averages:
            self._now.average(training["averageDecay"])
        state["step"] += 1
        state["batch"] += 1

    def _logits(self, network: nn.Module, x: Tensor) -> Tensor:
        with torch.autocast(x.device.type, torch.bfloat16, enabled=self._options.precision == "bfloat16"):
            return network(x).float()

    def _measure(self) -> None:
        """Reads what waits on the device: a run that has gone wrong must not save anything."""
        measured = self._pending.read()
        first = self._now.state["step"] - len(measured)
        for i, batch in enumerate(measured):
            if not batch.is_finite:
                raise RunError(
                    f"Step {first + i + 1}: expected a finite loss and finite gradients, received NaN or infinity. "
                    "Lower the learning rate, or clip gradients; the latest checkpoint is from before this step."
                )
        self._now.measure([batch.sums for batch in measured])

    def _finish_epoch(self) -> None:
        self._measure()
        began = time.monotonic()
        validation = self._validate()
        record, is_best = self._now.finish_epoch(validation, self._learning_rate(self._now.state["step"] - 1))
        if self._processes.is_first:
            self._folder.log("epoch", **record, isBest=is_best, validationSeconds=time.monotonic() - began)
            self._folder.write_history(self._now.state["history"])

    @torch.no_grad()
    def _validate(self) -> dict[str, float] | None:
        """The mean cross-entropy and the accuracy, with the averaged weights; None without pictures for it."""
        if self._inputs.validation is None:
            return None
        network, pending, sums = self._now.network, PendingMetrics(self._processes), no_sums()
        network.eval()
        with self._now.with_averages():
            for batch in self._inputs.to_judge(self._inputs.validation, self._options.workers):
                given = self._inputs.plain(batch)
                logits = self._logits(network, given.x)
                loss = F.cross_entropy(logits, given.labels, reduction="sum")
                pending.add(loss, (logits.argmax(1) == given.labels).sum(), loss, given.size)
        for batch in pending.read():
            sums = add(sums, batch.sums)
        mean_loss, accuracy = means(sums)
        if not math.isfinite(mean_loss):
            raise RunError(
                f"Validation after epoch {self._now.state['epoch']}: expected a finite loss, received {mean_loss}."
            )
        return {"loss": mean_loss, "accuracy": accuracy}

    def _save(self) -> None:
        self._measure()
        if self._processes.is_first:
            self._now.state |= {
                "backend": "pytorch",
                "arithmetic": arithmetic(self._options, self._processes),
            }
            name, size, removed = checkpoints.save(self._folder.checkpoints, self._now.checkpoint())
            self._folder.log("checkpoint", name=name, bytes=size, **self._position(), removed=removed)
        self._last_saved = time.monotonic()

    def _log_step(self) -> None:
        sums, state = self._now.take_log(), self._now.state
        seconds, wait_seconds = self._seconds, self._wait_seconds
        self._seconds = self._wait_seconds = 0.0
        if self._processes.is_first:
            loss, accuracy = means(sums)
            self._folder.log(
                "step",
                **self._position(),
                loss=loss,
                accuracy=accuracy,
                learningRate=self._learning_rate(state["step"] - 1),
                images=sums["examples"],
                seconds=seconds,
                waitSeconds=wait_seconds,
                imagesPerSecond=sums["examples"] / max(seconds + wait_seconds, 1e-9),
            )

    def _end(self, reason: str) -> None:
        state = self._now.state
        if self._processes.is_first:
            best = {"best": state["best"]} if "best" in state else {}
            self._folder.log("end", reason=reason, step=state["step"], history=state["history"], **best)

    def _position(self) -> dict[str, int]:
        return {key: self._now.state[key] for key in ("step", "epoch", "batch")}

    def _is_going_on(self) -> bool:
        """Whether there are epochs left, and patience for them."""
        state, patience = self._now.state, self._training["patience"]
        best = state.get("best")
        since_best = len(state["history"]) - best["epoch"] if best else 0
        return state["epoch"] <= self._training["epochs"] and (patience is None or since_best < patience)

    def _learning_rate(self, step: int) -> float:
        training, history = self._training, self._now.state["history"]
        return learning_rate(training["schedule"], step, self._total, training["optimizer"]["learningRate"], history)
