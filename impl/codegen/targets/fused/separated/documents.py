"""Docstrings of the separated modules."""

from __future__ import annotations

from attnproof.derivations.typesetting.latex import letter_text, shape_text
from attnproof.impl.codegen.text.documents import CONVENTIONS, ERRORS, GENERATED
from attnproof.impl.codegen.text.emit import INDENT
from attnproof.impl.codegen.text.module import Module, described, formulas, indented, wrapped

METHOD = (
    "With A = e^{2a}, B = e^{2b} of the projected queries a and keys b a unit is tanh(a + b) = 1 − 2 f, f = 1/(1 + AB), and its derivative "
    "4 (f − f²): (n_q + n_k) d_a exponentials are taken, and the gradient of the scores is written out. Where an |a| or |b| is beyond EDGE, "
    "or ‖v‖₁ beyond a quarter of the largest number, the whole call computes tanh itself instead; it is some times slower and as right."
)
ACCURACY = (
    "Errors are relative to ‖v‖₁, not to the score: where a + b is about 0 a unit is as far off as where it is about 1, and a derivative is "
    "off by roundings of 1. ``attnproof.derivations.kernels.separated`` has the bound."
)
WAYS = {
    "torch": (
        "Plain torch computes blocks of queries whose units stay in the cache; under torch.compile, fullgraph=True included, the expression "
        "is one and the compiler fuses it. Beside the scores' gradient everything is left to autograd; a second derivative (not under torch.compile) takes n_q × n_k × d_a numbers."
    ),
    "jax": (
        "The scores are summed unit after unit, their gradients query after query, under jit, grad and vmap; no array of n_q × n_k × d_a. "
        "vmap turns the choice of the form into a selection that computes both: give the batch as leading axes instead. Reverse mode only."
    ),
}


def module_doc(module: Module, library: str) -> str:
    """The module's docstring."""
    family = module.family
    named = {"torch": "torch", "jax": "JAX"}[library]
    return "\n".join(
        [
            f'"""{family.title[0].upper()}{family.title[1:]} and its attention layer in {named}, separated into exponentials.',
            "",
            GENERATED,
            "",
            *(f"{INDENT}{line}" for line in formulas(module.attention.system)),
            "",
            *(f"{wrapped(part, 0)}\n" for part in (METHOD, WAYS[library], ACCURACY, CONVENTIONS)),
            wrapped(f"Source: {family.source}.", 0),
            '"""',
        ]
    )


def scores_doc(module: Module) -> list[str]:
    """Lines of the docstring of ``scores``."""
    program = module.scores
    parameters = [described(tensor, program.options) for tensor in program.arguments]
    return _doc(
        module,
        f"Scores of every key against every query: the {module.family.title}.",
        formulas(program.system),
        parameters,
        "scores e (..., n_q, n_k)",
    )


def attention_doc(module: Module) -> list[str]:
    """Lines of the docstring of ``attention``."""
    program = module.attention
    tensors = program.system.tensors
    parameters = [described(tensor, program.options) for tensor in program.arguments]
    return _doc(
        module,
        f"Attention with the {module.family.title}: the context, and ln Σ_j exp(t_ij) of every query.",
        formulas(program.system),
        parameters,
        f"context {letter_text(tensors['context'].symbol)} {shape_text(tensors['context'], batch=True)}; log_sum_exp (..., n_q), −∞ for a query whose keys are "
        "all masked",
    )


def _doc(module: Module, summary: str, lines: list[str], parameters: list[str], returns: str) -> list[str]:
    kind, value = ERRORS
    sections = {
        "Parameters": parameters,
        "Returns": [returns],
        "Raises": [f"{kind}, or is neither float32 nor float64", value],
        "References": [f"{module.family.source}."],
    }
    body = [f'"""{summary}', "", *(f"{INDENT}{line}" for line in lines)]
    for title, entries in sections.items():
        body += ["", title, "-" * len(title), *entries]
    return indented("\n".join([*body, '"""'])).splitlines()
