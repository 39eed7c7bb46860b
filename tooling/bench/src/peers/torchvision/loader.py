"""PyTorch's DataLoader on a folder of picture files: every picture once in a step, on request.

Its one argument is JSON, {"task": Task, "folder": ...}; Task and the lines it speaks are those of ../../protocol.ts. It lies apart from pytorch.py, which torchvision would import..
"""

import json
import os
import sys
import time

import PIL
import torch
import torchvision
from torchvision import datasets, transforms

WORKERS = 2


def say(**message) -> None:
    print(json.dumps(message), flush=True)


arguments = json.loads(sys.argv[1])
_, height, width, _ = arguments["task"]["inputShape"]
torch.set_num_threads(arguments["task"]["threads"])
torch.manual_seed(0)
steps = transforms.Compose(
    [
        transforms.Resize(round(1.15 * min(height, width))),
        transforms.CenterCrop((height, width)),
        transforms.RandomHorizontalFlip(),
        transforms.PILToTensor(),
    ]
)
pictures = datasets.ImageFolder(os.path.join(arguments["folder"], "train"), steps)
loader = torch.utils.data.DataLoader(
    pictures, batch_size=32, shuffle=True, num_workers=WORKERS, persistent_workers=True
)
say(
    ready={
        "description": f"torchvision {torchvision.__version__} on Pillow {PIL.__version__}, {WORKERS} workers that stay",
        "versions": {"torch": torch.__version__, "python": sys.version.split()[0]},
        "threads": WORKERS,
    }
)

for line in sys.stdin:
    start = time.perf_counter()
    for _ in range(json.loads(line)["steps"]):
        count = sum(images.shape[0] for images, _ in loader)
        assert count == len(pictures)
    say(seconds=time.perf_counter() - start)
