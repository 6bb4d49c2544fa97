"""Elementwise functions in ball arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flint import arb
from sympy import Abs, Expr

from attnproof.derivations.language.functions import BALLS, KinkError
from attnproof.verify.oracle.error import PrecisionError
from attnproof.verify.oracle.named import Balls, balls

FUNCTIONS: Mapping[type[Expr], Callable[[arb], arb]] = {**BALLS, Abs: abs}


def elementwise(function: Callable[[arb], arb], operand: Balls) -> Balls:
    """``function`` of every element. Raises PrecisionError where a ball does not say on which side of a jump it
    lies.
    """
    try:
        return balls(map(function, operand.ravel().tolist()), operand.shape)
    except KinkError as error:
        raise PrecisionError(str(error)) from error


def power(operand: Balls, numerator: int, denominator: int) -> Balls:
    """``operand ** (numerator / denominator)`` for denominator 1 or 2."""
    base = operand if denominator == 1 else elementwise(arb.sqrt, operand)
    return base if numerator == 1 else elementwise(lambda x: x**numerator, base)
