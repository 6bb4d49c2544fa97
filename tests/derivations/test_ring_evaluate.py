"""Systems of equations in the ring, against the same programs written by hand in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from attnproof.derivations.attention.extended import extended
from attnproof.derivations.calculus.adjoint import adjoint
from attnproof.derivations.language.system import System
from attnproof.derivations.ring.degree import ROWS
from attnproof.derivations.ring.elements import Elements
from attnproof.derivations.ring.evaluate import evaluate
from attnproof.derivations.ring.kinds import MINUS, UNDECIDED
from attnproof.derivations.ring.ring import Ring
from attnproof.derivations.ring.structure import integer
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.scores.own import load_score

SIZES = {"n_q": 2, "n_k": 3, "d": 4, "d_q": 4, "d_k": 2, "d_a": 3, "d_v": 2}
EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
Inputs = dict[str, Elements]


def both(system: System, *outputs: str) -> System:
    """Forward and backward with respect to every input."""
    return system.then(adjoint(system, outputs or ("context",), tuple(tensor.name for tensor in system.inputs)))


def drawn(ring: Ring, system: System, batch: tuple[int, ...] = (), **leading: tuple[int, ...]) -> Inputs:
    """Random inputs and cotangents; ``leading``: an input's own batch axes."""
    found = {}
    for tensor in system.inputs:
        own = tuple(integer(axis, tuple(SIZES.items())) for axis in tensor.shape)
        lead = leading.get(tensor.name, batch) if tensor.batched and tensor.shape else ()
        squares = -1 if tensor.name in ("query", "key") else None
        found[tensor.name] = ring.random((*lead, *own), square_norm=squares)
    return found


def same(ring: Ring, x: Elements, y: Elements) -> bool:
    equal, decided = ring.equal(x, y)
    return x.shape == y.shape and bool(equal.all() and decided.all())


def column(x: Elements) -> Elements:
    return x.reshape([*x.shape, 1])


def swapped(x: Elements) -> Elements:
    return x.transpose([*range(x.ndim - 2), x.ndim - 1, x.ndim - 2])


def by_hand(ring: Ring, given: Inputs) -> dict[str, Elements]:
    """Dot-product attention with a bias, and its gradients."""
    query, key, value, seed = (given[name] for name in ("query", "key", "value", "grad_context"))
    e = (query @ swapped(key) + given["bias"]).exp()
    mass = e.sum(-1)
    masked = (mass.series == 0).all((0, 1))
    weights = e / column(ring.where(masked, ring.constant(1), mass))
    back = seed @ swapped(value)
    slopes = weights * (back - column((weights * back).sum(-1)))
    return {
        "weights": weights,
        "context": weights @ value,
        "grad_query": slopes @ key,
        "grad_key": swapped(slopes) @ query,
        "grad_value": swapped(weights) @ seed,
        "grad_bias": slopes,
        "lse": mass.log(),
    }


@pytest.mark.parametrize("order", [3, 16])
def test_dot_with_masks(order: int) -> None:
    """−∞ in the bias, a row masked throughout: weights, context and gradients 0 there."""
    ring = Ring(order, seed=1)
    system = both(extended("dot", ("lse",)).resolve("bias"))
    given = drawn(ring, system)
    hidden = np.array([[True, True, True], [False, True, False]])
    given["bias"] = given["bias"].put(hidden, ring.constant(float("-inf")))
    found = evaluate(system, given, SIZES)
    for name, expected in by_hand(ring, given).items():
        assert same(ring, found[name], expected), name
    assert (found["lse"].kinds() == [MINUS, 0]).all()
    assert found["grad_query"][0].zeros().all()


def test_batches_broadcast() -> None:
    ring = Ring(3, seed=2)
    system = both(extended("dot").resolve("bias"))
    given = drawn(ring, system, (2, 3), query=(3,), key=(2, 1), bias=())
    found = evaluate(system, given, SIZES)
    lengths = {name: elements.shape for name, elements in given.items()}
    assert all(found[f"grad_{name}"].shape == lengths[name] for name in ("query", "key", "value", "bias"))
    total: dict[str, Elements] = {}
    for i in range(2):
        for j in range(3):
            own = {
                "query": given["query"][j],
                "key": given["key"][i, 0],
                "value": given["value"][i, j],
                "bias": given["bias"],
                "grad_context": given["grad_context"][i, j],
            }
            one = by_hand(ring, own)
            assert same(ring, found["context"][i, j], one["context"])
            for name, where in (("query", j), ("key", i), ("bias", 0)):
                key = f"grad_{name}{where}"
                total[key] = total[key] + one[f"grad_{name}"] if key in total else one[f"grad_{name}"]
    assert all(same(ring, found["grad_query"][j], total[f"grad_query{j}"]) for j in range(3))
    assert all(same(ring, found["grad_key"][i, 0], total[f"grad_key{i}"]) for i in range(2))
    assert same(ring, found["grad_bias"], total["grad_bias0"])


# How many exponentials (tanh counts as one) lie between an input and the context: the derivative of E(t) is ε E(t), and
# that of exp is exp.
DEPTH = {"value": 0, "dropout": 0, "bias": 1, "sink": 1, "v": 1}
HIDDEN = {"additive": 2, "concat": 2}


@pytest.mark.parametrize("score", list(FAMILIES))
def test_gradients_of_every_score(score: str) -> None:
    """``f(x + ε⁵ y) = f(x) + ε⁵ ε^depth Σ gradient · y`` up to ε¹⁰."""
    ring, half = Ring(10, seed=3), 5
    features = ("sink", "dropout") + (("rotary",) if score in ("dot", "scaled_dot") else ())
    forward = extended(score, features).resolve("bias")
    given = drawn(ring, both(forward))
    found = evaluate(both(forward), given, SIZES)
    shift = Elements(ring, np.array([[0] * half + [1]] * 2))  # ε⁵
    for tensor in forward.inputs:
        along = ring.random(given[tensor.name].shape)
        moved = evaluate(forward, {**given, tensor.name: given[tensor.name] + shift * along}, SIZES)
        change = ((moved["context"] - found["context"]) * given["grad_context"]).sum()
        slope = (found[f"grad_{tensor.name}"] * along).sum()
        depth = DEPTH.get(tensor.name, HIDDEN.get(score, 1))
        assert not change.series[:, : half + depth].any(), tensor.name
        assert (change.series[:, half + depth :] == slope.series[:, : half - depth]).all(), tensor.name
        assert slope.series[:, : half - depth].any(), tensor.name


def test_softcap_and_blocks() -> None:
    """The concatenated score is made of blocks; the soft-cap applies before the bias, to the sink too."""
    ring = Ring(4, seed=4)
    system = extended("concat", ("sink_score",)).resolve("softcap", "bias")
    given = drawn(ring, system)
    found = evaluate(system, given, SIZES)
    cap = given["softcap"]
    joint = ring.concatenate(
        [
            given["query"].reshape(2, 1, 4).broadcast_to((2, 3, 4)),
            given["key"].reshape(1, 3, 2).broadcast_to((2, 3, 2)),
        ],
        -1,
    )
    hidden = (joint.reshape(2, 3, 1, 6) * given["weight_concat"]).sum(-1).tanh()
    scores = (hidden * given["v"]).sum(-1)
    e = ((scores / cap).tanh() * cap + given["bias"]).exp()
    sink = ((given["sink_score"] / cap).tanh() * cap).exp()
    assert same(ring, found["context"], e / column(e.sum(-1) + sink) @ given["value"])


def test_user_scores() -> None:
    ring = Ring(3, seed=5)
    cosine = both(extended(load_score(f"{EXAMPLES / 'cosine.py'}:cosine")).resolve())
    given = drawn(ring, cosine)
    found = evaluate(cosine, given, SIZES)
    norms = [(given[name] * given[name]).sum(-1).sqrt() for name in ("query", "key")]
    scores = given["query"] @ swapped(given["key"]) / given["temperature"] / column(norms[0]) / norms[1]
    assert same(ring, found["scores"], scores)
    assert all(elements.kind is None for elements in found.values())
    assert {found[name].degree.rests for name in ("scores", "context", "grad_query")} == {ROWS}
    radial = (found["grad_query"] * given["query"]).sum(-1)  # the score does not depend on a query's length
    assert same(ring, radial, ring.zeros((2,)))


def test_choices_by_real_numbers() -> None:
    ring, rng = Ring(3, seed=6), np.random.default_rng(7)
    system = both(extended(load_score(f"{EXAMPLES / 'gatv2.py'}:gatv2")).resolve())
    given = drawn(ring, system, (2,), key=(1,))
    reals = {name: rng.standard_normal(x.shape) for name, x in given.items()}
    found = evaluate(system, given, SIZES, reals=reals)
    z = np.einsum("bir,ar->bia", reals["query"], reals["weight_query"])[:, :, None]
    z = z + np.einsum("bjf,af->bja", reals["key"], reals["weight_key"])[:, None]
    slopes = ring.where(z > 0, ring.constant(1), ring.constant(1) / 5)
    scores = (found["preactivation"] * slopes * given["v"]).sum(-1)
    assert same(ring, found["scores"], scores)
    assert (z > 0).any()
    assert (z < 0).any()
    back = (column(found["grad_scores"]) * slopes * given["v"]).sum(1)
    assert same(ring, found["grad_key"], (back @ given["weight_key"]).sum(0).reshape(1, 3, 2))
    unknown = evaluate(system, given, SIZES, ["scores"])
    assert (unknown["scores"].kinds() == UNDECIDED).all()


def test_what_is_missing_is_named() -> None:
    ring = Ring(3)
    system = extended("dot").resolve()
    given = drawn(ring, system)
    del given["value"]
    with pytest.raises(ValueError, match="no value and no equation for 'value'"):
        evaluate(system, given, SIZES)
    assert "context" not in evaluate(system, given, SIZES, ["weights"])
