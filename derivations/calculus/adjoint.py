"""Reverse mode over a system: from equations for the outputs to equations for the gradient of every input.

Given seeds ``s̄`` for the outputs, the adjoint of a tensor x is ``x̄ = ∂(Σ s̄ · output)/∂x``. For each equation
``y[..] = rhs`` and each element ``x[..]`` in its right-hand side,

    x̄[..] += Σ ȳ[..] ∂rhs/∂x[..]

where the sum runs over every index that ``x`` does not have. Where a derivative contains the right-hand side of its own
equation, the left-hand side is written (softmax: ``α``); ``attnproof.derivations.calculus.writing`` does the rest of
what makes textbook forms come out: ``t̄[i,j] = α[i,j] (ᾱ[i,j] − ρ[i])`` with ``ρ[i] = Σ_j α[i,j] ᾱ[i,j]``.

Names. The gradient of ``x`` is ``grad_x``, letter ``x_bar``. The seed of an output that feeds nothing else is
``grad_OUTPUT`` itself; of an output that other (relevant) equations use it is ``seed_OUTPUT``, letter ``x_seed``, and
``grad_OUTPUT`` is the total of seed and contributions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, product

from sympy import Add, Expr, Integer, Symbol

from attnproof.derivations.calculus.monomial import Monomial, factored, monomial, sum_over
from attnproof.derivations.calculus.writing import Block, Writer, accented, check_names, differential
from attnproof.derivations.language.indexing import Bounds, alpha, fresh, substitute
from attnproof.derivations.language.notation import Tensor, index
from attnproof.derivations.language.ranges import (
    accesses,
    depending_on,
    indices_of,
    leading_to,
    ordered,
    split,
    tensors_in,
)
from attnproof.derivations.language.system import Equation, System


@dataclass(frozen=True)
class Contribution:
    """``x̄[access] += Σ_over term``, before the delta between ``access`` and the indices of ``x̄`` is contracted."""

    access: tuple[Expr, ...]
    term: Monomial
    over: Bounds


def adjoint(
    system: System,
    outputs: Sequence[str] = ("context",),
    wrt: Sequence[str] | None = None,
    *,
    prefix: str = "grad",
    accent: str = "bar",
) -> System:
    """The gradient of ``Σ seed · output`` over ``outputs`` with respect to ``wrt`` (default: every input).

    system   every option decided (``system.resolve(...)``)
    outputs  names of equation targets
    wrt      names of any tensors; a tensor that the outputs do not depend on has gradient 0
    prefix, accent  how gradients are named; change them to differentiate a system that already contains an adjoint

    The result's inputs are the tensors of ``system`` that its equations use (inputs and intermediates) and one seed for
    each output; its equations are in order of evaluation; its outputs are ``grad_NAME`` for each of ``wrt``. See the
    module for the names.

    Raises ValueError for an open option, an unknown name, a name that is already taken, or, naming the equation, an
    expression that is not part of the notation.
    """
    names = tuple(tensor.name for tensor in system.inputs) if wrt is None else tuple(wrt)
    return _adjoint(system, tuple(outputs), names, prefix, accent)


@lru_cache(maxsize=256)
def _adjoint(system: System, outputs: tuple[str, ...], wrt: tuple[str, ...], prefix: str, accent: str) -> System:
    check_names(system, outputs, wrt)
    return _Reverse(system, outputs, wrt, prefix, accent).run()


class _Reverse:
    """One reverse pass; ``contributions`` are what it has found so far for tensors whose turn has not come."""

    def __init__(
        self, system: System, outputs: tuple[str, ...], wrt: tuple[str, ...], prefix: str, accent: str
    ) -> None:
        self.system, self.wrt, self.prefix, self.accent = system, wrt, prefix, accent
        self.relevant = leading_to(system, outputs)
        self.active = depending_on(system, wrt)
        self.contributions: dict[str, list[Contribution]] = {name: [] for name in system.tensors}
        self.writer = Writer(system)
        used = {tensor.name for equation in self.relevant for tensor in tensors_in(equation.rhs, system)}
        self.seeds: dict[str, Tensor] = {}
        for name in outputs:
            of = system.tensors[name]
            seed = accented(of, "seed", "seed", "cotangent") if name in used else self._gradient(name)
            self.seeds[name] = seed
            self.writer.introduce(seed)

    def run(self) -> System:
        """Walk the equations from the outputs to the inputs."""
        for position in reversed(range(len(self.relevant))):
            equation = self.relevant[position]
            name = equation.target.name
            if name in self.active:
                if not any(later.target.name == name for later in self.relevant[position + 1 :]):
                    self._emit(name)  # every equation that uses this tensor has been spread
                self._spread(equation)
        for name in self.wrt:
            if self._gradient(name).name not in self.writer.own:
                self._emit(name)
        return self.writer.system(
            f"{self.system.name}.adjoint",
            tuple(self.seeds.values()),
            tuple(self._gradient(name).name for name in self.wrt),
        )

    def _gradient(self, name: str) -> Tensor:
        """The tensor that holds the total adjoint of ``name``; it may be its seed."""
        return accented(self.system.tensors[name], self.prefix, self.accent, "cotangent")

    def _spread(self, equation: Equation) -> None:
        """Add the contributions of one equation to the adjoints of the tensors on its right-hand side."""
        free, terms = differential(self.system, equation)
        cotangent = self._gradient(equation.target.name)[equation.indices]
        groups: dict[tuple[Expr, Bounds], list[Monomial]] = {}
        for leaf, derivative, over in terms:
            (tensor,) = tensors_in(leaf, self.system)
            if tensor.name in self.active:
                groups.setdefault((leaf, over), []).append(monomial(cotangent * derivative.expression()))
        for (leaf, over), found in groups.items():
            (tensor,) = tensors_in(leaf, self.system)
            self.contributions[tensor.name].append(Contribution(indices_of(leaf), factored(found), free + over))

    def _emit(self, name: str) -> None:
        """Write the equations of the adjoint of ``name``, one for each block."""
        gradient = self._gradient(name)
        seed = self.seeds.get(name)
        if seed == gradient:
            return  # the seed of an output that feeds nothing is its adjoint
        self.writer.introduce(gradient)
        found = self.contributions[name]
        try:
            for block in self._blocks(self.system.tensors[name], found):
                terms = [] if seed is None else [seed[block.indices]]
                terms += [contracted(contribution, block) for contribution in found]
                self.writer.write(gradient, block, Add(*terms))
        except ValueError as error:
            raise ValueError(f"{self.system.name}: adjoint of {name!r}: {error}") from error

    def _blocks(self, of: Tensor, found: Sequence[Contribution]) -> tuple[Block, ...]:
        """The blocks that the accesses cut ``of`` into: every access covers a block entirely or not at all."""
        axes: list[list[tuple[Expr, Symbol, Expr]]] = []
        used: set[Symbol] = set()
        for axis, end in enumerate(of.shape):
            letters: dict[Expr, Symbol] = {}
            for indices in accesses(self.system)[of.name]:
                offset, symbol = split(indices[axis])
                letters.setdefault(offset, symbol)
            cuts: set[Expr] = {Integer(0), end}
            for contribution in found:
                offset, symbol = split(contribution.access[axis])
                cuts |= {offset, (offset + dict(contribution.over)[symbol]).expand()}
            positions = ordered(cuts)
            if positions[0] != 0 or positions[-1] != end:
                raise ValueError(f"axis {axis} has size {end} but is used from {positions[0]} to {positions[-1]}")
            parts = []
            for start, stop in pairwise(positions):
                size = (stop - start).expand()
                letter = letters.get(start)
                if letter is None or letter in used:
                    letter = fresh(used, self.writer.letters.get(size, ()))
                parts.append((start, letter, size))
            used |= {letter for _, letter, _ in parts}
            axes.append(parts)
        return tuple(Block(axes_of_block) for axes_of_block in product(*axes))


def contracted(contribution: Contribution, block: Block) -> Expr:
    """The contribution to the elements of ``block``: its delta solved for the access's indices, the rest summed."""
    sizes = dict(contribution.over)
    solution: dict[Symbol, Expr] = {}
    for where, (start, letter, size) in zip(contribution.access, block.axes, strict=True):
        offset, symbol = split(where)
        if symbol in solution:
            raise ValueError(f"index {symbol} stands on two axes of one element (a diagonal), which is not supported")
        begins = (start - offset).expand()
        if begins.is_negative or (offset + sizes[symbol] - start - size).expand().is_negative:
            return Integer(0)  # by the cuts an access covers a block entirely or not at all
        solution[symbol] = letter + begins
    rest = [(symbol, size) for symbol, size in contribution.over if symbol not in solution]
    temporary = {symbol: index(f"_t{number}") for number, (symbol, _) in enumerate(rest)}
    renaming = {**solution, **temporary}
    powers: dict[Expr, Expr] = {}
    for base, exponent in contribution.term.powers.items():
        renamed = alpha(substitute(base, renaming))
        powers[renamed] = powers.get(renamed, Integer(0)) + exponent
    term = Monomial(contribution.term.coefficient, {base: e for base, e in powers.items() if e != 0})
    return sum_over(term, tuple((temporary[symbol], size) for symbol, size in rest))
