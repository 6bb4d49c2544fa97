"""What features mean together: stated once, here.

    q', k' = rotations of q and k                      (rotary; pairs of features by contract)
    e      = score(scale · q', k')                     (``scale`` stands in the place of 1/√d)
    u      = κ tanh(e / κ)                             (softcap)
    t      = u + bias − slope |i + o − j|              (bias, ALiBi: neither is scaled nor capped)
    t      = −∞ where a key is not seen: by mask, a bias of −∞, causal, window or lengths, each for itself
    α, ℓ   = softmax and log-sum-exp of t over the keys and the sink
    c      = (α ⊙ dropout) V                           (dropout after the normalisation; ℓ, α as before it)

The diagonal (o = n_k − n_q, or 0 from the top left) is the same for causal, window and ALiBi: positions are one thing,
and a contract that names the alignment names it for all. What a window leaves is a choice of its own. With fewer heads
of keys than of queries everything else (masks, biases, slopes, sinks, dropout) belongs to the queries' heads. Lengths
belong to the first axis of the batch, or to each of its queries.

A query that sees no key has weights, context and gradients 0 where the contract says ``zero``. Under another contract
its row does not count and no gradients are asked. The log-sum-exp of such a query has a choice of its own, and is asked
for by a property of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from attnproof.derivations.attention.rotary import rotates
from attnproof.derivations.scores.following import alone
from attnproof.derivations.scores.linear import linear_inputs
from attnproof.derivations.scores.own import family, shown
from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.composing.heads import several
from attnproof.verify.composing.rotating import part_of
from attnproof.verify.composing.row import HEADS, LEVELS, TIED, Row
from attnproof.verify.composing.visible import sees, window_of
from attnproof.verify.inputs.make import one_width
from attnproof.verify.targets.target import Target

ORDER: Final = "rotation, score times scale, soft-cap, + bias and ALiBi, masks, sink, softmax, dropout"
# Those of the paper (Press, Smith and Lewis, 2022), which are powers of two for these numbers of heads, so that every
# product with a distance is exact; for others they are not.
SLOPES: Final[Mapping[int, tuple[float, ...]]] = {
    1: (2.0**-8,),
    2: (2.0**-4, 2.0**-8),
    3: (2.0**-4, 2.0**-8, 2.0**-2),
    4: (2.0**-2, 2.0**-4, 2.0**-6, 2.0**-8),
    6: (2.0**-2, 2.0**-4, 2.0**-6, 2.0**-8, 2.0**-1, 2.0**-3),  # every other one of eight, seen from two on
    8: tuple(2.0**-k for k in range(1, 9)),
}
MASKS: Final = ("mask", "causal", "window", "lengths")

Choice = Mapping[str, str]


def levels(target: Target, name: str) -> tuple[str, ...]:
    """The levels of a feature that the target's arguments can express."""
    if name in ("mask", "bias"):
        return tuple(level for level in LEVELS[name] if (level == "keys") == (name in target.keys_alone))
    if name == "lengths":
        return tuple(level for level in LEVELS[name] if level.startswith("each") == target.lengths_by_query)
    if name == "window" and target.contract.window != "pair":
        return tuple(level for level in LEVELS[name] if "," not in level)
    if name == "dropout" and "dropout_rate" not in target.takes:
        return tuple(level for level in LEVELS[name] if level != "rated")
    return LEVELS[name]


def tied(target: Target) -> tuple[str, ...]:
    """Of ``TIED`` what a target is asked for: the one that it has always, else all that anybody can have."""
    always = [name for name, roles in TIED.items() if roles and roles == dict(target.same)]
    return tuple(always) or tuple(TIED)


def complete(target: Target, row: Row) -> Row:
    """The row with what every question to the target has: one tensor for several arguments, and what the target does
    without being asked (``fixed``).
    """
    added = {name: f"{number:g}" if name == "window" else "on" for name, number in fixed(target, row).items()}
    row = replace(row, features={**row.features, **added}) if added else row
    return row if row.tied in tied(target) else replace(row, tied=tied(target)[0])


def fixed(target: Target, row: Row) -> dict[str, float]:
    """What the target does in this question without being asked, with its number."""
    return {name: number for name, number in target.always if name not in row.features}


def able(target: Target, features: Mapping[str, str]) -> bool:
    """Whether the target can be asked for these features at these levels."""
    takes = {*target.takes, *(("lse",) if "lse" in target.outputs else ())}
    return all(name in takes and level in levels(target, name) for name, level in features.items())


def undefined(target: Target, choice: Choice, row: Row) -> str | None:
    """Why the question has no meaning, or none that implementations agree on; None where it has one.

    choice  field of the contract -> what it is taken to be
    What holds for a row holds for every row with more features.
    """
    wide = FORMATS[row.dtype]
    for name, number in fixed(target, row).items():
        if wide.round(np.asarray(number)) != number:
            return f"the {name} of every call is no number of {row.dtype}"
    return next(_reasons(target, choice, complete(target, row)), None)


def _reasons(target: Target, choice: Choice, row: Row) -> Iterator[str]:
    has, sizes, score = row.features, row.setting, alone(target.score)
    if set(HEADS) & set(has) and len(sizes.batch) < 2:
        yield "heads need an axis"
    if "lengths" in has and not sizes.batch:
        yield "lengths need a batch"
    if "scale" in has and "query" not in linear_inputs(family(score)):
        yield f"a scale of the {shown(score)} score, which is not linear in the query"
    if row.reach and not linear_inputs(family(score)):
        yield "numbers that reach a score of this size are known for scores that are linear in an input"
    if "rotary" in has and not rotates(family(score)):
        yield f"rotary positions of the {shown(score)} score"
    if "rotary" in has and sizes.d_q % (2 * part_of(choice)):
        yield "rotary positions need an even number of features to rotate"
    if "window" in has and window_of(row) == 0 and choice.get("window", "").endswith("exclusive"):
        yield "a window of 0 without its end leaves no key"
    if "slopes" in has and sizes.batch[-1] not in SLOPES:
        yield "the paper's slopes of this number of heads are no numbers of every format"
    if {"sink", "sinks"} <= set(has):
        yield "one sink for all and one for each head"
    if "groups" in has and (sizes.batch[-1] < 2 or (has["groups"] == "several" and several(sizes.batch[-1]) is None)):
        yield "heads too few to be grouped, or a prime number of them"
    masked = bool(set(MASKS) & set(has)) or has.get("bias") in ("masking", "keys")
    if "softcap" in has and masked and choice.get("softcap") == "mask then cap":
        yield "masked keys come back under a soft-cap that comes after the mask"
    if "slopes" in has and choice.get("alibi") == "signed" and {"sink", "sinks", "lse"} & set(has):
        yield "signed ALiBi is known up to a constant of the row, which a sink and the log-sum-exp see"
    if "lse" in has and {"sink", "sinks"} & set(has) and choice.get("lse_sink") == "left out":
        yield "what flows back through a log-sum-exp that leaves out the sink is another formula"
    yield from _of_tensors(target, row)
    keyless = has.get("mask") == "whole row" or not sees(row, choice).any(-1).all()
    if "lse" in has and not {"sink", "sinks"} & set(has) and keyless:
        yield "the log-sum-exp of a query without a key"


def _of_tensors(target: Target, row: Row) -> Iterator[str]:
    sizes = row.setting
    widths = {sizes.d_q} if one_width(target.score) else {sizes.d_q, sizes.d_k}
    if row.tied == "one for all" and (
        len({*widths, sizes.d_v}) > 1 or sizes.n_q != sizes.n_k or "groups" in row.features
    ):
        yield "one tensor for all needs one shape"
    if row.tied == "query is key" and (len(widths) > 1 or sizes.n_q != sizes.n_k or "groups" in row.features):
        yield "one tensor for query and key needs one shape"
    if row.tied == "key is value" and sizes.d_v != (sizes.d_q if one_width(target.score) else sizes.d_k):
        yield "keys that are values have their width"
