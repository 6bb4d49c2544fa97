"""Which evaluations of a formula a bound holds for, where the program that made a result is not seen.

A *monomial* of a result is a product of *atoms*: inputs, constants, values of elementary functions, and what is divided
by. The bounds of ``attnproof.verify.against.enclosing`` hold for every program that computes

    Σ_m c_m Π atoms, each monomial in at most K roundings,

whatever the order: sums in any order and any tree, products distributed or factored out, factors (a scale, a
normaliser, of rows or columns) taken before a sum or after it, fused multiply-adds, a quotient as a product by a
reciprocal, one-pass variances. The factors of a matrix product are computed numbers, one each in that product, and so
is what came out of one and is summed over an axis (a row that is normalised), unless products of matrices may be
``regrouped``. K counts every recorded addition in a sum (``chain``) and ``ROUNDINGS`` for every recorded operation. For
exponentials ``exp(a − b)`` also: any common shift between nothing, the largest and the log-sum-exp of a row, base two
in place of e, sums streamed over tiles of at least ``TILE`` terms whose partial results are rescaled by ``exp`` of
differences of shifts, as long as nothing leaves the range of the format.

Not covered, hence seen as errors: another formula that is only near (a tanh for an erf, a polynomial of low degree), an
operation in a narrower format than is declared, differences that cancel and that the reference does not have.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from attnproof.verify.arithmetic.formats import FORMATS, FP32, Format
from attnproof.verify.arithmetic.libraries import library_error

ROUNDINGS: Final = 4  # of a recorded operation: a scale split in two, its constants, a reciprocal within 1 ulp
TILE: Final = 16  # of a streamed sum: the least that matrix units take
RESCALED: Final = 9  # roundings of a rescaling: an exponential within 4 ulp, and a product
FAST_EXP: Final = 40.0  # u: torch's fused kernel on the CPU, exp_u20, 20 ulp; every documented exp is within that
LOGSUMEXP: Final = 16.0  # ln n of a row that is shifted by its log-sum-exp, n below 2²²
TF32: Final = Format("tf32", 11, -126, 127)
COMPUTED: Final = (*FORMATS, "tf32", "fused")


@dataclass(frozen=True)
class Evaluations:
    """A class of evaluations.

    stored     the format of results
    computed   what operations are carried out in
    between    whether what stands between operations may be rounded to ``stored``, as where it is kept in memory
    products   what the factors of matrix products are rounded to; None: to nothing narrower
    chain      additions that a term of a sum goes through, at most; None: as many as there are terms, hence any order
    rounded    whether inputs are rounded to ``stored`` first
    regrouped  whether products of matrices may be grouped otherwise, (x A) B as x (A B): projections that are absorbed
    """

    stored: Format
    computed: Format
    between: bool = False
    products: Format | None = None
    chain: int | None = None
    rounded: bool = False
    regrouped: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """What a result has to satisfy for the bound to hold for it."""
        between = f", between operations {self.stored.name}" if self.between else ""
        products = f", factors of matrix products {self.products.name}" if self.products else ""
        order = "in any order" if self.chain is None else f"of at most {self.chain} additions one after the other"
        return (
            f"computed in {self.computed.name}{between}{products}, sums {order}, results {self.stored.name}",
            "the same monomials in at most the counted roundings (attnproof.verify.against.evaluations)",
        )

    def additions(self, count: int, *, exponentials: bool) -> float:
        """Roundings that a term goes through in a sum of so many terms, and in rescaling where it is streamed."""
        longest = max(count - 1, 0) if self.chain is None else min(self.chain, max(count - 1, 0))
        tiles = -(-longest // TILE) if exponentials else 0
        return float(longest + ROUNDINGS + RESCALED * tiles)


def evaluations(
    stored: str,
    given: str | None = None,
    *,
    computed_in: str | None = None,
    chain: int | None = None,
    regrouped: bool = False,
) -> Evaluations:
    """The class for results of a format.

    given        the widest format of the inputs; None: as the results
    computed_in  None: the format itself; where that is a half format, fp32 with roundings to the format between
                 operations, for that is what libraries do: hardware and libraries accumulate in fp32, and a program of
                 several calls keeps what is between them in memory, in the format. ``fp32`` says of a half format that
                 nothing is rounded before the result; ``fused`` that only factors of matrix products are (weights,
                 before they meet the values); ``tf32`` that those are rounded to 11 bits
    Raises ValueError for a format that is not known.
    """
    for name in (stored, given or stored):
        if name not in FORMATS:
            raise ValueError(f"unknown format {name!r}; known formats: {', '.join(FORMATS)}")
    if computed_in is not None and computed_in not in COMPUTED:
        raise ValueError(f"computed_in={computed_in!r} is unknown; known formats: {', '.join(COMPUTED)}")
    fmt = FORMATS[stored]
    half = fmt.precision < FP32.precision
    products = {"tf32": TF32, "fused": fmt}.get(computed_in or "")
    own = FORMATS[computed_in or stored] if products is None else fmt
    return Evaluations(
        fmt,
        FP32 if half and (computed_in is None or products is not None) else own,
        between=computed_in is None and half,
        products=products,
        chain=chain,
        rounded=given is not None and FORMATS[given].precision > fmt.precision,
        regrouped=regrouped,
    )


@cache
def function_error(name: str, computed: str) -> tuple[float, float]:
    """(relative, absolute) in units of the unit roundoff of an elementary function, whichever library computes it.

    The largest that a library's documentation allows, fp32's where a half format is computed in. Absolute parts are of
    forms that cancel: ``2 σ(2x) − 1`` for tanh, ``½ + ½ tanh(x/2)`` for σ, ``log(1 + x)``, ``e^x − 1``, partial
    log-sum-exps that are merged.
    """
    fmt = computed if computed in ("fp64", "fp32") else "fp32"
    found = [library_error(library, name, fmt, device) for library, device in LIBRARIES]
    relative = max(error.relative for error in found)
    absolute = max(error.absolute for error in found) * FORMATS[fmt].smallest_subnormal / FORMATS[fmt].unit_roundoff
    if name in ("exp", "exp2"):
        relative = max(relative, FAST_EXP)
    return relative, absolute + CANCELLED.get(name, 0.0)


LIBRARIES: Final = (("torch", "cpu"), ("torch", "cuda"), ("numpy", "cpu"), ("jax", "cpu"))
CANCELLED: Final = {"tanh": 16.0, "sigmoid": 4.0, "log1p": 4.0, "log": 4.0, "log2": 4.0, "expm1": 12.0}
