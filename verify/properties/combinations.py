"""Options combined with each other, with batches of every kind and with equal sizes: where only a combination shows
what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, Final

import numpy as np

from attnproof.derivations.scores.own import family
from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.options import Profile
from attnproof.verify.outcome import ABSTAIN, FAIL, UNSUPPORTED
from attnproof.verify.properties.asking import case_of, judge, request_of, takes, unmasked_rows, variant
from attnproof.verify.properties.property import Draw, Finding, Property, failed
from attnproof.verify.properties.question import TargetError, ask
from attnproof.verify.targets.target import Answer, Target
from attnproof.verify.unit import generator

# Equal sizes: transpositions and wrong axes go through without an error and give other numbers.
EQUAL: Final = Setting("equal", n_q=4, n_k=4, d_q=4, d_k=4, d_a=4, d_v=4, softcap=True, bias=True, bias_hidden=True)
EQUAL_PLAIN: Final = replace(EQUAL, name="equal_plain", softcap=False, bias=False, bias_hidden=False)
EQUAL_BATCH: Final = replace(EQUAL, name="equal_batch", batch=(4,))
# No two sizes the same, none of them a batch dimension.
OPTIONS_BATCH: Final = Setting(
    "options_batch", n_q=2, n_k=3, d_q=6, d_k=5, d_a=7, d_v=4, batch=(2,), softcap=True, bias=True, bias_hidden=True
)
# Values and biases with batch dimensions that the scores lack: the gradients of what comes before are sums over them.
VALUE_BATCH: Final = replace(OPTIONS_BATCH, name="value_batch", batch=(), value_batch=(3,))
BIAS_BATCH: Final = replace(OPTIONS_BATCH, name="bias_batch", batch=(), bias_batch=(3,))
KEPT_BATCH: Final = replace(OPTIONS_BATCH, name="kept_batch", batch=(1,), value_batch=(2, 3), bias_batch=(2, 3))
# Two batch dimensions of length 1, of which values and biases stretch one, and bring a third.
OUTER_BATCH: Final = replace(KEPT_BATCH, name="outer_batch", batch=(1, 1), value_batch=(1, 1, 3), bias_batch=(1, 1, 3))
BROADCAST: Final = (VALUE_BATCH, BIAS_BATCH, KEPT_BATCH, OUTER_BATCH)
# An axis of length 1 of a parameter is not a batch dimension to be summed over.
THIN_BATCH: Final = replace(OPTIONS_BATCH, name="thin_batch", d_q=1, d_k=1, d_a=1, d_v=1)
# Queries and keys that stretch each other's batch.
CROSSED_BATCH: Final = replace(OPTIONS_BATCH, name="crossed_batch", batch=(2, 1), key_batch=(1, 3))
FAR: Final = "far"
FAR_BITS: Final = 13  # so many bits of a logit stand behind the point: weights keep that relative accuracy
TIGHT: Final = 2.0**-8  # exp overflows from 710 on, and scores of size 3 divided by this are beyond


def _draws(target: Target, profile: Profile, dtype: str, device: str, seed: int) -> Iterable[Draw]:
    draws = [
        (setting, "normal")
        for setting in (EQUAL, OPTIONS_BATCH, *BROADCAST, EQUAL_BATCH, EQUAL_PLAIN, THIN_BATCH, CROSSED_BATCH)
    ]
    wanted = draws[:2] if profile == "quick" else [*draws, (EQUAL, "large"), (EQUAL, "shifted")]
    for setting, name in wanted:
        draw = Draw(_without(setting, target), name, dtype, device, seed)
        if takes(target, draw):
            yield draw


def _without(setting: Setting, target: Target) -> Setting:
    """The setting with the options that the target takes."""
    names = ("softcap", "bias", *(("bias_hidden",) if "bias_hidden" in family(target.score).system.options else ()))
    lost = [name for name in names if name not in target.takes and getattr(setting, name)]
    if not lost:
        return setting
    changes: dict[str, bool] = dict.fromkeys(lost, False)
    kept = replace(setting, name=f"{setting.name} without {', '.join(lost)}", **changes)  # type: ignore[arg-type]
    return replace(kept, bias_batch=()) if "bias" in lost else kept


def _finds(target: Target, draw: Draw) -> Iterable[Finding]:
    case = case_of(target, draw)
    if target.seeds == ("scores",):  # nothing flows back from a context that it does not have
        case = variant(case, "scores alone", partial(_of_scores, case, draw))
    found = _judged(target, draw, case)
    if any(finding.outcome == FAIL for finding in found) or draw.input_class != "normal":
        return found
    wide = FORMATS[draw.dtype].precision > FAR_BITS  # in the half formats bounds say nothing about such numbers
    if wide and "bias" in case.inputs:
        found += _saturated(_judged(target, draw, variant(case, FAR, lambda: _far(case, draw))))
    if wide and "softcap" in case.inputs:
        found += _saturated(_judged(target, draw, variant(case, "tight", lambda: _tight(case))))
    if set(target.seeds) > {"context"}:
        found += _judged(target, draw, variant(case, "seeds", lambda: _seeded(case, draw)))
    return found


def _judged(target: Target, draw: Draw, case: Case) -> list[Finding]:
    request = request_of(target, case, draw.device)
    found: list[Finding] = []
    try:
        answer = ask(target, request)
    except TargetError as error:
        if (draw.setting.bias_batch or draw.setting.value_batch) and not error.fault:
            reason = f"does not broadcast over the values' or biases' own batch: {error}"
            return [Finding(UNSUPPORTED, reason)]
        found.append(failed(error))
        try:  # that the backward pass breaks must not hide what the forward pass returns
            answer = ask(target, replace(request, gradients=()))
        except TargetError:
            return found
    return found + judge(target, request, _broadcast(case, answer), rows=unmasked_rows(case))


def _saturated(found: list[Finding]) -> list[Finding]:
    """Where weights or soft-caps are saturated on purpose many gradients are 0 beside their bounds: such a bound can
    only fail, by NaN or an error beyond it, and its abstention is left out as long as anything else was decided.
    """
    decided = [finding for finding in found if finding.outcome != ABSTAIN]
    return decided or found


def _broadcast(case: Case, answer: Answer) -> Answer:
    """Weights and scores need not have batch dimensions that only values or biases have."""
    core = {"scores": ("n_q", "n_k"), "weights": ("n_q", "n_k")}
    outputs = dict(answer.outputs)
    for name in core.keys() & outputs.keys():
        own = tuple(case.sizes[size] for size in core[name])
        if outputs[name].shape[-2:] == own:
            with suppress(ValueError):  # of another shape: judged as such
                outputs[name] = np.broadcast_to(outputs[name], (*case.batch, *own))
    return replace(answer, outputs=outputs)


def _far(case: Case, draw: Draw) -> Case:
    """Biases so large that rounding them to the next narrower format changes logits by more than exp can take."""
    return case.having(bias=case.inputs["bias"] * 2.0 ** (FORMATS[draw.dtype].precision - FAR_BITS))  # exact


def _tight(case: Case) -> Case:
    """A soft-cap so small beside the scores that exp(2|e|/κ) is beyond every format, and sech² of it 0."""
    return case.having(softcap=np.asarray(TIGHT))


def _seeded(case: Case, draw: Draw) -> Case:
    """Cotangents of the weights and the scores beside that of the context.

    They are zero but for one element of the batch: where weights or scores have fewer batch dimensions than the rest, a
    target gets the cotangents' sum over the others, which is then exact.
    """
    one = np.zeros(case.batch)
    one[(0,) * one.ndim] = 1.0
    seeds = {name: value * one[..., None, None] for name, value in _cotangents(case, draw).items()}
    return replace(case, seeds=seeds)


def _cotangents(case: Case, draw: Draw) -> dict[str, np.ndarray[Any, np.dtype[np.float64]]]:
    rng = generator(draw.seed, "seeds", case.family.name, draw.setting.name, draw.dtype)
    shape = (*case.batch, case.sizes["n_q"], case.sizes["n_k"])
    return {name: FORMATS[case.dtype].round(rng.standard_normal(shape)) for name in ("weights", "scores")}


def _of_scores(case: Case, draw: Draw) -> Case:
    """A cotangent of the scores only: in all of the batch where the scores have all of it, else in one element
    (``_seeded``).
    """
    shared = draw.setting.value_batch or draw.setting.bias_batch
    seeds = _seeded(case, draw).seeds if shared else _cotangents(case, draw)
    return replace(case, grad_context=np.zeros_like(case.grad_context), seeds={"scores": seeds["scores"]})


PROPERTIES: Final = (
    Property(
        name="combinations",
        says="options combined with each other, with batches of every kind and with equal sizes give values and "
        "gradients within their bounds",
        draws=_draws,
        finds=_finds,
    ),
)
