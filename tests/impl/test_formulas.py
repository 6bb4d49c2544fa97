"""Code of single formulas against exact evaluation at rational points, within bounds derived from the operations."""

from __future__ import annotations

import importlib.util
import random
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from inspect import signature
from typing import Any

import numpy as np
import pytest
import torch
from flint import arb, ctx, fmpq
from loops_with_bounds import FORMATS, Bounded, Elements, Loops, mp

from derivations.exact import evaluate, positions
from derivations.formulas import Formula, formula, names
from derivations.notation import Tensor
from derivations.real import Reals
from derivations.scores import FAMILIES
from impl.formulas import NoCodeError, code, targets

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
CODED = [
    pytest.param(name, marks=pytest.mark.skipif(importlib.util.find_spec(name) is None, reason=f"no {name}"))
    for name in targets()
]


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


def computed(found: Formula, target: str) -> np.ndarray:
    function = function_of(code(found, target), found)
    return called(found, function, arrays(found, function), target)


def coded(score: str, target: str) -> Iterator[Formula]:
    """Formulas that have code; those of a log-sum-exp alone have none."""
    for name in EVERY[score]:
        found = formula(name)
        if found.quantity == "lse":
            with pytest.raises(NoCodeError, match=r"overflows when it is evaluated as it is written"):
                code(found, target)
        else:
            yield found


@pytest.mark.parametrize("score", EVERY)
@pytest.mark.parametrize("target", CODED)
def test_the_code_of_every_formula_computes_it(target: str, score: str) -> None:
    seen = 0
    for found in coded(score, target):
        got = computed(found, target)
        for where, wanted in expected(found.name).items():
            seen += 1
            off = abs(mp.mpf(float(got[where])) - wanted.value)
            assert off <= wanted.error, f"{found.name}{list(where)}: {got[where]!r}, {wanted.value}, {wanted.error}"
        assert got.size == len(expected(found.name))
    assert seen


@pytest.mark.parametrize(
    "name", ["additive.adjoint.weight_query", "dot.adjoint.query", "bilinear.scores.adjoint.weight"]
)
def test_a_wrong_line_is_seen(name: str) -> None:
    found = formula(name)
    right, line = code(found, "numpy"), f"    {found.quantity}: Array = "
    assert line in right
    function = function_of(right.replace(line, f"{line}2 * "), found)
    got = function(**arrays(found, function))
    assert any(abs(mp.mpf(float(got[w])) - x.value) > x.error for w, x in expected(name).items())


def test_gradients_of_what_was_broadcast_add_up() -> None:
    """Two batches with one weight and one key: the gradients are the sums of those of each batch."""
    for name in ("additive.adjoint.weight_query", "additive.adjoint.key"):
        found = formula(name)
        function = function_of(code(found, "numpy"), found)
        given = arrays(found, function)
        other = {**given, "query": -given["query"], "grad_context": given["grad_context"][::-1]}
        both = {**given, **{n: np.stack([given[n], other[n]]) for n in ("query", "grad_context")}}
        apart = function(**given) + function(**other)
        # one more addition than in each, and the same products: within the sum of two bounds
        slack = max(float(x.error) for x in expected(name).values()) * 4
        assert np.abs(function(**both) - apart).max() <= slack


def test_counts_are_integers_of_any_size() -> None:
    found = formula("additive.cost.multiply_adds")
    large = 10**12
    got = function_of(code(found, "torch"), found)(**{str(size): large for size in found.sizes})
    assert got == 3 * large**3
    assert isinstance(got, int)


def test_the_function_is_documented() -> None:
    text = code(formula("additive.adjoint.key"), "torch")
    for line in (
        "    query : (..., n_q, d_q)",
        "    weight_key : (d_a, d_k)",
        "    Returns",
        "        k̄ (..., n_k, d_k)",
        "Written by attnproof ",
        "The dots stand for leading batch axes",
    ):
        assert line in text, line


def test_an_unknown_target_is_refused() -> None:
    with pytest.raises(KeyError, match="unknown target 'nump'; known targets: numpy, torch"):
        code(formula("dot.scores"), "nump")
