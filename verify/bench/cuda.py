"""Additive attention on CUDA: the fused Triton kernels beside torch's ways, and the floor that one special-function
operation a term sets.

Every side is checked against the textbook formula in fp64 before it is timed. Without a device there are no rows but
one that says so.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from types import MappingProxyType
from typing import Any, Final

import torch
from torch import Tensor

from attnproof.verify.bench.measure import Side, interleaved
from attnproof.verify.bench.peers import Call, Problem, Way, differentiated, eager, generated, in_torch, needs
from attnproof.verify.outcome import NO_CUDA

GROUP: Final = "additive on CUDA"
MAIN: Final = (4096, 64)
QUICK: Final = (256, 16)
CHECKED_AT: Final = 256  # queries and keys of the check in fp64
#: of a quantity's largest element: n additions and some hundred roundings are some 1e-5, wrong code is off by about 1
WITHIN: Final = 1e-3
#: special-function operations that every unfolded form needs for a term: tanh once, and once more where scores are
#: computed again
SPECIAL: Final = MappingProxyType({False: 1, True: 2})
TURNS: Final = 5


def _triton(problem: Problem, *, backward: bool) -> Call:
    needs("triton")
    return differentiated(generated("triton")(), problem, backward=backward)


WAYS: Final[Mapping[str, Way]] = MappingProxyType(
    {
        "fused Triton": _triton,
        "torch eager": in_torch(lambda: eager),
        "torch.compile": in_torch(lambda: eager, compiled=True),
    }
)


def measured(progress: Callable[[str], None], *, quick: bool = False) -> dict[str, Any]:
    """Times, floors and memory as ``attnproof.verify.bench.record`` has them, fp32, with the device's name.

    ``floors``: seconds that the special-function unit needs at its measured rate; ``missing``: what could not be
    measured, and why.
    """
    found: dict[str, Any] = {"device": None, "timings": [], "floors": [], "memory": [], "missing": []}
    if not torch.cuda.is_available():
        found["missing"].append({"group": GROUP, "name": "fused Triton", "reason": NO_CUDA})
        return found
    found["device"] = torch.cuda.get_device_name()
    n, d = QUICK if quick else MAIN
    rate = special_per_second()
    for backward in (False, True):
        where = {"n": n, "d": d, "dtype": "fp32", "backward": backward}
        found["floors"].append({**where, "seconds": SPECIAL[backward] * n * n * d / rate})
        sides = []
        for name, make in WAYS.items():
            progress(f"{GROUP}: {name} is checked")
            try:
                check(name, make, d, backward=backward)
                call = make(on_device(Problem.make(n, d)), backward=backward)
                found["memory"].append({"name": name, **where, "bytes": peak(call)})
            except (RuntimeError, ImportError) as error:  # out of memory is a RuntimeError
                found["missing"].append({"group": GROUP, "name": name, **where, "reason": str(error).splitlines()[0]})
                continue
            sides.append(Side(name, finished(call)))
        timings = interleaved(sides, lambda what: progress(f"{GROUP}: {what}"))
        found["timings"] += [{"group": GROUP, **where, **asdict(timing)} for timing in timings]
    return found


def on_device(problem: Problem) -> Problem:
    """The problem with its tensors on the GPU."""
    tensors = {name: tensor.cuda() for name, tensor in problem.tensors.items()}
    return replace(problem, tensors=tensors, seed=problem.seed.cuda())


def check(name: str, make: Callable[..., Call], d: int, *, backward: bool) -> None:
    """Raise RuntimeError if a side's context or gradients are not the textbook formula's."""
    wanted = differentiated(eager, Problem.make(CHECKED_AT, d, "fp64"), backward=backward)()
    compare(name, make(on_device(Problem.make(CHECKED_AT, d)), backward=backward)(), wanted)


def compare(name: str, found: Any, wanted: Any) -> None:
    """Raise RuntimeError unless every tensor is within WITHIN of the wanted one's largest element."""
    pairs = zip(*([x] if isinstance(x, Tensor) else x for x in (found, wanted)), strict=True)
    for place, (got, true) in enumerate(pairs):
        off = float((got.detach().double().cpu() - true).abs().max() / true.abs().max())
        if not off <= WITHIN:  # NaN is not
            raise RuntimeError(f"{name}: result {place} is off by {off:.2g} of its largest element")


def finished(call: Call) -> Call:
    """The call, with the device's work done when it returns."""

    def whole() -> object:
        result = call()
        torch.cuda.synchronize()
        return result

    return whole


def peak(call: Call) -> int:
    """Bytes that a call takes beyond what is there before, compiled already."""
    call()
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    call()
    torch.cuda.synchronize()
    return torch.cuda.max_memory_allocated() - before


def special_per_second() -> float:
    """Special-function operations (``ex2``) of the whole device in a second, the median of TURNS."""
    from attnproof.verify.bench.special import ELEMENTS, special

    out = torch.empty(ELEMENTS, device="cuda")
    count, seconds = special(out), []
    torch.cuda.synchronize()
    for _ in range(TURNS):
        start = time.perf_counter()
        special(out)
        torch.cuda.synchronize()
        seconds.append(time.perf_counter() - start)
    return count / statistics.median(seconds)
