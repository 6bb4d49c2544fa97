"""The properties about what people add to attention, and the requests that they make, for those who judge answers by
other rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from attnproof.verify.inputs.settings import Setting
from attnproof.verify.properties import PROPERTIES
from attnproof.verify.properties.choosing import settled_choice
from attnproof.verify.properties.question import Question
from attnproof.verify.targets.target import Target


def questions(target: Target, dtype: str, seed: int, sizes: Setting, *, ordinary: bool) -> Iterator[Question]:
    """The requests of these properties with ordinary numbers, or with others, on the CPU, under the choices declared or
    found out.

    sizes  of queries, keys and widths; batch dimensions are the properties' own
    """
    choice = settled_choice(target, dtype, "cpu", seed)
    for each in PROPERTIES.values():
        if each.questions is None or each.applies(target) is not None:
            continue
        for draw in each.instances(target, "quick", dtype, "cpu", seed):
            if draw.setting.mask != "row":
                large = replace(draw, setting=_sized(draw.setting, sizes))
                yield from (q for q in each.questions(target, large, choice) if q.ordinary == ordinary)


def _sized(setting: Setting, sizes: Setting) -> Setting:
    n_q = sizes.n_k if setting.n_q == setting.n_k else sizes.n_q
    wide = {name: getattr(sizes, name) for name in ("n_k", "d_q", "d_k", "d_a", "d_v")}
    return replace(setting, name=f"{setting.name}, {sizes.name}", n_q=n_q, **wide)
