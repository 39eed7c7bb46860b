"""Trains in PyTorch what a run of ours trained: its network, split, schedule, steps and balance, own draws.

    python pytorch.py RUN --data FOLDER --seed 0 --out twin.json

RUN holds config.json and, where the pictures came in no parts, split.json. Prints a line an epoch, and writes
JSON: what the validation part came to after each epoch, and the test part once, at the end.
"""

import argparse
import json
import math
import time
from pathlib import Path

import torch
import torchvision
from networks import network_of
from pictures import Pictures, order_of
from torch import nn
from torch.nn.functional import cross_entropy


PLAIN = {
    "mix": None,
    "groups": [],
    "layerDecay": None,
    "patience": None,
    "accumulate": 1,
    "gradientClipNorm": 0,
}
"""Fields of a training that are done here only where they do nothing."""


def learning_rate(schedule: dict, step: int, steps: int, base: float) -> float:
    """Of packages/trainer/src/schedule/curves.ts: a straight rise, then the fall of the schedule."""
    warmup = round_half_up(schedule.get("warmup", {"oneCycle": 0.1}.get(schedule["name"], 0)) * steps)
    if step < warmup:
        return base * (step + 1) / warmup
    fall = (step - warmup) / (steps - warmup)
    if schedule["name"] == "constant":
        return base
    if schedule["name"] == "oneCycle":
        return base * (1 - fall)
    if schedule["name"] == "cosine":
        minimum = schedule.get("minimum", 0)
        return base * (minimum + (1 - minimum) * 0.5 * (1 + math.cos(math.pi * fall)))
    raise SystemExit(f"no schedule {schedule['name']} here")


def round_half_up(value: float) -> int:
    """Of JavaScript's Math.round."""
    return math.floor(value + 0.5)


def optimizer_of(row: dict, model: nn.Module) -> torch.optim.Optimizer:
    """Weights of convolutions and linear layers decay, biases and normalisations don't, as ours."""
    weights = [parameter for parameter in model.parameters() if parameter.ndim > 1]
    others = [parameter for parameter in model.parameters() if parameter.ndim <= 1]
    groups = [
        {"params": weights, "weight_decay": row.get("weightDecay", 0)},
        {"params": others, "weight_decay": 0},
    ]
    if row["name"] != "sgd":
        raise SystemExit(f"no optimizer {row['name']} here")
    return torch.optim.SGD(
        groups, lr=row["learningRate"], momentum=row.get("momentum", 0), nesterov=row.get("nesterov", False)
    )


class Average:
    """Averaged parameters; running statistics stay the network's own, as ours."""

    def __init__(self, model: nn.Module, decay: float | None):
        self.model, self.decay = model, decay
        self.values = [parameter.detach().clone() for parameter in model.parameters()]

    @torch.no_grad()
    def update(self, step: int) -> None:
        decay = 0.0 if self.decay is None else min(self.decay, (1 + step) / (10 + step))
        for value, parameter in zip(self.values, self.model.parameters(), strict=True):
            value.mul_(decay).add_(parameter, alpha=1 - decay)

    @torch.no_grad()
    def swap(self) -> None:
        """Puts the averages into the network, or takes them out again."""
        for i, parameter in enumerate(self.model.parameters()):
            own = parameter.detach().clone()
            parameter.copy_(self.values[i])
            self.values[i] = own


@torch.no_grad()
def judge(model: nn.Module, pictures: Pictures, batch_size: int) -> dict:
    """Accuracy, the loss without smoothing, and the mean of the recalls of those classes that have pictures."""
    model.eval()
    logits, labels = [], []
    for start in range(0, len(pictures), batch_size):
        x, y = pictures.evaluation(range(start, min(start + batch_size, len(pictures))))
        logits.append(model(x))
        labels.append(y)
    x, y = torch.cat(logits), torch.cat(labels)
    right = x.argmax(1) == y
    recalls = [right[y == label].double().mean().item() for label in y.unique()]
    return {
        "count": len(y),
        "loss": cross_entropy(x.double(), y).item(),
        "accuracy": right.double().mean().item(),
        "balancedAccuracy": sum(recalls) / len(recalls),
    }


def train(config: dict, parts: dict[str, Pictures], seed: int, epochs: int) -> dict:
    training, task = config["training"], config["task"]
    others = {name: training[name] for name, plain in PLAIN.items() if training.get(name, plain) != plain}
    if (
        others
        or training.get("balance", "none") == "loss"
        or training["loss"]["name"] != "softmaxCrossEntropy"
    ):
        raise SystemExit(f"not here: {others or training['loss']}, balance {training.get('balance')}")
    torch.manual_seed(seed)
    model = network_of(training["model"]["name"], len(task["classNames"]), task["picture"]["channels"])
    model = model.to(memory_format=torch.channels_last)
    optimizer = optimizer_of(training["optimizer"], model)
    average = Average(model, training["averageDecay"])
    batch_size, pictures = training["batchSize"], parts["train"]
    per_epoch = len(pictures) // batch_size if training.get("dropLast") else -(-len(pictures) // batch_size)
    steps, step, history = epochs * per_epoch, 0, []
    for epoch in range(1, epochs + 1):
        model.train()
        order, total = order_of(pictures.labels, training.get("balance", "none")), 0.0
        for start in range(0, per_epoch * batch_size, batch_size):
            x, y = pictures.training(order[start : start + batch_size])
            for group in optimizer.param_groups:
                group["lr"] = learning_rate(
                    training["schedule"], step, steps, training["optimizer"]["learningRate"]
                )
            loss = cross_entropy(model(x), y, label_smoothing=training["loss"].get("labelSmoothing", 0))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            average.update(step)
            total += loss.item() * len(y)
            step += 1
        average.swap()
        validation = judge(model, parts["validation"], batch_size)
        average.swap()
        history.append({"epoch": epoch, "trainLoss": total / len(order), "validation": validation})
        print(
            f"epoch {epoch}/{epochs}  loss {total / len(order):.4f}  validation {validation['accuracy']:.2%}",
            flush=True,
        )
    average.swap()
    return {"steps": steps, "history": history, "test": judge(model, parts["test"], batch_size)}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run", type=Path, help="a run folder of ours: config.json, split.json")
    parser.add_argument("--data", type=Path, required=True, help="the folder of its pictures")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True, help="the JSON file to write")
    parser.add_argument("--epochs", type=int, help="default: the run's")
    parser.add_argument(
        "--limit", type=int, help="so many pictures of each part, drawn at random; default: the run's, or all"
    )
    words = parser.parse_args()
    config = json.loads((words.run / "config.json").read_text())
    split = words.run / "split.json"
    known = json.loads(split.read_text())["parts"] if split.exists() else None
    limit = words.limit or config["training"].get("limit")
    parts = Pictures.parts(words.data, config, known, limit)
    start = time.perf_counter()
    result = train(config, parts, words.seed, words.epochs or config["training"]["epochs"])
    facts = {
        "seed": words.seed,
        "model": config["training"]["model"]["name"],
        "pictures": {part: len(pictures) for part, pictures in parts.items()},
        "versions": {"torch": torch.__version__, "torchvision": torchvision.__version__},
        "threads": torch.get_num_threads(),
        "seconds": round(time.perf_counter() - start, 1),
        **result,
    }
    words.out.write_text(json.dumps(facts, indent=2) + "\n")
    print(f"test {result['test']['accuracy']:.2%} of {result['test']['count']} pictures, judged once")


if __name__ == "__main__":
    main()
