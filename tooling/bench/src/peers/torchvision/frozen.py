"""PyTorch's frozen stage: the features of all pictures once, then a head for each weight decay and the best again, on request.

Its one argument is JSON, {"task": Task}; Task and the lines it speaks are those of ../../protocol.ts. The pictures are made up and in memory, as bytes. It lies apart
from pytorch.py, which torchvision would import.
"""

import json
import resource
import sys
import time

import torch
import torch.nn.functional as F
import torchvision

CLASSES = 5
BATCH = 32
EPOCHS = 20
DECAYS = [0, 1e-4, 1e-3, 1e-2]


def say(**message) -> None:
    print(json.dumps(message), flush=True)


task = json.loads(sys.argv[1])["task"]
count, height, width, channels = task["inputShape"]
torch.set_num_threads(task["threads"])
torch.manual_seed(0)
model = torchvision.models.get_model(task["model"], num_classes=CLASSES).eval()
model = model.to(memory_format=torch.channels_last)
width_of_features = model.fc.in_features
model.fc = torch.nn.Identity()
pictures = torch.randint(256, (count, channels, height, width), dtype=torch.uint8)
labels = torch.arange(count) % CLASSES
held_out = count // 10


@torch.inference_mode()
def features() -> torch.Tensor:
    rows = []
    for some in pictures.split(BATCH):
        x = some.contiguous(memory_format=torch.channels_last).float().div_(255).sub_(0.45).div_(0.225)
        rows.append(model(x))
    return torch.cat(rows)


def solve(rows: torch.Tensor, decay: float) -> float:
    head = torch.nn.Linear(width_of_features, CLASSES)
    decayed = [{"params": [head.weight], "weight_decay": decay}, {"params": [head.bias]}]
    optimizer = torch.optim.Adam(decayed, lr=0.01)
    steps = -(-(count - held_out) // BATCH) * EPOCHS
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    accuracy = 0.0
    for _ in range(EPOCHS):
        order = torch.randperm(count - held_out)
        for some in order.split(BATCH):
            optimizer.zero_grad()
            F.cross_entropy(head(rows[some]), labels[some]).backward()
            optimizer.step()
            schedule.step()
        with torch.inference_mode():
            accuracy = (head(rows[-held_out:]).argmax(1) == labels[-held_out:]).float().mean().item()
    return accuracy


def step() -> None:
    rows = features().clone()
    best = max(DECAYS, key=lambda decay: solve(rows, decay))
    solve(rows, best)


say(
    ready={
        "description": f"torchvision {torchvision.__version__}, channels_last, pictures in memory",
        "versions": {"torch": torch.__version__, "python": sys.version.split()[0]},
        "threads": torch.get_num_threads(),
    }
)

for line in sys.stdin:
    start = time.perf_counter()
    for _ in range(json.loads(line)["steps"]):
        step()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    say(seconds=time.perf_counter() - start, peakMemoryBytes=peak)
