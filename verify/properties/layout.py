"""The same values in another place of memory: strided, transposed, stride 0; lengths around multiples of 32 and 128."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final, get_args

from attnproof.verify.composing.sizes import of_one
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.outcome import PASS, UNSUPPORTED
from attnproof.verify.properties.asking import asked, case_of, wrong
from attnproof.verify.properties.property import Draw, Finding, Property, drawn
from attnproof.verify.properties.question import TargetError
from attnproof.verify.targets.target import Layout, Target, plain

# Kernels work in blocks of 32 and 128 keys; one more leaves a tail of one.
LENGTHS: Final = {
    "quick": (33,),
    "standard": (31, 32, 33, 129),
    "thorough": (1, 2, 31, 32, 33, 63, 64, 65, 127, 128, 129),
}
MOST_SQUARE: Final = 64  # queries and keys, as many of each, for which there is a whole batch


def _setting(target: Target, keys: int) -> Setting:
    # One key and value for all of the batch: what ``broadcast`` hands over with stride 0.
    whole = Setting(f"layout{keys}", n_q=2, n_k=keys, d_q=8, d_k=8, d_a=3, d_v=4, batch=(2, 2), key_batch=(2, 1))
    # Where there are as many queries, each long length is one of thousands of pairs: one element of a batch shows it.
    many = keys > MOST_SQUARE and any({"n_q", "n_k"} <= set(group) for group in target.equal)
    return of_one(target, replace(whole, batch=(1, 1), key_batch=None) if many else whole)


def _finds(target: Target, draw: Draw) -> Iterable[Finding]:
    case = case_of(target, draw)
    refused: list[str] = []
    strided = target.framework != "jax"  # JAX's arrays have no strides: only the lengths are left to look at
    for layout in get_args(Layout) if strided else ("contiguous",):
        request = plain(case, draw.device, layout=layout, gradients=target.differentiable(case))
        try:
            found = asked(target, request)
        except TargetError as error:
            if layout == "contiguous" or error.fault:
                raise
            refused.append(f"{layout} ({error})")  # to refuse a layout is a choice, not a wrong result
            continue
        if first := wrong(found, f"arrays laid out {layout}"):
            return [first]
    return [Finding(PASS), *(Finding(UNSUPPORTED, f"refuses arrays laid out {what}") for what in refused)]


PROPERTIES: Final = (
    Property(
        name="layout",
        says="results do not depend on how arrays lie in memory, at lengths around the blocks of kernels",
        draws=drawn(lambda target, profile, _dtype: (_setting(target, n) for n in LENGTHS[profile])),
        finds=_finds,
    ),
)
