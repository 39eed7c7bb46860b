"""The networks of packages/models by their names: torchvision's, and the ResNet-20 for small pictures."""

import torchvision
from torch import Tensor, nn
from torch.nn.functional import relu

TORCHVISION = {
    "resnet18": "resnet18",
    "resnet34": "resnet34",
    "resnet50": "resnet50",
    "resnet101": "resnet101",
    "resnet152": "resnet152",
    "resnext50-32x4d": "resnext50_32x4d",
    "wide-resnet50-2": "wide_resnet50_2",
}


class Block(nn.Module):
    """Two 3x3 convolutions beside a shortcut; starts as the identity (arXiv 1706.02677, section 5.1)."""

    def __init__(self, inputs: int, channels: int, stride: int):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, channels, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        nn.init.zeros_(self.bn2.weight)
        self.shortcut = nn.Identity()
        if stride != 1 or inputs != channels:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inputs, channels, 1, stride, bias=False), nn.BatchNorm2d(channels)
            )

    def forward(self, x: Tensor) -> Tensor:
        y = relu(self.bn1(self.conv1(x)))
        return relu(self.bn2(self.conv2(y)) + self.shortcut(x))


class ResNet20(nn.Sequential):
    """He et al. (arXiv 1512.03385), section 4.2, with projection shortcuts."""

    def __init__(self, classes: int, channels: int):
        stem = [nn.Conv2d(channels, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
        blocks, inputs = [], 16
        for width in (16, 32, 64):
            for place in range(3):
                blocks.append(Block(inputs, width, 2 if width > 16 and place == 0 else 1))
                inputs = width
        super().__init__(*stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, classes))
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")


def network_of(name: str, classes: int, channels: int) -> nn.Module:
    """A fresh network of our registry's name, with torchvision's start."""
    if name == "resnet20":
        return ResNet20(classes, channels)
    if name not in TORCHVISION:
        raise SystemExit(f"no network {name} here; there are resnet20, {', '.join(TORCHVISION)}")
    model = getattr(torchvision.models, TORCHVISION[name])(num_classes=classes)
    if channels != 3:
        model.conv1 = nn.Conv2d(channels, 64, 7, 2, 3, bias=False)
        nn.init.kaiming_normal_(model.conv1.weight, mode="fan_out", nonlinearity="relu")
    return model
