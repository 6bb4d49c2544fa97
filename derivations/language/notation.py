"""Index notation: sizes, index letters and indexed tensors.

Every size is a positive integer *symbol* and every index a non-negative integer *symbol*; no number ever
stands for a size. An index letter has one meaning throughout the project.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from sympy import Expr, Indexed, IndexedBase, Symbol

from attnproof.derivations.language.hashing import kept_hash

Role = Literal["input", "parameter", "intermediate", "cotangent", "tangent"]


def size(name: str) -> Symbol:
    """A symbolic size: a positive integer symbol."""
    return Symbol(name, integer=True, positive=True)


def index(name: str) -> Symbol:
    """A symbolic index: a non-negative integer symbol."""
    return Symbol(name, integer=True, nonnegative=True)


N_Q = size("n_q")  # number of queries
N_K = size("n_k")  # number of keys (and values)
D = size("d")  # width shared by query and key (dot and scaled dot)
D_Q = size("d_q")  # width of a query
D_K = size("d_k")  # width of a key
D_A = size("d_a")  # hidden units of the additive score
D_V = size("d_v")  # width of a value

I = index("i")
J = index("j")  # key position
L = index("l")  # key position, summed over
R = index("r")  # feature of the query (or of query and key together)
F = index("f")  # feature of the key
A = index("a")  # hidden unit
P = index("p")  # feature of the value


# SymPy deduces all that is assumed of an array or an element each time that one is made.
@lru_cache(maxsize=1 << 14)
def _base(symbol: str, shape: tuple[Expr, ...]) -> IndexedBase | Symbol:
    return IndexedBase(Symbol(symbol, real=True), shape=shape) if shape else Symbol(symbol, real=True)


@lru_cache(maxsize=1 << 16)
def element(base: IndexedBase, where: tuple[Expr, ...]) -> Indexed:
    """``base[where]``, made once."""
    return base[where]


@kept_hash
@dataclass(frozen=True)
class Tensor:
    """A named array of symbolic shape.

    name    the public name, also the argument's name in every implementation (``query``)
    symbol  the letter in formulas (``q``); plain text, ``attnproof.derivations.typesetting.latex`` typesets it
    shape   symbolic sizes, without batch dimensions; ``()`` is a scalar
    role    input, parameter, intermediate, cotangent (``x̄``) or tangent (``ẋ``)
    batched whether implementations allow leading batch dimensions before ``shape``
    positive  for a scalar parameter: whether it has to be finite and greater than 0
    """

    name: str
    symbol: str
    shape: tuple[Expr, ...]
    role: Role = "input"
    batched: bool = True
    positive: bool = False

    @cached_property
    def base(self) -> IndexedBase | Symbol:
        """The SymPy object of the whole tensor: an IndexedBase, or a real Symbol for a scalar."""
        return _base(self.symbol, self.shape)

    def __getitem__(self, indices: Expr | tuple[Expr, ...]) -> Indexed | Symbol:
        """The element at symbolic ``indices``; ``tensor[()]`` for a scalar."""
        where = indices if isinstance(indices, tuple) else (indices,)
        if len(where) != len(self.shape):
            raise ValueError(f"tensor {self.name!r} has {len(self.shape)} axes, got {len(where)} indices {where}")
        return element(self.base, where) if self.shape else self.base
