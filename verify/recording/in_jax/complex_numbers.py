"""Complex numbers of JAX programs, each two real ones: rotations of queries and keys are written with them.

What moves numbers or is linear is done to the two parts alike, by the rules of real numbers; others have a rule here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from attnproof.verify.recording.in_jax.equations import RULES
from attnproof.verify.recording.in_jax.moving import MOVES, SAME
from attnproof.verify.recording.in_jax.placing import MOVING
from attnproof.verify.recording.rules.elementwise import BINARY, UNARY
from attnproof.verify.recording.rules.numbers import Numbers, constant, fit, is_float, repeated
from attnproof.verify.recording.tape import Tape


@dataclass(frozen=True, eq=False)
class Pair:
    """Complex numbers: their real and imaginary parts, of one shape and dtype."""

    real: Numbers
    imaginary: Numbers

    @property
    def values(self) -> Any:
        """As the program has them."""
        return np.asarray(self.real.values + 1j * self.imaginary.values.astype(self.real.dtype))

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape."""
        return self.real.shape

    @property
    def parts(self) -> tuple[Numbers, Numbers]:
        """Both."""
        return self.real, self.imaginary

    def __getitem__(self, place: Any) -> Pair:
        return Pair(self.real[place], self.imaginary[place])


def is_complex(dtype: Any) -> bool:
    """Whether numbers of a dtype are complex; dtypes of JAX alone (keys of random numbers) are not."""
    return getattr(dtype, "kind", "") == "c" or (isinstance(dtype, type) and issubclass(dtype, np.complexfloating))


def concerned(operands: Sequence[Any], params: Mapping[str, Any]) -> bool:
    """Whether a primitive takes or makes complex numbers, as far as that is seen from here."""
    return any(isinstance(x, Pair) or is_complex(getattr(x, "dtype", None)) for x in operands) or is_complex(
        params.get("new_dtype")
    )


def by_parts(
    tape: Tape, name: str, operands: Sequence[Any], params: Mapping[str, Any], real: Callable[..., Any]
) -> Any:
    """The result, or results, of a primitive that takes or makes complex numbers; ``NotImplemented`` without a rule.

    real  the rules of real numbers: name, operands, parameters
    """
    given = [_pair(tape, x) if is_complex(getattr(x, "dtype", None)) else x for x in operands]
    if name in COMPLEX:
        return COMPLEX[name](tape, *given, **params)
    if name not in BOTH_ALIKE:
        return NotImplemented
    found = [real(name, [x.parts[n] if isinstance(x, Pair) else x for x in given], params) for n in (0, 1)]
    if any(x is NotImplemented for x in found):
        return NotImplemented
    one, other = found
    if isinstance(one, list | tuple):
        return [Pair(a, b) for a, b in zip(one, other, strict=True)]
    return Pair(one, other)


def _pair(tape: Tape, array: Any) -> Pair:
    """Complex constants."""
    values = np.asarray(array)
    return Pair(constant(tape, values.real), constant(tape, values.imag))


def _complex(tape: Tape, real: Numbers, imaginary: Numbers) -> Pair:
    del tape
    shape = np.broadcast_shapes(real.shape, imaginary.shape)
    return Pair(real.to(shape), imaginary.to(shape))


def _convert(tape: Tape, a: Any, *, new_dtype: Any, **_: Any) -> Any:
    """To complex numbers, of another format too, or to their real parts."""
    if not is_complex(new_dtype):
        return fit(tape, a.real, new_dtype) if is_float(new_dtype) else NotImplemented
    part = np.zeros((), new_dtype).real.dtype
    if isinstance(a, Pair):
        return Pair(fit(tape, a.real, part), fit(tape, a.imaginary, part))
    numbers = fit(tape, a, part) if isinstance(a, Numbers) else constant(tape, np.asarray(a), part)
    return Pair(numbers, repeated(tape, 0.0, numbers))


def _conjugate(tape: Tape, a: Any, **_: Any) -> Pair:
    """Of a real number too, which is complex afterwards."""
    if isinstance(a, Pair):
        return Pair(a.real, UNARY["neg"](tape, a.imaginary))
    return Pair(a, repeated(tape, 0.0, a))


def _products(tape: Tape, a: Pair, b: Pair, product: Callable[[Numbers, Numbers], Numbers]) -> Pair:
    """(a + ib) (c + id) = ac − bd + i (ad + bc), for any product."""
    real = BINARY["sub"](tape, product(a.real, b.real), product(a.imaginary, b.imaginary))
    return Pair(real, BINARY["add"](tape, product(a.real, b.imaginary), product(a.imaginary, b.real)))


def _mul(tape: Tape, a: Pair, b: Pair, **_: Any) -> Pair:
    return _products(tape, a, b, lambda x, y: BINARY["mul"](tape, x, y))


def _dot_general(tape: Tape, a: Pair, b: Pair, *, preferred_element_type: Any, **params: Any) -> Pair:
    wanted = np.zeros((), preferred_element_type).real.dtype if is_complex(preferred_element_type) else None
    return _products(tape, a, b, lambda x, y: RULES["dot_general"](tape, x, y, preferred_element_type=wanted, **params))


def _size(tape: Tape, a: Pair, **_: Any) -> Numbers:
    return BINARY["hypot"](tape, a.real, a.imaginary)


def _div(tape: Tape, a: Pair, b: Pair, **_: Any) -> Pair:
    """A b̄ / |b|²."""
    above = _mul(tape, a, Pair(b.real, UNARY["neg"](tape, b.imaginary)))
    below = BINARY["add"](tape, UNARY["square"](tape, b.real), UNARY["square"](tape, b.imaginary))
    return Pair(*(BINARY["div"](tape, part, below) for part in above.parts))


def _integer_pow(tape: Tape, a: Pair, *, y: int) -> Pair:
    found = one = Pair(repeated(tape, 1.0, a.real), repeated(tape, 0.0, a.real))
    for n in range(abs(y)):
        found = _mul(tape, found, a) if n else a
    return _div(tape, one, found) if y < 0 else found


def _exp(tape: Tape, a: Pair, **_: Any) -> Pair:
    size = UNARY["exp"](tape, a.real)
    return Pair(*(BINARY["mul"](tape, size, UNARY[name](tape, a.imaginary)) for name in ("cos", "sin")))


COMPLEX: Final[Mapping[str, Callable[..., Any]]] = MappingProxyType(
    {
        "complex": _complex,
        "real": lambda _, a: a.real,
        "imag": lambda _, a: a.imaginary,
        "conj": _conjugate,
        "convert_element_type": _convert,
        "mul": _mul,
        "div": _div,
        "integer_pow": _integer_pow,
        "exp": _exp,
        "abs": _size,
        "dot_general": _dot_general,
    }
)
# Real parts come of real parts and imaginary ones of imaginary ones.
BOTH_ALIKE: Final = frozenset(
    {*MOVES, *SAME, *MOVING, "gather", "scatter", "scatter-add", "scatter-sub", "add", "add_any", "sub", "neg",
     "reduce_sum", "cumsum"}
)  # fmt: skip
