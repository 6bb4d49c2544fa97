"""Formulas as MathML, which browsers render without a script, by way of their LaTeX."""

from __future__ import annotations

from functools import lru_cache

from attnproof.derivations.language.system import Equation
from attnproof.derivations.typesetting.latex import equation_latex


@lru_cache(maxsize=4096)
def latex_mathml(latex: str, *, block: bool = True) -> str:
    """LaTeX as a ``<math>`` element, on a line of its own or within a line of text.

    Raises ValueError when the converter leaves a command that it does not know.
    """
    from latex2mathml.converter import convert  # here: it takes long to import, and few uses of a formula need it

    result = str(convert(latex, display="block" if block else "inline"))
    if "\\" in result:
        raise ValueError(f"cannot convert to MathML: {latex}")
    return result


def equation_mathml(equation: Equation, *, block: bool = True) -> str:
    """An equation as a ``<math>`` element."""
    return latex_mathml(equation_latex(equation), block=block)
