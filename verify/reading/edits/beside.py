"""A call's derivation, with something in it changed: what its results are then."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from sympy import Abs, Indexed

from attnproof.derivations.language.piecewise import relu, step
from attnproof.derivations.language.system import System
from attnproof.derivations.ring.elements import Elements
from attnproof.derivations.ring.evaluate import evaluate
from attnproof.derivations.ring.ring import Ring
from attnproof.derivations.ring.structure import leaves
from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.composing.compose import Composed
from attnproof.verify.composing.truth import carried, derived, linked, merged

GRADIENT = "grad_"
Results = Callable[[str], Elements]  # of a quantity
Way = tuple[str, Results]  # what is changed, in words, and the results then


@dataclass(frozen=True, eq=False)
class Number:
    """A number of the program's own."""

    element: Elements
    value: float

    @property
    def words(self) -> str:
        """As it is told."""
        return f"{self.value:.6g}"


Numbers = Mapping[str, Number]  # by names that stand for them


class Tensors(dict[str, Elements]):
    """The tensors of a system, each evaluated when it is asked for.

    signs   the inputs in float64, where a function chooses by them
    shapes  of inputs whose gradients are to be summed to it, since they were repeated
    """

    def __init__(
        self,
        system: System,
        values: Mapping[str, Elements],
        sizes: Mapping[str, int],
        signs: Mapping[str, Array] | None,
        shapes: Mapping[str, tuple[int, ...]],
    ) -> None:
        super().__init__(values)
        self._system, self._values, self._sizes, self._signs, self._shapes = system, dict(values), sizes, signs, shapes

    def __contains__(self, name: object) -> bool:
        return name in self._system.tensors

    def __missing__(self, name: str) -> Elements:
        every = evaluate(self._system, self._values, self._sizes, {name}, self._signs)
        of_inputs = {f"{GRADIENT}{each.name}" for each in self._system.inputs}  # these are in another shape
        self._values |= {other: value for other, value in every.items() if other not in of_inputs}
        shape = self._shapes.get(name.removeprefix(GRADIENT)) if name.startswith(GRADIENT) else None
        self[name] = every[name] if shape is None else summed_to(every[name], shape)
        return self[name]


@dataclass(eq=False)
class Beside:
    """The derivation of one question.

    results  the quantities of a call that count: all that flow forwards, or all gradients; the first one is the one
             that is known to be wrong
    numbers  the program's own
    """

    question: Composed
    ring: Ring
    given: Mapping[str, Elements]
    results: Collection[str]
    numbers: Numbers = field(default_factory=dict)

    @cached_property
    def forwards(self) -> bool:
        """Whether results are wrong, and not gradients alone."""
        return not any(name.startswith("grad.") for name in self.results)

    @cached_property
    def system(self) -> System:
        """All steps that lead to the results."""
        case = self.question.case
        return case.forward if self.forwards else case.forward.then(case.backward)

    @cached_property
    def right(self) -> dict[str, Elements]:
        """Every tensor, without a change."""
        return derived(self.question, self.ring, self.given)

    @cached_property
    def values(self) -> dict[str, Elements]:
        """What it is computed from."""
        return {name: linked(self.ring, link, self.given) for name, link in self.question.links.items()}

    @cached_property
    def arrays(self) -> dict[str, Elements]:
        """The same without cotangents."""
        return {name: value for name, value in self.values.items() if not name.startswith(GRADIENT)}

    @cached_property
    def nothing(self) -> Elements:
        """0."""
        return self.ring.zeros(())

    def of(self, found: Mapping[str, Elements]) -> Results:
        """The results in the names and shapes of what is handed back."""

        def result(name: str) -> Elements:
            if name.startswith("grad."):
                return carried(self.question, self.ring, name.removeprefix("grad."), found)
            return merged(self.question, name, found[name])

        return result

    def with_values(self, changed: Mapping[str, Elements]) -> Results:
        """Where it is computed from other arrays."""
        shapes = {name: self.values[name].shape for name in changed}
        return self.of(self.tensors({**self.values, **changed}, shapes=shapes))

    def with_tensors(self, changed: Mapping[str, Elements], found: Mapping[str, Elements] | None = None) -> Results:
        """Where steps on the way have other results, and all that follows; ``found``: among these instead."""
        found = self.right if found is None else found
        later = set().union(*(after(self.system, name) for name in changed)) - set(changed)
        return self.of(self.tensors({**{n: v for n, v in found.items() if n not in later}, **changed}))

    def with_system(self, system: System, name: str) -> Results:
        """Where the step that makes a tensor is another one."""
        later = after(system, name) | {f"{GRADIENT}{each.name}" for each in system.inputs}
        kept = {n: value for n, value in self.right.items() if n not in later}
        return self.of(self.tensors({**kept, **{n: each.element for n, each in self.numbers.items()}}, system))

    def tensors(
        self,
        values: Mapping[str, Elements],
        system: System | None = None,
        shapes: Mapping[str, tuple[int, ...]] | None = None,
    ) -> Tensors:
        """All of a system (None: the derivation's)."""
        system, case = system or self.system, self.question.case
        by_sign = any(each.rhs.has(relu, step, Abs) for each in system.equations)
        own = {name: np.asarray(each.value) for name, each in self.numbers.items()}
        signs = {**case.inputs, **case.cotangents, **own} if by_sign else None
        return Tensors(system, values, case.sizes, signs, shapes or {})


def summed_to(gradient: Elements, shape: tuple[int, ...]) -> Elements:
    """Summed over axes that were repeated."""
    more = gradient.ndim - len(shape)
    over = [k for k in range(gradient.ndim) if k < more or (shape[k - more] == 1 and gradient.shape[k] > 1)]
    return (gradient.sum(over) if over else gradient).reshape(shape)


def after(system: System, name: str) -> set[str]:
    """A tensor and all that is made of it."""
    found = {name}
    for equation in system.equations:
        atoms = (atom.base if isinstance(atom, Indexed) else atom for atom in leaves(equation.rhs))
        if found & {system.by_base[base].name for base in atoms if base in system.by_base}:
            found.add(equation.target.name)
    return found
