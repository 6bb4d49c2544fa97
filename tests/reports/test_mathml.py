from __future__ import annotations

import pytest

from attnproof.reports.page.mathml import FormulaError, formula, mathml, mixed, rendered


def test_a_formula_becomes_mathml_without_namespace() -> None:
    html = mathml(r"\alpha_{i,j}")
    assert html.startswith("<math")
    assert "<msub><mi>α</mi>" in html
    assert "ns0:" not in html


def test_function_names_are_identifiers_and_stand_apart_from_their_argument() -> None:
    html = mathml(r"\operatorname{sech}^2 z + \tanh z + \tanh(z)")
    assert "<mo>sech</mo>" not in html
    assert '<msup><mi>sech</mi><mn>2</mn></msup><mspace width="0.167em" /><mi>z</mi>' in html
    assert '<mi>tanh</mi><mspace width="0.167em" /><mi>z</mi>' in html
    assert '<mi>tanh</mi><mo stretchy="false">(' in html


def test_less_than_and_ampersand_stay_well_formed() -> None:
    assert "&lt;" in mathml("a < b")
    assert "<mtable>" in mathml(r"\begin{aligned} a &= b \\ c &= d \end{aligned}")


@pytest.mark.parametrize("latex", [r"\nosuchcommand x", r"\frac{1}", r"a^{", "", "a & b"])
def test_a_formula_that_cannot_be_rendered_is_refused_by_name(latex: str) -> None:
    with pytest.raises(FormulaError, match="cannot render the formula"):
        mathml(latex)


def test_on_the_page_such_a_formula_is_shown_and_marked() -> None:
    html = rendered(r"\nosuchcommand{<b>}")
    assert 'class="unrendered"' in html
    assert "formula not rendered" in html
    assert "<b>" not in html


def test_prose_is_escaped_and_formulas_are_not() -> None:
    html = mixed("if $a < b$ then <i>no</i>, `x < y`")
    assert html.count("<math") == 1
    assert "&lt;i&gt;no&lt;/i&gt;" in html
    assert "<code>x &lt; y</code>" in html


def test_a_lone_dollar_or_backquote_is_text() -> None:
    assert mixed("costs 5$ and a ` mark") == "costs 5$ and a ` mark"


def test_a_block_formula_in_prose_stands_alone() -> None:
    assert '<div class="formula"><math display="block"' in mixed(r"$$\sum_i x_i$$")


def test_a_step_may_be_latex_or_prose_with_latex() -> None:
    assert formula(r"\tanh z").startswith('<math display="block"')
    assert formula("the sum $x$ over all keys").startswith("the sum <math")
