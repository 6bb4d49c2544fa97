"""Nodes as SymPy expressions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from types import MappingProxyType
from typing import Final

import numpy as np
from sympy import Abs, Add, Expr, IndexedBase, Integer, Mul, Symbol, cos, erf, exp, log, sech, sin, sqrt, tanh

from attnproof.derivations.calculus.effort import EffortError
from attnproof.derivations.language.indexing import summed
from attnproof.derivations.language.largest import Largest
from attnproof.derivations.language.notation import N_K, N_Q, Tensor, index
from attnproof.derivations.language.piecewise import leaky_relu, relu
from attnproof.verify.reading.lifting.node import Leaf, Node, Part, Place
from attnproof.verify.reading.lifting.patterns import Pattern
from attnproof.verify.reading.lifting.sizes import LN2, CannotLiftError
from attnproof.verify.recording.recording import Values

_RULES: Final[Mapping[str, Callable[..., Expr]]] = MappingProxyType(
    {
        "add": Add,
        "sub": lambda a, b: a - b,
        "mul": lambda a, b: a * b,
        "div": lambda a, b: a / b,
        "neg": lambda a: -a,
        "reciprocal": lambda a: 1 / a,
        "fma": lambda a, b, c: a * b + c,
        "sqrt": sqrt,
        "rsqrt": lambda a: 1 / sqrt(a),
        "exp": exp,
        "exp2": lambda a: exp(LN2 * a),
        "expm1": lambda a: exp(a) - 1,
        "log": log,
        "log2": lambda a: log(a) / LN2,
        "log1p": lambda a: log(1 + a),
        "tanh": tanh,
        "sigmoid": lambda a: 1 / (1 + exp(-a)),
        "sin": sin,
        "cos": cos,
        "erf": erf,
        "sinh": lambda a: (exp(a) - exp(-a)) / 2,
        "cosh": lambda a: 1 / sech(a),
        "relu": relu,
        "abs": Abs,
        "kept": lambda a, mask: a * exp(mask),
    }
)
LARGEST: Final = "largest "  # how the names of maxima of rows begin
MOST_PARTS: Final = 2000  # of one formula
LOW: Final = -1000  # at and below it a number that stands in for a masked score is taken for −∞


@dataclass
class Tensors:
    """What leaves are written as.

    own     name of what was handed over -> its tensor, batch axes first
    brought tensors that the program has of its own, masks and maxima, in order of appearance
    finite  the large negative numbers with which the program masks
    numbers what the program brought, in the first recording
    """

    own: Mapping[str, Tensor]
    brought: dict[str, Tensor] = field(default_factory=dict)
    finite: list[Expr] = field(default_factory=list)
    numbers: dict[IndexedBase, Values] = field(default_factory=dict)

    def mask(self, pattern: Pattern, order: Sequence[int]) -> Tensor:
        """The mask that keeps a pattern: 0 there, −∞ elsewhere; its axes in this order."""
        if pattern.says not in self.brought:
            shape = tuple(pattern.axes[k] for k in order)
            self.brought[pattern.says] = Tensor(pattern.says, self._letter("M"), shape)
            numbers = np.where(pattern.kept.transpose(order), 0.0, -np.inf)
            self.numbers[self.brought[pattern.says].base] = numbers
        return self.brought[pattern.says]

    def largest(self, node: Node) -> Tensor:
        """The maximum of rows; what it is of does not matter where it cancels."""
        name = f"{LARGEST}{id(node)}"
        if name not in self.brought:
            self.brought[name] = Tensor(name, self._letter("m"), node.sizes, "intermediate")
        return self.brought[name]

    def _letter(self, letter: str) -> str:
        taken = [tensor.symbol for tensor in self.brought.values() if tensor.symbol.split("_")[0] == letter]
        return letter if not taken else f"{letter}_{len(taken) + 1}"

    def constant(self, leaf: Leaf) -> Tensor:
        """A table that the program brings."""
        if leaf.key not in self.brought:
            tensor = Tensor(leaf.name, self._letter("T"), leaf.shape, "parameter", batched=False)
            self.brought[leaf.key] = tensor
            self.numbers[tensor.base] = leaf.table
        return self.brought[leaf.key]

    def take_up(self, node: Node, values: Mapping[Node, Values]) -> None:
        """What the program brings below a node; ``values``: of nodes in the first recording."""
        for each in node.walk():
            if each.kind == "leaf" and not each.value.own:
                self.constant(each.value)
            elif each.kind == "mask":
                self.mask(each.value, mask_order(each))
            elif each.kind == "largest":
                self.numbers[self.largest(each).base] = values[each]
            elif each.kind == "filled" and each.value <= LOW and each.value not in self.finite:
                self.finite.append(each.value)

    def masks(self) -> tuple[Tensor, ...]:
        """The masks among them."""
        return tuple(tensor for tensor in self.brought.values() if tensor.role == "input")


class Writer:
    """Writes nodes; those that have a name (``names``) as elements of their tensor."""

    def __init__(
        self,
        tensors: Tensors,
        names: Mapping[Node, tuple[Tensor, tuple[int, ...]]] | None = None,
        zeros: Iterable[Node] = (),
    ) -> None:
        self.tensors, self.names, self.zeros = tensors, dict(names or {}), set(zeros)
        self._written: dict[tuple[Node, tuple[Symbol, ...]], Expr] = {}
        self._sizes: dict[Node, int] = {}
        self._serial = count()

    def name(self, node: Node, tensor: Tensor, order: Iterable[int]) -> None:
        """Write ``node`` as ``tensor`` from now on; its axis k is the tensor's axis ``order[k]``."""
        self.names[node] = (tensor, tuple(order))
        self._clear()

    def zero(self, node: Node) -> None:
        """Write ``node`` as 0 from now on."""
        self.zeros.add(node)
        self._clear()

    def _clear(self) -> None:
        self._written.clear()
        self._sizes.clear()

    def _parts(self, node: Node, *, openly: bool = False) -> int:
        """How many parts a formula has: as a tree, in which what is used twice stands twice."""
        if not openly and (node in self.names or node in self.zeros or node.kind == "largest"):
            return 1
        if openly or node not in self._sizes:
            found = 1 + sum(self._parts(part.node) for part in node.parts)
            if openly:
                return found
            self._sizes[node] = found
        return self._sizes[node]

    def write(self, node: Node, letters: tuple[Symbol, ...], *, openly: bool = False) -> Expr:
        """The node at these indices; ``openly``: what it is made of, whether or not it has a name.

        Raises EffortError where that has too many parts.
        """
        if self._parts(node, openly=openly) > MOST_PARTS:
            raise EffortError
        if node in self.names and not openly:
            tensor, order = self.names[node]
            where = dict(zip(order, letters, strict=True))
            return tensor[tuple(where[k] for k in range(len(order)))]
        if node in self.zeros and not openly:
            return Integer(0)
        key = (node, letters)
        if openly or key not in self._written:
            found = self._open(node, letters, openly=openly)
            if openly:
                return found
            self._written[key] = found
        return self._written[key]

    def _open(self, node: Node, letters: tuple[Symbol, ...], *, openly: bool) -> Expr:
        if node.kind == "number":
            return node.value
        if node.kind == "leaf":
            return self._leaf(node, letters)
        if node.kind == "mask":
            return self._mask(node, letters)
        if node.kind == "largest" and not openly:
            return self.tensors.largest(node)[letters]
        dummies = tuple(index(f"_s{next(self._serial)}") for _ in node.bound)
        parts = [self._part(part, letters + dummies) for part in node.parts]
        over = tuple(zip(dummies, node.bound, strict=True))
        if node.kind == "sum":
            return summed(Mul(*parts), over)
        if node.kind == "largest":
            return Largest(parts[0], *((symbol, 0, size - 1) for symbol, size in over))
        if node.kind == "power":
            return parts[0] ** node.value
        if node.kind == "leaky":
            return leaky_relu(parts[0], node.value)
        if node.kind == "filled":
            if node.value <= LOW:  # its exponential is taken for 0, and the reader is told
                return parts[0] + parts[1]
            return parts[0] * exp(parts[1]) + node.value * (1 - exp(parts[1]))
        if node.kind not in _RULES:
            raise CannotLiftError(f"no notation for {node.kind}", node.where)
        return _RULES[node.kind](*parts)

    def _part(self, part: Part, letters: tuple[Symbol, ...]) -> Expr:
        return self.write(part.node, tuple(letters[axis] for axis in part.axes))

    def _leaf(self, node: Node, letters: tuple[Symbol, ...]) -> Expr:
        leaf: Leaf = node.value
        tensor = self.tensors.own[leaf.name] if leaf.own else self.tensors.constant(leaf)
        return tensor[tuple(_at(place, letters) for place in leaf.places)]

    def _mask(self, node: Node, letters: tuple[Symbol, ...]) -> Expr:
        order = mask_order(node)
        tensor = self.tensors.mask(node.value, order)
        return tensor[tuple(letters[k] for k in order)]


def mask_order(node: Node) -> list[int]:
    """The axes of a mask with the batch's first, then queries, then keys."""
    return sorted(range(len(node.sizes)), key=lambda k: (node.sizes[k] == N_K, node.sizes[k] == N_Q))


def _at(place: Place, letters: tuple[Symbol, ...]) -> Expr:
    return Add(place.offset, *(Integer(1) * step * letters[axis] for axis, step in place.steps))
