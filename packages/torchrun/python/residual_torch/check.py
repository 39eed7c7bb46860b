"""`train.py --check`: whether data, weights and loss are those that were handed over, before hours are spent."""

import math

from .checkpoint import Checkpoint
from .errors import RunError
from .inputs import Inputs
from .network import Network, build, leaves, load
from .run_folder import RunFolder

# Relative: the other side computes in float32.
_TOLERANCE = 1e-5


def check(folder: RunFolder, checkpoint: Checkpoint, inputs: Inputs) -> None:
    """Prints what fits. Raises RunError for the first that doesn't."""
    classes = len(checkpoint.state["config"]["task"]["classNames"])
    if folder.architecture["classes"] != classes:
        raise RunError(
            f"architecture.json: expected {classes} classes, as the task has, found {folder.architecture['classes']}."
        )
    problem = folder.other_data()
    if problem is not None:
        raise RunError(f"{problem}. Copy the pictures anew.")
    inputs.require_same()
    for pictures in (inputs.pictures, inputs.validation):
        if pictures is not None:
            pictures.require_whole()
    print(f"pictures  {len(inputs.pictures)} to train on in {folder.shards.folder if folder.shards else folder.data}: the same bytes")
    network = network_of(folder, checkpoint)
    numbers = sum(value.numel() for value in leaves(network).values())
    print(f"weights   {numbers} numbers of step {checkpoint.state['step']}: whole")
    handed_over = folder.handover["next"]
    if checkpoint.state["step"] != folder.handover["position"]["step"]:
        print(
            f"loss      not compared: the run has gone on since it was handed over, to step {checkpoint.state['step']}"
        )
    elif handed_over is None:
        print("loss      not compared: there is no step left")
    else:
        _compare(next_loss(network, checkpoint, inputs), handed_over)


def _compare(loss: float, handed_over: dict) -> None:
    expected = handed_over["loss"]
    difference = abs(loss - expected) / max(abs(expected), 1e-12)
    if not math.isfinite(loss) or difference > _TOLERANCE:
        raise RunError(
            f"loss: expected {expected} for the next batch, as {handed_over['backend']} computed it, received {loss} "
            f"in float64 ({difference:.1e} of it away, at most {_TOLERANCE:.0e}). Weights or pictures are others; "
            "or a batch has so few pictures that float32 is no measure."
        )
    print(f"loss      {loss:.9f} in float64, {expected:.9f} by {handed_over['backend']}: {difference:.1e} of it away")


def network_of(folder: RunFolder, checkpoint: Checkpoint) -> Network:
    network = build(folder.architecture)
    load(leaves(network), checkpoint.model, "model")
    return network


def next_loss(network: Network, checkpoint: Checkpoint, inputs: Inputs) -> float:
    """The loss of the next batch in float64; leaves its gradients in the network, which is float64 after it."""
    state = checkpoint.state
    epoch, index = state["epoch"] - 1, state["batch"]
    if index == inputs.per_epoch:  # stopped before the epoch was judged
        epoch, index = epoch + 1, 0
    batch = next(iter(inputs.batches(epoch, index, workers=0)))
    given = inputs.mixed(batch, epoch, index)
    network.double().train()
    loss = inputs.loss_sum(network(given.x.double()), given) / given.size
    loss.backward()
    return loss.item()
