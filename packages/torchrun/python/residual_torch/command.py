"""What train.py does."""

import sys

import torch

from . import checkpoint as checkpoints
from .check import check
from .errors import RunError
from .inputs import Inputs
from .options import Options, parse
from .parallel import TESTED_TORCH, device_name, is_tested, require_pictures_for_all, set_precision
from .processes import Processes
from .run_folder import RunFolder
from .stopping import Stopping
from .training import Training
from .training_state import TrainingState


def main(arguments: list[str] | None = None) -> int:
    """The exit code: 0 done, 1 failed, 128 and the signal's number for a run that was stopped and has saved."""
    options = parse(arguments)
    stopping = Stopping()
    set_precision(options.precision)
    processes = Processes()
    try:
        if options.check:
            return _check(options, processes)
        is_over = _train(options, processes, stopping)
        return 0 if is_over else 128 + max(stopping.signal_number, 2)
    except RunError as error:
        print(f"error: {error}", file=sys.stderr, flush=True)
        return 1
    finally:
        processes.close()


def _check(options: Options, processes: Processes) -> int:
    if processes.count > 1:
        raise RunError("--check: expected one process. Start it with python instead of a launcher.")
    processes.device = torch.device("cpu")  # float64 is slow on many GPUs
    folder = RunFolder(options.run, options.data)
    checkpoint, passed_over = checkpoints.latest(folder.checkpoints)
    for reason in passed_over:
        print(f"warning   passed over {reason}")
    if not is_tested(torch.__version__):
        print(f"warning   {_other_torch()}")
    check(folder, checkpoint, Inputs(checkpoint.state, folder.data, folder.shards, processes))
    print("All fits.")
    return 0


def _train(options: Options, processes: Processes, stopping: Stopping) -> bool:
    folder = RunFolder(options.run, options.data)
    if processes.from_first(folder.is_complete()):
        if processes.is_first:
            print(f"{options.run} is complete: there is nothing left to train.")
        return True
    # The first process decides which checkpoint is the latest, and the others have it from there.
    checkpoint, passed_over = checkpoints.latest(folder.checkpoints) if processes.is_first else (None, [])
    state = processes.from_first(checkpoint.state if checkpoint else {})
    inputs = Inputs(state, folder.data, folder.shards, processes)
    if processes.is_first:
        inputs.require_same()
    remainder = len(inputs.pictures) - (inputs.per_epoch - 1) * state["config"]["training"]["batchSize"]
    last_batch = min(state["config"]["training"]["batchSize"], remainder)
    require_pictures_for_all(last_batch, options, processes)
    now = TrainingState(checkpoint, state, folder.architecture, processes)
    training = Training(folder, options, inputs, now, processes, stopping)
    if processes.is_first:
        _log_start(folder, options, inputs, now, processes)
        if processes.restart_may_hang:
            advice = "Start torchrun with TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1 in its environment."
            folder.log("warning", message=f"A restart after a crash may hang (PyTorch issue 135712). {advice}")
        if not is_tested(torch.__version__):
            folder.log("warning", message=_other_torch())
        for reason in passed_over:
            folder.log("warning", message=f"Passed over {reason}")
    return training.run()


def _other_torch() -> str:
    return f"This is torch {torch.__version__}; tested was {TESTED_TORCH}, as requirements.txt has it."


def _log_start(folder: RunFolder, options: Options, inputs: Inputs, now: TrainingState, processes: Processes) -> None:
    state, epochs = now.state, now.state["config"]["training"]["epochs"]
    batch_norm = options.batch_norm if isinstance(options.batch_norm, str) else f"group:{options.batch_norm}"
    folder.log(
        "start",
        backend="pytorch",
        device=f"{processes.count} x {device_name(processes)}, torch {torch.__version__}, {options.precision}, "
        f"batch normalisation {batch_norm}",
        referenceOps=[],
        parameters=sum(tensor.numel() for tensor in now.parameters.values()),
        maxEpochs=epochs,
        stepsPerEpoch=inputs.per_epoch,
        totalSteps=epochs * inputs.per_epoch,
        trainExamples=len(inputs.pictures),
        validationExamples=len(inputs.validation) if inputs.validation else 0,
        resumedAt={key: state[key] for key in ("step", "epoch", "batch")},
    )
