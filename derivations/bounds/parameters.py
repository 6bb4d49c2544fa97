"""The symbols that error bounds are written in, one for each property of the arithmetic.

The arithmetic (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., equations 2.4 and 2.8): an operation
returns ``(x op y)(1 + δ) + ε`` with ``|δ| ≤ u`` and ``|ε| ≤ η/2``, ε = 0 for additions and δ ε = 0 always. A function f
returns ``f(x)(1 + δ) + ω'`` with ``|δ| ≤ ε_f`` and ``|ω'| ≤ ω_f``.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from sympy import Symbol


def _positive(name: str) -> Symbol:
    return Symbol(name, positive=True)


U: Final = _positive("u")
W: Final = _positive("w")
ETA: Final = _positive("eta")
EPS_EXP: Final = _positive("epsilon_exp")
EPS_SECH: Final = _positive("epsilon_sech")
EPS_TANH: Final = _positive("epsilon_tanh")
EPS_LOG: Final = _positive("epsilon_log")
OMEGA_EXP: Final = _positive("omega_exp")
OMEGA_SECH: Final = _positive("omega_sech")
OMEGA_TANH: Final = _positive("omega_tanh")
OMEGA_LOG: Final = _positive("omega_log")

# name -> what it is; all but the first three are errors of functions, relative (ε) and absolute (ω)
PARAMETERS: Final = MappingProxyType(
    {
        U.name: "unit roundoff of the format",
        W.name: "unit roundoff of the format in which reductions accumulate, where it is declared",
        ETA.name: "smallest subnormal number: what a product may lose to underflow",
        EPS_EXP.name: "relative error of exp in the softmax",
        EPS_SECH.name: "relative error of exp in sech², which may be another routine",
        EPS_TANH.name: "relative error of tanh",
        EPS_LOG.name: "relative error of log",
        OMEGA_EXP.name: "absolute error of exp in the softmax, among subnormal results",
        OMEGA_SECH.name: "absolute error of exp in sech²",
        OMEGA_TANH.name: "absolute error of tanh among subnormal results",
        OMEGA_LOG.name: "absolute error of log among subnormal results",
    }
)
