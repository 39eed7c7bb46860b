"""The optimizers of `@residual/trainer`: PyTorch's own where they are the same, and timm's two for large batches."""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor
from torch.optim import SGD, Adam, AdamW, Optimizer

from .errors import RunError

Settings = dict[str, Any]

# What Residual calls a slot -> what PyTorch's optimizers call it.
_SLOTS = {"velocity": "momentum_buffer", "m": "exp_avg", "v": "exp_avg_sq"}


class Lamb(Optimizer):
    """Adam with a rate for each layer that has weight decay: timm's `Lamb`, clipping apart.

    Source: You et al., "Large Batch Optimization for Deep Learning" (arXiv 1904.00962).
    """

    def __init__(
        self,
        params: Iterable[dict[str, Any]],
        lr: float,
        betas: tuple[float, float],
        eps: float,
        always_adapt: bool,
    ) -> None:
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "always_adapt": always_adapt})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for parameter in group["params"]:
                state = self.state[parameter]
                state["step"] += 1
                count = state["step"].item()
                mean, square, gradient = state["exp_avg"], state["exp_avg_sq"], parameter.grad
                mean.mul_(beta1).add_(gradient, alpha=1 - beta1)
                square.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
                deviation = square.sqrt().mul_((1 - beta2**count) ** -0.5).add_(group["eps"])
                direction = (mean / (1 - beta1**count)).div_(deviation)
                direction.add_(parameter, alpha=group["weight_decay"])
                if group["weight_decay"] != 0 or group["always_adapt"]:
                    direction.mul_(_ratio(parameter.norm(), direction.norm()))
                parameter.add_(direction, alpha=-group["lr"])


class Lars(Optimizer):
    """SGD with a rate for each layer that has weight decay: timm's `Lars`.

    Source: You et al., "Large Batch Training of Convolutional Networks" (arXiv 1708.03888).
    """

    def __init__(
        self,
        params: Iterable[dict[str, Any]],
        lr: float,
        momentum: float,
        nesterov: bool,
        trust: float,
        eps: float,
        always_adapt: bool,
    ) -> None:
        defaults = {"momentum": momentum, "nesterov": nesterov, "trust": trust, "eps": eps}
        super().__init__(params, {"lr": lr, "always_adapt": always_adapt, **defaults})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            decay, momentum = group["weight_decay"], group["momentum"]
            for parameter in group["params"]:
                gradient = parameter.grad.add(parameter, alpha=decay)
                if decay != 0 or group["always_adapt"]:
                    length, measured = parameter.norm(), parameter.grad.norm()
                    trust = length * group["trust"] / (measured + decay * length + group["eps"])
                    is_there = (length > 0) & (measured > 0)
                    gradient.mul_(torch.where(is_there, trust, torch.ones_like(trust)))
                if momentum != 0:
                    velocity = self.state[parameter]["momentum_buffer"]
                    velocity.mul_(momentum).add_(gradient)
                    gradient = gradient.add(velocity, alpha=momentum) if group["nesterov"] else velocity
                parameter.add_(gradient, alpha=-group["lr"])


def _ratio(length: Tensor, measured: Tensor) -> Tensor:
    """1 where either of them is 0."""
    is_there = (length > 0) & (measured > 0)
    return torch.where(is_there, length / measured, torch.ones_like(length))


def _sgd(groups: list[dict], settings: Settings) -> Optimizer:
    return SGD(groups, settings["learningRate"], momentum=settings["momentum"], nesterov=settings["nesterov"])


def _adam(kind: type[Adam]) -> Callable[[list[dict], Settings], Optimizer]:
    return lambda groups, settings: kind(
        groups,
        settings["learningRate"],
        betas=(settings["beta1"], settings["beta2"]),
        eps=settings["epsilon"],
    )


def _lamb(groups: list[dict], settings: Settings) -> Optimizer:
    return Lamb(
        groups,
        settings["learningRate"],
        betas=(settings["beta1"], settings["beta2"]),
        eps=settings["epsilon"],
        always_adapt=settings["alwaysAdapt"],
    )


def _lars(groups: list[dict], settings: Settings) -> Optimizer:
    return Lars(
        groups,
        settings["learningRate"],
        momentum=settings["momentum"],
        nesterov=settings["nesterov"],
        trust=settings["trustCoefficient"],
        eps=settings["epsilon"],
        always_adapt=settings["alwaysAdapt"],
    )


_MAKERS: dict[str, Callable[[list[dict], Settings], Optimizer]] = {
    "sgd": _sgd,
    "adam": _adam(Adam),
    "adamw": _adam(AdamW),
    "lamb": _lamb,
    "lars": _lars,
}


def optimizer_of(settings: Settings, parameters: dict[str, Tensor]) -> Optimizer:
    """Weights of convolutions and linear layers decay; biases and normalisations don't."""
    make = _MAKERS.get(settings["name"])
    if make is None:
        raise RunError(f"The optimizer {settings['name']!r} is not known here.")
    weights = [tensor for tensor in parameters.values() if tensor.ndim > 1]
    others = [tensor for tensor in parameters.values() if tensor.ndim == 1]
    groups = [
        {"params": weights, "weight_decay": settings["weightDecay"]},
        {"params": others, "weight_decay": 0.0},
    ]
    return make(groups, settings)


def slots_of(settings: Settings) -> list[str]:
    """What the optimizer keeps of each parameter, by Residual's names."""
    if settings["name"] in ("sgd", "lars"):
        return ["velocity"] if settings["momentum"] != 0 else []
    return ["m", "v"]


def clip_norm_of(settings: Settings, of_run: float) -> float:
    """0: none. Where both clip, the smaller one counts."""
    norms = [norm for norm in (of_run, settings.get("maxGradNorm", 0)) if norm > 0]
    return min(norms, default=0.0)


def make_slots(optimizer: Optimizer, settings: Settings, parameters: dict[str, Tensor], step: int) -> None:
    """Zeros for every slot, as Residual begins with, and the number of steps taken."""
    for tensor in parameters.values():
        state = {_SLOTS[slot]: torch.zeros_like(tensor) for slot in slots_of(settings)}
        optimizer.state[tensor] = (
            state if settings["name"] in ("sgd", "lars") else {"step": torch.tensor(float(step)), **state}
        )


def slot(optimizer: Optimizer, name: str, parameters: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors of one slot, by path."""
    return {path: optimizer.state[tensor][_SLOTS[name]] for path, tensor in parameters.items()}
