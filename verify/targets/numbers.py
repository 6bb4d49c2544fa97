"""Taking in the numbers that somebody else's code returns: real ones, copied; anything else is told apart."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

REAL: Final = "fiu"  # NumPy's kinds of floating-point numbers and integers
NAMED: Final = ("bfloat", "float")  # so begin the names of real types of other libraries, to which NumPy gives no kind


class NoAnswerError(TypeError):
    """What was returned is not what was declared; the message says what, and what was expected."""


class NotRealError(NoAnswerError):
    """The result is an array, and not of real numbers: complex ones, objects, text."""


def reals(name: str, value: Any) -> npt.NDArray[np.float64]:
    """``value`` as an own copy in float64, whatever happens to the original later.

    Raises NotRealError for arrays of complex numbers, truth values, objects or text, which have no real value to take
    the place of theirs; NoAnswerError for what is no array at all, ValueError for nested lists that are none.
    """
    if value is None or isinstance(value, str | bytes):
        raise NoAnswerError(f"{name} is {type(value).__name__}; expected an array of numbers")
    array = np.asarray(value)
    if array.dtype.kind not in REAL and not array.dtype.name.startswith(NAMED):
        # An object of some class becomes an array of one object.
        kind = (
            type(value).__name__ if array.dtype.kind == "O" and array.ndim == 0 else f"an array of {array.dtype.name}"
        )
        raise NotRealError(f"{name} as {kind}; expected real floating-point numbers")
    return np.array(array, dtype=np.float64)
