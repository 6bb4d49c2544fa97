"""What all elements of a ring share: its fields, its order, and what it remembers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from fractions import Fraction
from functools import cached_property
from typing import Final

import numpy as np

from attnproof.derivations.ring.constants import Factor
from attnproof.derivations.ring.degree import CONSTANT, Degree
from attnproof.derivations.ring.field import DRAWS, Field, Residues
from attnproof.derivations.ring.primes import PRIMES
from attnproof.derivations.ring.series import Series

# ln 2 and π are squares of random numbers
FACTOR_DEGREES: Final[Mapping[Factor, Degree]] = {
    "1": CONSTANT,
    "ln2": Degree(top=2),
    "log2e": Degree(below=2),
    "pi": Degree(top=2),
    "1/√π": Degree(below=1),
}


@dataclass
class Ground:
    """F_p[ε]/ε^order for two primes that ``seed`` chooses.

    order    number of coefficients, at least 2
    squares  integers that are to have square roots, beside those of primes up to 61 (a width of 67)
    larges   the large constants that were met, by their size; Ω number i is the i-th
    norms    (2, n): 1, and the squared norms of rows of at least two random numbers that were drawn to have a root
    """

    order: int
    seed: int = 0
    squares: tuple[int, ...] = ()
    larges: list[Fraction] = default(default_factory=list)
    norms: Residues = default(default_factory=lambda: np.ones((DRAWS, 1), np.int64))

    def __post_init__(self) -> None:
        self._integers: dict[int, Residues] = {}
        if self.order < 2:
            raise ValueError(f"order {self.order}: a ring needs at least 2 coefficients, else exp is 1")

    @cached_property
    def rng(self) -> np.random.Generator:
        """All randomness of the ring."""
        return np.random.default_rng(self.seed)

    @cached_property
    def field(self) -> Field:
        """The two prime fields."""
        fit = [p for p in PRIMES if all(pow(n, p // 2, p) == 1 for n in self.squares)]
        if len(fit) < 2:
            raise ValueError(f"{len(fit)} primes in the table have roots of all of {self.squares}; expected two")
        p, q = self.rng.choice(np.array(fit), 2, replace=False).tolist()
        return Field((p, q))

    @cached_property
    def arithmetic(self) -> Series:
        """Arithmetic of power series."""
        return Series(self.field, self.order)

    @cached_property
    def ln2(self) -> Residues:
        """(2,): ln 2, a random number of the field, a square as every positive constant."""
        return self._positive()

    @cached_property
    def log2e(self) -> Residues:
        """(2,): log₂ e = 1 / ln 2."""
        return self.field.inverse(self.ln2)

    @cached_property
    def pi(self) -> Residues:
        """(2,): π, a random number of the field, a square."""
        return self._positive()

    def factor(self, name: Factor) -> Residues:
        """(2,): one of the irrational factors of constants."""
        if name == "1/√π":
            root = self.field.root(self.pi, 2)
            assert root is not None  # π is a square
            return self.field.inverse(root)
        return {"1": self.integer(1), "ln2": self.ln2, "log2e": self.log2e, "pi": self.pi}[name]

    @cached_property
    def key(self) -> int:
        """What uninterpreted functions are made from."""
        return int(self.rng.integers(1, 2**63 - 1))

    def drawn(self, shape: tuple[int, ...]) -> Residues:
        """(2, *shape): uniform residues."""
        return np.stack([self.rng.integers(0, p, shape, np.int64) for p in self.field.primes])

    def _positive(self) -> Residues:
        number = self.rng.integers(1, min(self.field.primes), 2, np.int64)
        return self.field.reduce(number * number)

    def large(self, size: Fraction) -> int:
        """The number of the Ω of this size."""
        if size not in self.larges:
            self.larges.append(size)
        return self.larges.index(size) + 1

    def integer(self, value: int) -> Residues:
        """(2,): an integer of the field."""
        found = self._integers.get(value)
        if found is None:
            found = self._integers[value] = self.field.rational(value)
        return found

    def sign(self, x: Residues) -> int:
        """±1 for a number (2,) of the field that is a small fraction or the root of one, times log₂ e, ln 2 or 1; 0
        where the sign is not known.
        """
        for factor in (None, self.ln2, self.log2e):  # all of them positive
            scaled = x if factor is None else self.field.reduce(x * factor)
            found = self.field.sign((int(scaled[0]), int(scaled[1])))
            if found:
                return found
        return 0

    def small(self, x: Residues) -> Fraction | None:
        """The fraction with parts up to 64 that this number (2,) of the field is; None where it is none."""
        found = self.field.lift((int(x[0]), int(x[1])))
        return found if found is not None and max(abs(found.numerator), found.denominator) <= 64 else None

    def of_norms(self, numbers: Residues) -> bool:
        """Whether numbers (2, n) of the field are those in ``norms``, times fractions with parts up to 64."""
        keys, left = self.field.keys, numbers
        while left.shape[1]:
            factors = self.field.reduce(left[:, :1] * self.field.inverse(self.norms)).T
            factor = next((each for each in factors if self.small(each) is not None), None)
            if factor is None:
                return False
            found = self.field.reduce(self.norms * factor[:, None])
            left = left[:, ~np.isin(keys(left), keys(found))]
        return True
