"""Docstrings of the fused module."""

from __future__ import annotations

from attnproof.derivations.typesetting.latex import letter_text, shape_text
from attnproof.impl.codegen.text.documents import ERRORS, GENERATED
from attnproof.impl.codegen.text.emit import INDENT
from attnproof.impl.codegen.text.module import Module, adjoint_formulas, described, formulas, indented, wrapped

METHOD = (
    "One pass over the keys in tiles with the streaming softmax: no array of n_q × n_k elements, none of n_q × n_k × d_a. With A = e^{2a}, "
    "B = e^{2b} a unit is tanh(a + b) = 1 − 2/(1 + AB), so that (n_q + n_k) d_a exponentials are taken and the constant part leaves the "
    "softmax; fractions are merged over a common denominator. A group of units takes the widest form whose range holds for its query and its "
    "strip of keys, at last e^{−2|a + b|}, which holds for every a and b. Backward, the fractions f of two queries and a strip are kept for the "
    "score and then for its derivatives, 4 (f − f²)."
)
ACCURACY = (
    "Errors are relative to ‖v‖₁, not to the score: where a + b is about 0 a unit is as far off as where it is about 1. So are those of tanh's "
    "derivative, taken as 1 − tanh²: relative to 1, not to itself. (Beside them, of each "
    "product the smallest number of the dtype, which shows where ‖v‖₁ is not far above it.)"
)
OPTIONS_TEXT = (
    "mask : (..., n_q, n_k), optional, bool",
    f"{INDENT}True where a key takes part",
    "causal : bool",
    f"{INDENT}query i sees the keys j <= i only",
)


def module_doc(module: Module) -> str:
    """The module's docstring."""
    family = module.family
    return "\n".join(
        [
            f'"""{family.title[0].upper()}{family.title[1:]} and its attention layer in Numba, fused, forward and backward.',
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
        "Scores of every key against every query, n_q × n_k of them: for those who want to look at them.",
        formulas(program.system),
        [described(tensor, program.options) for tensor in program.arguments],
        "Array\n    scores e (..., n_q, n_k)",
    )


def attention_doc(module: Module) -> list[str]:
    """Lines of the docstring of ``attention``."""
    program = module.attention
    tensors = program.system.tensors
    context = f"context {letter_text(tensors['context'].symbol)} {shape_text(tensors['context'], batch=True)}"
    return _doc(
        module,
        f"Attention with the {module.family.title}: the context, and ln Σ_j exp(t_ij) of every query.",
        formulas(program.system),
        [*(described(tensor, program.options) for tensor in program.arguments), *_options()],
        f"Attention\n    {context}, log_sum_exp (..., n_q), −∞ for a query that sees no key; its context is 0;\n"
        f"{INDENT}normaliser (..., 2, n_q), for ``attention_backward``: the largest logit (less what all share), ln Σ_j exp(t_ij − largest)",
    )


def backward_doc(module: Module) -> list[str]:
    """Lines of the docstring of ``attention_backward``."""
    program = module.attention
    tensors = program.system.tensors
    seed = f"grad_context : {shape_text(tensors['context'], batch=True)}\n    {letter_text('context_bar')}"
    more = [
        "grad_log_sum_exp : (..., n_q), optional\n    absent: 0",
        "forward : Attention, optional\n    what ``attention`` returned for the same arguments; absent: computed again",
        'wanted : frozenset[str], optional\n    without "bias" its gradient, an array of n_q × n_k, is left out',
    ]
    return _doc(
        module,
        "Gradients of ``Σ grad_context·context + Σ grad_log_sum_exp·log_sum_exp``.",
        adjoint_formulas(program.backward),
        [seed, *(described(tensor, program.options) for tensor in program.arguments), *_options(), *more],
        "dict[str, Array]\n    for every input that is given its gradient, in the input's shape",
    )


def _options() -> list[str]:
    mask, mask_text, causal, causal_text = OPTIONS_TEXT
    return [f"{mask}\n{mask_text}", f"{causal}\n{causal_text}"]


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
