"""A flat store of elements by number, as a recording has them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from attnproof.derivations.ring import degree as degrees
from attnproof.derivations.ring.elements import Elements
from attnproof.derivations.ring.field import DRAWS
from attnproof.derivations.ring.ground import Ground
from attnproof.derivations.ring.parts import Ids, Large, Log, large_of, log_of


@dataclass(eq=False)
class Store:
    """``size`` elements; pages that are never written take no memory."""

    ring: Ground
    size: int

    def __post_init__(self) -> None:
        self._series = np.zeros((DRAWS, self.ring.order, self.size), np.int32)  # residues are below 2³¹
        self._terms = np.ones(self.size, np.int8)
        self._kind: npt.NDArray[np.uint8] | None = None
        self._degree = np.zeros((self.size, len(degrees.CONSTANT)), np.int64)
        self._formal: set[str] = set()

    @cached_property
    def _log(self) -> Log:
        argument = np.zeros((DRAWS, self.ring.order, self.size), np.int64)
        argument[:, 0] = 1
        return Log(np.ones((DRAWS, self.size), np.int64), argument)

    @cached_property
    def _log_degree(self) -> npt.NDArray[np.int64]:
        return np.zeros_like(self._degree)

    @cached_property
    def _large(self) -> Large:
        return Large(np.zeros(self.size, np.int64), np.zeros((DRAWS, self.size), np.int64))

    def put(self, ids: Ids, elements: Elements) -> None:
        """Keep elements, one for each number."""
        flat = np.asarray(ids).ravel()
        if flat.size != elements.size:
            raise ValueError(f"{flat.size} numbers for {elements.size} elements")
        terms = elements.series.shape[1]
        self._series[:, :terms, flat] = elements.series.reshape(DRAWS, terms, -1)
        self._series[:, terms:, flat] = 0
        self._terms[flat] = terms
        self._degree[flat] = elements.degree
        if elements.kind is not None or self._kind is not None:
            if self._kind is None:
                self._kind = np.zeros(self.size, np.uint8)
            self._kind[flat] = elements.kinds().ravel()
        if elements.logarithm is not None or "log" in self._formal:
            self._formal.add("log")
            log = log_of(elements)
            self._log.scale[:, flat] = log.scale.reshape(DRAWS, -1)
            self._log.argument[:, :, flat] = 0
            self._log.argument[:, : log.argument.shape[1], flat] = log.argument.reshape(
                DRAWS, log.argument.shape[1], -1
            )
            self._log_degree[flat] = log.degree
        if elements.large is not None or "large" in self._formal:
            self._formal.add("large")
            large = large_of(elements)
            self._large.which[flat] = large.which.ravel()
            self._large.factor[:, flat] = large.factor.reshape(DRAWS, -1)

    def take(self, ids: Ids) -> Elements:
        """The elements of these numbers, in the shape of ``ids``."""
        ids = np.asarray(ids)
        flat = ids.ravel()
        terms = int(self._terms[flat].max(initial=1))
        series = self._series[:, :terms].take(flat, axis=2).astype(np.int64).reshape(DRAWS, terms, *ids.shape)
        degree = degrees.stacked(self._degree[flat])
        if self._kind is None and not self._formal:
            return Elements(self.ring, series, degree=degree)
        kind = None if self._kind is None else self._kind[ids]
        log = large = None
        if "log" in self._formal:
            log_degree = degrees.stacked(self._log_degree[flat])
            log = Log(self._log.scale[:, ids], self._log.argument[:, :, ids], log_degree)
        if "large" in self._formal:
            large = Large(self._large.which[ids], self._large.factor[:, ids])
        return Elements(self.ring, series, degree=degree).whole(series, kind, log, large, degree)
