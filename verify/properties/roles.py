"""The gradient of one tensor that stands for several arguments: by the chain rule the sum of theirs."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.bounds import Bound
from attnproof.verify.inputs.case import Case
from attnproof.verify.oracle import Enclosure
from attnproof.verify.oracle.exactness import exact


def joined(
    same: Mapping[str, str], case: Case, limits: Mapping[str, Bound], wanted: Collection[str]
) -> dict[str, tuple[Enclosure, Bound]]:
    """For ``grad.key`` and the like, where they are ``wanted`` and the tensor has several roles: the certified sum, and
    its bound.

    same  role -> whose tensor it is
    The bound is the sum of the roles' own and of the roundings of adding t parts: they err by γ_t = t u/(1 − t u) times
    the sum of the parts' sizes, at most 2 t u of it for t u ≤ 1/2, and by the least number where they underflow.
    """
    found: dict[str, tuple[Enclosure, Bound]] = {}
    for root in dict.fromkeys(same.values()):
        if f"grad.{root}" not in wanted:
            continue
        names = [f"grad.{root}", *(f"grad.{role}" for role, other in same.items() if other == root)]
        truth = exact(case, limits, names)
        terms, fmt = len(names), FORMATS[case.dtype]
        bound = np.asarray(sum(limits[name].bound for name in names))
        size = sum(truth[name].magnitude_upper() + limits[name].bound for name in names)
        bound = bound + 2.0 * terms * fmt.unit_roundoff * size + terms * fmt.smallest_subnormal
        scale = np.asarray(sum(limits[name].scale for name in names))
        whole = Enclosure(sum((truth[n].balls for n in names[1:]), truth[names[0]].balls), truth[names[0]].precision)
        reasons = tuple(dict.fromkeys(reason for name in names for reason in limits[name].reasons))
        found[f"grad.{root}"] = whole, Bound(bound, scale, limits[names[0]].assumptions, reasons)
    return found
