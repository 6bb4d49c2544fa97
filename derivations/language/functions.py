"""The elementwise functions: one record for each, with all that the rooms know of it but the rule for its rounding
errors.

That rule is the other place to write in: ``attnproof.verify.bounds.elementwise``. The fields of a record are roads of
their own, none made from another: ``derivative`` serves the calculus alone; ``slope``, ``atom`` and ``ball`` what
checks it. tests/verify/test_own_functions.py compares them with each other and with mpmath.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Protocol

from flint import arb, fmpq
from sympy import Expr, Integer, atan, cos, cosh, exp, log, sech, sin, sinh, tanh

from attnproof.derivations.language.piecewise import relu, step
from attnproof.derivations.language.sigmoid import sigmoid

TARGETS: Final = (
    "numpy",
    "torch",
    "jax",
    "numba",
    "triton",
    "packs",
)  # that a record has a text for; numba, triton: scalar loops; packs: of Numba's fused kernels


class KinkError(ZeroDivisionError):
    """A ball that does not say on which side of a jump its number lies."""


class Values(Protocol):
    """The functions at rational points: independent random atoms, or enclosures."""

    def value(self, name: str, x: fmpq) -> fmpq:
        """The value of the function ``name`` at ``x``."""

    def parameter(self, name: str, x: fmpq) -> fmpq:
        """A random rational in (0, 1) for the argument ``x``."""

    def signed(self, name: str, x: fmpq) -> fmpq:
        """The same, odd in ``x``."""


@dataclass(frozen=True, kw_only=True)
class ElementaryFunction:
    """A real function of one argument.

    symbol      SymPy's class; formulas and programs name the function as it is named
    derivative  at an argument, as an expression
    slope       the same at a rational point or at a ball, from values of functions there
    atom        the value at a rational point, made of random rationals that are the same for the same argument.
                Functions that share one obey the relations that a formula may use: ``tanh² + sech² = 1``,
                ``exp(−x) exp(x) = 1``, parity
    ball        an enclosure; KinkError where the ball contains a jump
    texts       by target, ``{0}`` for the argument; a name of no library is that of a helper in the target's runtime
    user        user scores may take it. Raises ValueError where a target has no text for it
    """

    symbol: type[Expr]
    derivative: Callable[[Expr], Expr]
    slope: Callable[[Values, fmpq], fmpq]
    atom: Callable[[Values, fmpq], fmpq]
    ball: Callable[[arb], arb]
    texts: Mapping[str, str]
    user: bool = False

    def __post_init__(self) -> None:
        missing = [target for target in TARGETS if target not in self.texts]
        if self.user and missing:
            raise ValueError(f"{self.name}: user scores may take it, but it has no text for {', '.join(missing)}")

    @property
    def name(self) -> str:
        """``tanh``."""
        return self.symbol.__name__


def _library(name: str, *, numpy: str = "", triton: str | None = None) -> dict[str, str]:
    """A function that the libraries have, called ``numpy`` in NumPy and what follows it where that differs."""
    arrays = numpy or name
    texts = {"numpy": f"np.{arrays}({{0}})", "torch": f"torch.{name}({{0}})", "jax": f"jnp.{arrays}({{0}})"}
    texts["numba"] = f"np.{arrays}({{0}})"
    return texts if triton is None else {**texts, "triton": triton}


def _ratio(of: str, above: int, below: int) -> Callable[[Values, fmpq], fmpq]:
    """``(1 + above s²)/(1 + below s²)`` with the odd atom s that ``of`` names; ``above = 0``: ``2s/(1 + below s²)``."""

    def value(known: Values, x: fmpq) -> fmpq:
        s = known.signed(of, x)
        return (1 + above * s * s if above else 2 * s) / (1 + below * s * s)

    return value


def _exp_atom(known: Values, x: fmpq) -> fmpq:
    s = known.signed("exp", x)
    return (1 + s) / (1 - s)  # positive, and exp(−x) = 1 / exp(x)


def _sigmoid_ball(x: arb) -> arb:
    """0 at −∞, which masks."""
    if x == arb("-inf"):
        return arb(0)
    return 1 / (1 + (-x).exp()) if x.mid() > 0 else x.exp() / (1 + x.exp())  # exp of no large number


def _step_ball(x: arb) -> arb:
    if x > 0:
        return arb(1)
    if x <= 0:
        return arb(0)
    raise KinkError(f"the jump of step at 0 lies within {x.str(5)}")


_RECORDS: Final = (
    ElementaryFunction(
        symbol=exp,
        derivative=exp,
        slope=lambda known, x: known.value("exp", x),
        atom=_exp_atom,
        ball=arb.exp,
        texts={**_library("exp", triton="tl.exp({0})"), "packs": "_exponential({0})"},
        user=True,
    ),
    ElementaryFunction(
        symbol=log,
        derivative=lambda x: 1 / x,
        slope=lambda _, x: 1 / x,
        atom=lambda known, x: known.parameter("log", x),
        ball=arb.log,
        texts=_library("log", triton="tl.log({0})"),
    ),
    ElementaryFunction(
        symbol=tanh,
        derivative=lambda x: sech(x) ** 2,  # not 1 − tanh²: the same function, and the accurate program for it
        slope=lambda known, x: 1 - known.value("tanh", x) ** 2,
        atom=_ratio("tanh", 0, 1),  # with sech below: (2s)² + (1 − s²)² = (1 + s²)²
        ball=arb.tanh,
        texts={**_library("tanh", triton="tanh({0})"), "packs": "_tanh({0})"},
        user=True,
    ),
    ElementaryFunction(
        symbol=sech,
        derivative=lambda x: -sech(x) * tanh(x),
        slope=lambda known, x: -known.value("sech", x) * known.value("tanh", x),
        atom=_ratio("tanh", -1, 1),
        ball=arb.sech,  # by its own exponential, not 1 − tanh²: keeps its relative accuracy at large |x|
        texts={**dict.fromkeys(set(TARGETS) - {"packs"}, "sech({0})"), "numba": "sech({0}, real)"},
    ),
    ElementaryFunction(
        symbol=sigmoid,
        derivative=lambda x: sigmoid(x) * (1 - sigmoid(x)),
        slope=lambda known, x: known.value("sigmoid", x) * (1 - known.value("sigmoid", x)),
        atom=lambda known, x: known.parameter("sigmoid", x),
        ball=_sigmoid_ball,
        texts={"numpy": "(1 / (1 + np.exp(-({0}))))", "torch": "torch.sigmoid({0})"},  # no program of ours has it
    ),
    ElementaryFunction(
        symbol=sinh,
        derivative=cosh,
        slope=lambda known, x: known.value("cosh", x),
        atom=_ratio("sinh", 0, -1),
        ball=arb.sinh,
        texts=_library("sinh"),
    ),
    ElementaryFunction(
        symbol=cosh,
        derivative=sinh,
        slope=lambda known, x: known.value("sinh", x),
        atom=_ratio("sinh", 1, -1),
        ball=arb.cosh,
        texts=_library("cosh"),
    ),
    ElementaryFunction(
        symbol=sin,
        derivative=cos,
        slope=lambda known, x: known.value("cos", x),
        atom=_ratio("sin", 0, 1),
        ball=arb.sin,
        texts=_library("sin", triton="tl.sin({0})"),
    ),
    ElementaryFunction(
        symbol=cos,
        derivative=lambda x: -sin(x),
        slope=lambda known, x: -known.value("sin", x),
        atom=_ratio("sin", -1, 1),
        ball=arb.cos,
        texts=_library("cos", triton="tl.cos({0})"),
    ),
    ElementaryFunction(
        symbol=atan,
        derivative=lambda x: 1 / (1 + x**2),
        slope=lambda _, x: 1 / (1 + x * x),
        atom=lambda known, x: known.signed("atan", x),
        ball=arb.atan,
        texts=_library("atan", numpy="arctan"),
    ),
    ElementaryFunction(
        symbol=relu,
        derivative=step,
        slope=lambda known, x: known.value("step", x),
        atom=lambda _, x: max(x, fmpq(0)),  # no atom: rational at rational points
        ball=arb.nonnegative_part,  # both branches where the ball contains 0
        texts={
            "numpy": "np.maximum({0}, 0)",
            "torch": "torch.relu({0})",
            "jax": "jnp.maximum({0}, 0)",
            "numba": "relu({0}, real)",
            "triton": "relu({0})",
            "packs": "_relu({0})",
        },
        user=True,
    ),
    ElementaryFunction(
        symbol=step,
        derivative=lambda _: Integer(0),
        slope=lambda *_: fmpq(0),
        atom=lambda _, x: fmpq(int(x > 0)),
        ball=_step_ball,
        texts={
            **dict.fromkeys(TARGETS, "step({0})"),
            "numpy": "np.heaviside({0}, 0)",
            "numba": "step({0}, real)",
            "packs": "_step({0})",
        },
        user=True,
    ),
)

ELEMENTARY: Final[Mapping[str, ElementaryFunction]] = MappingProxyType({one.name: one for one in _RECORDS})
USER: Final[Mapping[type[Expr], str]] = MappingProxyType({one.symbol: one.name for one in _RECORDS if one.user})
#: by SymPy's class, for whom enclosures are all that is wanted
BALLS: Final[Mapping[type[Expr], Callable[[arb], arb]]] = MappingProxyType({one.symbol: one.ball for one in _RECORDS})


def texts(target: str) -> dict[str, str]:
    """By name, the functions' texts in one of ``TARGETS``, of those that it has."""
    return {one.name: one.texts[target] for one in _RECORDS if target in one.texts}
