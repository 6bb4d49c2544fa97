"""One program beside one derivation: equal at every size, or what is different."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import numpy as np
from sympy import Expr, Integer, Symbol, sqrt

from attnproof.derivations.attention.extended import extended
from attnproof.derivations.attention.rotary import (
    COS_KEY,
    COS_QUERY,
    SCORES_WITH_ROTATION,
    SIN_KEY,
    SIN_QUERY,
    TABLES,
)
from attnproof.derivations.attention.whole import attention
from attnproof.derivations.calculus.adjoint import adjoint
from attnproof.derivations.language.notation import D_K, D_Q, N_K, N_Q, D, I, J, P, Tensor
from attnproof.derivations.language.system import Equation, System
from attnproof.derivations.language.tensors import SOFTCAP
from attnproof.derivations.proof.identities import put
from attnproof.derivations.scores.family import ScoreFamily
from attnproof.derivations.scores.own import family
from attnproof.verify.reading.lifting.handing import SCALE, Handed
from attnproof.verify.reading.lifting.lift import Block
from attnproof.verify.reading.lifting.matching import Matching
from attnproof.verify.reading.lifting.node import Node
from attnproof.verify.reading.lifting.numeric import Numbers
from attnproof.verify.reading.lifting.reference import BATCH, Reference
from attnproof.verify.reading.lifting.turned import opened
from attnproof.verify.reading.lifting.writing import Tensors, Writer
from attnproof.verify.recording.recording import Values

SCALED = ("dot", "scaled_dot")


@dataclass
class Comparison:
    """A lifted program beside one score's attention.

    results  quantity -> its blocks
    values   of the program's nodes in the first recording
    cap      a number that the program caps scores at by itself
    """

    score: ScoreFamily
    handed: Handed
    tensors: Tensors
    results: Mapping[str, tuple[Block, ...]]
    values: Mapping[Node, Values]
    cap: Expr | None = None
    matching: Matching = field(init=False)
    forward: int = field(init=False)  # how many of the derivation's definitions lead to the context

    def __post_init__(self) -> None:
        self.cap = self.handed.promised.cap if self.cap is None else self.cap
        shared = D in self.handed.sizes.lengths
        sizes: dict[Symbol, Expr] = {**self.handed.widths, **({D_Q: D, D_K: D} if shared else {})}
        if self.cap is not None:
            sizes = {**sizes, SOFTCAP.base: self.cap}
        reference = Reference(self.handed.tensors, self.handed.batch, sizes)
        reference.add(self.system, {"logits": self.masks})
        self.matching = Matching(reference, Writer(self.tensors), self._numbers(), self.values)
        self.matching.go_through(self.results["context"], reference.definitions)
        self.forward = len(reference.definitions)

    def _numbers(self) -> Numbers:
        """The first recording's."""
        given = self.handed.numbers
        arrays = {t.base: np.asarray(given[n]) for n, t in self.handed.tensors.items() if n in given and t.shape}
        sizes = self.handed.sizes
        symbols = {symbol: pair[0] for symbol, pair in {**sizes.lengths, **sizes.scalars}.items()}
        return Numbers({**arrays, **self.tensors.numbers}, symbols)

    @cached_property
    def system(self) -> System:
        """The score and its layer with the options that were handed over."""
        return self._opened(self._system)

    def _opened(self, system: System) -> System:
        """With what is turned written out; where queries and keys have one table, that is the keys'."""
        turned = self.handed.turned
        if turned is None:
            return system
        found = opened(system, self._system)
        if turned.first is None:
            return found
        first = self.handed.sizes.whole(turned.first)
        for own, theirs in ((COS_QUERY, COS_KEY), (SIN_QUERY, SIN_KEY)):
            at = partial(_moved, theirs, first)
            found = replace(
                found, equations=tuple(replace(each, rhs=put(each.rhs, own, at)) for each in found.equations)
            )
        return found

    @cached_property
    def _system(self) -> System:
        """The same, features that are turned by name."""
        whole = extended(self.score, ("rotary",)) if self.handed.turned else attention(self.score)
        options = [name for name in whole.options if name in self.handed.tensors]
        if self.cap is not None:
            options.append("softcap")
        system = self.handed.promised.written(whole.resolve(*options))
        if "scale" not in self.handed.flags or self.score.name not in SCALED:
            return system
        factor = SCALE.base if self.score.name == "dot" else SCALE.base * sqrt(D)
        equations = tuple(
            Equation(e.target, e.indices, factor * e.rhs) if e.target.name == "scores" else e for e in system.equations
        )
        return System(system.name, (*system.inputs, SCALE), equations, system.outputs)

    @cached_property
    def masks(self) -> Expr:
        """What the program's masks add to the logits."""
        return sum((each for each in self.mask_elements.values()), Integer(0))

    @cached_property
    def mask_elements(self) -> Mapping[str, Expr]:
        """The elements of the masks for query i and key j, by what they say."""
        letters = {N_Q: I, N_K: J, **BATCH}
        return {mask.name: mask[tuple(letters[size] for size in mask.shape)] for mask in self.tensors.masks()}

    @property
    def reference(self) -> Reference:
        """The derivation, in the recording's terms."""
        return self.matching.reference

    @cached_property
    def equal(self) -> bool:
        """Whether the context is the derivation's, at every size."""
        blocks, (definition,) = self.results["context"], self.reference.of("context")
        return len(blocks) == 1 and self.matching.is_(blocks[0], definition)

    @cached_property
    def agrees(self) -> bool:
        """Whether the context has the derivation's numbers in the first recording."""
        blocks, (definition,) = self.results["context"], self.reference.of("context")
        return len(blocks) == 1 and self.matching.agrees(blocks[0], definition)

    def also(self, name: str) -> bool:
        """Whether another output, weights or scores, is the derivation's."""
        definitions = self.reference.of(name)
        return len(self.results[name]) == len(definitions) == 1 and self.matching.is_(
            self.results[name][0], definitions[0]
        )

    def differentiated(self) -> None:
        """Go on with the derived gradients."""
        scales = self.handed.promised.tensors.values()
        inputs = tuple(t.name for t in self.system.inputs if t not in (SCALE, *TABLES, *scales))
        system = adjoint(self._system, ("context",), inputs)
        self.reference.add(self._opened(system))
        every = [block for blocks in self.results.values() for block in blocks]
        self.matching.go_through(every, self.reference.definitions[self.forward :])

    def gradient(self, name: str) -> bool:
        """Whether the gradient of an input is the derived one, at every size. After ``differentiated``."""
        blocks, definitions = self.results[f"grad.{name}"], self.reference.of(f"grad_{name}")
        by_start = {definition.starts: definition for definition in definitions}
        return all(
            block.starts in by_start and self.matching.is_(block, by_start[block.starts]) for block in blocks
        ) and len(blocks) == len(definitions)

    def lifted(self, name: str) -> Expr:
        """A result written out whole, in the letters i, p (context) or those of the derivation."""
        (block,) = self.results[name]
        letters = (*(letter for letter, _ in self.handed.batch), I, P)
        return Writer(self.tensors).write(block.part.node, tuple(letters[axis] for axis in block.part.axes))


def comparable(handed: Handed, names: Sequence[str]) -> list[ScoreFamily]:
    """The scores whose inputs were all handed over."""
    options = {"softcap", "bias", "bias_hidden"}
    shared = D in handed.sizes.lengths
    found = []
    for name in names:
        each = family(name)
        needed = {tensor.name for tensor in each.system.inputs} - options
        widths = {size for tensor in each.system.inputs for size in tensor.shape}
        able = handed.turned is None or each.name in SCORES_WITH_ROTATION
        if able and needed <= handed.tensors.keys() and (shared or D not in widths):
            found.append(each)
    return found


def _moved(table: Tensor, first: Expr, at: Expr, pair: Expr) -> Expr:
    return table[at + first, pair]


def unbatched(tensor: Tensor, lead: int) -> Tensor:
    """The tensor as formulas show it."""
    shape = tensor.shape[lead:] if tensor.batched and len(tensor.shape) >= lead else tensor.shape
    return Tensor(tensor.name, tensor.symbol, shape, tensor.role, tensor.batched)
