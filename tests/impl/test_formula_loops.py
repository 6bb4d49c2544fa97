"""Functions of scalar loops against exact evaluation at rational points, within the bounds of the other targets.

By default one formula of each kind, as plain Python, and a few of them compiled; ``pytest -m thorough`` compiles all.
"""

from __future__ import annotations

import importlib.util
import math
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from formula_functions import POINTS, table, wrong
from formula_points import EVERY, SIZES, arrays, called, expected, function_of
from loops_with_bounds import mp
from parameters import ordinary

from attnproof.derivations.formulas import Formula, formula
from attnproof.derivations.formulas.formula import Proof
from attnproof.derivations.language.notation import Tensor, index, size
from attnproof.derivations.language.system import Equation, System, total
from attnproof.impl.codegen.targets.loops import LOOPS
from attnproof.impl.export.formula import NoCodeError, code

pytestmark = pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="no numba")


def kinds() -> dict[str, str]:
    """For every kind of formula, ``adjoint.query`` or ``context+sink``, one name, spread over the scores."""
    found: dict[str, list[str]] = {}
    for names in EVERY.values():
        for name in names:
            found.setdefault(name.partition(".")[2], []).append(name)
    return {kind: min(names, key=lambda name: zlib.crc32(name.encode())) for kind, names in found.items()}


KINDS = kinds()
COMPILED = (
    "additive.adjoint.query+softcap",  # tanh, sech², softmax, a scalar argument
    "dot.adjoint.sink+sink",  # blocks, a scalar result
    "dot.difference_variance",  # scalars and a size alone
    "scaled_dot.tangent.lse",  # a root of a size; a quotient of sums
)
ALL = [name for names in EVERY.values() for name in names if not name.endswith(".lse") and ".lse+" not in name]


@cache
def printed(name: str) -> str:
    return code(formula(name), "numba")


def made(name: str, *, compiled: bool) -> tuple[Formula, Callable[..., Any]]:
    found = formula(name)
    function = function_of(printed(name), found)
    return found, function if compiled else getattr(function, "py_func", function)


def judge(name: str, *, compiled: bool) -> None:
    found, function = made(name, compiled=compiled)
    got = called(found, function, arrays(found, function), "numba")
    for where, wanted in expected(name).items():
        off = abs(mp.mpf(float(got[where])) - wanted.value)
        assert off <= wanted.error, f"{name}{list(where)}: {got[where]!r}, {wanted.value}, {wanted.error}"
    assert got.size == len(expected(name))


@pytest.mark.parametrize("kind", [kind for kind, name in KINDS.items() if name in ALL])
def test_one_formula_of_each_kind_in_plain_python(kind: str) -> None:
    judge(KINDS[kind], compiled=False)


def test_a_scalar_of_one_loop_is_computed_again_in_the_next() -> None:
    text = printed("additive.tangent.scores")
    assert text.count("preactivation_part[j, a] + preactivation_part_2[i, a]\n") == 2
    judge("additive.tangent.scores", compiled=False)


@pytest.mark.parametrize("name", ordinary(COMPILED, COMPILED[0], COMPILED[1]))
def test_compiled_functions_compute_it(name: str) -> None:
    judge(name, compiled=True)


@pytest.mark.thorough
@pytest.mark.parametrize("name", ALL)
def test_every_formula_compiled(name: str) -> None:
    judge(name, compiled=True)


@pytest.mark.parametrize("score", ["dot", "additive"])
def test_the_log_sum_exp_has_code_that_does_not_overflow(score: str) -> None:
    found, function = made(f"{score}.lse+bias", compiled=False)
    given = arrays(found, function)
    given["bias"] = 1000 + np.arange(6.0).reshape(2, 3)
    scores_found, scores = made(f"{score}.scores", compiled=False)
    exact = scores(**{one: given[one] for one in arrays(scores_found, scores)}) + given["bias"]
    for row, logits in zip(function(**given), exact, strict=True):
        wanted = mp.log(mp.fsum(mp.exp(mp.mpf(float(x))) for x in logits))
        # logits near 1000 and their differences: an error of u·1000 each, then exp, sums and log of numbers of size 1
        assert abs(mp.mpf(float(row)) - wanted) <= 4 * 1010 * 2.0**-53
    given["bias"][0] = -math.inf
    with np.errstate(divide="ignore"):
        assert function(**given)[0] == -math.inf


def test_large_logits_do_not_overflow() -> None:
    """Their differences are whole numbers, so the shift is exact: the same weights and rates as for small ones."""
    for name in ("softmax.weights", "softmax.jacobian", "softmax.tangent.weights", "softmax.adjoint.logits"):
        found, function = made(name, compiled=False)
        small = {**arrays(found, function), "logits": np.array([[0.0, 1.0, -2.0], [3.0, 3.0, 1.0]])}
        large = {**small, "logits": small["logits"] + 2.0**40}
        assert np.array_equal(function(**small), function(**large))
    found, function = made("dot.tangent.lse+bias", compiled=False)
    small = {**arrays(found, function), "bias": np.zeros((2, 3))}
    assert np.isfinite(function(**{**small, "bias": np.full((2, 3), 1e4)})).all()


@pytest.mark.parametrize("compiled", [True, False])
def test_masked_rows_are_zero_and_the_dtype_stays(compiled: bool) -> None:
    dtype = np.float32 if compiled else np.float64
    found, function = made("dot.context+bias+softcap", compiled=compiled)
    given = {name: array.astype(dtype) for name, array in arrays(found, function).items()}
    given["softcap"] = 1.5
    given["bias"][0] = -math.inf
    given["bias"][1, 1] = -math.inf
    got = function(**given)
    assert got.dtype == dtype
    assert np.array_equal(got[0], np.zeros(SIZES["d_v"]))
    given["value"][1] = 100  # the masked key's; and the whole context moves with the others
    assert np.array_equal(function(**given)[1], got[1])
    given["query"][1, 0] = math.nan
    assert np.isnan(function(**given)[1]).all()


@pytest.mark.parametrize("compiled", [True, False])
def test_every_function_of_the_table(compiled: bool) -> None:
    found, chosen = table(LOOPS["numba"].functions)
    function = function_of(code(found, "numba"), found)
    with np.errstate(all="ignore"):
        got = (function if compiled else function.py_func)(POINTS)  # type: ignore[attr-defined]
        nothing = (function if compiled else function.py_func)(np.array([math.nan]))  # type: ignore[attr-defined]
    assert not wrong(got, chosen)
    assert np.isnan(nothing).all()  # relu and step of NaN too
    assert wrong(got * (1 + 2.0**-45), chosen)


def test_sums_over_what_their_terms_do_not_have() -> None:
    """``y[i] = Σ_m x[i] + Σ_m Σ_j x[j] w[m]`` with m over 3 and j over 2: ``3 x[i] + (Σ x) (Σ w)``."""
    n, count = size("n"), size("m_w")
    i, j, m = index("i"), index("j"), index("m")
    x, w, y = Tensor("x", "x", (n,)), Tensor("w", "w", (count,)), Tensor("y", "y", (n,), "intermediate")
    rhs = total(x[i], (m, count)) + total(x[j] * w[m], (m, count), (j, n))
    system = System("sums", (x, w), (Equation(y, (i,), rhs),), ("y",))
    found = Formula("sums", "sums", system, "y", (), Proof(""), "here")
    function = function_of(code(found, "numba"), found).py_func  # type: ignore[attr-defined]
    assert function(np.array([1.0, 2.0]), np.array([4.0, 8.0, 16.0])).tolist() == [87.0, 90.0]


def test_what_is_made_of_blocks_stays_an_array() -> None:
    """``t = (x, w)`` side by side, ``y[m] = 2 t[m]``: each block is read once, and neither is the whole."""
    n, count = size("n"), size("m_w")
    i, j, m = index("i"), index("j"), index("m")
    x, w = Tensor("x", "x", (n,)), Tensor("w", "w", (count,))
    t, y = (Tensor(name, name, (n + count,), "intermediate") for name in ("t", "y"))
    equations = (Equation(t, (i,), x[i]), Equation(t, (n + j,), w[j]), Equation(y, (m,), 2 * t[m]))
    found = Formula("blocks", "blocks", System("blocks", (x, w), equations, ("y",)), "y", (), Proof(""), "here")
    function = function_of(code(found, "numba"), found).py_func  # type: ignore[attr-defined]
    assert function(np.array([1.0, 2.0]), np.array([4.0, 8.0, 16.0])).tolist() == [2.0, 4.0, 8.0, 16.0, 32.0]


def test_bad_arguments_are_refused() -> None:
    found, function = made("dot.scores+rotary", compiled=False)
    given = arrays(found, function)
    with pytest.raises(ValueError, match=r"key must have shape \(n_k, d\)"):
        function(**{**given, "key": given["key"][:, :-1].copy()})
    with pytest.raises(TypeError, match="query must have a floating-point dtype"):
        function(**{**given, "query": np.ones((2, 4), np.int64)})
    odd = {name: np.ones((len(array), 5 if name in {"query", "key"} else 2)) for name, array in given.items()}
    with pytest.raises(ValueError, match="d must be even"):
        function(**odd)


def test_sums_are_computed_once_for_what_they_depend_on() -> None:
    """The projections of an additive score stand in loops of their own, over (n_q, d_a) and (n_k, d_a)."""
    text = code(formula("additive.scores"), "numba")
    for line in (
        "    # preactivation_part[j,a] = Σ_f W_h[a,f] k[j,f]",
        "    scores = np.empty((n_q, n_k), real)",
        "                preactivation = preactivation_part[j, a] + preactivation_part_2[i, a]",
        "                sum_a += v[a] * np.tanh(preactivation)",
    ):
        assert line in text, line
    assert "np.empty((n_q, n_k, d_a)" not in printed("additive.adjoint.query")
    assert "d_a), real)" not in text.replace("(n_k, d_a), real)", "").replace("(n_q, d_a), real)", "")


@pytest.mark.parametrize(
    ("line", "altered"),
    [
        ("sum_j += weights[i, j] * grad_weights[i, j]", "sum_j -= weights[i, j] * grad_weights[i, j]"),
        ("(grad_weights[i, j] - row_dot[i])", "(grad_weights[i, j] + row_dot[i])"),
        ("real(4) * p", "real(2) * p"),
    ],
)
def test_a_wrong_line_is_seen(line: str, altered: str) -> None:
    name = "additive.adjoint.query"
    found = formula(name)
    right = code(found, "numba")
    assert line in right
    function = function_of(right.replace(line, altered), found).py_func  # type: ignore[attr-defined]
    got = called(found, function, arrays(found, function), "numba")
    assert any(abs(mp.mpf(float(got[w])) - x.value) > x.error for w, x in expected(name).items())


def test_statements_fit_on_their_lines() -> None:
    for name in KINDS.values():
        statements = printed(name).rpartition('"""')[2].splitlines()
        assert max(len(line) for line in statements if "#" not in line) <= 120, name


def test_what_has_no_code_says_why(tmp_path: Any) -> None:
    (tmp_path / "mine.py").write_text(
        "from attnproof.derivations.language.notation import D, I, J, R\n"
        "from attnproof.derivations.scores.own import parameter, score\n"
        "from attnproof.derivations.language.system import Equation, total\n"
        "from attnproof.derivations.language.tensors import KEY_SHARED, QUERY_SHARED, SCORES\n"
        "real = parameter('real', 'tau')\n"
        "mine = score('mine', (QUERY_SHARED, KEY_SHARED, real),\n"
        "    (Equation(SCORES, (I, J), real[()] * total(QUERY_SHARED[I, R] * KEY_SHARED[J, R], (R, D))),))\n",
        encoding="utf-8",
    )
    with pytest.raises(
        NoCodeError, match=r"numba has no code for .*mine.scores: the name real stands for something else"
    ):
        code(formula(f"{tmp_path / 'mine.py'}:mine.scores"), "numba")
