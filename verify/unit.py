"""A unit of work: a picklable piece of a run, executed in any process, with results that depend on nothing else."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from attnproof.verify.options import Options

if TYPE_CHECKING:
    import numpy as np

Row = dict[str, Any]  # a JSON object

# When a process of units looks for garbage that refers to itself: by Python's defaults that took a twelfth of its time.
GARBAGE: Final = (5000, 20, 20)

OPTIONAL: Final = {"optional": True}  # metadata of a field that is left out of the file where it is None


class Result:
    """What a unit returns: dataclasses, each class for one result file."""


@dataclass(frozen=True)
class RunFigure(Result):
    """A number of the run itself, for ``run.json``; it decides nothing."""

    name: str
    value: float


@dataclass(frozen=True)
class Unit:
    """One piece of work.

    id         stable and unique in a run: ``variance/normal/d=64``
    part       which result it belongs to: ``checks``, ``variance``, ``saturation``, ``bias_invariance``, ``model`` ...
    function   ``module:name`` of ``run(arguments, options) -> list[Result]``
    arguments  plain JSON-like values
    cost       rough seconds on one core; only the order of execution depends on it
    """

    id: str
    part: str
    function: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    cost: float = 0.1


def run_unit(unit: Unit, options: Options) -> list[Result]:
    """Execute one unit in this process. Exceptions propagate: the runner turns them into an ``error`` outcome."""
    module, name = unit.function.split(":")
    function: Callable[[Mapping[str, Any], Options], list[Result]] = getattr(importlib.import_module(module), name)
    return function(unit.arguments, options)


def generator(seed: int, *names: str) -> np.random.Generator:
    """A generator that depends on the run's seed and on ``names`` only, not on order or process.

    The names are hashed (SHA-256), so that streams of different names are independent for every practical purpose.
    """
    digest = hashlib.sha256("/".join(names).encode()).digest()
    words = [int.from_bytes(digest[k : k + 4], "little") for k in range(0, 32, 4)]
    import numpy as np  # a claim is decided without it

    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *words])))
