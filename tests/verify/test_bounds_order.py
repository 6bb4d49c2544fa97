"""A declared order of summation: a tighter bound, which holds for that order and is exceeded by another one."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from attnproof.derivations.bounds import PAIRWISE, UNKNOWN, Order
from attnproof.verify.arithmetic.backends import backend
from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.bounds import bounds
from attnproof.verify.inputs.case import Case
from attnproof.verify.oracle import certified
from attnproof.verify.targets import numpy_target
from attnproof.verify.targets.contract import Contract

DTYPES = {"fp32": np.float32, "fp16": np.float16}


def left_to_right(terms):
    return np.add.accumulate(terms, axis=0)[-1]


def over_a_tree(terms):
    """Along the first axis, neighbours in pairs, level by level."""
    parts = terms
    while len(parts) > 1:
        even = len(parts) // 2 * 2
        parts = np.concatenate([parts[:even:2] + parts[1:even:2], parts[even:]])
    return parts[0]


def in_blocks(size):
    """Blocks of so many terms from left to right, then the blocks' sums from left to right."""

    def add(terms):
        return left_to_right(
            np.stack([left_to_right(terms[start : start + size]) for start in range(0, len(terms), size)])
        )

    return add


ORDERS = {"pairwise": (PAIRWISE, over_a_tree), "blocked": (Order("blocked", 8), in_blocks(8))}


def attention(case, add):
    """Dot-product attention and its gradients in the case's format, every sum by ``add``."""
    kind = DTYPES[case.dtype]
    q, k, v, g = (
        x.astype(kind) for x in (case.inputs["query"], case.inputs["key"], case.inputs["value"], case.grad_context)
    )

    def times(a, b):
        return add(np.moveaxis(a[:, :, None] * b[None, :, :], 1, 0))

    scores = times(q, k.T)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = powers / add(powers.T)[:, None]
    upstream = times(g, v.T)
    logits = weights * (upstream - add((weights * upstream).T)[:, None])
    found = {
        "scores": scores,
        "weights": weights,
        "context": times(weights, v),
        "grad.query": times(logits, k),
        "grad.key": times(logits.T, q),
        "grad.value": times(weights.T, g),
    }
    return {name: array.astype(np.float64) for name, array in found.items()}


def exceeded(case, rule, got):
    limits = {name: limit.bound for name, limit in bounds(case, rule).items()}
    truth = certified(case, limits)
    return {name for name, value in got.items() if np.any(truth[name].error(value) > limits[name])}


def long_case(dtype, d, seed=0):
    rng, fmt = np.random.default_rng(seed), FORMATS[dtype]
    inputs = {
        "query": rng.normal(size=(2, d)),
        "key": rng.normal(size=(33, d)) / np.sqrt(d),
        "value": rng.normal(size=(33, 2)),
    }
    return Case("dot", {n: fmt.round(x) for n, x in inputs.items()}, fmt.round(rng.normal(size=(2, 2))), dtype=dtype)


def adversarial_case(dtype, d):
    """q k = 1 + u + u + …: from left to right it stays 1, over a tree next to nothing is lost."""
    u = FORMATS[dtype].unit_roundoff
    query = np.full((1, d), u)
    query[0, 0] = 1.0
    return Case("dot", {"query": query, "key": np.ones((1, d)), "value": np.ones((1, 1))}, np.ones((1, 1)), dtype=dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ORDERS)
def test_a_declared_order_gives_a_tighter_bound_that_holds(name, dtype):
    order, add = ORDERS[name]
    rule = backend("numpy", dtype)
    declared = replace(rule, order=order)
    for case in (long_case(dtype, 100), long_case(dtype, 64, seed=1), adversarial_case(dtype, 100)):
        assert not exceeded(case, declared, attention(case, add))
        tight, loose = bounds(case, declared), bounds(case, rule)
        assert all(np.all(tight[quantity].bound <= loose[quantity].bound) for quantity in loose)
    case = long_case("fp32", 100)
    tight, loose = (bounds(case, replace(backend("numpy", "fp32"), order=o))["scores"].bound for o in (order, UNKNOWN))
    # γ_m = m u/(1 − m u) is m u up to a factor 1 + 100 u, and float64 rounds each of the two a few times
    assert np.allclose(tight / loose, (order.count(100) + 1) / 100, rtol=200 * FORMATS["fp32"].unit_roundoff)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ORDERS)
def test_an_order_declared_wrongly_is_found_out(name, dtype):
    """The sum from left to right is within its own bound, and beyond that of the order it claims to have."""
    order, add = ORDERS[name]
    case, rule = adversarial_case(dtype, 100), backend("numpy", dtype)
    sequential = attention(case, left_to_right)
    assert not exceeded(case, rule, sequential)
    assert "scores" in exceeded(case, replace(rule, order=order), sequential)
    assert "scores" not in exceeded(case, replace(rule, order=order), attention(case, add))


def test_a_tree_over_blocks_is_not_a_tree_over_terms():
    """Blocks of 8 from left to right, then a tree: within its own order, beyond the tree's without blocks."""
    u = FORMATS["fp32"].unit_roundoff
    terms = np.tile([1.0] + [u] * 7, 2).astype(np.float32)
    got = over_a_tree(np.stack([left_to_right(terms[:8]), left_to_right(terms[8:])]))
    true = sum(Fraction(float(x)) for x in terms)
    error = float(true - Fraction(float(got)))
    case = Case(
        "dot",
        {"query": terms[None].astype(float), "key": np.ones((1, 16)), "value": np.ones((1, 1))},
        np.ones((1, 1)),
        dtype="fp32",
    )
    rule = backend("numpy", "fp32")
    tree, blocks = (
        float(bounds(case, replace(rule, order=order))["scores"].bound.item())
        for order in (PAIRWISE, Order("pairwise", 8))
    )
    assert tree < error <= blocks


def test_a_target_declares_its_order_in_its_contract() -> None:
    found = {
        declared: numpy_target("tree", "dot", np.matmul, contract=Contract(summation=declared)).arithmetic(
            "fp32", "cpu"
        )
        for declared in (None, "any order", "pairwise")
    }
    assert found["pairwise"].order == PAIRWISE
    assert found[None] == found["any order"] == replace(found["pairwise"], order=UNKNOWN)
    with pytest.raises(ValueError, match="summation is 'sorted'; expected one of any order, pairwise"):
        Contract(summation="sorted")
