"""Lowering and printing of systems that are nobody's score: any system of the notation, or an error that names it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loops_with_bounds import FORMATS, Bounded, Elements, Loops, mp
from sympy import Expr, Function, IndexedBase, Integer, Rational, Symbol, exp, sech, tanh

from attnproof.derivations.calculus.adjoint import adjoint
from attnproof.derivations.language.notation import D_K, D_Q, N_K, N_Q, D, F, I, J, L, R, Tensor
from attnproof.derivations.language.system import Equation, System, total
from attnproof.derivations.scores import FAMILIES
from attnproof.impl.codegen.program.plan import forward
from attnproof.impl.codegen.targets.numpy import SYNTAX
from attnproof.impl.codegen.text.emit import Emitter
from attnproof.impl.codegen.text.module import Module, program_of
from attnproof.impl.codegen.text.pieces import Printed
from attnproof.impl.codegen.text.printer import Printer
from attnproof.impl.generated.numpy import _runtime as runtime

SIZES = {"n_q": 2, "n_k": 3, "d": 4, "d_q": 2, "d_k": 3}

X = Tensor("x", "x", (N_Q, D))
Y = Tensor("y", "y", (N_K, D))
M = Tensor("m", "m", (D, D), "parameter", batched=False)
U = Tensor("u", "u", (D,), "parameter", batched=False)
S = Tensor("s", "s", ())
W = Tensor("w", "w", (N_Q, D_Q + D_K))
BOTH = Tensor("both", "g", (D_Q, D_K), "parameter", batched=False)
PAIRS = Tensor("pairs", "o", (N_Q, N_K), "intermediate")
TURNED = Tensor("turned", "o", (N_K, N_Q), "intermediate")
WIDE = Tensor("wide", "o", (N_Q, D), "intermediate")
ROW = Tensor("row", "h", (N_Q,), "intermediate")
SQUARES = total(X[I, F] ** 2, (F, D))


def system(inputs: tuple[Tensor, ...], *equations: tuple[Tensor, tuple[Expr, ...], Expr]) -> System:
    made = tuple(Equation(*equation) for equation in equations)
    return System("made", inputs, made, (made[-1].target.name,))


DOT = total(X[I, R] * Y[J, R], (R, D))
MADE = {
    "three factors": system((X, M, Y), (PAIRS, (I, J), total(X[I, R] * M[R, F] * Y[J, F], (R, D), (F, D)))),
    "transposed result": system((X, Y), (TURNED, (J, I), DOT)),
    "constant along an axis": system((X, Y), (PAIRS, (I, J), total(tanh(Y[J, R]), (R, D)))),
    "sum over an index that is absent": system((X, Y), (ROW, (I,), total(X[I, R], (R, D), (J, N_K)) / D)),
    "batched scalar, rational, constant": system((S, X), (ROW, (I,), S[()] * total(X[I, R], (R, D)) / 3 - 2)),
    "blocks": system((W, BOTH), (ROW, (I,), total(W[I, R], (R, D_Q)) * total(exp(-W[I, D_Q + F]), (F, D_K)))),
    "softmax times a factor": system((X,), (WIDE, (I, R), 2 * X[I, R] * exp(X[I, R]) / total(exp(X[I, F]), (F, D)))),
    "ratio that is no softmax": system((X,), (WIDE, (I, R), exp(X[I, R]) / total(exp(2 * X[I, F]), (F, D)))),
    "inverse norm": system((X,), (WIDE, (I, R), X[I, R] / SQUARES)),
    "sech squared, unequal axes": system(
        (X, Y, U), (PAIRS, (I, J), total(U[R] * sech(X[I, R] + Y[J, R]) ** 2, (R, D)) - total(U[R], (R, D)))
    ),
    "two equations, one used twice": system(
        (X, Y), (ROW, (I,), SQUARES), (PAIRS, (I, J), ROW[I] * DOT - ROW[I] / (1 + ROW[I]))
    ),
    "an input that nothing reads": system((X, U), (ROW, (I,), SQUARES)),
}


def computed(made: System, arrays: Mapping[str, np.ndarray], seed: np.ndarray) -> dict[str, np.ndarray]:
    """Results, kept intermediates and gradients of the printed NumPy functions."""
    program = program_of("made", made, made.outputs)
    pieces = Printed(Module(FAMILIES["dot"], program, program), program, SYNTAX)
    source = f"{pieces.forward()}\n\n{pieces.backward()}"
    space: dict[str, Any] = {"np": np, "math": math, **vars(runtime)}
    exec(compile(f"from __future__ import annotations\n{source}", "<generated>", "exec"), space)  # noqa: S102 - running it is the test
    arguments = [arrays[tensor.name] for tensor in program.arguments]
    results = space["_made_forward"](*arguments)
    names = program.forward.outputs
    found = dict(zip(names, results if len(names) > 1 else (results,), strict=True))
    gradients = space["_made_backward"](seed, *arguments, *(found[name] for name in program.kept))
    return found | {f"grad_{name}": value for name, value in gradients.items()}


def forward_only(made: System, arrays: Mapping[str, np.ndarray]) -> np.ndarray:
    """What the printed statements make of an output; for systems whose adjoint is refused."""
    plan = forward(made, made.outputs)
    lines = Emitter(plan, Printer(SYNTAX, {})).lines(0)
    space: dict[str, Any] = {"np": np, **vars(runtime), **arrays}
    exec("\n".join(lines), space)  # noqa: S102 - running it is the test
    return np.asarray(space[made.outputs[0]])


@pytest.mark.parametrize(
    ("rhs", "expected"),
    [
        (X[I, R] * M[R, R], lambda x, m: x * np.diagonal(m)),
        (X[I, R] + total(M[F, F], (F, D)), lambda x, m: x + np.trace(m)),
    ],
)
def test_an_index_on_two_axes_takes_the_diagonal(rhs: Expr, expected: Any) -> None:
    rng = np.random.default_rng(2)
    x, m = rng.integers(-9, 9, (2, 2, 4)) * 1.0, rng.integers(-9, 9, (4, 4)) * 1.0
    got = forward_only(system((X, M), (WIDE, (I, R), rhs)), {"x": x, "m": m})
    np.testing.assert_array_equal(got, expected(x, m))


def shape_of(tensor: Tensor) -> tuple[int, ...]:
    return tuple(sum(SIZES[size.name] for size in length.free_symbols) for length in tensor.shape)


def elements(array: np.ndarray) -> Elements:
    return {where: Bounded(mp.mpf(float(array[where])), mp.mpf(0)) for where in np.ndindex(array.shape)}


@pytest.mark.parametrize("name", MADE)
def test_a_made_system_and_its_adjoint_agree_with_loops(name: str) -> None:
    made = MADE[name]
    rng = np.random.default_rng(5)
    arrays = {tensor.name: np.asarray(rng.integers(1, 9, shape_of(tensor)) / 8) for tensor in made.inputs}
    (output,) = made.outputs
    seed = rng.integers(-8, 9, shape_of(made.tensors[output])) / 8
    found = computed(made, arrays, seed)
    values = Loops(made, SIZES, FORMATS["fp64"]).run({k: elements(array) for k, array in arrays.items()})
    loops = Loops(adjoint(made, made.outputs), SIZES, FORMATS["fp64"])
    values = loops.run({**values, f"grad_{output}": elements(seed)})
    for result in (output, *(f"grad_{k}" for k in arrays)):
        assert found[result].shape == tuple(1 + n for n in max(values[result])), result
        for where, x in values[result].items():
            off = abs(float(found[result][where]) - x.value)
            assert off <= x.error, f"{result}{where}: off by {off}, bound {x.error}"


def printed(made: System) -> str:
    program = program_of("made", made, made.outputs)
    return Printed(Module(FAMILIES["dot"], program, program), program, SYNTAX).forward()


def test_the_softmax_pattern_is_recognised_only_where_it_is_one() -> None:
    assert "softmax(x, axis=-1)" in printed(MADE["softmax times a factor"])
    assert "softmax" not in printed(MADE["ratio that is no softmax"])
    no_axis = system((X,), (WIDE, (I, R), X[I, R] * exp(SQUARES) / total(exp(SQUARES), (F, D))))
    # inside the sum, f is bound twice: refused rather than guessed
    with pytest.raises(ValueError, match="f is already in use"):
        printed(no_axis)


UNKNOWN = Function("gamma_of")
WRONG = {
    "unknown function": (X[I, R] * UNKNOWN(X[I, R]), "'gamma_of' is not in the target's table"),
    "index as a value": (X[I, R] * R, "made: equation for wide: .*index r stands outside the brackets"),
    "index that is not bound": (X[I, R] * Y[L, R], "made: equation for wide: .*index l is neither free nor summed"),
    "stranger": (X[I, R] * IndexedBase("stranger")[I, R], "stranger is not a tensor that is defined before"),
    "free symbol": (X[I, R] * Symbol("lam", real=True), "lam is neither a tensor nor a size"),
    "two indices in one place": (X[I, R] * M[R, R + F], "exactly one index symbol"),
    "beyond the axis": (total(X[I, R] * M[R, D_Q + F], (F, D)), "leaves the axis of length d"),
    "index used twice": (total(X[I, R], (R, D)), "index r is already in use around the sum"),
    "no tensor": (Integer(2), "a right-hand side without tensors"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_in_the_notation_is_refused_by_name(name: str) -> None:
    rhs, message = WRONG[name]
    with pytest.raises(ValueError, match=message):
        printed_forward(rhs)


def printed_forward(rhs: Expr) -> str:
    """Lowering and printing without the adjoint, which refuses some of these for reasons of its own."""
    made = system((X, Y, M), (WIDE, (I, R), rhs))
    return "\n".join(Emitter(forward(made, made.outputs), Printer(SYNTAX, {})).lines())


def test_a_size_that_no_input_has_is_refused() -> None:
    with pytest.raises(ValueError, match="size n_k is not the length of an axis of any input"):
        printed(system((X,), (ROW, (I,), total(X[I, R], (R, D), (J, N_K)))))


def test_scalars_are_printed_exactly() -> None:
    lines = printed_forward(Rational(1, 3) * X[I, R] + Rational(-7, 2))
    assert "x / 3 - 7 / 2" in lines or "-7 / 2" in lines
    assert "0.333" not in lines


# products of random factors over random indices: integers, so that every order of summation is exact
INDICES = {I: (N_Q, 2), J: (N_K, 3), R: (D, 4), F: (D_K, 3)}
FACTOR = st.tuples(
    st.lists(st.sampled_from(list(INDICES)), min_size=1, max_size=3, unique=True),
    st.sampled_from([(), (2,), (1,), (5, 2)]),
)


@settings(max_examples=60)
@given(
    factors=st.lists(FACTOR, min_size=1, max_size=4),
    free=st.sets(st.sampled_from(list(INDICES)), min_size=1),
    seed=st.integers(0, 2**32 - 1),
)
def test_random_products_equal_einsum_exactly(
    factors: list[tuple[list[Symbol], tuple[int, ...]]], free: set[Symbol], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    tensors, arrays = [], {}
    for n, (indices, batch) in enumerate(factors):
        tensor = Tensor(f"x{n}", f"x{n}", tuple(INDICES[index][0] for index in indices), batched=bool(batch))
        shape = batch + tuple(INDICES[index][1] for index in indices)
        tensors.append(tensor)
        arrays[tensor.name] = rng.integers(-3, 4, shape).astype(np.float64)
    used = list(dict.fromkeys(index for indices, _ in factors for index in indices))
    out = [index for index in used if index in free] or used[:1]
    body = math.prod(t[tuple(indices)] for t, (indices, _) in zip(tensors, factors, strict=True))
    summed = [(index, INDICES[index][0]) for index in used if index not in out]
    target = Tensor("out", "o", tuple(INDICES[index][0] for index in out), "intermediate")
    made = System(
        "made", tuple(tensors), (Equation(target, tuple(out), total(body, *summed) if summed else body),), ("out",)
    )
    spec = ",".join("..." + "".join(str(i) for i in indices) for indices, _ in factors)
    expected = np.einsum(f"{spec}->...{''.join(str(i) for i in out)}", *arrays.values())
    found = computed(made, arrays, np.ones(expected.shape))
    np.testing.assert_array_equal(found["out"], expected)
    for n, name in enumerate(arrays):  # the gradient of a product of distinct factors is linear in each
        change = np.ones(arrays[name].shape)
        moved = np.einsum(f"{spec}->...{''.join(str(i) for i in out)}", *(arrays | {name: change}).values())
        assert (found[f"grad_{name}"] * change).sum() == moved.sum(), n
        assert found[f"grad_{name}"].shape == arrays[name].shape
