"""Docstrings of the fused module."""

from __future__ import annotations

from attnproof.derivations.typesetting.latex import letter_text, shape_text
from attnproof.impl.codegen.text.documents import GENERATED
from attnproof.impl.codegen.text.emit import INDENT
from attnproof.impl.codegen.text.module import Module, adjoint_formulas, described, formulas, indented, wrapped

METHOD = (
    "One pass over the keys in tiles with the streaming softmax, and two passes for the gradients, which compute the scores again: no array "
    "of n_q × n_k elements (but a bias's own gradient), none of n_q × n_k × d_a. With A = e^{2a}, B = e^{2b} a unit is "
    "tanh(a + b) = 1 − 2/(1 + AB), so that (n_q + n_k) d_a exponentials are taken and the constant part leaves the softmax; fractions are "
    "merged over a common denominator. A group of units takes the widest form whose range holds for a whole tile, at last e^{−2|a + b|}, "
    "which holds for every a and b."
)
ACCURACY = (
    "Errors are relative to ‖v‖₁, not to the score: where a + b is about 0 a unit is as far off as where it is about 1; derivatives of a unit "
    "likewise are off by roundings of 1. float16 and bfloat16 are computed in float32, and what is returned is rounded once. The projections "
    "and the products around the kernels are torch's and obey its setting of TF32; within the kernels nothing is narrower than float32. "
    "Divisions in float32 are CUDA's, off by at most 2 ulp; in Triton's interpreter they are exact."
)
OPTIONS_TEXT = (
    f"mask : (..., n_q, n_k), optional, bool\n{INDENT}True where a key takes part",
    f"causal : bool\n{INDENT}query i sees the keys j <= i only",
)
ERRORS = (
    "TypeError\n    for an argument that is no tensor, is missing, or has another dtype than the first (float16, bfloat16, float32 or float64)",
    (
        "ValueError\n    for a shape that does not fit, naming the argument, what was given and what was expected; for tensors that are not on\n    "
        "one CUDA device (on the CPU only Triton's interpreter runs: TRITON_INTERPRET=1 before Triton is imported)"
    ),
)


def module_doc(module: Module) -> str:
    """The module's docstring."""
    family = module.family
    return "\n".join(
        [
            f'"""{family.title[0].upper()}{family.title[1:]} and its attention layer in Triton, fused, forward and backward.',
            "",
            GENERATED,
            "",
            *(f"{INDENT}{line}" for line in formulas(module.attention.system)),
            "",
            wrapped(METHOD, 0),
            "",
            wrapped(ACCURACY, 0),
            "",
            wrapped(f"Source: {family.source}.", 0),
            '"""',
        ]
    )


def scores_doc(module: Module) -> list[str]:
    """Lines of the docstring of ``scores``."""
    program = module.scores
    return _doc(
        module,
        "Scores of every key against every query, n_q × n_k of them, without gradient: for those who want to look at them.",
        formulas(program.system),
        [described(tensor, program.options) for tensor in program.arguments],
        "Tensor\n    scores e (..., n_q, n_k)",
    )


def attention_doc(module: Module) -> list[str]:
    """Lines of the docstring of ``attention``."""
    program = module.attention
    tensors = program.system.tensors
    context = f"context {letter_text(tensors['context'].symbol)} {shape_text(tensors['context'], batch=True)}"
    return _doc(
        module,
        f"Attention with the {module.family.title}: the context, and ln Σ_j exp(t_ij) of every query; both are differentiable, once.",
        formulas(program.system),
        [*(described(tensor, program.options) for tensor in program.arguments), *OPTIONS_TEXT],
        f"Attention\n    {context}, in the dtype of the query; log_sum_exp (..., n_q), at least float32, −∞ for a query that sees no\n"
        f"{INDENT}key; its context is 0",
    )


def backward_doc(module: Module) -> list[str]:
    """Lines of the docstring of ``attention_backward``."""
    program = module.attention
    tensors = program.system.tensors
    seed = f"grad_context : {shape_text(tensors['context'], batch=True)}\n    {letter_text('context_bar')}"
    more = [
        "grad_log_sum_exp : (..., n_q), optional\n    absent: 0",
        "wanted : frozenset[str], optional\n    names of the inputs whose gradients are computed; absent: of all that are given",
    ]
    return _doc(
        module,
        "Gradients of ``Σ grad_context·context + Σ grad_log_sum_exp·log_sum_exp``, the forward pass included.",
        adjoint_formulas(program.backward),
        [seed, *(described(tensor, program.options) for tensor in program.arguments), *OPTIONS_TEXT, *more],
        "dict[str, Tensor]\n    for every such input its gradient, in the input's shape and dtype",
    )


def _doc(module: Module, summary: str, lines: list[str], parameters: list[str], returns: str) -> list[str]:
    sections = {
        "Parameters": parameters,
        "Returns": [returns],
        "Raises": ERRORS,
        "References": [f"{module.family.source}."],
    }
    body = [f'"""{summary}', "", *(f"{INDENT}{line}" for line in lines)]
    for title, entries in sections.items():
        body += ["", title, "-" * len(title), *entries]
    return indented("\n".join([*body, '"""'])).splitlines()
