"""Where implementations that are slow to start are asked: nowhere in the profile ``quick``, at a named sample in
``standard``, everywhere in ``thorough``.

Compiling is what costs: XLA takes about a second for each score, format and shape, Numba a quarter of a minute for each
format, once on a machine. Every input class of a setting that is asked is asked: it needs no further program.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from attnproof.verify.options import Profile

OWN: Final = "own"  # stands for every score that a sample does not name
_ALL_BITS: Final = ("fp64", "fp32")


@dataclass(frozen=True)
class Sample:
    """What the profile ``standard`` asks.

    settings  score -> names of settings (``attnproof.verify.inputs.settings``); ``own``: of scores that are not named
    dtypes    score -> formats, where they are not fp64 and fp32
    """

    settings: Mapping[str, tuple[str, ...]]
    dtypes: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))


def asked(sample: Sample | None, profile: Profile, score: str, setting: str, dtype: str) -> bool:
    """Whether an implementation with this sample is asked about a score at a setting in a format; without a sample
    always.
    """
    if sample is None or profile == "thorough":
        return True
    name = score if score in sample.settings else OWN
    at = sample.settings.get(name, ())
    return profile == "standard" and setting in at and dtype in sample.dtypes.get(name, _ALL_BITS)
