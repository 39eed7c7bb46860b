"""What one core can do for PyTorch in float32: prints those of ../processor.ts's Peaks as JSON.

The matrix product is MKL's, the convolution oneDNN's. The least of many calls counts, so that neighbours don't.
"""

import json
import time
from collections.abc import Callable

import torch
import torch.nn.functional as F

CALLS = 30


@torch.inference_mode()
def peak(run: Callable[[], torch.Tensor], operations: int) -> float:
    least = float("inf")
    for _ in range(CALLS):
        start = time.perf_counter()
        run()
        least = min(least, time.perf_counter() - start)
    return operations / least / 1e9


torch.set_num_threads(1)
size = 1024
a, b = torch.rand(size, size), torch.rand(size, size)
batch, channels, side = 4, 256, 28
x = torch.rand(batch, channels, side, side).contiguous(memory_format=torch.channels_last)
weight = torch.rand(channels, channels, 3, 3).contiguous(memory_format=torch.channels_last)
print(
    json.dumps(
        {
            "product": peak(lambda: a @ b, 2 * size**3),
            "convolution": peak(
                lambda: F.conv2d(x, weight, padding=1), 2 * batch * side**2 * 9 * channels**2
            ),
        }
    )
)
