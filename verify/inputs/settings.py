"""Sizes at which implementations are checked: the corners where code goes wrong, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from attnproof.verify.options import Profile

Mask = Literal["none", "some", "row"]


@dataclass(frozen=True)
class Setting:
    """One set of sizes, batch shape and options.

    n_q, n_k, d_q, d_k, d_a, d_v  sizes; dot scores use d_q for both widths
    batch       leading dimensions of query, key and value
    key_batch   leading dimensions of key and value where they differ from the query's (broadcast)
    value_batch, bias_batch  leading dimensions of value and bias where they differ from the key's, and from none
    mask        ``some`` keys masked at random (never all of a row), or one whole ``row`` masked as well
    softcap     whether a soft-cap is applied
    bias        whether a finite additive bias is applied; masks need no finite bias
    bias_hidden whether the additive score has its bias inside tanh
    profiles    the smallest profile that runs it: quick ⊂ standard ⊂ thorough
    """

    name: str
    n_q: int = 3
    n_k: int = 5
    d_q: int = 4
    d_k: int = 6
    d_a: int = 3
    d_v: int = 2
    batch: tuple[int, ...] = ()
    key_batch: tuple[int, ...] | None = None
    value_batch: tuple[int, ...] | None = None
    bias_batch: tuple[int, ...] = ()
    mask: Mask = "none"
    softcap: bool = False
    bias: bool = False
    bias_hidden: bool = False
    profile: Profile = "standard"


SETTINGS: Mapping[str, Setting] = MappingProxyType(
    {
        setting.name: setting
        for setting in (
            Setting("base", profile="quick"),
            Setting("one_key", n_k=1, bias_hidden=True),
            Setting("one_query", n_q=1, bias_hidden=True),
            Setting("width_one", d_q=1, d_k=1, d_a=1, d_v=1),
            Setting("square", n_q=4, n_k=4, d_q=4, d_k=4, d_a=4, d_v=4, bias=True),
            Setting("batch", n_q=2, n_k=3, batch=(2, 2), bias_hidden=True),
            Setting("broadcast", n_q=2, n_k=3, batch=(2, 1), key_batch=(1, 3)),
            Setting("masked", n_k=7, mask="some"),
            Setting("masked_row", n_q=4, mask="row", profile="quick"),
            Setting("every_option", mask="some", softcap=True, bias=True, bias_hidden=True, profile="quick"),
            Setting("softcap", softcap=True),
            Setting("wide", n_q=3, n_k=33, d_q=64, d_k=48, d_a=32, d_v=8),
            Setting("long", n_q=2, n_k=129, d_q=16, d_k=16, d_a=8, d_v=4, mask="some", profile="thorough"),
        )
    }
)

_ORDER: Mapping[str, int] = MappingProxyType({"quick": 0, "standard": 1, "thorough": 2})


def settings_for(profile: Profile) -> tuple[Setting, ...]:
    """The settings that a profile runs."""
    return tuple(s for s in SETTINGS.values() if _ORDER[s.profile] <= _ORDER[profile])
