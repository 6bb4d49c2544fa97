"""The rules by which bounds are derived: what the error of each kind of equation is, and the lemmas behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from attnproof.derivations.proof.met import Assumed, Because, How, Use

ASSUMPTIONS: Final = (
    "Operations are correctly rounded, in any bracketing that the order of summation allows; underflow is gradual.",
    "Functions err by less than their values.",
    "Inputs are exact in the format and finite; nothing overflows.",
    "No key is masked; $n\\lambda \\le 1/2$ in the softmax.",
)
_ROUNDED, _EXP = Assumed("Operations are"), Assumed("Functions err")
_FINITE, _ROWS = Assumed("Inputs are"), Assumed("No key")
# How each assumption of the lemmas that the rules rest on is met.
_MET: Final[Mapping[str, Mapping[str, tuple[How, ...]]]] = MappingProxyType(
    {
        "growth_of_roundings": {"Relative errors below 1 in size.": (_ROUNDED,)},
        "order_of_summation": {},
        "perturbed_factors": {"Round to nearest with gradual underflow; no overflow.": (_ROUNDED, _FINITE)},
        "mean_value_tanh": {
            "Real arguments; both functions depend on |z| up to sign, and between the two all magnitudes are within "
            "[z₋, z₊].": (Because("z and ẑ are finite, at most Δz apart"),),
        },
        "sech_squared_formula": {},
        "softmax_error": {
            "A softmax over the keys alone; finite logits; exp errs by less than its value; $2n\\lambda\\le 1$.": (
                Because("the rule is for quotients of one exponential by their sum over the keys"),
                _EXP,
                _FINITE,
                _ROWS,
            ),
        },
        "log_sum_exp_error": {"Finite logits, any number of keys.": (_FINITE, _ROWS)},
    }
)


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

    def use(self, name: str) -> Use:
        """How the rule of that name rests on its lemmas."""
        what = f"the bound of {name.replace('_', ' ')}"
        return Use(what, ASSUMPTIONS, {lemma: _MET[lemma] for lemma in self.lemmas})


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
