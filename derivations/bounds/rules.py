"""The rules by which bounds are derived: what the error of each kind of equation is, and the lemmas behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True)
class Rule:
    """How the error of one kind of equation follows from those of what it is made of.

    equation   LaTeX: the equation
    error      LaTeX: its error, Δ of the left-hand side
    lemmas     names of the lemmas (``attnproof.derivations.lemmas``) that it rests on
    """

    equation: str
    error: str
    lemmas: tuple[str, ...]


RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "sum_of_products": Rule(
            r"y = \sum_t c_t \sum_s \prod_k x_{tk}",
            r"\sum_t |c_t| \left(G_t \sum_s \prod_k (|x_{tk}| + \Delta x_{tk}) - \sum_s \prod_k |x_{tk}|\right) + G_t "
            r"\eta_t",
            ("growth_of_roundings", "order_of_summation", "perturbed_factors"),
        ),
        "tanh": Rule(
            r"y = \tanh z",
            r"(1 + \varepsilon)\, \Delta z \operatorname{sech}^2 z_- + \varepsilon |\tanh z| + \omega",
            ("mean_value_tanh",),
        ),
        "sech2": Rule(
            r"y = \operatorname{sech}^2 z",
            r"\Delta z \min(2 \tanh z_+ \operatorname{sech}^2 z_-,\ \tfrac{4}{3\sqrt3}) + r \operatorname{sech}^2 z_- "
            r"+ 4\omega + \eta",
            ("growth_of_roundings", "mean_value_tanh", "sech_squared_formula"),
        ),
        "reciprocal": Rule(
            r"y = \frac1x",
            r"\frac{\Delta x}{|x|(|x| - \Delta x)} + \frac{(1 - u)^{-1} - 1}{|x| - \Delta x} + \eta",
            ("growth_of_roundings", "sech_squared_formula"),
        ),
        "softmax": Rule(
            r"\alpha_j = \frac{e^{t_j}}{\sum_l e^{t_l}}",
            r"\beta_j + \rho(\alpha_j + \beta_j) + (1 + \rho)\lambda + \eta",
            ("softmax_error",),
        ),
        "log_sum_exp": Rule(
            r"\ell = \ln \sum_l e^{t_l}",
            r"s + r + f + u(\max_l |t_l| + \max_l \Delta t_l + \ln n + s + r + f)",
            ("log_sum_exp_error",),
        ),
    }
)
