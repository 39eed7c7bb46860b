"""PyTorch's side of the benchmark: one network on made-up pictures, a few steps at a time, on request.

Its one argument is JSON, {"task": Task, "layout": ..., "device": "cpu" or "cuda", "tf32": ..., "autocast": ...}; Task and the lines it speaks
are those of ../protocol.ts.
"""

import json
import pathlib
import sys
import time

import torch
import torch.nn.functional as F

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "fixtures"))
from modules import BasicBlock, Bottleneck, cifar_resnet, d2l_resnet, torchvision_resnet  # noqa: E402

try:
    import resource
except ImportError:  # Windows
    resource = None


class PlainGates:
    """What the fixtures measure ties with; here it only computes."""

    relu = staticmethod(F.relu)
    max_pool = staticmethod(F.max_pool2d)


# The same networks as those of packages/models with these names.
MODELS = {
    "d2l-resnet18": lambda cin, classes: d2l_resnet(
        PlainGates(), cin, classes, [(2, 64), (2, 128), (2, 256), (2, 512)]
    ),
    "resnet20": lambda cin, classes: cifar_resnet(PlainGates(), cin, classes, [(3, 16), (3, 32), (3, 64)]),
    "resnet18": lambda cin, classes: torchvision_resnet(
        PlainGates(), cin, classes, BasicBlock, [(2, 64), (2, 128), (2, 256), (2, 512)]
    ),
    "resnet50": lambda cin, classes: torchvision_resnet(
        PlainGates(), cin, classes, Bottleneck, [(3, 64), (4, 128), (6, 256), (3, 512)]
    ),
}


def say(**message) -> None:
    print(json.dumps(message), flush=True)


def peak_memory_bytes() -> int | None:
    if resource is None:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


arguments = json.loads(sys.argv[1])
task, layout_name, device = arguments["task"], arguments["layout"], arguments["device"]
autocast = torch.autocast(device, torch.bfloat16, enabled=arguments["autocast"])
on_gpu = device == "cuda"
if on_gpu and not torch.cuda.is_available():
    say(failed=f"PyTorch {torch.__version__} finds no CUDA device")
    sys.exit()
# cuDNN takes TF32 unless it is told not to.
torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = arguments["tf32"]
torch.backends.cudnn.benchmark = on_gpu
torch.set_num_threads(task["threads"])
torch.manual_seed(0)
batch, height, width, channels = task["inputShape"]
classes = task["numClasses"]
layout = torch.channels_last if layout_name == "channels_last" else torch.contiguous_format
model = MODELS[task["model"]](channels, classes).to(device, memory_format=layout)
pictures = torch.rand(batch, channels, height, width).to(device).contiguous(memory_format=layout)
labels = torch.randint(classes, (batch,), device=device)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)


def train() -> None:
    optimizer.zero_grad()
    with autocast:
        loss = F.cross_entropy(model(pictures), labels)
    loss.backward()
    optimizer.step()


@torch.inference_mode()
def infer() -> None:
    with autocast:
        model(pictures)


def drain() -> None:
    if on_gpu:
        torch.cuda.synchronize()


model.train(task["kind"] == "training")
step = infer if task["kind"] == "inference" else train
if task["kind"] == "frozen training":
    model.requires_grad_(False)
    model.head.requires_grad_(True)
parameters = sum(parameter.numel() for parameter in model.parameters())
say(
    ready={
        "description": f"PyTorch {torch.__version__}, "
        + ("bfloat16 by autocast" if arguments["autocast"] else "float32")
        + (", TF32" if arguments["tf32"] else "")
        + (f", on {torch.cuda.get_device_name()}" if on_gpu else ""),
        "versions": {"torch": torch.__version__, "python": sys.version.split()[0]},
        "threads": torch.get_num_threads(),
        "parameters": parameters,
    }
)

for line in sys.stdin:
    start = time.perf_counter()
    for _ in range(json.loads(line)["steps"]):
        step()
    drain()
    say(seconds=time.perf_counter() - start, peakMemoryBytes=peak_memory_bytes())
