"""Every formula at a rational point: exact values, bounds of a program's errors, and the arrays that functions take."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from functools import cache
from inspect import signature
from typing import Any

import numpy as np
import torch
from flint import arb, ctx, fmpq
from loops_with_bounds import FORMATS, Bounded, Elements, Loops, mp

from attnproof.derivations.formulas import Formula, formula, names
from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.recheck.exact import evaluate, positions
from attnproof.derivations.recheck.real import Reals
from attnproof.derivations.scores import FAMILIES

SIZES = {"n_q": 2, "n_k": 3, "d": 4, "d_q": 2, "d_k": 3, "d_a": 2, "d_v": 2}
EIGHTHS = 8  # inputs are multiples of 1/8, which every format has
BITS = 256  # of the balls
DIGITS = mp.mpf(10) ** -30  # of 40, for the two evaluations that are not judged
PRESENT = {
    "dot": (("softcap", "bias"), ("sink",), ("rotary",)),
    "scaled_dot": (("rotary", "dropout"),),
    "bilinear": (("bias", "dropout"),),
    "additive": (("bias_hidden", "softcap"),),
    "concat": (("sink_score", "softcap"),),
}
WITH_OPTIONS = {
    score: [
        name
        for one in chosen
        for name in names(score, *one)
        if name.split("+")[0].removeprefix(f"{score}.")
        in ("context", "adjoint.query", "lse.adjoint.key", "tangent.context")
        or name.split("+")[0].removeprefix(f"{score}.adjoint.") in one
    ]
    for score, chosen in PRESENT.items()
}
EVERY = {
    **{score: [*names(score), *WITH_OPTIONS[score]] for score in FAMILIES},
    "softmax": [name for name in names() if name.startswith("softmax.")],
}


def inputs(found: Formula) -> dict[str, dict[tuple[int, ...], fmpq]]:
    """A random rational point that depends on the names of the tensors only; a soft-cap of 3/2."""
    return point(found.system.inputs)


def point(tensors: Iterable[Tensor]) -> dict[str, dict[tuple[int, ...], fmpq]]:
    drawn = {}
    for tensor in tensors:
        rng = random.Random(tensor.name)
        at = positions(tensor, SIZES)
        drawn[tensor.name] = {where: fmpq(rng.randint(-EIGHTHS, EIGHTHS), EIGHTHS) for where in at}
        if tensor.positive:
            drawn[tensor.name] = {(): fmpq(3, 2)}
        if tensor.name == "identity":
            drawn[tensor.name] = {where: fmpq(int(where[0] == where[1])) for where in drawn[tensor.name]}
    return drawn


def number(value: Any) -> Any:
    return (
        mp.mpf(int(value.p)) / int(value.q)
        if isinstance(value, fmpq)
        else mp.mpf(arb(value).mid().str(45, radius=False))
    )


@cache
def expected(name: str) -> Elements:
    """Value and bound of every element: bounds by one reading of the notation, values by another."""
    found = formula(name)
    given = inputs(found)
    with ctx.workprec(BITS):
        exact = evaluate(found.system, SIZES, given, Reals(name))[found.quantity]
        values = {where: number(value) for where, value in exact.items()}
    loops = Loops(found.system, SIZES, FORMATS["fp64"])
    bounded = loops.run({n: {w: Bounded(number(x), mp.mpf(0)) for w, x in array.items()} for n, array in given.items()})
    for where, value in values.items():
        other = bounded[found.quantity][where]
        assert abs(value - other.value) <= DIGITS * max(1, abs(value)), f"{name}{where}: {value}, {other.value}"
    return {where: Bounded(value, bounded[found.quantity][where].error) for where, value in values.items()}


def function_of(text: str, found: Formula) -> Callable[..., Any]:
    """The printed function, run with nothing but its own text."""
    assert "impl." not in text
    space: dict[str, Any] = {}
    exec(text, space)  # noqa: S102 - the printed code is what is tested
    function: Callable[..., Any] = space[found.quantity]
    return function


def arrays(found: Formula, function: Callable[..., Any]) -> dict[str, np.ndarray]:
    """The arrays that the function takes, those of which only the shape matters included."""
    known = {**(found.forward.tensors if found.forward else {}), **found.symbols}
    result = {}
    given = point(known.values())
    for name in (one for one in signature(function).parameters if one in known):
        shape = tuple(1 + max(at) for at in zip(*positions(known[name], SIZES), strict=True))
        result[name] = np.zeros(shape)
        for where, value in given[name].items():
            result[name][where] = float(value)
    return result


def called(found: Formula, function: Callable[..., Any], given: dict[str, np.ndarray], target: str) -> np.ndarray:
    convert = torch.tensor if target == "torch" else np.asarray
    sizes = {name: SIZES[name] for name in signature(function).parameters if name in SIZES}
    return np.asarray(function(**{name: convert(array) for name, array in given.items()}, **sizes))
