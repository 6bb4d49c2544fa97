"""Masks: what a query may not see does not reach it, in whatever way it is masked and however large the scores are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final, Literal

import numpy as np

from attnproof.derivations.scores.following import alone
from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.make import WITH_TANH
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.options import Profile
from attnproof.verify.outcome import DIFFERS, FAIL, PASS, UNSUPPORTED
from attnproof.verify.properties.asking import asked, case_of, unmasked_rows, variant, wrong
from attnproof.verify.properties.choosing import settled_choice
from attnproof.verify.properties.property import Draw, Finding, Property, drawn, failed, needs
from attnproof.verify.properties.question import TargetError, ask
from attnproof.verify.properties.raising import refuses_together
from attnproof.verify.properties.ways import Masked, masked_by, ways
from attnproof.verify.targets.contract import Alignment
from attnproof.verify.targets.target import Request, Target

SMALL: Final = Setting("masks", n_q=4, n_k=6, d_q=4, d_k=4, d_a=3, d_v=2)
SQUARE: Final = replace(SMALL, name="causal_square", n_q=5, n_k=5)
SHORT: Final = replace(SMALL, name="causal_short", n_q=3, n_k=6)
TALL: Final = replace(SMALL, name="causal_tall", n_q=6, n_k=3)
# Positions above 256 are no bf16 numbers any more: a mask that compares them in that format lets the future in.
LONG: Final = replace(SMALL, name="causal_long", n_q=258, n_k=258, d_q=4, d_k=4, d_a=1, d_v=1)
BATCHED: Final = replace(SMALL, name="lengths", batch=(3,))
ALIGNMENTS: Final[tuple[Alignment, ...]] = ("top-left", "bottom-right")
SOFTCAP: Final = 2.0
CHANGED: Final = (
    1000.0  # what masked keys and values are changed to: large beside standard normal ones, within every format
)


def _few(target: Target, profile: Profile, dtype: str) -> Iterator[Setting]:
    del profile
    yield SMALL
    if "lengths" in target.takes:
        yield BATCHED
    if dtype == "bf16" and "causal" in target.takes:
        yield LONG


def _several(target: Target, profile: Profile, dtype: str) -> Iterator[Setting]:
    del profile, dtype
    yield from (SMALL, SQUARE, SHORT)
    if target.contract.masked_row == "zero":
        yield TALL
    if "lengths" in target.takes:
        yield BATCHED


def _values(target: Target, draw: Draw) -> Iterable[Finding]:
    """The certified context under every way of masking; alignment as declared, or whichever of the two it turns out to
    be.
    """
    case = case_of(target, draw)
    declared = target.contract.causal
    problem = None
    for alignment in (declared,) if declared else ALIGNMENTS:
        problem = _first_problem(target, draw, case, alignment)
        if problem is not None and problem.outcome == UNSUPPORTED:
            break
        if problem is None:
            shown = draw.setting.n_q != draw.setting.n_k and {"causal", "window"} & set(target.takes)
            observed = {"causal": str(alignment)} if shown else {}
            if not declared and alignment != "bottom-right" and observed:
                return [Finding(DIFFERS, f"causal masks are aligned {alignment}; not declared", observed=observed)]
            return [Finding(PASS, observed=observed)]
    return [problem] if problem is not None else []


def _first_problem(target: Target, draw: Draw, case: Case, alignment: Alignment) -> Finding | None:
    """The first failure or error; where the target is not made for any of the ways, that; None: all is well."""
    refused: TargetError | None = None
    answered = False
    for way in ways(target, draw.setting, alignment, draw.seed):
        truth = masked_by(case, way)
        request = Request(truth, {**case.inputs, **way.given}, draw.device, gradients=())
        try:
            found = asked(target, request, rows=unmasked_rows(truth), quantities=["context"])
        except TargetError as error:
            if not refuses_together(error, way.given):
                return failed(error)
            refused = error
            continue
        answered = True
        if first := wrong(found, f"{way.name}, aligned {alignment}"):
            return first
    return None if answered or refused is None else failed(refused)


def _unseen(target: Target, draw: Draw) -> Iterable[Finding]:
    """Keys and values that a query may not see are changed: its context stays the same, bit for bit.

    Also with scores at the extremes of the format, where a finite number in the place of −∞ is not low enough, and
    under a soft-cap, which must come before the mask.
    """
    choice = settled_choice(target, draw.dtype, draw.device, draw.seed)
    alignment: Alignment = "top-left" if choice["causal"] == "top-left" else "bottom-right"
    cases = {
        "": case_of(target, draw),
        "scores at the extremes of the format, ": _extreme(target, draw, "both"),
        # A number put in the place of a masked score is not low enough where all that is visible is lower.
        "scores at the low end of the format, ": _extreme(target, draw, "low"),
    }
    refused: TargetError | None = None
    answered = False
    for words, case in cases.items():
        for way in ways(target, draw.setting, alignment, draw.seed):
            if draw.setting.name == LONG.name and (way.name != "causal" or words):
                continue
            # The order of soft-cap and mask shows under ordinary scores and any one mask of each kind.
            both = "softcap" in target.takes and not words and way.name in ("mask", "bias of −∞")
            for capped in (False, True) if both else (False,):
                try:
                    moved = _moved(target, draw, case, way, capped=capped)
                except TargetError as error:
                    if not refuses_together(error, {**way.given, **({"softcap": SOFTCAP} if capped else {})}):
                        raise
                    refused = error
                    continue
                answered = True
                if moved is not None:
                    return [Finding(FAIL, words + moved, "context")]
    return [Finding(PASS) if answered or refused is None else failed(refused)]


def _moved(target: Target, draw: Draw, case: Case, way: Masked, *, capped: bool) -> str | None:
    """What changes that ought to stay. Raises TargetError."""
    given = {**case.inputs, **way.given} | ({"softcap": np.asarray(SOFTCAP)} if capped else {})
    truth = masked_by(case, way)
    before = ask(target, Request(truth, given, draw.device, gradients=())).outputs["context"]
    # Of many keys the last one: it is the future for all queries but one.
    for key in range(draw.setting.n_k) if draw.setting.name != LONG.name else (LONG.n_k - 1,):
        blind = ~way.allowed[..., :, key]  # the queries that may not see this key
        if not blind.any():
            continue
        value = given["value"].copy()
        value[..., key, :] = CHANGED
        after = ask(target, Request(truth, {**given, "value": value}, draw.device, gradients=())).outputs["context"]
        moved = (
            np.broadcast_to(blind[..., None], before.shape) & (before != after) & ~(np.isnan(before) & np.isnan(after))
        )
        if moved.any():
            query = np.argwhere(moved)[0].tolist()
            return (
                f"{way.name}{', soft-capped' if capped else ''}: the value of key {key}, masked for query "
                f"{query[:-1]}, changes its context by {np.max(np.abs(np.where(moved, after - before, 0.0))):.3g}"
            )
    return None


def _extreme(target: Target, draw: Draw, ends: Literal["both", "low"]) -> Case:
    """Scores of a quarter of the format's range: low for the first half of the keys, or for all; high for the
    others.
    """
    case = case_of(target, draw)
    return variant(case, ("extreme", ends), lambda: _made_extreme(case, alone(target.score), draw, ends))


def _made_extreme(case: Case, score: str, draw: Draw, ends: Literal["both", "low"]) -> Case:
    fmt = FORMATS[draw.dtype]
    size = 2.0 ** (fmt.emax // 2 - 1)
    low = draw.setting.n_k / 2 if ends == "both" else draw.setting.n_k
    sign = np.where(np.arange(draw.setting.n_k) < low, -1.0, 1.0)[:, None]
    inputs = {name: array.copy() for name, array in case.inputs.items()}
    if score in WITH_TANH:
        inputs["v"][:] = 0.0
        inputs["v"][0] = size * size
        weight = inputs["weight_key" if score == "additive" else "weight_concat"]
        weight[0, :] = 0.0
        weight[0, -1] = 30.0  # tanh(±30) is ±1 in every format
        inputs["key"][..., -1:] = sign
    else:
        inputs["query"][:] = 0.0
        inputs["query"][..., 0] = size
        inputs["key"][..., :1] = size * sign
        if score == "bilinear":
            inputs["weight"][:] = np.eye(*inputs["weight"].shape)
    return case.having(**inputs)


ANY: Final = needs("bias", "mask", "causal", "window", "lengths", otherwise="takes no mask of any kind")
PROPERTIES: Final = (
    Property(
        name="masks",
        says="under every way of masking the context is that of the visible keys",
        applies=ANY,
        draws=drawn(_several),
        finds=_values,
    ),
    Property(
        name="masked keys unseen",
        says="changing the value of a key changes nothing for a query that may not see it, whatever the scores",
        applies=ANY,
        draws=drawn(_few),
        finds=_unseen,
    ),
)
