"""What lemmas say, formally: one module a lemma, as of claims; and why some are not stated."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_LAW: Final = "It is about several normal variables at once: the language has given moments, and no laws."
_RING: Final = "It is about series over a finite field and residues that are drawn: the language has real numbers only."

#: lemmas that are not stated formally, each with what the language of propositions lacks
UNSTATED: Final[Mapping[str, str]] = MappingProxyType({
    "mehler": _LAW,
    "product_moments": "It says which moments exist: of abstract expectations that is a hypothesis.",
    "sphere_coordinate": "It is about the uniform law on a sphere: the language has no laws and no densities.",
    "iterated_differences": "It has an integral over a cube and sums over all subsets: the language has neither.",
    "bernstein": "It has sums over a grid of any dimension and a modulus of continuity: the language has neither.",
    "largest_normal": _LAW,
    "ring_degree": _RING,
    "ring_equality": _RING,
})  # fmt: skip
