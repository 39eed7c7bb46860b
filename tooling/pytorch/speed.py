"""How much of the speed of a plain PyTorch loop train.py has: `python speed.py DIR`, a folder of `residual scale-out`.

Both train the same network on the same pictures, in turns. On a processor on one thread, and what counts is processor
time, which other programs on the machine don't change much; on a GPU it is time. Trains in memory: the folder stays as
it is.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, sys.argv[1])

import numpy as np
import torch
import torch.nn.functional as F
from residual_torch import checkpoint
from residual_torch.inputs import Inputs
from residual_torch.network import build
from residual_torch.options import parse
from residual_torch.processes import Processes
from residual_torch.run_folder import RunFolder
from residual_torch.stopping import Stopping
from residual_torch.training import Training
from residual_torch.training_state import TrainingState
from torch.utils.data import DataLoader, TensorDataset

TURNS = 10
STEPS = 8


def plain_loop(folder: RunFolder, inputs: Inputs, batch_size: int, device: torch.device) -> Callable[[], None]:
    """What a tutorial has: a data set of tensors, SGD with momentum, no averages, no metrics."""
    network = build(folder.architecture).to(device).train()
    optimizer = torch.optim.SGD(network.parameters(), 0.05, momentum=0.9, nesterov=True, weight_decay=5e-4)
    images = torch.from_numpy(inputs.pictures.batch(np.arange(len(inputs.pictures)), inputs.size))
    data = TensorDataset(images.permute(0, 3, 1, 2).float() / 255, torch.from_numpy(inputs.pictures.labels))

    def steps() -> None:
        for _, (x, labels) in zip(range(STEPS), DataLoader(data, batch_size, shuffle=True)):
            optimizer.zero_grad()
            F.cross_entropy(network(x.to(device)), labels.to(device)).backward()
            optimizer.step()

    return steps


def our_loop(training: Training, now: TrainingState, inputs: Inputs) -> Callable[[], None]:
    """The step of train.py, its batches and its metrics."""

    def steps() -> None:
        for _, batch in zip(range(STEPS), inputs.batches(now.state["epoch"], 0, workers=0)):
            training._step(batch)
        training._measure()
        now.state |= {"step": 0, "batch": 0}

    return steps


def now_in(device: torch.device) -> float:
    """Seconds, when all that was asked for is done."""
    if device.type != "cuda":
        return time.process_time()
    torch.cuda.synchronize(device)
    return time.perf_counter()


def main() -> None:
    torch.set_num_threads(1)
    options, processes = parse([sys.argv[1]]), Processes()
    folder = RunFolder(Path(sys.argv[1]), None)
    found, _ = checkpoint.latest(folder.checkpoints)
    inputs = Inputs(found.state, folder.data, folder.shards, processes)
    now = TrainingState(found, found.state, folder.architecture, processes)
    ours = our_loop(Training(folder, options, inputs, now, processes, Stopping()), now, inputs)
    device = processes.device
    plain = plain_loop(folder, inputs, found.state["config"]["training"]["batchSize"], device)
    seconds = {plain: 0.0, ours: 0.0}
    for turn in range(TURNS + 1):
        for loop in seconds:
            start = now_in(device)
            loop()
            if turn > 0:  # the first warms up
                seconds[loop] += now_in(device) - start
    each = {loop: 1000 * total / (TURNS * STEPS) for loop, total in seconds.items()}
    share = seconds[plain] / seconds[ours]
    print(f"plain {each[plain]:.1f} ms a step, ours {each[ours]:.1f} ms: {share:.1%} of its speed")


main()
