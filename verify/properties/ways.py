"""Every way in which a target can be told what a query may not see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from attnproof.verify.composing.visible import within
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.properties.asking import Mask, mask_of, variant
from attnproof.verify.targets.contract import CHOICES, Alignment
from attnproof.verify.targets.target import Target

WINDOW: Final = 1


@dataclass(frozen=True, eq=False)
class Masked:
    """One way of masking: what is handed over beside the arrays, and the keys that each query may see (batch + (n_q,
    n_k)).
    """

    name: str
    given: dict[str, Any]
    allowed: Mask


def causal(setting: Setting, alignment: Alignment) -> Mask:
    """Lower triangle from the top left or to the bottom right."""
    offset = 0 if alignment == "top-left" else setting.n_k - setting.n_q
    return np.asarray(np.arange(setting.n_k)[None, :] <= np.arange(setting.n_q)[:, None] + offset)


def ways(target: Target, setting: Setting, alignment: Alignment, seed: int) -> Iterator[Masked]:
    """Every way of masking that the target has an argument for, at sizes for which it means something."""
    rng = np.random.default_rng([seed, setting.n_q, setting.n_k])
    some = rng.random((setting.n_q, setting.n_k)) < 0.6
    some[np.arange(setting.n_q), rng.integers(setting.n_k, size=setting.n_q)] = True
    if "mask" in target.takes:
        seen = np.broadcast_to(some[:1], some.shape) if "mask" in target.keys_alone else some
        yield Masked("mask", {"mask": mask_of(target, ~seen)}, seen)
    if "bias" in target.takes:
        seen = some[:1] if "bias" in target.keys_alone else some
        yield Masked("bias of −∞", {"bias": np.where(seen, 0.0, -np.inf)}, np.broadcast_to(seen, some.shape))
    triangle = causal(setting, alignment)
    if "causal" in target.takes:
        yield Masked("causal", {"causal": True}, triangle)
    if "window" in target.takes:
        offset = 0 if alignment == "top-left" else setting.n_k - setting.n_q
        rows, columns = np.arange(setting.n_q)[:, None] + offset, np.arange(setting.n_k)[None, :]
        word = target.contract.window or CHOICES["window"][0]
        for window in ((WINDOW, WINDOW), (WINDOW, -1), (-1, WINDOW), (WINDOW, 0)) if word == "pair" else (WINDOW,):
            near = within(rows - columns, window, word)
            words = f"window {window}" if word == "pair" else "window"
            yield Masked(words, {"window": window}, near)
            if "causal" in target.takes:
                yield Masked(f"causal {words}", {"window": window, "causal": True}, triangle & near)
    if "lengths" in target.takes and setting.batch:
        each = (*setting.batch, setting.n_q) if target.lengths_by_query else setting.batch
        lengths = 1 + rng.integers(setting.n_k, size=each)
        present = np.arange(setting.n_k) < lengths[..., None]
        present = present if target.lengths_by_query else present[..., None, :]
        shape = (*setting.batch, setting.n_q, setting.n_k)
        yield Masked("lengths", {"lengths": lengths}, np.broadcast_to(present, shape))


def masked_by(case: Case, way: Masked) -> Case:
    """The case with the mask in its bias."""
    key = ("masked", way.allowed.tobytes(), way.allowed.shape)
    return variant(case, key, lambda: case.having(bias=np.where(way.allowed, 0.0, -np.inf)))
