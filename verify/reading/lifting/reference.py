"""A derivation in the terms of a recording: with the batch's axes, the recording's tensors and its sizes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sympy import Expr, Indexed, Integer, Symbol, exp

from attnproof.derivations.language.indexing import Bounds, substitute, summed
from attnproof.derivations.language.notation import Tensor, index
from attnproof.derivations.language.ranges import free_ranges, split, tensors_in
from attnproof.derivations.language.sigmoid import sigmoid
from attnproof.derivations.language.system import System
from attnproof.derivations.proof.identities import put
from attnproof.verify.reading.lifting.sizes import B, H

BATCH: Mapping[Symbol, Symbol] = {B: index("b"), H: index("h")}  # size -> letter


@dataclass(frozen=True)
class Definition:
    """``tensor[letters] = rhs``; a block of a tensor where ``starts`` says so.

    letters  of the batch first, then one for each own axis
    starts   the offset of each axis
    """

    tensor: Tensor
    letters: tuple[Symbol, ...]
    starts: tuple[Expr, ...]
    sizes: tuple[Expr, ...]
    rhs: Expr

    @property
    def axes(self) -> Bounds:
        """Letters with their sizes."""
        return tuple(zip(self.letters, self.sizes, strict=True))


@dataclass
class Reference:
    """The definitions of one or more systems, in order, without those that only rename.

    own    tensors handed over by name, batch first
    batch  letters and sizes of the batch's axes
    sizes  sizes of the systems -> of the recording
    """

    own: Mapping[str, Tensor]
    batch: Bounds
    sizes: Mapping[Symbol, Expr] = field(default_factory=dict)
    tensors: dict[str, Tensor] = field(default_factory=dict)
    definitions: list[Definition] = field(default_factory=list)
    same_as: dict[str, str] = field(default_factory=dict)

    def add(self, system: System, extra: Mapping[str, Expr] | None = None) -> None:
        """Take up a system's equations.

        extra  what is added to the right-hand side of a tensor's equation (masks to the logits), in its own letters
        """
        known = system.tensors
        for tensor in known.values():
            if tensor.name in self.own:
                self.tensors[tensor.name] = self.own[tensor.name]
            else:
                self.tensors.setdefault(tensor.name, self._with_batch(tensor))
        for equation in system.equations:
            rhs = self._rebased(equation.rhs, known.values()) + (extra or {}).get(equation.target.name, 0)
            where = equation.indices
            starts = tuple(split(each)[0].xreplace(self.sizes) for each in where)
            letters = tuple(split(each)[1] for each in where)
            ranges = free_ranges(system, equation)
            sizes = tuple(ranges[letter].xreplace(self.sizes) for letter in letters)
            target = self.tensors[equation.target.name]
            lead = tuple(letter for letter, _ in self.batch) if equation.target.batched else ()
            if not equation.target.batched and any(t.batched for t in tensors_in(equation.rhs, system)):
                rhs = summed(rhs, self.batch)
            if isinstance(rhs, Indexed) and rhs.indices == (*lead, *letters) and not any(starts):
                self.same_as[target.name] = next(n for n, t in self.tensors.items() if t.base == rhs.base)
                self.tensors[target.name] = self.tensors[self.same_as[target.name]]
                continue
            lead_sizes = tuple(size for _, size in self.batch) if equation.target.batched else ()
            starts = (*(Integer(0),) * len(lead), *starts)
            self.definitions.append(Definition(target, (*lead, *letters), starts, (*lead_sizes, *sizes), rhs))

    def named(self, name: str) -> str:
        """The tensor that stands for this one: itself, or what it only renames."""
        while name in self.same_as:
            name = self.same_as[name]
        return name

    def of(self, name: str) -> list[Definition]:
        """The definitions of a tensor, one for each block."""
        return [each for each in self.definitions if each.tensor.name == self.named(name)]

    def written_out(self, expr: Expr, keep: Sequence[str] = ()) -> Expr:
        """``expr`` with every defined tensor but some replaced by what it is."""
        for each in reversed(self.definitions):
            if each.tensor.name in keep or len(self.of(each.tensor.name)) > 1:
                continue
            expr = put(expr, each.tensor, _Value(each))
        return expr

    def _with_batch(self, tensor: Tensor) -> Tensor:
        shape = tuple(size.xreplace(self.sizes) for size in tensor.shape)
        lead = tuple(size for _, size in self.batch) if tensor.batched and tensor.shape else ()
        return Tensor(tensor.name, tensor.symbol, (*lead, *shape), tensor.role, tensor.batched)

    def _rebased(self, expr: Expr, known: Iterable[Tensor]) -> Expr:
        lead = tuple(letter for letter, _ in self.batch)
        for tensor in known:
            if tensor.shape:
                new = self.tensors[tensor.name]
                before = lead if new.batched else ()  # tables of the program belong to all elements
                expr = put(expr, tensor, _Element(new, before, self.sizes))
        return expr.replace(sigmoid, _opened).xreplace(dict(self.sizes))


def _opened(x: Expr) -> Expr:
    """σ(x) as programs are written, by exponentials."""
    return 1 / (1 + exp(-x))


@dataclass(frozen=True)
class _Element:
    tensor: Tensor
    before: tuple[Symbol, ...]
    sizes: Mapping[Symbol, Expr]

    def __call__(self, *where: Expr) -> Expr:
        return self.tensor[(*self.before, *where)]


@dataclass(frozen=True)
class _Value:
    definition: Definition

    def __call__(self, *where: Expr) -> Expr:
        return substitute(self.definition.rhs, dict(zip(self.definition.letters, where, strict=True)))
