"""Evidence for T2: gradients of the logits and of the keys against the score gap, and where they do not vanish.

Four keys: key 0 leads the three others by γ, the upstream gradient is g = (1, −1, −1, −1), so G = 1. In exact
arithmetic, with ``α_j = e^(−γ) α_0`` for the others and ``1 − α_0 = 3 α_j``:

    ∂L/∂e_0 = 6 α_0 α_j  <=  2 G (n − 1) e^(−γ)          ∂L/∂e_j = −2 α_0 α_j,  at most 2 G e^(−γ) in size
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import torch
from flint import arb, ctx

from attnproof.verify.arithmetic.backends import softmax_exp_error
from attnproof.verify.arithmetic.formats import FP64, Array
from attnproof.verify.arithmetic.torch_dtypes import TORCH_DTYPES
from attnproof.verify.evidence.measuring.thresholds import Place, places, without_cuda
from attnproof.verify.evidence.row import axis, figure, judged, series
from attnproof.verify.implementations.builtin import IMPLEMENTATIONS
from attnproof.verify.options import Options
from attnproof.verify.unit import Result

KEYS: Final = 4
UPSTREAM: Final = np.array([1.0, -1.0, -1.0, -1.0])
QUERY: Final = np.array([3.0, 4.0])  # of length 5
GAPS: Final = np.arange(0.0, 97.0)  # a value of every format
WRONG: Final = 30.0  # by so much the wrong key wins
SLACK: Final = 1 + 2.0**-40  # the bounds are sums and products of at most 40 positive numbers, rounded in float64


def rows(options: Options) -> list[Result]:
    """Each gradient against its bound on the rounding error, the case that does not vanish, and a figure."""
    found: list[Result] = []
    for place in places(options):
        found += [*_gradients(place), _wrong_winner(place)]
    drawn = [place for place in places(options) if place.device == "cpu" and place.dtype in {"fp32", "fp64"}]
    if drawn:
        found.append(_drawn(drawn))
    missing = without_cuda(options, "T2", "leader/torch/all formats/cuda", "gradients", "as on the CPU", "all formats")
    return [*found, *missing]


@cache
def exact() -> tuple[Array, Array]:
    """Weights and gradients of the logits, both (gaps, KEYS): in balls of 200 bits, then rounded to float64 once."""
    weights, gradients = [], []
    with ctx.workprec(200):
        for gap in GAPS:
            decay = (-arb(float(gap))).exp()
            leader = 1 / (1 + (KEYS - 1) * decay)
            other = decay * leader
            weights.append([float(x) for x in (leader, *[other] * (KEYS - 1))])
            gradients.append([float(x) for x in (2 * (KEYS - 1) * leader * other, *[-2 * leader * other] * (KEYS - 1))])
    return np.array(weights), np.array(gradients)


def rounding_bound(place: Place) -> Array:
    """Bound on the error of ``ê_j = α̂_j (g_j − ρ̂)``, ρ = Σ α_j g_j, of shape (gaps, KEYS).

    The shifted logits are exact. Each weight has two exponentials, n − 1 sums and a quotient, and may underflow; ρ has
    n more roundings, its products with ±1 being exact; the difference and the product add one each. Where α_0 tends to
    1, ρ tends to g_0 and the difference has the error of ρ: no digit is left once e^(−γ) is below it. For the others
    the difference tends to 2.
    """
    fmt, error = place.format, softmax_exp_error(place.framework, place.dtype, place.device)
    u, tiny = fmt.unit_roundoff, fmt.smallest_subnormal
    relative = (1 + error.relative * u) * (1 + u) ** KEYS / (1 - error.relative * u) - 1
    underflow = 2 * (error.absolute + 1) * tiny
    alpha, gradients = exact()
    apart = np.abs(gradients) / alpha  # |g_j − ρ|
    moved = alpha * relative + underflow
    moved_sum = (relative + KEYS * underflow) + ((1 + u) ** KEYS - 1) * (1 + relative + KEYS * underflow)
    # (a + Δ)(b + R) − ab = ΔR + aR + bΔ, without cancellation
    change = moved * moved_sum + alpha * moved_sum + apart * moved
    whole = alpha * apart + change
    own = np.abs(gradients) * FP64.unit_roundoff  # of the exact values as they are given here
    return np.asarray((change + whole * ((1 + u) ** 2 - 1) + tiny + own) * SLACK)


def computed(place: Place, implementation: str) -> tuple[Array, Array]:
    """The implementation's gradients of the logits (gaps, KEYS) and of the keys (gaps, KEYS, 2)."""
    gaps = len(GAPS)
    bias = np.zeros((gaps, 1, KEYS))
    bias[:, 0, 0] = GAPS
    inputs = {
        "query": np.broadcast_to(QUERY, (gaps, 1, 2)),
        "key": np.zeros((gaps, KEYS, 2)),
        "value": np.broadcast_to(UPSTREAM[:, None], (gaps, KEYS, 1)),
        "bias": bias,
    }
    found = IMPLEMENTATIONS[implementation].gradients("dot", inputs, np.ones((gaps, 1, 1)), place.dtype, place.device)
    return found["bias"][:, 0, :], found["key"]


def _gradients(place: Place) -> list[Result]:
    """Errors over their bounds, the larger one of the generated and the hand-written program."""
    (_, gradients), bound, u = exact(), rounding_bound(place), place.format.unit_roundoff
    names = (f"generated-{place.framework}", f"reference-{place.framework}")
    logits, keys = (np.stack(parts) for parts in zip(*(computed(place, name) for name in names), strict=True))
    ratios = np.max(np.abs(logits - gradients) / bound, axis=0)
    # the key's gradient is the logit's times the query, one more rounding
    through = gradients[..., None] * QUERY
    key_bound = bound[..., None] * QUERY
    key_bound = (key_bound + u * (np.abs(through) + key_bound) + place.format.smallest_subnormal) * SLACK
    key_ratios = np.max(np.abs(keys - through) / key_bound, axis=0)
    found: list[Result] = []
    theory = "2Gα(1 − α), here with equality, times |∂e/∂h| for a key: at most 1"
    for name, words, ratio in (
        ("leader", "∂L/∂e of the leading key", ratios[:, 0]),
        ("others", "∂L/∂e of a key with small weight", ratios[:, 1:]),
        ("key", "∂L/∂h of a key with small weight, h the key itself", key_ratios[:, 1:]),
    ):
        worst = float(np.max(ratio))
        what = f"{words}, gaps 0 to {GAPS[-1]:g}: the largest error over the bound on its rounding"
        wrong = None if worst <= 1 else f"an error of {worst:.3g} times its bound"
        where = place.where | {"implementation": ", ".join(names)}
        row = f"{name}/{place.name}"
        seen = max(0.0, 1 - worst)
        found.append(judged("T2", row, what, theory, 1.0, worst, 1.0, wrong, grade="bound", seen=seen, where=where))
    return found


def _wrong_winner(place: Place) -> Result:
    """L = −log α_y, another key 30 above y: the gradient at y is α_y − 1.

    Rounding: log α_y is below 31 in size and takes at most 4 roundings before e^log, so that α_y is off by a factor
    below e^(1/2), as ``31 · 4 u < 1/2`` in every format; α_y itself is 10^-13. The difference to 1 and the sum upstream
    take two more.
    """
    alpha, u = float(np.exp(-WRONG) / (1 + np.exp(-WRONG))), place.format.unit_roundoff
    if not 31 * 4 * u < 0.5:
        raise ValueError(f"u = {u} is too large for this bound")
    scores = [0.0, WRONG]
    if place.framework == "torch":
        e = torch.tensor([scores], dtype=TORCH_DTYPES[place.dtype], device=place.device, requires_grad=True)
        loss = torch.nn.functional.cross_entropy(e, torch.tensor([0], device=place.device))
        measured = float(torch.autograd.grad(loss, e)[0][0, 0])
    else:
        inputs = {name: np.zeros((2, 1)) for name in ("key", "value")}
        inputs |= {"query": np.zeros((1, 1)), "bias": np.array([scores])}
        found = IMPLEMENTATIONS["generated-numpy"].forward("dot", inputs, place.dtype, place.device)["weights"]
        measured = float(place.format.round(found[0, 0] - 1))
    reach = alpha + 2 * u
    wrong = None if abs(measured - (alpha - 1)) <= reach else "the gradient is not α_y − 1"
    what = f"∂L/∂e_y for L = −log α_y, another key {WRONG:g} above y"
    where = place.where | {"implementation": "cross_entropy" if place.framework == "torch" else "generated-numpy"}
    name = f"wrong-winner/{place.name}"
    return judged("T2", name, what, "α_y − 1", alpha - 1, measured, reach, wrong, grade="bound", where=where)


def _drawn(drawn: list[Place]) -> Result:
    """Gradient sizes against the gap."""
    sizes, decay = np.abs(exact()[1]), np.exp(-GAPS)
    lines = [
        series("leading key: 2Gα(1 − α)", GAPS.tolist(), sizes[:, 0].tolist()),
        series("other keys: 2Gα_jα_0", GAPS.tolist(), sizes[:, 1].tolist()),
        series("bound 2G(n − 1)e^(−γ)", GAPS.tolist(), (2 * (KEYS - 1) * decay).tolist(), "bound"),
        series("bound 2Ge^(−γ)", GAPS.tolist(), (2 * decay).tolist(), "bound"),
    ]
    for place in drawn:
        logits, _ = computed(place, f"generated-{place.framework}")
        for words, key in (("leading", 0), ("other", 1)):
            size = np.abs(logits[:, key])
            keep = (size > 0) & (np.arange(len(GAPS)) % 3 == 0)  # a logarithmic axis has no 0
            lines.append(
                series(f"{words}: {place.framework}, {place.dtype}", GAPS[keep].tolist(), size[keep].tolist(), "points")
            )
    return figure(
        "T2",
        "Gradient size against the score gap",
        axis("score gap γ"),
        axis("|∂L/∂e|", "log10"),
        lines,
        "Gradients fall as e^(−γ). That of the leading key is a difference of nearly equal numbers: it ends in "
        "rounding, or at 0, "
        "near γ = 17 in single and 37 in double precision; those of the other keys keep their digits.",
    )
