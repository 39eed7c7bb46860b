"""PyTorch's side of the benchmark: trains one network on made-up pictures, a few steps at a time, on request.

Speaks lines of JSON: prints {"ready": ...} once, then answers each line {"steps": N} with {"seconds": ...}.
"""

import argparse
import json
import pathlib
import sys
import time

import torch
import torch.nn.functional as F

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "fixtures"))
from modules import cifar_resnet, d2l_resnet  # noqa: E402


class PlainGates:
    """What the fixtures measure ties with; here it only computes."""

    relu = staticmethod(F.relu)
    max_pool = staticmethod(F.max_pool2d)


MODELS = {
    "d2l-resnet18": (96, lambda: d2l_resnet(PlainGates(), 1, 10, [(2, 64), (2, 128), (2, 256), (2, 512)])),
    "resnet20": (28, lambda: cifar_resnet(PlainGates(), 1, 10, [(3, 16), (3, 32), (3, 64)])),
}


def say(**message) -> None:
    print(json.dumps(message), flush=True)


parser = argparse.ArgumentParser()
parser.add_argument("--model", choices=MODELS, required=True)
parser.add_argument("--batch-size", type=int, required=True)
parser.add_argument("--threads", type=int, required=True)
parser.add_argument("--channels-last", action="store_true")
options = parser.parse_args()

torch.set_num_threads(options.threads)
torch.manual_seed(0)
size, build = MODELS[options.model]
layout = torch.channels_last if options.channels_last else torch.contiguous_format
model = build().to(memory_format=layout).train()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
pictures = torch.rand(options.batch_size, 1, size, size).contiguous(memory_format=layout)
labels = torch.randint(10, (options.batch_size,))
say(ready=f"PyTorch {torch.__version__}")

for line in sys.stdin:
    start = time.perf_counter()
    for _ in range(json.loads(line)["steps"]):
        optimizer.zero_grad()
        F.cross_entropy(model(pictures), labels).backward()
        optimizer.step()
    say(seconds=time.perf_counter() - start)
