"""LaTeX as text: fractions, indices and powers keep their meaning; no claim shows LaTeX in the terminal."""

from __future__ import annotations

import re

import pytest

from attnproof.derivations.claims import CLAIMS
from attnproof.derivations.lemmas import LEMMAS
from attnproof.reports.commands.unicode_math import formula, line, prose

LEFT = re.compile(r"\\[A-Za-z,;! ]|\$|[_^]\{|&")


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\frac{a}{b + c}", "a/(b + c)"),
        (r"\tfrac12 x", "(1/2) x"),
        (r"\frac{1}{2m}", "1/(2m)"),
        (r"\frac{1}{d_{a}} \, \sum_{a<d_{a}} x_{a}", "(1/d_a) ∑_(a<d_a) x_a"),
        (r"\sum_{j<n_k} {\left(x_{j} - m\right)}^{2}", "∑_(j<n_k) (x_j − m)²"),
        (r"\left|\textstyle\sum_{a=1}^{4} v_a - x\right|", "|∑_(a=1)^4 v_a − x|"),
        (r"\operatorname{sech}^2\sqrt{m/(m+1)}", "sech² √(m/(m + 1))"),
        (r"\tanh\frac{e + b}{\kappa}", "tanh((e + b)/κ)"),
        (r"e^{\sigma^2}", "e^(σ²)"),
        (r"e^{\sigma s}", "e^(σ s)"),
        (r"e^{2\varepsilon}", "e^(2ε)"),
        (r"e^{-\gamma}", "e^−γ"),
        (r"\kappa_{2m}", "κ_(2m)"),
        (r"\alpha_{ij} (\bar\alpha_{ij} - \rho_i)", "α_ij (ᾱ_ij − ρ_i)"),
        (r"|s^\top h| \le |s||h|", "|sᵀ h| ≤ |s| |h|"),
        (r"\|W\|_F |q|", "‖W‖_F |q|"),
        (r"\mathrm{fl}(1 + 3 \cdot 2^{-p-1})", "fl(1 + 3 · 2^(−p − 1))"),
        (r"\binom{k}{j}", "(k over j)"),
        (r"0 \preceq J", "0 ⪯ J"),
        (r"(-1)^{k}", "(−1)^k"),
        (r"f''(1)", "f″(1)"),
        (r"d (2m-1)!!", "d (2m − 1)!!"),
        (r"\lim_{x \to \infty} x", "lim_(x→∞) x"),
        (r"\pm 1 \ne -1", "±1 ≠ −1"),
        (r"\text{student-t}", "student-t"),
    ],
)
def test_line(latex: str, text: str) -> None:
    assert line(latex) == text


def test_prose_and_steps() -> None:
    assert prose(r"at least $\tfrac12$, and 2^{-p} besides") == "at least 1/2, and 2^−p besides"
    assert formula(r"\le 1") == "≤ 1"
    assert formula(r"the weight $\alpha_j$") == "the weight α_j"


def test_what_is_no_formula_stays_as_it_is() -> None:
    assert line(r"\nosuchcommand{x}") == r"\nosuchcommand{x}"


def test_no_claim_shows_latex() -> None:
    texts = [prose(lemma.statement) for lemma in LEMMAS.values()]
    for claim in CLAIMS.values():
        texts += [prose(text) for text in (claim.title, claim.usual, claim.statement or "", *claim.assumptions)]
        for step in claim.steps:
            texts += [prose(step.rule), formula(step.before), formula(step.after)]
    assert len(texts) > 1000
    assert [text for text in texts if LEFT.search(text)] == []
