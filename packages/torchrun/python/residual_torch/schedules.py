"""Learning rates, in double precision: the schedules of `@residual/trainer`, number for number."""

import math
from collections.abc import Callable
from typing import Any

from .errors import RunError

History = list[dict[str, Any]]


def learning_rate(schedule: dict[str, Any], step: int, total: int, base: float, history: History) -> float:
    """Of one step, from 0; `total` of the run; `history` of its epochs so far."""
    rate = _RATES.get(schedule["name"])
    if rate is None:
        raise RunError(f"The schedule {schedule['name']!r} is not known here.")
    return rate(schedule, step, total, base, history)


def rounded(x: float) -> int:
    """JavaScript's Math.round: halves go up, where Python's round goes to the even neighbour."""
    return math.floor(x + 0.5)


def _progress(schedule: dict[str, Any], step: int, total: int) -> tuple[float, float]:
    """The share that the warm-up has reached, and how far the run is after it."""
    warmup = rounded(schedule["warmup"] * total)
    if step < warmup:
        return (step + 1) / warmup, 0.0
    return 1.0, (step - warmup) / (total - warmup)


def _half_cosine(x: float) -> float:
    """From 1 at 0 to 0 at 1."""
    return 0.5 * (1 + math.cos(math.pi * x))


def _constant(schedule: dict, step: int, total: int, base: float, _: History) -> float:
    return base * _progress(schedule, step, total)[0]


def _cosine(schedule: dict, step: int, total: int, base: float, _: History) -> float:
    rise, fall = _progress(schedule, step, total)
    minimum = schedule["minimum"]
    return base * rise * (minimum + (1 - minimum) * _half_cosine(fall))


def _cosine_restarts(schedule: dict, step: int, total: int, base: float, _: History) -> float:
    warmup = rounded(schedule["warmup"] * total)
    if step < warmup:
        return base * _progress(schedule, step, total)[0]
    lengths = [schedule["cycleMultiplier"] ** cycle for cycle in range(schedule["cycles"])]
    place = (step - warmup) * sum(lengths) / (total - warmup)  # in first cycles
    cycle = 0
    while cycle < len(lengths) - 1 and place >= lengths[cycle]:
        place -= lengths[cycle]
        cycle += 1
    top, minimum = schedule["cycleDecay"] ** cycle, schedule["minimum"]
    return base * (minimum + (top - minimum) * _half_cosine(place / lengths[cycle]))


def _one_cycle(schedule: dict, step: int, total: int, base: float, _: History) -> float:
    rise, fall = _progress(schedule, step, total)
    return base * rise * (1 - fall)


def _one_cycle_cosine(schedule: dict, step: int, total: int, base: float, _: History) -> float:
    top = schedule["warmup"] * total - 1  # the step of the highest rate
    first = base / schedule["divFactor"]
    last = first / schedule["finalDivFactor"]
    if step <= top:
        # A run of a warm-up of one step begins at its top; JavaScript has NaN there too.
        return base + (first - base) * _half_cosine(step / top) if top else math.nan
    return last + (base - last) * _half_cosine((step - top) / (total - 1 - top))


def _step(schedule: dict, step: int, total: int, base: float, _: History) -> float:
    length = max(1, rounded(schedule["every"] * total))
    return base * _progress(schedule, step, total)[0] * schedule["gamma"] ** (step // length)


def _multi_step(schedule: dict, step: int, total: int, base: float, _: History) -> float:
    passed = sum(step >= rounded(milestone * total) for milestone in schedule["milestones"])
    return base * _progress(schedule, step, total)[0] * schedule["gamma"] ** passed


def _warm_up_stable_decay(schedule: dict, step: int, total: int, base: float, _: History) -> float:
    decay_steps = rounded(schedule["decay"] * total)
    late = step - (total - decay_steps)
    fallen = 1.0 if late < 0 else 1 - (1 - schedule["minimum"]) * (late / decay_steps)
    return base * _progress(schedule, step, total)[0] * fallen


def _plateau(schedule: dict, step: int, total: int, base: float, history: History) -> float:
    fallen, lowest, borne, rest = 1.0, math.inf, 0, 0
    for record in history:
        if record["step"] > step:
            break
        if record.get("validationLoss", math.nan) < lowest * (1 - schedule["threshold"]):
            lowest, borne = record["validationLoss"], 0
        else:
            borne += 1
        if rest > 0:
            rest, borne = rest - 1, 0
        if borne > schedule["patience"]:
            fallen = max(fallen * schedule["factor"], schedule["minimum"])
            rest, borne = schedule["cooldown"], 0
    return base * _progress(schedule, step, total)[0] * fallen


_RATES: dict[str, Callable[[dict, int, int, float, History], float]] = {
    "constant": _constant,
    "cosine": _cosine,
    "cosineRestarts": _cosine_restarts,
    "oneCycle": _one_cycle,
    "oneCycleCosine": _one_cycle_cosine,
    "step": _step,
    "multiStep": _multi_step,
    "warmUpStableDecay": _warm_up_stable_decay,
    "plateau": _plateau,
}
