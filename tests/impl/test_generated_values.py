"""Generated code against a loop over elements in 40 digits, judged by a bound derived from the operations."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest
import target_arrays as arrays
import torch
from loops_with_bounds import FORMATS, Bounded, Elements, Loops, mp

from attnproof.derivations.attention.whole import attention
from attnproof.derivations.calculus.adjoint import adjoint
from attnproof.derivations.scores import FAMILIES

SIZES = {"n_q": 2, "n_k": 3, "d": 2, "d_q": 2, "d_k": 3, "d_a": 2, "d_v": 2}
OUTPUTS = ("context", "weights", "scores")
# batch shape of the inputs that have one; the others have none, so they are broadcast
BATCHES: Mapping[str, Mapping[str, tuple[int, ...]]] = {
    "none": {},
    "all": dict.fromkeys(("query", "key", "value", "bias"), (2,)),
    "query": {"query": (2,)},
    "value": {"value": (2,)},
    "mixed": {"query": (2, 1), "key": (1, 2), "bias": (2, 1)},
}
OPTIONS = {"plain": (), "all": ("bias_hidden", "softcap", "bias")}


def inputs(score: str, options: tuple[str, ...], batch: Mapping[str, tuple[int, ...]]) -> dict[str, np.ndarray]:
    """Multiples of 1/8 in [−1, 1], which every format has; the bias masks one key of query 0 and all of query 1."""
    rng = np.random.default_rng(7)
    found = {}
    for tensor in attention(score).inputs:
        if tensor.name in attention(score).options and tensor.name not in options:
            continue
        shape = tuple(sum(SIZES[size.name] for size in length.free_symbols) for length in tensor.shape)
        found[tensor.name] = rng.integers(-8, 9, batch.get(tensor.name, ()) + shape) / 8
    if "softcap" in found:
        found["softcap"] = np.asarray(1.5)
    if "bias" in found:
        found["bias"][..., 0, 1] = -np.inf
        found["bias"][..., 1, :] = -np.inf
    return found


def elements(array: np.ndarray) -> Elements:
    return {where: Bounded(mp.mpf(float(array[where])), mp.mpf(0)) for where in np.ndindex(array.shape)}


@cache
def expected(score: str, option: str, shapes: str, form: str) -> dict[str, np.ndarray]:
    """Value and bound of every output and gradient, as object arrays of shape (2, ...), for every batch element."""
    given = inputs(score, OPTIONS[option], BATCHES[shapes])
    seeds = seeds_for(score, given)
    options = tuple(name for name in attention(score).options if name in given)
    system = attention(score).resolve(*options)
    derived = adjoint(system, OUTPUTS)
    core = {t.name: len(t.shape) for t in (*system.tensors.values(), *derived.tensors.values())}
    batch = np.broadcast_shapes(*(a.shape[: a.ndim - core[n]] for n, a in given.items()))
    gradients: dict[str, list[tuple[tuple[int, ...], Elements]]] = {name: [] for name in given}
    results: dict[str, dict[tuple[int, ...], Elements]] = {name: {} for name in OUTPUTS}
    loops = Loops(system, SIZES, FORMATS[form])
    for place in product(*(range(length) for length in batch)):

        def one(name: str, array: np.ndarray, place: tuple[int, ...] = place) -> Elements:
            lead = array.ndim - core[name]
            own = tuple(p if array.shape[n] > 1 else 0 for n, p in enumerate(place[len(place) - lead :]))
            return elements(array[own])

        values = loops.run({name: one(name, array) for name, array in given.items()})
        for name in OUTPUTS:
            results[name][place] = values[name]
        cotangents = {name: seeds[name][place] for name in seeds}
        back = Loops(derived, SIZES, FORMATS[form])
        known = {name: values[name] for name in values if name in derived.tensors}
        found = back.run(known | {name: elements(array) for name, array in cotangents.items()})
        for name, array in given.items():
            lead = array.ndim - core[name]
            own = tuple(p if array.shape[n] > 1 else 0 for n, p in enumerate(place[len(place) - lead :]))
            gradients[name].append((own, found[f"grad_{name}"]))
    collected = {name: _outputs(places, batch) for name, places in results.items()}
    for name, parts in gradients.items():
        collected[f"grad_{name}"] = _summed(given[name].shape, parts, loops)
    return collected


def _outputs(places: Mapping[tuple[int, ...], Elements], batch: tuple[int, ...]) -> np.ndarray:
    shape = tuple(1 + n for n in max(next(iter(places.values()))))
    result = np.empty((2, *batch, *shape), dtype=object)
    for place, found in places.items():
        for where, x in found.items():
            result[(0, *place, *where)], result[(1, *place, *where)] = x.value, x.error
    return result


def _summed(shape: tuple[int, ...], parts: list[tuple[tuple[int, ...], Elements]], loops: Loops) -> np.ndarray:
    """Gradients of what was broadcast add up over the batch."""
    terms: dict[tuple[int, ...], list[Bounded]] = {where: [] for where in np.ndindex(shape)}
    for own, found in parts:
        for where, x in found.items():
            terms[own + where].append(x)
    result = np.empty((2, *shape), dtype=object)
    for where, some in terms.items():
        total = loops.add(some)
        result[(0, *where)], result[(1, *where)] = total.value, total.error
    return result


def within(name: str, got: np.ndarray, wanted: np.ndarray) -> None:
    """Every element within its bound; zero bounds demand equality."""
    values = np.broadcast_to(wanted[0, ...], np.broadcast_shapes(got.shape, wanted.shape[1:]))
    bounds = np.broadcast_to(wanted[1, ...], values.shape)
    for where in np.ndindex(values.shape):
        seen = mp.mpf(float(np.broadcast_to(got, values.shape)[where]))
        assert mp.isfinite(seen), f"{name}{where} is {seen}"
        off = abs(seen - values[where])
        assert off <= bounds[where], f"{name}{where}: got {seen}, expected {values[where]}, bound {bounds[where]}"


def seeds_for(score: str, given: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Cotangents of all three outputs, in the broadcast batch shape."""
    core = {tensor.name: len(tensor.shape) for tensor in attention(score).inputs}
    batch = np.broadcast_shapes(*(array.shape[: array.ndim - core[name]] for name, array in given.items()))
    rng = np.random.default_rng(11)
    shapes = {"grad_context": (2, 2), "seed_weights": (2, 3), "seed_scores": (2, 3)}
    return {name: rng.integers(-8, 9, batch + shape) / 8 for name, shape in shapes.items()}


def generated(target: str, score: str, given: Mapping[str, np.ndarray], form: str) -> tuple[dict[str, Any], Any, Any]:
    """Arguments in the target's arrays, the module, and the dtype."""
    module = importlib.import_module(f"attnproof.impl.generated.{target}.{score}")
    return {n: arrays.array(target, a, form) for n, a in given.items()}, module, arrays.FORMS[target][form]


def slow(target: str, form: str, score: str, options: str, batch: str) -> bool:
    """JAX compiles every operation for every shape and format: there what less is asked of than of others is slow."""
    return target == "jax" and ((form != "fp64" and options == "plain") or (score == "concat" and batch != "none"))


CASES = [
    arrays.of(target, form, score, options, "none", slow=slow(target, form, score, options, "none"))
    for target in arrays.TARGETS
    for form in arrays.FORMS[target]
    for score in FAMILIES
    for options in OPTIONS
] + [
    arrays.of(target, "fp64", score, "all", batch, slow=slow(target, "fp64", score, "all", batch))
    for target in arrays.TARGETS
    for score in ("scaled_dot", "concat")
    for batch in BATCHES
    if batch != "none"
]


@pytest.mark.parametrize(("target", "form", "score", "options", "batch"), CASES)
def test_values_and_gradients_lie_within_their_bounds(
    target: str, form: str, score: str, options: str, batch: str
) -> None:
    given = inputs(score, OPTIONS[options], BATCHES[batch])
    seeds = seeds_for(score, given)
    wanted = expected(score, options, batch, form)
    arguments, module, dtype = generated(target, score, given, form)
    result = module.attention(**arguments)
    for name in OUTPUTS:
        got = getattr(result, name)
        assert got.dtype == dtype
        within(name, arrays.as_numpy(got), wanted[name])
    # an output that is not broadcast takes the sum of the cotangents over the batch elements that share it
    parts = {}
    for output, seed in (("context", "grad_context"), ("weights", "seed_weights"), ("scores", "seed_scores")):
        shape = tuple(getattr(result, output).shape)
        lead = seeds[seed].ndim - len(shape)
        summed = seeds[seed].sum(axis=tuple(range(lead)))
        for axis, length in enumerate(shape):
            if length == 1 and summed.shape[axis] > 1:
                summed = summed.sum(axis=axis, keepdims=True)
        parts[output] = arrays.array(target, summed, form)
    back = module.attention_backward(
        parts["context"], **arguments, grad_weights=parts["weights"], grad_scores=parts["scores"]
    )
    assert set(back) == set(given)
    for name, got in back.items():
        assert got.dtype == dtype
        assert tuple(got.shape) == given[name].shape
        within(f"grad_{name}", arrays.as_numpy(got), wanted[f"grad_{name}"])


@pytest.mark.parametrize("score", FAMILIES)
@pytest.mark.parametrize("target", ["numpy", "torch"])  # JAX's arrays have no strides
def test_strided_arguments_lie_within_the_same_bounds(target: str, score: str) -> None:
    """Every second element of arrays twice as long, axes in reverse order in memory."""
    wanted = expected(score, "all", "none", "fp64")
    arguments = {}
    for name, array in inputs(score, OPTIONS["all"], {}).items():
        large = np.zeros(tuple(2 * n for n in array.shape), order="F")
        every_second = (..., *(slice(None, None, 2) for _ in array.shape))
        large[every_second] = array
        arguments[name] = large[every_second] if target == "numpy" else torch.from_numpy(large)[every_second]
    module = importlib.import_module(f"attnproof.impl.generated.{target}.{score}")
    result = module.attention(**arguments)
    for name in OUTPUTS:
        within(name, arrays.as_numpy(getattr(result, name)), wanted[name])


def test_the_comparison_can_fail() -> None:
    """A change of one unit in the last place of the worst-bounded fp64 weight, times a hundred, is seen."""
    given = inputs("dot", (), {})
    wanted = expected("dot", "plain", "none", "fp64")
    module = importlib.import_module("attnproof.impl.generated.numpy.dot")
    weights = module.attention(**given).weights.copy()
    within("weights", weights, wanted["weights"])
    weights[0, 0] *= 1 + 2.0**-45
    with pytest.raises(AssertionError, match="weights"):
        within("weights", weights, wanted["weights"])
