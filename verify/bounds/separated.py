"""The rules for a tanh that no program evaluates: ``tanh z = 1 − 2 f``, ``f = 1/(1 + e^{2a} e^{2b})``, z = a + b.

*Value.* ``|(1 − 2 f̂) − tanh(â + b̂)| ≤ τ u`` (``Arithmetic.separated``;
``attnproof.derivations.kernels.ranges.unit_error`` proves it), an absolute error: so a score errs relative to ``‖v‖₁``,
not to itself. How far â + b̂ is from a + b is the argument's error, as for any tanh.

*Sums.* ``Σ_d v_d tanh z_d`` is taken as ``Σ_d v_d − 2 Σ_d v_d f_d``, the gradient of v likewise, where the first sum
may be left out because it is 0 or because it drops out of a softmax. What is added up is v_d and 2 v_d f_d, so in sums
and products there stands for tanh something of size at most ``1 + 2 f = 2 − tanh z``: errors of v count by that, and so
do roundings. The product v_d f_d is one of the roundings in τ; the one that a contraction counts for it pays for adding
both sums.

*Derivative.* ``4 (f − f²) = 1 − T²``, T = 1 − 2 f: off by ``2 |T| τ u + (τ u)²``, and by one rounding of the
difference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import numpy as np

from attnproof.verify.arithmetic.backends import Arithmetic
from attnproof.verify.arithmetic.function_errors import FunctionError
from attnproof.verify.bounds.hyperbolic import sech2_rule, tanh_rule
from attnproof.verify.bounds.operand import Operand
from attnproof.verify.bounds.rounding import UP, underflow, up

_EXACT: Final = FunctionError(0.0, 0.0, "proved", "no function is evaluated: its error is counted by the rule here")


def separated_tanh(z: Operand, arithmetic: Arithmetic) -> Operand:
    """``1 − 2 f``: the argument's error times the largest sech² on the way, and τ u. Raises ValueError where no τ is
    declared.
    """
    found = tanh_rule(z, replace(arithmetic, tanh=_EXACT))
    error = up(found.error + _off(arithmetic))
    return replace(found, error=error, summed=np.asarray((2.0 - found.value + found.radius) * UP))


def separated_sech2(z: Operand, arithmetic: Arithmetic) -> Operand:
    """``4 (f − f²)``: what the argument's error does, twice τ u and its square, one rounding. Raises ValueError where
    no τ is declared.
    """
    off = _off(arithmetic)
    # Without an error of exp and tanh the rule counts the argument, and roundings: more than the one that there is.
    found = sech2_rule(z, replace(arithmetic, exp=_EXACT, tanh=_EXACT, tanh_derivative="sech2"))
    steep = np.minimum(np.tanh(z.size + z.error), 1.0)
    grown = 1.0 + arithmetic.format.unit_roundoff
    return replace(found, error=up(found.error + ((2.0 * steep + off) * off + underflow(arithmetic)) * grown))


def _off(arithmetic: Arithmetic) -> float:
    if arithmetic.separated is None:
        raise ValueError(f"{arithmetic.name} does not separate tanh")
    return arithmetic.separated * arithmetic.format.unit_roundoff * UP


SEPARATED: Final[Mapping[str, Callable[[Operand, Arithmetic], Operand]]] = MappingProxyType(
    {"tanh": separated_tanh, "sech2": separated_sech2}
)
