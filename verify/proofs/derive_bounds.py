"""The error bounds of a score for ``derivations.json``: formulas in LaTeX, and what their symbols mean."""

from __future__ import annotations

from typing import Any

from attnproof.derivations.attention.derive import Derivation
from attnproof.derivations.bounds import error_bounds
from attnproof.derivations.bounds.parameters import PARAMETERS
from attnproof.derivations.bounds.printing import ABBREVIATIONS, short_inequality, short_latex
from attnproof.derivations.bounds.rules import ASSUMPTIONS, RULES
from attnproof.derivations.bounds.uniform import uniform_bounds
from attnproof.derivations.typesetting.latex import letter_latex


def bounds_of(derivation: Derivation) -> dict[str, Any]:
    """The bounds of the values and of the gradients, in any order of summation::

        assumptions:    [text]
        parameters:     [{latex, text}]          of the arithmetic
        abbreviations:  [{latex, meaning}]       both LaTeX
        lemmas:         [name]                   that the rules rest on
        equations:      [{target, latex}]        Δx of every tensor x that is not a copy of another, and what the
                        softmax's needs
        closed:         [{target, latex}]        of the values, for inputs of which only the largest magnitudes are
                        known

    ``{"reason": …}`` where no rule covers one of the equations.
    """
    try:
        bounds = error_bounds(derivation.forward.then(derivation.adjoint))
    except ValueError as error:
        return {"reason": str(error)}
    closed = uniform_bounds(error_bounds(derivation.forward))
    return {
        "assumptions": list(ASSUMPTIONS),
        "parameters": [{"latex": letter_latex(name), "text": PARAMETERS[name]} for name in bounds.parameters],
        "abbreviations": [{"latex": short, "meaning": meaning} for short, meaning in ABBREVIATIONS],
        "lemmas": list(
            dict.fromkeys(name for rule in dict.fromkeys(bounds.rules.values()) for name in RULES[rule].lemmas)
        ),
        "equations": [
            {"target": equation.target.name, "latex": short_latex(bounds, equation)}
            for equation in bounds.equations
            if not equation.rhs.is_Indexed
        ],
        "closed": [
            {"target": name, "latex": short_inequality(closed.symbols[name], error)}
            for name, error in closed.errors.items()
            if not error.is_Symbol
        ],
    }
