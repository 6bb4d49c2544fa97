"""Every named formula: its forms, its checks, and that the checks reject what is wrong."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from functools import partial

import pytest
from latex2mathml.converter import convert
from parameters import ordinary
from sympy import Eq, Expr, Integer, KroneckerDelta, Rational, Symbol, exp

from attnproof.derivations.formulas import (
    Formula,
    UnknownFormulaError,
    closed,
    formula,
    names,
    options,
    scores,
    softmax,
)
from attnproof.derivations.formulas.sympy_code import sympy_code
from attnproof.derivations.language.notation import D_Q, D, J, L, R, Tensor
from attnproof.derivations.language.ranges import tensors_in
from attnproof.derivations.language.system import Equation, System
from attnproof.derivations.moments import expansions
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.typesetting.mathml import latex_mathml

PRESENT = {
    "dot": (("softcap", "bias"), ("sink", "softcap"), ("rotary", "dropout")),
    "scaled_dot": (("sink_score", "softcap"), ("rotary",)),
    "bilinear": (("bias", "dropout"),),
    "additive": (("bias_hidden",), ("bias_hidden", "softcap", "bias", "sink")),
    "concat": (("softcap",),),
}
WITH_OPTIONS = tuple(name for score, chosen in PRESENT.items() for one in chosen for name in names(score, *one))
EVERY = (*names(), *WITH_OPTIONS)
ASKED = (  # in the issue, and one for each kind besides
    "additive.scores", "additive.adjoint.query", "scaled_dot.context", "softmax.jacobian", "bilinear.variance",
    "additive.tangent.context", "dot.cost.multiply_adds", "concat.scores.adjoint.weight_concat", "dot.lse",
    "scaled_dot.scores+rotary", "dot.adjoint.sink+sink", "bilinear.context+dropout", "dot.lse.adjoint.key",
)  # fmt: skip


def test_what_was_asked_for_is_there() -> None:
    for name in ASKED:
        found = formula(name)
        assert found.name == name
        assert "\\" not in convert(found.latex()), name


def test_names_are_distinct_and_every_score_has_its_own() -> None:
    assert len(set(EVERY)) == len(EVERY)
    assert len(names()) > 150
    for score in FAMILIES:
        for rest in ("scores", "weights", "context", "lse", "adjoint.query", "scores.adjoint.key", "tangent.context"):
            assert f"{score}.{rest}" in names()


@pytest.mark.parametrize("score", [*FAMILIES, "softmax"])
def test_every_formula_is_whole(score: str) -> None:
    for name in (one for one in EVERY if one.startswith(f"{score}.")):
        found = formula(name)
        assert found.name == name
        assert found is formula(name)
        assert found.equations[-1].target.name == found.quantity
        assert found.system.outputs == (found.quantity,)
        used = {t.name for e in found.equations for t in tensors_in(e.rhs, found.system)}
        made = {e.target.name for e in found.equations}
        assert {t.name for t in found.system.inputs} == used - made, "inputs are what is used and not made"
        assert made - used == {found.quantity}, "every equation leads to the quantity"
        assert found.assumptions
        assert found.source
        if found.quantity.startswith("tangent_") or found.forward is not None:
            assert found.proof.checks


@pytest.mark.parametrize("score", ordinary([*FAMILIES, "softmax"], "dot", "additive", "softmax"))
def test_every_formula_has_every_form(score: str) -> None:
    for name in (one for one in (*names(), *ASKED) if one.startswith(f"{score}.")):
        found = formula(name)
        assert found.text().count("\n") == len(found.equations) - 1
        assert found.mathml().count("<math") == len(found.equations)
        assert found._repr_latex_().startswith("$\\displaystyle ")
        assert found._repr_html_().count("<math") == len(found.equations) + len(found.symbols)
        for tensor in found.symbols.values():
            assert f"{tensor.name}" in found.described()
        space: dict[str, object] = {}
        exec(found.sympy_code(), space)  # noqa: S102 - the printed code is what is tested
        assert space["equations"] == found.sympy(), name


def test_numbers_are_printed_exactly_and_names_do_not_clash() -> None:
    lambda_ = Tensor("lambda", "lambda", (D,))  # a name that Python keeps for itself
    r = Tensor("r", "x", (D,), "intermediate")  # a name that an index has too
    rhs = (lambda_[R] + Rational(1, 3)) ** Rational(3, 2) * Rational(2, 7)
    system = System("made", (lambda_,), (Equation(r, (R,), rhs),), ("r",))
    space: dict[str, object] = {}
    exec(sympy_code(system), space)  # noqa: S102 - the printed code is what is tested
    assert space["equations"] == (Eq(r[R], rhs, evaluate=False),)


@pytest.mark.parametrize("score", [*FAMILIES, "softmax"])
def test_every_check_of_every_formula_holds(score: str) -> None:
    for name in (one for one in names() if one.startswith(f"{score}.")):
        outcomes = formula(name).check()
        assert all(outcomes.values()), (name, outcomes)


@pytest.mark.parametrize("score", ordinary(PRESENT, "dot", "additive"))
def test_the_checks_hold_with_options(score: str) -> None:
    for present in PRESENT[score]:
        suffix = "".join(f"+{one}" for one in options(score) if one in present)
        for rest in ("adjoint.query", "lse.adjoint.key", "tangent.context"):
            outcomes = formula(f"{score}.{rest}{suffix}").check()
            assert outcomes, (rest, suffix)
            assert all(outcomes.values()), (rest, suffix, outcomes)


def doubled(system: System, name: str) -> System:
    """The system with one right-hand side twice as large."""
    changed = tuple(replace(e, rhs=2 * e.rhs) if e.target.name == name else e for e in system.equations)
    assert changed != system.equations
    return replace(system, equations=changed)


@pytest.mark.parametrize("of", ["context", "scores", "lse"])
def test_every_road_rejects_a_wrong_gradient(of: str) -> None:
    before, after = scores._adjoint("additive", (), of)
    right = scores.gradient_checks(before, after, of)
    wrong = scores.gradient_checks(before, doubled(after, "grad_query"), of)
    assert {road: check() for road, check in right.items()} == dict.fromkeys(right, True)
    assert {road: check() for road, check in wrong.items()} == dict.fromkeys(wrong, False)


def test_a_wrong_tangent_is_rejected() -> None:
    before = scores.part_of(scores.forward("dot", ()), "weights")
    after = scores.tangent(before, ("weights",))
    assert scores._linear(before, after)
    assert not scores._linear(before, doubled(after, "tangent_weights"))
    assert scores._rate_in_ring(before, after, "weights") is True
    assert scores._rate_in_ring(before, doubled(after, "tangent_weights"), "weights") is False


@pytest.mark.parametrize("before", [scores._leading_to("dot", ("sink",), "lse"), softmax.WITH_LSE])
def test_the_tangent_of_a_log_sum_exp_is_written_with_the_softmax(before: System) -> None:
    """As a quotient of sums of exponentials it would overflow."""
    after = scores.tangent(before, ("lse",))
    assert scores._linear(before, after)
    assert not scores._linear(before, doubled(after, "tangent_lse"))
    assert not any(equation.rhs.has(exp) for equation in after.equations)


def test_the_hessian_of_the_log_sum_exp_is_asked_for() -> None:
    after = softmax._adjoint_of_lse()
    assert softmax.is_softmax(after)
    assert not softmax.is_softmax(doubled(after, "grad_logits"))


def test_the_identity_matrix_is_kroneckers_delta() -> None:
    found = formula("softmax.jacobian")
    assert [tensor.name for tensor in found.inputs] == ["logits"]
    assert found.sympy()[-1].rhs.has(KroneckerDelta(J, L))
    assert "(n_k, n_k), the identity matrix" in found.described()


@pytest.mark.parametrize("check", [softmax.is_jacobian, softmax.is_jacobian_at_points])
def test_a_wrong_jacobian_is_rejected(check: Callable[[System], bool]) -> None:
    assert check(softmax.WITH_JACOBIAN)
    assert not check(doubled(softmax.WITH_JACOBIAN, "jacobian"))


ONE = Integer(1)


@pytest.mark.parametrize(
    ("name", "check"),
    [
        ("dot.mean", lambda rhs: closed.calculus_gives("mean", rhs, ONE)),
        ("dot.variance", lambda rhs: closed.calculus_gives("variance", rhs, ONE)),
        ("dot.variance", lambda rhs: closed.expansion_gives(formula("dot.mean").expression, rhs)),
        ("dot.shared_variance", lambda rhs: closed.calculus_gives("shared", rhs, ONE)),
        ("dot.difference_variance", lambda rhs: closed.calculus_gives("half_difference", rhs, ONE)),
        ("bilinear.variance", partial(closed.bilinear_expansion, found=closed._any_bilinear)),
        ("bilinear.shared_variance", partial(closed.bilinear_expansion, found=expansions.bilinear_shared)),
        ("additive.variance", closed.additive_expansion),
        ("additive.variance_random_v", lambda rhs: closed.additive_expansion(rhs, "v")),
    ],
)
def test_a_wrong_moment_is_rejected(name: str, check: Callable[[Expr], bool]) -> None:
    right = formula(name).expression
    assert check(right)
    assert not check(2 * right)


def test_moments_are_what_is_known_of_them() -> None:
    sizes = {"mean_query": 0, "mean_key": 0, "deviation_query": 1, "deviation_key": 1}

    def at(name: str) -> Expr:
        found = formula(name)
        return found.expression.subs({found.symbols[k].base: v for k, v in sizes.items() if k in found.symbols})

    assert at("dot.variance") == D
    assert at("scaled_dot.variance") == 1
    assert at("dot.shared_variance") == 0
    assert at("bilinear.variance").subs(Symbol("sigma_W", real=True), 1 / D_Q).has(D_Q)


def test_renaming_equations_are_left_out() -> None:
    assert "capped" not in formula("dot.context").symbols
    assert "capped" in formula("dot.context+softcap").symbols
    with pytest.raises(UnknownFormulaError, match=r"unknown formula 'dot\.capped'"):
        formula("dot.capped")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("aditive.scores", "did you mean additive.scores"),
        ("additive.adjoint.querry", "did you mean additive.adjoint.query"),
        ("softmax.jacobi", "did you mean softmax.jacobian"),
        ("qqqq", "attnproof list has every name"),
        ("additive", "unknown formula 'additive'; did you mean additive.preactivation, additive.scores, "),
        ("additive.adjoint", "did you mean additive.adjoint."),
        ("ADDITIVE.Scores", "did you mean additive.scores"),
        ("additive.jacobian", "did you mean softmax.jacobian"),
        ("claim.T5", "claims are shown by attnproof claim T5"),
        ("t5", "claims are shown by attnproof claim T5"),
        (
            "dot.scores+bias_hidden",
            "no option 'bias_hidden'; options of dot: softcap, bias, rotary, sink, sink_score, dropout",
        ),
        ("dot.scores+bias+bias", "an option given twice"),
        ("softmax.weights+bias", "unknown formula"),
        ("bilinear.scores+rotary", "no option 'rotary'"),
    ],
)
def test_unknown_names_are_told_the_nearest(name: str, message: str) -> None:
    with pytest.raises(UnknownFormulaError) as caught:
        formula(name)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_two_sinks_are_refused() -> None:
    with pytest.raises(ValueError, match="a layer has one sink"):
        formula("dot.context+sink+sink_score")


def test_the_order_of_options_does_not_matter() -> None:
    assert formula("dot.context+bias+softcap").equations == formula("dot.context+softcap+bias").equations


def test_a_formula_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        formula("dot.scores").name = "other"  # type: ignore[misc]


def test_a_quantity_made_of_blocks_has_no_single_expression() -> None:
    found: Formula = formula("dot.rotated_query+rotary")
    assert len(found.equations) == 2
    with pytest.raises(ValueError, match="made of 2 blocks"):
        _ = found.expression


def test_a_score_of_ones_own_has_formulas(tmp_path) -> None:
    (tmp_path / "my.score.py").write_text(
        "from attnproof.derivations.language.notation import D, I, J, R\n"
        "from attnproof.derivations.scores.own import score\n"
        "from attnproof.derivations.language.system import Equation, total\n"
        "from attnproof.derivations.language.tensors import KEY_SHARED, QUERY_SHARED, SCORES\n"
        "doubled = score('doubled', (QUERY_SHARED, KEY_SHARED),\n"
        "    (Equation(SCORES, (I, J), 2 * total(QUERY_SHARED[I, R] * KEY_SHARED[J, R], (R, D))),))\n",
        encoding="utf-8",
    )
    found = formula(f"{tmp_path / 'my.score.py'}:doubled.scores.adjoint.query")
    assert all(found.check().values())
    shown = unicodedata.normalize("NFC", found.text().splitlines()[-1])  # a bar is a combining character or part of one
    assert shown == unicodedata.normalize("NFC", "q̄[i,r] = 2 Σ_j ē[i,j] k[j,r]")


def test_multi_letter_names_stand_upright() -> None:
    assert formula("dot.variance").latex().startswith(r"\mathrm{Var} = ")
    assert "mathvariant" in latex_mathml(r"\mathrm{Var}")
