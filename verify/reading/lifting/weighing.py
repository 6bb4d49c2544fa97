"""Where values enter: as a weighted sum, inside a result."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from sympy import Expr, IndexedBase, Symbol, exp

from attnproof.derivations.calculus.canonical import canonical
from attnproof.derivations.calculus.effort import decided
from attnproof.derivations.language.indexing import Bounds, substitute, summed
from attnproof.derivations.language.notation import N_K, N_Q, I, J, L, P, Tensor
from attnproof.derivations.language.tensors import CONTEXT, LOGITS
from attnproof.verify.reading.lifting.handing import SEED, Handed
from attnproof.verify.reading.lifting.lift import Block
from attnproof.verify.reading.lifting.node import Node
from attnproof.verify.reading.lifting.normal import MOST_STEPS, same
from attnproof.verify.reading.lifting.numeric import close
from attnproof.verify.reading.lifting.roles import linear_in, normalised
from attnproof.verify.reading.lifting.writing import Tensors, Writer
from attnproof.verify.recording.recording import Values


@dataclass
class Weighing:
    """Finds the weights of a context.

    block   the context
    values  of nodes in the first recording
    masks   bases of the program's masks
    softmax whether the context was found to be the values weighted by the softmax of some tensor, whatever that is
    """

    handed: Handed
    tensors: Tensors
    block: Block
    values: Mapping[Node, Values]
    masks: Collection[IndexedBase]
    softmax: bool = False

    def __post_init__(self) -> None:
        self.scored = (*self.handed.batch, (I, N_Q), (J, N_K))
        self.summed = (*self.handed.batch, (I, N_Q), (P, self.handed.tensors[SEED].shape[-1]))

    def _sums(self) -> list[Node]:
        """The tensors inside the context that have its shape, the outermost first."""
        sizes = list(map(str, self.handed.tensors[SEED].shape))
        inside = reversed([node for node in self.block.part.node.walk() if node in self.values])
        return [node for node in inside if sorted(map(str, node.sizes)) == sorted(sizes)]

    def weights(self) -> tuple[Expr | None, Expr | None, Expr | None]:
        """The weights of a weighted sum of values; their logits where the program has them; and the result in terms of
        that sum where it is not all.

        Of several such sums, one inside the other, the outermost whose weights are a softmax, else the outermost.
        """
        sums = self._sums()
        for node in sums:
            if (logits := self._logits(node)) is not None:
                self.softmax = node is self.block.part.node
                written = Writer(self.tensors).write(logits, self._letters(logits, self.scored))
                return self._softmax(written), written, self._after(node)
        found = [(weights, node) for node in sums if (weights := self._linear(node, {})) is not None]
        for weights, node in [*[pair for pair in found if _is_softmax(pair[0])], *found]:
            return weights, None, self._after(node)
        return None, None, None

    def _linear(self, node: Node, names: Any) -> Expr | None:
        """The weights of a node that is a weighted sum of values."""
        value = self.handed.tensors["value"].base
        written = Writer(self.tensors, names).write(node, self._letters(node, self.summed))
        return linear_in(written, value, P, self.masks)

    def _letters(self, node: Node, axes: Bounds) -> tuple[Symbol, ...]:
        sizes = [size for _, size in axes]
        return tuple(axes[sizes.index(size)][0] for size in node.sizes)

    def _after(self, node: Node) -> Expr | None:
        """The result in terms of one of its nodes, as the context; None where it is that node."""
        if node is self.block.part.node:
            return None
        sizes = [size for _, size in self.summed]
        context = Tensor("context", CONTEXT.symbol, tuple(sizes))
        names = {node: (context, tuple(sizes.index(size) for size in node.sizes))}
        at = tuple(self.summed[axis][0] for axis in self.block.part.axes)
        return Writer(self.tensors, names).write(self.block.part.node, at)

    def _logits(self, context: Node) -> Node | None:
        """What the program takes the softmax over the keys of; None where no tensor of it is that.

        The first such tensor: what is the same for a whole row may have been left out of it later, and cancels.
        """
        value = np.asarray(self.handed.requests[0].case.inputs["value"])
        wanted = self.values[context].transpose(_order(context, self.summed))
        for node in context.walk():
            values = self.values.get(node)
            if values is None or sorted(map(str, node.sizes)) != sorted(str(size) for _, size in self.scored):
                continue
            powers = np.exp(values.transpose(_order(node, self.scored)))
            if not close(powers @ value / powers.sum(-1, keepdims=True), wanted):
                continue
            if decided(partial(self._are_logits, node, context), MOST_STEPS):
                return node
        return None

    def _are_logits(self, node: Node, context: Node) -> bool:
        atom = Tensor("logits", LOGITS.symbol, tuple(size for _, size in self.scored))
        sizes = list(atom.shape)
        weights = self._linear(context, {node: (atom, tuple(sizes.index(size) for size in node.sizes))})
        return weights is not None and same(weights, self._softmax(atom[tuple(at for at, _ in self.scored)]))

    def _softmax(self, logits: Expr) -> Expr:
        return exp(logits) / summed(exp(substitute(logits, {J: L})), ((L, N_K),))


def _order(node: Node, axes: Bounds) -> list[int]:
    """The node's axes in the order of these."""
    return [node.sizes.index(size) for _, size in axes]


def _is_softmax(weights: Expr) -> bool:
    kind, factor, *_ = normalised(canonical(weights))
    return kind.startswith("softmax") and factor == 1
