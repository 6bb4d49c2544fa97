"""The tasks, at the sizes of the benchmarks or what is asked of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional as F

from attnproof.verify.gates.rules.gate import Law
from attnproof.verify.gates.tasks import programs, truths
from attnproof.verify.gates.tasks.task import Sizes, Task, linear, numbers

KB: Final = "KernelBench"
BB: Final = "BackendBench"


def _three(law: Law, s: Sizes, g: torch.Generator) -> tuple[Tensor, ...]:
    return tuple(numbers(law, g, s["heads"], s["n"], s["d"]) for _ in range(3))


def _additive(law: Law, s: Sizes, g: torch.Generator) -> tuple[Tensor, ...]:
    arrays = [numbers(law, g, s["heads"], s[n], s["d"]) for n in ("n_q", "n", "n")]
    weights = [linear(law, g, s["d"], s["d_a"], s["d"]) for _ in range(2)]
    return (*arrays, *weights, numbers(law, g, s["d_a"]))


def _rows(law: Law, s: Sizes, g: torch.Generator) -> tuple[Tensor, ...]:
    return (numbers(law, g, s["rows"], s["n"]),)


def _gained(law: Law, s: Sizes, g: torch.Generator) -> tuple[Tensor, ...]:
    """A module's gain is 1 when it is made, and benchmarks that make modules leave it so."""
    gain = torch.ones(s["n"]) if law == "uniform" else numbers(law, g, s["n"])
    return (numbers(law, g, s["rows"], s["n"]), gain)


def _normed(law: Law, s: Sizes, g: torch.Generator) -> tuple[Tensor, ...]:
    offset = torch.zeros(s["n"]) if law == "uniform" else numbers(law, g, s["n"])
    return (*_gained(law, s, g), offset)


def _layers(law: Law, s: Sizes, g: torch.Generator) -> tuple[Tensor, ...]:
    x = numbers(law, g, s["rows"], s["n"])
    first = [linear(law, g, s["n"], *shape) for shape in ((s["hidden"], s["n"]), (s["hidden"],))]
    second = [linear(law, g, s["hidden"], *shape) for shape in ((s["out"], s["hidden"]), (s["out"],))]
    return (x, *first, *second)


def _classes(law: Law, s: Sizes, g: torch.Generator) -> tuple[Tensor, ...]:
    return numbers(law, g, s["rows"], s["n"]), torch.randint(0, s["n"], (s["rows"],), generator=g)


def _angles(law: Law, s: Sizes, g: torch.Generator) -> tuple[Tensor, ...]:
    rates = 10000.0 ** (-torch.arange(0, s["d"], 2) / s["d"])
    angles = torch.arange(s["n"])[:, None] * rates
    return numbers(law, g, s["heads"], s["n"], s["d"]), angles.cos(), angles.sin()


def _mlp(x: Tensor, weight_in: Tensor, bias_in: Tensor, weight_out: Tensor, bias_out: Tensor) -> Tensor:
    return F.linear(F.gelu(F.linear(x, weight_in, bias_in)), weight_out, bias_out)


_ALL: Final = (
    Task(
        "attention",
        "attention",
        ("query", "key", "value"),
        "softmax(QKᵀ/√d) V",
        programs.attention,
        F.scaled_dot_product_attention,
        _three,
        truths.batched(truths.attention, 1),
        {KB: {"heads": 1, "n": 512, "d": 1024}, BB: {"heads": 4, "n": 8, "d": 8}, "": {"heads": 2, "n": 512, "d": 64}},
        {"heads": 2, "n": 4, "d": 4},
        lambda s: max(s["n"], s["d"]),
        "KernelBench level 1, problem 97: 32 × 32 heads of 512 × 1024, of which 1 head",
    ),
    Task(
        "causal attention",
        "attention",
        ("query", "key", "value"),
        "softmax(QKᵀ/√d where j ≤ i) V",
        programs.causal_attention,
        lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True),
        _three,
        truths.batched(truths.causal_attention, 1),
        {KB: {"heads": 2, "n": 512, "d": 96}, BB: {"heads": 4, "n": 8, "d": 8}, "": {"heads": 2, "n": 512, "d": 64}},
        {"heads": 2, "n": 4, "d": 4},
        lambda s: max(s["n"], s["d"]),
        "KernelBench level 3, problem 43: 128 × 8 heads of 512 × 96 between projections, of which 2 heads alone",
    ),
    Task(
        "softmax",
        "other",
        ("x",),
        "softmax over the last dimension",
        programs.softmax,
        lambda x: F.softmax(x, -1),
        _rows,
        truths.batched(truths.softmax, 1),
        {KB: {"rows": 8, "n": 393216}, BB: {"rows": 5, "n": 5}, "": {"rows": 32, "n": 4096}},
        {"rows": 4, "n": 4},
        lambda s: s["n"],
        "KernelBench level 1, problem 23: 4096 × 393216, of which 8 rows",
    ),
    Task(
        "layer normalisation",
        "normalisation",
        ("x", "gain", "offset"),
        "(x − mean)/√(variance + 1e-5) · gain + offset",
        programs.layer_norm,
        lambda x, gain, offset: F.layer_norm(x, x.shape[-1:], gain, offset, 1e-5),
        _normed,
        truths.batched(truths.layer_norm, 1, shared=2),
        {KB: {"rows": 1, "n": 64 * 256 * 256}, BB: {"rows": 5, "n": 5}, "": {"rows": 64, "n": 1024}},
        {"rows": 4, "n": 4},
        lambda s: s["n"],
        "KernelBench level 1, problem 40: 16 × (64 · 256 · 256), of which 1 row",
    ),
    Task(
        "RMS normalisation",
        "normalisation",
        ("x", "gain"),
        "x/√(mean of x² + 1e-5) · gain",
        programs.rms_norm,
        lambda x, gain: F.rms_norm(x, x.shape[-1:], gain, 1e-5),
        _gained,
        truths.batched(truths.rms_norm, 1, shared=1),
        {KB: {"rows": 4096, "n": 64}, BB: {"rows": 5, "n": 5}, "": {"rows": 64, "n": 4096}},
        {"rows": 4, "n": 4},
        lambda s: s["n"],
        "KernelBench level 1, problem 36: 64 features at 112 × 512 × 512 places, of which 4096",
    ),
    Task(
        "GELU MLP",
        "other",
        ("x", "weight_in", "bias_in", "weight_out", "bias_out"),
        "W₂ gelu(W₁ x + b₁) + b₂",
        programs.mlp,
        _mlp,
        _layers,
        truths.batched(truths.mlp, 1, shared=4),
        {
            KB: {"rows": 32, "n": 768, "hidden": 3072, "out": 768},
            BB: {"rows": 5, "n": 5, "hidden": 5, "out": 5},
            "": {"rows": 32, "n": 256, "hidden": 1024, "out": 256},
        },
        {"rows": 4, "n": 4, "hidden": 4, "out": 4},
        lambda s: max(s["n"], s["hidden"]),
        "KernelBench level 3, problem 44: 128 · 512 rows of 768 → 3072 → 768 in a block, of which 32 rows alone",
    ),
    Task(
        "log-sum-exp",
        "other",
        ("x",),
        "log Σ exp(x) over the last dimension",
        programs.log_sum_exp,
        lambda x: torch.logsumexp(x, -1),
        _rows,
        truths.batched(truths.log_sum_exp, 1),
        {KB: {"rows": 32, "n": 8192}, BB: {"rows": 5, "n": 5}, "": {"rows": 32, "n": 4096}},
        {"rows": 4, "n": 4},
        lambda s: s["n"],
        "KernelBench level 2, problem 22: within a chain at 1024 × 8192, of which 32 rows alone",
    ),
    Task(
        "cross-entropy",
        "other",
        ("logits", "target"),
        "mean of log Σ exp(x) − x[target]",
        programs.cross_entropy,
        F.cross_entropy,
        _classes,
        truths.cross_entropy,
        {KB: {"rows": 256, "n": 4096}, BB: {"rows": 5, "n": 5}, "": {"rows": 64, "n": 4096}},
        {"rows": 4, "n": 4},
        lambda s: s["n"],
        "KernelBench level 1, problem 95: 32768 rows of 4096 classes, of which 256 rows",
    ),
    Task(
        "additive attention",
        "attention",
        ("query", "key", "value", "weight_query", "weight_key", "v"),
        "softmax(vᵀ tanh(W_s q + W_h k)) V",
        programs.additive_attention,
        programs.additive_attention,
        _additive,
        truths.batched(truths.additive_attention, 1, shared=3),
        {
            BB: {"heads": 1, "n_q": 5, "n": 5, "d": 5, "d_a": 5},
            "": {"heads": 1, "n_q": 32, "n": 512, "d": 64, "d_a": 64},
        },
        {"heads": 2, "n_q": 4, "n": 4, "d": 4, "d_a": 4},
        lambda s: max(s["n"], s["d"]),
        "no benchmark has it: their rules and laws, 32 queries and 512 keys",
    ),
    Task(
        "rotary positions",
        "other",
        ("x", "cosine", "sine"),
        "features g and d/2 + g turned by an angle",
        programs.rotary,
        programs.rotary,
        _angles,
        truths.batched(truths.batched(truths.rotary, 1), 1, shared=2),
        {BB: {"heads": 2, "n": 4, "d": 8}, "": {"heads": 2, "n": 512, "d": 64}},
        {"heads": 2, "n": 4, "d": 4},
        lambda _: 2,
        "FlashInfer-Bench has it; the others' rules and laws at 512 positions",
        pairs="d",
    ),
)
TASKS: Final[Mapping[str, Task]] = MappingProxyType({task.name: task for task in _ALL})
