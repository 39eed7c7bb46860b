"""Batch normalisation over several processes.

PyTorch's own `SyncBatchNorm` takes tensors on GPUs only; this does the same on a processor.
"""

from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn


class _Synchronised(torch.autograd.Function):
    """Source: Ioffe & Szegedy (arXiv 1502.03167), the equations of section 3, with sums over all processes."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, module: "CpuSyncBatchNorm2d") -> Tensor:
        channels, count = x.size(1), x.numel() // x.size(1)
        if count:
            variance, mean = torch.var_mean(x, (0, 2, 3), correction=0)
        else:  # a process without a picture
            variance = mean = x.new_zeros(channels)
        own = torch.cat([mean, variance, mean.new_tensor([count])])
        gathered = [torch.empty_like(own) for _ in range(dist.get_world_size(module.group))]
        dist.all_gather(gathered, own, group=module.group)
        means, variances, counts = torch.stack(gathered).double().split([channels, channels, 1], 1)
        total = counts.sum()
        mean = (counts * means).sum(0) / total
        variance = (counts * (variances + (means - mean) ** 2)).sum(0) / total
        module.running_mean.lerp_(mean.to(x.dtype), module.momentum)
        module.running_var.lerp_((variance * total / (total - 1)).to(x.dtype), module.momentum)
        inverse = torch.rsqrt(variance + module.eps).to(x.dtype).view(1, -1, 1, 1)
        normalised = (x - mean.to(x.dtype).view(1, -1, 1, 1)) * inverse
        ctx.save_for_backward(normalised, weight, inverse)
        ctx.total, ctx.group = total.item(), module.group
        return normalised * weight.view(1, -1, 1, 1) + bias.view(1, -1, 1, 1)

    @staticmethod
    def backward(ctx: Any, dy: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        normalised, weight, inverse = ctx.saved_tensors
        d_bias, d_weight = dy.sum((0, 2, 3)), (dy * normalised).sum((0, 2, 3))
        sums = torch.cat([d_bias, d_weight])
        dist.all_reduce(sums, group=ctx.group)
        mean_dy, mean_product = (part.view(1, -1, 1, 1) / ctx.total for part in sums.chunk(2))
        dx = weight.view(1, -1, 1, 1) * inverse * (dy - mean_dy - normalised * mean_product)
        return (
            dx,
            d_weight,
            d_bias,
            None,
        )  # the sums over processes of the middle two are DistributedDataParallel's


class CpuSyncBatchNorm2d(nn.BatchNorm2d):
    """`nn.BatchNorm2d` whose statistics are those of all processes of a group."""

    running_mean: Tensor
    running_var: Tensor
    momentum: float
    group: dist.ProcessGroup | None = None

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return super().forward(x)
        return _Synchronised.apply(x, self.weight, self.bias, self)


def synchronise(network: nn.Module, group: dist.ProcessGroup | None, device: torch.device) -> nn.Module:
    """The network with statistics of the whole group; None: of all processes."""
    if device.type == "cuda":
        return nn.SyncBatchNorm.convert_sync_batchnorm(network, group)
    for module in network.modules():
        if type(module) is nn.BatchNorm2d:
            module.__class__ = CpuSyncBatchNorm2d
            module.group = group  # type: ignore[assignment]
    return network
