"""The command line of train.py."""

import argparse
import re
from dataclasses import dataclass
from pathlib import Path

import torch


@dataclass(frozen=True)
class Options:
    run: Path
    check: bool
    data: Path | None
    # sync, local, or a number of neighbours.
    batch_norm: str | int
    precision: str
    log_every: int
    checkpoint_every: float
    workers: int


def parse(arguments: list[str] | None = None) -> Options:
    parser = argparse.ArgumentParser(
        prog="train.py", description="Goes on with the run of a folder that `residual scale-out` wrote."
    )
    parser.add_argument("run", type=Path, help="the folder, on storage that all processes see")
    parser.add_argument(
        "--check",
        action="store_true",
        help="compute one batch in float64, train nothing: do data, weights and loss fit? exit code 0 or 1",
    )
    parser.add_argument(
        "--data", type=Path, help="the folder of the pictures; default: as the run's handover.json says"
    )
    parser.add_argument(
        "--batch-norm",
        type=_batch_norm,
        default="sync",
        metavar="sync|local|group:N",
        help="statistics of the whole batch, as on one device (default); of each process's part; of N neighbours'",
    )
    parser.add_argument(
        "--precision",
        choices=["float32", "tf32", "bfloat16"],
        default="float32",
        help="of the network; sums, weights and the loss stay float32",
    )
    parser.add_argument("--log-every", type=_positive, default=20, help="steps between two lines; default: 20")
    parser.add_argument("--checkpoint-every", type=float, default=60, help="seconds; default: 60, and after each epoch")
    parser.add_argument(
        "--workers",
        type=int,
        default=4 if torch.cuda.is_available() else 0,
        help="processes that make pictures ready, for each that trains; default: 4 with a GPU, else 0",
    )
    given = parser.parse_args(arguments)
    return Options(**vars(given))


def _batch_norm(text: str) -> str | int:
    if text in ("sync", "local"):
        return text
    match = re.fullmatch(r"group:([1-9]\d*)", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"expected sync, local or group:N, received {text}")
    return int(match[1])


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"expected a number above 0, received {text}")
    return value
