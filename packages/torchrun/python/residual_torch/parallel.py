"""The network on several processes, and how it rounds."""

import inspect
import warnings

import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from .batch_norm import synchronise
from .errors import RunError
from .options import Options
from .processes import Processes

# The minor version that requirements.txt asks for.
TESTED_TORCH = "2.15"


def parallelised(network: nn.Module, options: Options, processes: Processes) -> nn.Module:
    """What a step calls: the same parameters, with gradients averaged over the processes."""
    if processes.count == 1:
        return network
    choice = options.batch_norm
    if choice != "local":
        group = None if choice == "sync" else processes.group_of(int(choice))
        network = synchronise(network, group, processes.device)
    # Of 1x1 convolutions, whose weights have one order of bytes and two names for it.
    warnings.filterwarnings("ignore", message="Grad strides do not match bucket view strides")
    # Where statistics are not those of all processes, the first one's are kept.
    return DistributedDataParallel(network, **{_buffers_option(): choice != "sync"})


def _buffers_option() -> str:
    """Of torch 2.15, or as it was called before."""
    known = inspect.signature(DistributedDataParallel).parameters
    return next(name for name in ("forward_sync_buffers", "broadcast_buffers") if name in known)


def is_tested(version: str) -> bool:
    """Whether a version of torch is the one that this was tested with."""
    return version.split(".")[:2] == TESTED_TORCH.split(".")


def require_pictures_for_all(last_batch: int, options: Options, processes: Processes) -> None:
    """Each part of a batch that has statistics of its own needs pictures."""
    choice = options.batch_norm
    parts = {"sync": 1, "local": processes.count}[choice] if isinstance(choice, str) else processes.count // choice
    if last_batch < parts:
        raise RunError(
            f"--batch-norm: expected a picture or more for each statistic; the last batch of an epoch has "
            f"{last_batch}, in {parts} parts. Use sync, or fewer processes."
        )


def set_precision(precision: str) -> None:
    is_tf32 = precision == "tf32"
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = is_tf32
    torch.backends.cudnn.deterministic = True  # a run that is restarted goes on to the same bits


def arithmetic(options: Options, processes: Processes) -> dict[str, str]:
    """How it rounds, as checkpoints tell it."""
    choice = options.batch_norm
    return {
        "torch": torch.__version__,
        "device": device_name(processes),
        "processes": str(processes.count),
        "precision": options.precision,
        "batchNorm": choice if isinstance(choice, str) else f"group:{choice}",
    }


def device_name(processes: Processes) -> str:
    if processes.device.type == "cuda":
        return torch.cuda.get_device_name(processes.device)
    return "cpu"
