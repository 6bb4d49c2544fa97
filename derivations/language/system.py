"""A system: an ordered list of equations over indexed tensors with symbolic sizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from sympy import Expr, Indexed, Sum, Symbol

from attnproof.derivations.language.hashing import kept_hash
from attnproof.derivations.language.notation import Tensor


@kept_hash
@dataclass(frozen=True)
class Equation:
    """``target[indices] = rhs`` for every value of the free indices.

    indices    one entry per axis of ``target``: an index symbol, or ``offset + symbol`` where an axis is made of
               blocks (the weight of the concatenated score: ``W[a, d_q + f]``). ``()`` for a scalar.
    rhs        a SymPy expression in ``Indexed``, ``Sum(expr, (index, 0, size - 1))``, sums, products, powers and
               elementwise functions (exp, tanh, sech ...)
    optional   the name of an optional input; the equation reads ``target = rhs`` when it is given and
               ``target = otherwise`` when it is absent. ``None``: the equation does not depend on an option.
    size_of    the range of each free index symbol (index symbol -> size)
    """

    target: Tensor
    indices: tuple[Expr, ...]
    rhs: Expr
    optional: str | None = None
    otherwise: Expr | None = None

    def __post_init__(self) -> None:
        if len(self.indices) != len(self.target.shape):
            raise ValueError(
                f"equation for {self.target.name!r}: {len(self.target.shape)} axes but indices {self.indices}"
            )
        if (self.optional is None) != (self.otherwise is None):
            raise ValueError(f"equation for {self.target.name!r}: 'optional' and 'otherwise' go together")

    @property
    def lhs(self) -> Indexed | Symbol:
        """The left-hand side as a SymPy expression."""
        return self.target[self.indices]

    def resolved(self, present: frozenset[str]) -> Equation:
        """The same equation with its option decided."""
        if self.optional is None:
            return self
        if self.optional in present:
            return replace(self, optional=None, otherwise=None)
        assert self.otherwise is not None  # by __post_init__
        return Equation(self.target, self.indices, self.otherwise)


@kept_hash
@dataclass(frozen=True)
class System:
    """Inputs, equations in order of evaluation, and which of the tensors are outputs.

    An equation may use inputs and the targets of earlier equations only. A target that is made of blocks has one
    equation for each block.
    """

    name: str
    inputs: tuple[Tensor, ...]
    equations: tuple[Equation, ...]
    outputs: tuple[str, ...]

    @cached_property
    def tensors(self) -> Mapping[str, Tensor]:
        """Every tensor of the system by name, inputs first, in order of definition."""
        found = {tensor.name: tensor for tensor in self.inputs}
        for equation in self.equations:
            found.setdefault(equation.target.name, equation.target)
        return found

    @cached_property
    def by_base(self) -> Mapping[Expr, Tensor]:
        """Every tensor by its SymPy base (IndexedBase, or Symbol for a scalar)."""
        return {tensor.base: tensor for tensor in self.tensors.values()}

    @property
    def options(self) -> tuple[str, ...]:
        """Names of the optional inputs, in order."""
        return tuple(dict.fromkeys(e.optional for e in self.equations if e.optional is not None))

    def resolve(self, *present: str) -> System:
        """The system with every option decided: the named optional inputs are given, the others absent.

        Raises ValueError for a name that is not an option of this system.
        """
        unknown = sorted(set(present) - set(self.options))
        if unknown:
            raise ValueError(
                f"{self.name}: unknown option {unknown[0]!r}; known options: {', '.join(self.options) or 'none'}"
            )
        chosen = frozenset(present)
        dropped = set(self.options) - chosen
        suffix = "".join(f"+{name}" for name in self.options if name in chosen)
        return System(
            self.name + suffix,
            tuple(tensor for tensor in self.inputs if tensor.name not in dropped),
            tuple(equation.resolved(chosen) for equation in self.equations),
            self.outputs,
        )

    def then(self, other: System, name: str | None = None) -> System:
        """Composition: the equations of ``self`` and then those of ``other``, which may use the tensors of ``self``."""
        own = self.tensors
        extra = tuple(tensor for tensor in other.inputs if tensor.name not in own)
        return System(
            name or f"{self.name}.{other.name}",
            self.inputs + extra,
            self.equations + other.equations,
            tuple(dict.fromkeys(self.outputs + other.outputs)),
        )


def total(expr: Expr, *indices: tuple[Symbol, Expr]) -> Sum:
    """``Σ expr`` over each ``(index, size)``: ``Sum(expr, (index, 0, size - 1), ...)``."""
    return Sum(expr, *((symbol, 0, count - 1) for symbol, count in indices))
