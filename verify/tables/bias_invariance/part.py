"""The bias invariance table: which biases change the weights, and how far rounding lets them change where theory says
they do not.

Every row compares an implementation's weights before and after a bias with what theory predicts, element by element,
within an a-priori bound (``exact``): a shared bias leaves them unchanged while the format still
resolves ``e + b`` (its logits are off by at most ``u |e + b|``); where all operations are exact the prediction is
equality to the last bit. A row whose bound could not tell unchanged weights from uniform ones abstains; the prediction
from logits rounded to the format still stands there.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.implementations.builtin import IMPLEMENTATIONS, Implementation, availability
from attnproof.verify.inputs.make import MULTIPLICATIVE, WITH_TANH
from attnproof.verify.options import Options
from attnproof.verify.outcome import ABSTAIN, DIFFERS, FAIL, PASS
from attnproof.verify.rows.tables import BiasInvarianceRow
from attnproof.verify.tables.bias_invariance import exact
from attnproof.verify.tables.bias_invariance.cases import KEYS, PARTS, Experiment
from attnproof.verify.tables.rounding import Rounding, rounding_of, softmax
from attnproof.verify.tables.rows import Columns, no_measurement
from attnproof.verify.unit import Unit, generator

Array = npt.NDArray[np.float64]
Place = tuple[str, str]  # format and device
Setting = tuple[str, str, Rounding]  # score, format, rounding

# ∞ - ∞ has no value. What the implementations declare to return for such a row; anything else is reported as a
# difference.
DECLARED_WITHOUT_VALUE: Final = "nan"
SHARED_SCORES: Final = {
    "quick": ("dot", "additive"),
    "standard": ("dot", "additive"),
    "thorough": (*MULTIPLICATIVE, *WITH_TANH),
}


def plan(options: Options) -> list[Unit]:
    """One unit for each part and wanted score it applies to."""
    wanted = {
        "shared": SHARED_SCORES[options.profile],
        "per-key": ("dot", "additive") if options.profile == "quick" else (*MULTIPLICATIVE, *WITH_TANH),
        "projections": (*MULTIPLICATIVE, *WITH_TANH),
        "inside-tanh": WITH_TANH,
    }
    return [
        Unit(
            f"bias_invariance/{part}/{score}",
            "bias_invariance",
            "attnproof.verify.tables.bias_invariance.part:run",
            {"part": part, "score": score},
            cost=0.5,
        )
        for part, scores in wanted.items()
        for score in scores
        if score in options.scores
    ]


def run(arguments: Mapping[str, Any], options: Options) -> list[BiasInvarianceRow]:
    """All rows of one part and score: every experiment, implementation, format and device."""
    part, score = str(arguments["part"]), str(arguments["score"])
    rows: list[BiasInvarianceRow] = []
    for dtype in options.dtypes:
        rng = generator(options.seed, "bias_invariance", part, score)
        experiments = list(PARTS[part](score, dtype, options, rng))
        for implementation in IMPLEMENTATIONS.values():
            for device in options.devices:
                rows += _rows(part, score, experiments, implementation, (dtype, device))
    return rows


def _rows(
    part: str, score: str, experiments: list[Experiment], implementation: Implementation, place: Place
) -> list[BiasInvarianceRow]:
    unavailable = availability(implementation, score, *place)
    where = f"{implementation.name}/{place[0]}/{place[1]}"
    common: Columns = {
        "score": score,
        "n": KEYS,
        "implementation": implementation.name,
        "dtype": place[0],
        "device": place[1],
    }
    if unavailable is not None:
        row = no_measurement(*unavailable)
        return [
            BiasInvarianceRow(
                id=f"bias_invariance/{score}/{part}/{where}", part=part.replace("-", " "), **common, **row
            )
        ]
    rows: list[BiasInvarianceRow] = []
    for experiment in experiments:
        options = tuple(name for name in ("bias", "softcap", "bias_hidden") if name in experiment.before)
        options += tuple(name for name in ("bias", "bias_hidden") if name in experiment.after[0])
        unavailable = availability(implementation, score, *place, tuple(dict.fromkeys(options)))
        row = no_measurement(*unavailable) if unavailable else _measure(experiment, score, implementation, place)
        rows.append(
            BiasInvarianceRow(
                id=f"bias_invariance/{score}/{experiment.name}/{where}",
                part=experiment.part,
                prediction=experiment.prediction,
                bias=experiment.size,
                largest_score=float(np.abs(exact.raw_scores(score, experiment.before)).max()),
                **common,
                **row,
            )
        )
    return rows


def _measure(experiment: Experiment, score: str, implementation: Implementation, place: Place) -> Columns:
    """The row of the variant nearest to its bound (or of the first that fails)."""
    forward = partial(_weights, implementation, score, place)
    if experiment.prediction == "undefined":
        return _undefined(experiment, forward(experiment.before), forward(experiment.after[0]), implementation, place)
    judge = {
        "unchanged": _unchanged,
        "rounded logits": _rounded,
        "changed": _changed,
        "log odds": _log_odds,
        "near uniform": _near_uniform,
    }[experiment.prediction]
    setting = (score, place[0], rounding_of(implementation, *place))
    before = forward(experiment.before)
    rows = [judge(experiment, after, setting, before, forward(after)) for after in experiment.after]
    severity = {FAIL: 0, ABSTAIN: 1, PASS: 2}
    return min(rows, key=lambda row: (severity[row["verdict"]], -row["ratio"]))


def _weights(implementation: Implementation, score: str, place: Place, inputs: exact.Inputs) -> dict[str, Array]:
    """``weights`` and, where the implementation returns them, ``scores``; V = 1 makes the context the weights."""
    with np.errstate(over="ignore", invalid="ignore"):  # ∞ and ∞ - ∞ are what some rows are about
        result = implementation.forward(score, inputs, *place)
    return {"weights": result["weights"] if "weights" in result else result["context"], **result}


def _judged(experiment: Experiment, want: Array, got: Array, bound: Array, power: float, what: str) -> Columns:
    """The common columns: largest |want|, |got|, the bound where got is nearest to it.

    power: the smallest effect that the bound has to be able to see; ``what`` says which effect that is.
    """
    error = np.abs(got - want)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(error == 0, 0.0, error / bound)
    ratio = np.where(np.isnan(ratio), np.inf, ratio)
    worst = int(np.argmax(ratio))
    verdict, reason = PASS, None
    if not np.all(error <= bound):
        verdict, reason = FAIL, f"{error.flat[worst]:.3g} from the prediction, bound {bound.flat[worst]:.3g}"
    elif not float(bound.max()) < power:
        verdict, reason = ABSTAIN, f"the bound {float(bound.max()):.3g} cannot see {what} ({power:.3g})"
    return {
        "theory": experiment.theory,
        "theory_value": float(np.abs(want).max()),
        "measured": float(np.abs(got).max()),
        "uncertainty": float(bound.max()),
        "detectable": float(bound.max()),
        "deviation": float(error.max()),
        "ratio": float(ratio.flat[worst]),
        "grade": "exact" if np.all(bound == 0) else "bound",
        "verdict": verdict,
        "reason": reason,
    }


def _distance_from_uniform(score: str, inputs: exact.Inputs) -> float:
    return float(np.abs(exact.from_uniform(exact.logits(score, inputs))).max())


def _unchanged(
    experiment: Experiment, after: exact.Inputs, setting: Setting, old: dict[str, Array], new: dict[str, Array]
) -> Columns:
    """Largest change of a weight against 0. Equal to the last bit where all operations up to the logits are exact."""
    score, dtype, rounding = setting
    before = experiment.before
    change = new["weights"] - old["weights"]
    bitwise = not rounding.fused and all(exact.exact_logits(score, x, rounding, dtype) for x in (before, after))
    if bitwise:
        bound = np.zeros_like(change)
    else:
        own = exact.weight_logs(score, before, rounding, dtype)
        if "bias" in before:
            logs = exact.shared_bias_logs(score, before, after, rounding, dtype)
        else:
            logs = own + exact.weight_logs(score, after, rounding, dtype)
        with np.errstate(over="ignore"):
            bound = softmax(exact.logits(score, before)) * np.exp(own) * np.expm1(logs) + 2 * rounding.tiny
        bound = np.minimum(bound, 1.0)  # a weight cannot change by more
    power = _distance_from_uniform(score, before)
    return _judged(experiment, np.zeros_like(change), change, bound, power, "weights turned uniform")


def _rounded(
    experiment: Experiment, after: exact.Inputs, setting: Setting, old: dict[str, Array], new: dict[str, Array]
) -> Columns:
    """The change predicted by rounding ``e + b`` to the format, e the implementation's scores where it returns them in
    that format.
    """
    score, dtype, rounding = setting
    form = FORMATS[rounding.bias_format]
    own = exact.logits(score, experiment.before)
    scores = old.get("scores", own) if rounding.bias_format == dtype else own
    shifted = form.round(scores + after["bias"])
    spread = np.maximum(np.ptp(scores, axis=-1, keepdims=True), np.ptp(shifted, axis=-1, keepdims=True))
    logs = rounding.softmax(scores.shape[-1], spread) + exact.OWN_ERROR
    want = softmax(shifted) - softmax(scores)
    bound = (softmax(shifted) + softmax(scores)) * np.expm1(logs) + 2 * rounding.tiny
    power = _distance_from_uniform(score, experiment.before)
    return _judged(experiment, want, new["weights"] - old["weights"], bound, power, "weights turned uniform")


def _changed(
    experiment: Experiment, after: exact.Inputs, setting: Setting, old: dict[str, Array], new: dict[str, Array]
) -> Columns:
    """The predicted change of the weights."""
    score, dtype, rounding = setting
    before = experiment.before
    want = softmax(exact.logits(score, after)) - softmax(exact.logits(score, before))
    bound = exact.weight_bound(score, before, rounding, dtype) + exact.weight_bound(score, after, rounding, dtype)
    return _judged(experiment, want, new["weights"] - old["weights"], bound, float(np.abs(want).max()), "the change")


def _log_odds(
    experiment: Experiment, after: exact.Inputs, setting: Setting, old: dict[str, Array], new: dict[str, Array]
) -> Columns:
    """Shift of ln(α_i/α_j) for every query and pair of keys."""
    score, dtype, rounding = setting
    logs = np.zeros((len(old["weights"]), 1))
    for inputs in (experiment.before, after):
        least = softmax(exact.logits(score, inputs)).min(axis=-1, keepdims=True)
        # both weights of a pair, each off by a factor within exp(± logs) and by ``tiny`` (2 covers ln(1 + x) at x <=
        # 1/2)
        logs = logs + 2 * (exact.weight_logs(score, inputs, rounding, dtype) + 2 * rounding.tiny / least)
    shift = exact.logits(score, after) - exact.logits(score, experiment.before)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.log(new["weights"]) - np.log(old["weights"])
    want, got = (x[..., :, None] - x[..., None, :] for x in (shift, found))
    bound = np.broadcast_to(logs[..., None], want.shape)
    return _judged(experiment, want, got, bound, float(np.abs(want).max()), "the shift")


def _near_uniform(
    experiment: Experiment, after: exact.Inputs, setting: Setting, old: dict[str, Array], new: dict[str, Array]
) -> Columns:
    """``α - 1/n`` against its exact value, which itself must respect the tail bound ``(exp(τ) - 1)/n``,
    ``τ = Σ_a 2 |v_a| exp(-2 (|b_a| - max_j |z_ja|))``, where the bias exceeds all |z|.
    """
    score, dtype, rounding = setting
    del old
    want = exact.from_uniform(exact.logits(score, after))
    bound = exact.weight_bound(score, after, rounding, dtype)
    power = _distance_from_uniform(score, experiment.before)
    row = _judged(experiment, want, new["weights"] - 1 / KEYS, bound, power, "the weights without the bias")
    reach = np.abs(exact.preactivations(score, experiment.before)).max(axis=1)
    gap = experiment.size - reach
    if np.all(gap > 0):
        tail = np.expm1(np.sum(2 * np.abs(after["v"]) * np.exp(-2 * gap), axis=-1)) / KEYS
        row["tail_bound"] = float(tail.max())
        beyond = np.abs(new["weights"] - 1 / KEYS) > tail[:, None] + bound
        if np.any(np.abs(want) > tail[:, None] * (1 + 1e-12) + 1e-300) or np.any(beyond):
            row |= {"verdict": FAIL, "reason": "beyond the tail bound (exp τ - 1)/n"}
    return row


def _undefined(
    experiment: Experiment, old: dict[str, Array], new: dict[str, Array], implementation: Implementation, place: Place
) -> Columns:
    """A row for which exact arithmetic has no value (or lies beyond the format): what is returned, against the
    declaration.
    """
    weights = new["weights"]
    kinds = {
        "nan": bool(np.all(np.isnan(weights))),
        "zero": bool(np.all(weights == 0)),
        "uniform": bool(np.all(weights == 1 / KEYS)),
        "unchanged": bool(np.array_equal(weights, old["weights"])),
    }
    seen = next((name for name, holds in kinds.items() if holds), "other")
    # what adds the bias in fp32 has room above the largest bf16 and fp16
    wider = rounding_of(implementation, *place).bias_format != place[0] and np.isfinite(experiment.size)
    declared = "unchanged" if wider else DECLARED_WITHOUT_VALUE
    agrees = seen == declared
    return {
        "theory": experiment.theory,
        "theory_value": None,
        "measured": float(weights.flat[0]),
        "uncertainty": None,
        "detectable": None,
        "declared": declared,
        "returned": seen,
        "grade": "exact",
        "verdict": PASS if agrees else DIFFERS,
        "reason": None if agrees else f"returns {seen}, declared {declared}",
    }
