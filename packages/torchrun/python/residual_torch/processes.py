"""What a process knows of the others: RANK, WORLD_SIZE, LOCAL_RANK and MASTER_ADDR from the environment."""

import os
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor

from .errors import RunError

T = TypeVar("T")


class Processes:
    """The processes that a launcher started, or this one alone."""

    def __init__(self) -> None:
        self.rank = int(os.environ.get("RANK", 0))
        self.count = int(os.environ.get("WORLD_SIZE", 1))
        if torch.cuda.is_available():
            self.device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))
            torch.cuda.set_device(self.device)
        else:
            self.device = torch.device("cpu")
        self._is_own = self.count > 1 and not dist.is_initialized()  # some launchers have initialised it
        if self._is_own:
            dist.init_process_group("nccl" if self.device.type == "cuda" else "gloo")
        # What the host has to know goes between hosts: it never waits for a device.
        self._control: Any = dist.new_group(backend="gloo") if self.count > 1 else None

    @property
    def is_first(self) -> bool:
        return self.rank == 0

    @property
    def restart_may_hang(self) -> bool:
        """Whether a restarted process could meet what its predecessor left in the launcher's store.

        Source: https://github.com/pytorch/pytorch/issues/135712
        """
        shares_store = os.environ.get("TORCHELASTIC_USE_AGENT_STORE") == "True"
        return self.count > 1 and shares_store and os.environ.get("TORCHELASTIC_MAX_RESTARTS", "0") != "0"

    def sum(self, tensor: Tensor) -> Tensor:
        """The sum over all processes, of a tensor on the host; in place."""
        if self.count > 1:
            dist.all_reduce(tensor, group=self._control)
        return tensor

    def any(self, *wishes: bool) -> list[bool]:
        """For each wish whether some process has it: all must do the same."""
        return [value > 0 for value in self.sum(torch.tensor([float(wish) for wish in wishes])).tolist()]

    def from_first(self, value: T) -> T:
        """What the first process has, a value that can be pickled; what the others give is ignored."""
        if self.count == 1:
            return value
        box = [value]
        dist.broadcast_object_list(box, src=0, group=self._control)
        return box[0]

    def share(self, tensors: dict[str, Tensor]) -> None:
        """Overwrites tensors with those of the first process."""
        if self.count > 1:
            for tensor in tensors.values():
                dist.broadcast(tensor, src=0)

    def group_of(self, size: int) -> dist.ProcessGroup | None:
        """The group of `size` neighbours that this process is in; None stands for all."""
        if size == self.count:
            return None
        if self.count % size != 0:
            raise RunError(f"--batch-norm group:{size}: expected a divisor of the {self.count} processes.")
        starts = range(0, self.count, size)
        groups: dict[int, Any] = {
            start: dist.new_group(list(range(start, start + size))) for start in starts
        }  # all make all
        return groups[self.rank // size * size]

    def close(self) -> None:
        if self._is_own:
            dist.destroy_process_group()
