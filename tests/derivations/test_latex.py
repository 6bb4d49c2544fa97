"""Formulas are typeset as in a textbook, and every one of them renders."""

from __future__ import annotations

import pytest
from sympy import Derivative, Function, Integer, Rational, Symbol, binomial, exp, factorial

from attnproof.derivations.attention.derive import derive, derive_all
from attnproof.derivations.calculus.tangent import tangent
from attnproof.derivations.language.notation import N_K, I, J, L, P, size
from attnproof.derivations.language.rounded import rounded
from attnproof.derivations.language.system import total
from attnproof.derivations.language.tensors import LOGITS, VALUE, WEIGHTS
from attnproof.derivations.typesetting.latex import (
    equation_latex,
    equation_text,
    expr_latex,
    expr_text,
    letter_latex,
    letter_text,
)
from attnproof.derivations.typesetting.mathml import equation_mathml, latex_mathml

X = Symbol("x", real=True)


def lines(system, typeset):
    return {equation.target.name: typeset(equation) for equation in system.equations}


def test_plain_text():
    text = lines(derive("additive", "bias_hidden").forward, equation_text) | lines(
        derive("additive").adjoint, equation_text
    )
    assert text["preactivation"] == "z[i,j,a] = Σ_r q[i,r] W_s[a,r] + Σ_f k[j,f] W_h[a,f] + b[a]"
    assert text["weights"] == "α[i,j] = exp(t[i,j]) / Σ_l exp(t[i,l])"
    assert text["context"] == "c[i,p] = Σ_j α[i,j] V[j,p]"
    assert text["grad_logits"] == "t\u0304[i,j] = α[i,j] (α\u0304[i,j] - ρ[i])"
    assert text["grad_preactivation"] == "z\u0304[i,j,a] = e\u0304[i,j] v[a] sech²(z[i,j,a])"
    assert lines(derive("scaled_dot").forward, equation_text)["scores"] == "e[i,j] = (1 / √d) Σ_r q[i,r] k[j,r]"


def test_latex():
    formulas = lines(derive("concat", "softcap").forward, equation_latex) | lines(
        derive("concat").adjoint, equation_latex
    )
    assert formulas["weights"] == (
        r"\alpha_{ij} = \frac{\exp\left(t_{ij}\right)}{\sum_{l<n_{k}} \exp\left(t_{il}\right)}"
    )
    assert formulas["capped"] == r"u_{ij} = \kappa \, \tanh\left(\frac{e_{ij}}{\kappa}\right)"
    assert formulas["grad_logits"] == r"\bar{t}_{ij} = \alpha_{ij} \, \left(\bar{\alpha}_{ij} - \rho_{i}\right)"
    assert formulas["grad_weight_concat"].startswith(r"\bar{W}_{a,\,d_{q} + f} = ")


def test_factorials_binomials_and_slopes_of_functions():
    k, f = Symbol("k", integer=True, nonnegative=True), Function("f")
    assert expr_latex(factorial(k + 1) / factorial(k)) == r"\frac{\left(1 + k\right)!}{k!}"
    assert expr_text(binomial(k, 2, evaluate=False)) == "binom(k, 2)"
    assert expr_text(f(X).diff(X, 2) + f(X).diff(X).subs(X, 2)) == "f''(x) + f'(2)"
    assert expr_text(Function("g")(X, k)) == "g(x, k)"


def test_a_rounded_result_names_its_format():
    inside = rounded(LOGITS[I, J] + 1, size("p"), size("e_max"))
    assert expr_latex(2 * rounded(inside**2, Integer(53), Integer(1023))) == (
        r"2 \, \mathrm{fl}_{53,\,1023}\left({\mathrm{fl}_{p,\,e_{\max}}\left(1 + t_{ij}\right)}^{2}\right)"
    )
    assert expr_text(inside) == "fl[p,e_max](1 + t[i,j])"
    assert latex_mathml(expr_latex(inside)).startswith("<math")


def test_derivatives_of_a_function_have_primes():
    f, x = Function("f", real=True), Symbol("x", real=True)
    assert expr_text(2 * f(x).diff(x, 2) * f(x)) == "2 f''(x) f(x)"
    with pytest.raises(ValueError, match="no typesetting for Derivative"):
        expr_text(Derivative(x**2, x))


def test_a_sum_ends_where_its_parenthesis_ends():
    first = total(WEIGHTS[I, J], (J, N_K))
    second = total(VALUE[L, P], (L, N_K))
    assert expr_text(first * second) == "(Σ_l V[l,p]) Σ_j α[i,j]"
    assert expr_text(total(WEIGHTS[I, J] + 1, (J, N_K))) == "Σ_j (1 + α[i,j])"
    assert expr_text(-((WEIGHTS[I, J] + 1) ** 2) / 3) == "-(1 + α[i,j])² / 3"
    assert expr_text(Rational(2, 3) * LOGITS[I, J]) == "2 t[i,j] / 3"
    assert expr_latex(exp(LOGITS[I, J]) ** 2) == r"\exp\left(2 \, t_{ij}\right)"


@pytest.mark.parametrize(
    ("letter", "latex", "text"),
    [
        ("W_s_bar", r"\bar{W}_{s}", "W\u0304_s"),
        ("alpha_dot", r"\dot{\alpha}", "α\u0307"),
        ("e_seed", r"\hat{e}", "e\u0302"),
        ("rho_2", r"\rho^{(2)}", "ρ_2"),
        ("q_bar_sigma", r"\sigma^{\bar{q}}", "σ(q\u0304)"),
        ("q_bar_dot", r"\dot{\bar{q}}", "q\u0304\u0307"),
    ],
)
def test_letters(letter, latex, text):
    assert letter_latex(letter) == latex
    assert letter_text(letter) == text


def test_every_formula_becomes_mathml():
    seen = set()
    for derivation in derive_all():
        for system in (derivation.forward, derivation.adjoint, tangent(derivation.forward)):
            for equation in system.equations:
                mathml = equation_mathml(equation)
                assert mathml.startswith("<math"), equation
                assert "\\" not in mathml
                seen.add(mathml)
    assert len(seen) > 50


def test_what_cannot_be_typeset_is_an_error():
    with pytest.raises(ValueError, match="cannot convert to MathML"):
        latex_mathml(r"\unknowncommand{x}")
    with pytest.raises(ValueError, match="no typesetting"):
        expr_latex(LOGITS[I, J] > 0)
