"""Reverse mode over a system: from equations for the outputs to equations for the gradient of every input.

Given seeds ``s̄`` for the outputs, the adjoint of a tensor x is ``x̄ = ∂(Σ s̄ · output)/∂x``. For each equation
``y[..] = rhs`` and each element ``x[..]`` in its right-hand side,

    x̄[..] += Σ ȳ[..] ∂rhs/∂x[..]

where the sum runs over every index that ``x`` does not have. Then, so that textbook forms come out:

* where a derivative contains the right-hand side of its own equation, the left-hand side is written (softmax: ``α``);
* factors that do not depend on a summation index stand in front of the sum;
* a sum that does not depend on every free index gets a name and its own equation (``ρ[i] = Σ_j ᾱ[i,j] α[i,j]``);
* common factors of several terms stand in front (``α (ᾱ − ρ)``).

Names. The gradient of ``x`` is ``grad_x``, letter ``x_bar``. The seed of an output that feeds nothing else is
``grad_OUTPUT`` itself; of an output that other (relevant) equations use it is ``seed_OUTPUT``, letter ``x_seed``, and
``grad_OUTPUT`` is the total of seed and contributions. A named sum is ``row_dot`` (ρ) when it is a sum of ``y · ȳ``
for one tensor y, otherwise ``grad_x_sum`` (σ).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, product

from sympy import Add, Expr, Indexed, Integer, Mul, Sum, Symbol

from derivations.calculus import partials
from derivations.indexing import Bounds, alpha, fresh, relabel, substitute, symbols_of
from derivations.monomial import Monomial, factored, is_nontrivial, monomial, recognise, sum_over
from derivations.notation import Tensor, index
from derivations.ranges import (
    accesses,
    depending_on,
    free_ranges,
    indices_of,
    leading_to,
    ordered,
    split,
    tensors_in,
    usual_letters,
)
from derivations.system import Equation, System


@dataclass(frozen=True)
class Contribution:
    """``x̄[access] += Σ_over term``, before the delta between ``access`` and the indices of ``x̄`` is contracted."""

    access: tuple[Expr, ...]
    term: Monomial
    over: Bounds


@dataclass(frozen=True)
class Block:
    """A part of a tensor: on each axis the offset, the index letter and the size."""

    axes: tuple[tuple[Expr, Symbol, Expr], ...]

    @property
    def indices(self) -> tuple[Expr, ...]:
        return tuple(offset + letter for offset, letter, _ in self.axes)

    @property
    def sizes(self) -> Mapping[Symbol, Expr]:
        return {letter: size for _, letter, size in self.axes}


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
    _check(system, outputs, wrt)
    return _Reverse(system, outputs, wrt, prefix, accent).run()


def _check(system: System, outputs: tuple[str, ...], wrt: tuple[str, ...]) -> None:
    if system.options:
        raise ValueError(f"{system.name}: decide the options {', '.join(system.options)} first, with .resolve(...)")
    targets = tuple(dict.fromkeys(equation.target.name for equation in system.equations))
    if not outputs:
        raise ValueError(f"{system.name}: no output is given; known outputs: {', '.join(targets)}")
    for kind, names, known in (("output", outputs, targets), ("tensor", wrt, tuple(system.tensors))):
        for name in names:
            if name not in known:
                raise ValueError(f"{system.name}: unknown {kind} {name!r}; known: {', '.join(known)}")


class _Reverse:
    """One reverse pass; its fields are what the pass has found so far."""

    def __init__(
        self, system: System, outputs: tuple[str, ...], wrt: tuple[str, ...], prefix: str, accent: str
    ) -> None:
        self.system, self.wrt, self.prefix, self.accent = system, wrt, prefix, accent
        self.relevant = leading_to(system, outputs)
        self.active = depending_on(system, wrt)
        used = {tensor.name for equation in self.relevant for tensor in tensors_in(equation.rhs, system)}
        self.seeds = {name: self._accented(name, *("seed", "seed") * (name in used)) for name in outputs}
        self.letters = usual_letters(system)
        self.contributions: dict[str, list[Contribution]] = {name: [] for name in system.tensors}
        self.equations: list[Equation] = []
        self.named: dict[tuple[Expr, Bounds], Expr] = {}  # a hoisted sum -> the element that names it
        self.own: dict[str, Tensor] = {}  # every tensor that the adjoint introduces
        for seed in self.seeds.values():
            self._introduce(seed)

    def run(self) -> System:
        for position in reversed(range(len(self.relevant))):
            equation = self.relevant[position]
            name = equation.target.name
            if name in self.active:
                if not any(later.target.name == name for later in self.relevant[position + 1 :]):
                    self._emit(name)
                self._spread(equation)
        for name in self.wrt:
            if self._gradient(name).name not in self.own:
                self._emit(name)
        return self._result()

    def _accented(self, name: str, prefix: str = "", accent: str = "") -> Tensor:
        of = self.system.tensors[name]
        return Tensor(
            f"{prefix or self.prefix}_{name}", f"{of.symbol}_{accent or self.accent}", of.shape, "cotangent", of.batched
        )

    def _gradient(self, name: str) -> Tensor:
        """The tensor that holds the total adjoint of ``name``; it may be its seed."""
        return self._accented(name)

    def _introduce(self, tensor: Tensor) -> None:
        letters = {other.symbol for other in (*self.system.tensors.values(), *self.own.values())}
        if tensor.name in self.system.tensors or tensor.name in self.own or tensor.symbol in letters:
            raise ValueError(
                f"{self.system.name}: a tensor called {tensor.name!r} or written {tensor.symbol!r} exists already; "
                "choose another prefix and accent"
            )
        self.own[tensor.name] = tensor

    def _spread(self, equation: Equation) -> None:
        """Add the contributions of one equation to the adjoints of the tensors on its right-hand side."""
        system = self.system
        try:
            free = tuple(free_ranges(system, equation).items())
            terms = partials(equation.rhs, system.by_base.__contains__)
        except ValueError as error:
            raise ValueError(f"{system.name}: equation for {equation.target.name!r}: {error}") from error
        cotangent = self._gradient(equation.target.name)[equation.indices]
        pattern = monomial(equation.rhs) if is_nontrivial(equation.rhs) else None
        groups: dict[tuple[Expr, Bounds], list[Monomial]] = {}
        for partial in terms:
            (tensor,) = tensors_in(partial.leaf, system)
            if tensor.name in self.active:
                term = monomial(cotangent * partial.derivative)
                if pattern is not None:
                    term = recognise(term, pattern, equation.lhs, free, dict(free + partial.over))
                groups.setdefault((partial.leaf, partial.over), []).append(term)
        for (leaf, over), found in groups.items():
            (tensor,) = tensors_in(leaf, system)
            self.contributions[tensor.name].append(Contribution(indices_of(leaf), factored(found), free + over))

    def _emit(self, name: str) -> None:
        """Write the equations of the adjoint of ``name``, one for each block, after the sums that they hoist."""
        gradient = self._gradient(name)
        seed = self.seeds.get(name)
        if seed == gradient:
            return  # the seed of an output that feeds nothing is its adjoint
        self._introduce(gradient)
        found = self.contributions[name]
        try:
            for block in self._blocks(self.system.tensors[name], found):
                terms = [] if seed is None else [seed[block.indices]]
                terms += [contract(contribution, block) for contribution in found]
                self._write(gradient, block, Add(*terms))
        except ValueError as error:
            raise ValueError(f"{self.system.name}: adjoint of {name!r}: {error}") from error

    def _write(self, gradient: Tensor, block: Block, rhs: Expr) -> None:
        rhs = self._hoist(gradient, block.sizes, rhs)
        if isinstance(rhs, Add):
            rhs = factored([monomial(term) for term in rhs.args]).expression()
        self.equations.append(Equation(gradient, block.indices, relabel(rhs, frozenset(block.sizes), self.letters)))

    def _hoist(self, gradient: Tensor, sizes: Mapping[Symbol, Expr], rhs: Expr) -> Expr:
        """Name every outermost sum that does not depend on all of the free indices."""
        if isinstance(rhs, Sum):
            where = tuple((letter, size) for letter, size in sizes.items() if letter in symbols_of(rhs))
            return rhs if len(where) == len(sizes) else self._name_of(rhs, where, gradient)
        if not rhs.args or not rhs.has(Sum):
            return rhs
        return rhs.func(*(self._hoist(gradient, sizes, argument) for argument in rhs.args))

    def _name_of(self, sum_: Sum, where: Bounds, gradient: Tensor) -> Expr:
        key = (alpha(sum_), where)
        if key not in self.named:
            indices = tuple(letter for letter, _ in where)
            stem, symbol = f"{gradient.name}_sum", f"{gradient.symbol}_sigma"
            if any(_is_dot(sum_, self.own[self._gradient(name).name], of) for name, of in self._totals()):
                stem, symbol = "row_dot", "rho"
            found = tensors_in(sum_, self.system, self.own.values())
            number = 1
            while (name := stem + f"_{number}" * (number > 1)) in {*self.own, *self.system.tensors}:
                number += 1
            tensor = Tensor(
                name,
                symbol + f"_{number}" * (number > 1),
                tuple(size for _, size in where),
                "cotangent",
                any(tensor.batched for tensor in found),
            )
            self._introduce(tensor)
            self.equations.append(Equation(tensor, indices, relabel(sum_, frozenset(indices), self.letters)))
            self.named[key] = tensor[indices]
        return self.named[key]

    def _totals(self) -> Iterable[tuple[str, Tensor]]:
        return ((name, of) for name, of in self.system.tensors.items() if self._gradient(name).name in self.own)

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
                    letter = fresh(used, self.letters.get(size, ()))
                parts.append((start, letter, size))
            used |= {letter for _, letter, _ in parts}
            axes.append(parts)
        return tuple(Block(axes_of_block) for axes_of_block in product(*axes))

    def _result(self) -> System:
        used: dict[str, Tensor] = {}
        for equation in self.equations:
            used |= {t.name: t for t in tensors_in(equation.rhs, self.system, self.own.values())}
        inputs = [tensor for name, tensor in self.system.tensors.items() if name in used]
        return System(
            f"{self.system.name}.adjoint",
            (*inputs, *self.seeds.values()),
            tuple(self.equations),
            tuple(self._gradient(name).name for name in self.wrt),
        )


def contract(contribution: Contribution, block: Block) -> Expr:
    """The contribution to the elements of ``block``: its delta solved for the indices of the access, the rest summed."""
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


def _is_dot(sum_: Sum, gradient: Tensor, of: Tensor) -> bool:
    """Whether ``sum_`` is ``Σ x x̄`` with the same indices on both."""
    factors = Mul.make_args(sum_.function)
    if len(factors) != 2:
        return False
    pair = {leaf.base: indices_of(leaf) for leaf in factors if isinstance(leaf, Indexed)}
    return set(pair) == {of.base, gradient.base} and pair[of.base] == pair[gradient.base]
