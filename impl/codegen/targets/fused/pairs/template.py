"""The module of a score's kernels of pairs: what its templates are filled with."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from sympy import Expr, Function, Symbol

from attnproof.derivations.language.notation import N_K, N_Q, Tensor
from attnproof.derivations.language.system import System
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.scores.family import ScoreFamily
from attnproof.impl.codegen.program import plan as plans
from attnproof.impl.codegen.program.ir import numbers as numbers_in
from attnproof.impl.codegen.program.plan import Plan
from attnproof.impl.codegen.program.share import shared
from attnproof.impl.codegen.targets.fused import derived
from attnproof.impl.codegen.targets.fused.pairs.lines import ROWS, Lines, used
from attnproof.impl.codegen.targets.fused.pairs.products import Products, products_of
from attnproof.impl.codegen.targets.fused.pairs.split import Split, split
from attnproof.impl.codegen.targets.numpy import SYNTAX
from attnproof.impl.codegen.text import pieces
from attnproof.impl.codegen.text.documents import (
    GRADIENTS,
    LOG_SUM_EXP_SEED,
    VISIBLE,
    backward_doc,
    function_doc,
    module_doc,
    result,
)
from attnproof.impl.codegen.text.emit import INDENT, WIDTH, Emitter
from attnproof.impl.codegen.text.imports import headed
from attnproof.impl.codegen.text.module import Module, renamed, shapes_text, signature, sizes_of
from attnproof.impl.codegen.text.printer import Printer, scalar
from attnproof.impl.codegen.text.templates import rendered

#: the built-in scores whose kernels are kept among the generated files: those without functions, products alone
SCORES: Final = tuple(
    name
    for name, family in FAMILIES.items()
    if not family.system.options and not any(equation.rhs.has(Function) for equation in family.system.equations)
)
TEMPLATE: Final = Path(__file__).parents[1] / "numba" / "pairs_module.j2"
GENERATED: Final = Path(__file__).resolve().parents[4] / "generated"
NUMBA: Final = "attnproof.impl.generated.numba"
RUNTIMES: Final = (f"{NUMBA}._packs", f"{NUMBA}._pairs", "attnproof.impl.generated.numpy._runtime")
METHOD: Final = (
    "One pass over the keys in tiles with the streaming softmax: no array of n_q × n_k elements but a bias, a mask and "
    "the bias's gradient. The backward pass computes the scores again, and weights from the largest logit and the mass "
    "of each row. Results have the same bits for any number of threads."
)
SCORES_OF_ALL: Final = "Scores of every key against every query, n_q × n_k of them: for those who want to look at them."
RETURNED: Final = (
    "log_sum_exp (..., n_q), −∞ for a query that sees no key; its context is 0;\n"
    "    normaliser (..., 2, n_q), for ``attention_backward``: the largest logit, ln Σ_j exp(t_ij − largest)"
)
FORWARD_RESULT: Final = (
    "forward : Attention, optional\n    what ``attention`` returned for the same arguments; absent: computed again"
)
WANTED: Final = 'wanted : frozenset[str], optional\n    without "bias" its gradient, an array of n_q × n_k, is left out'
THREADS: Final = "threads : int, optional\n    at most so many; absent: Numba's number"
SEEN: Final = ("mask: Array | None = None", "causal: bool = False", "threads: int | None = None")


#: what the lines of a kernel may read: once, for a strip of keys, for its queries
BEGUN: Final = ("zero = constant(of_key, 0.0)", "one = constant(of_key, 1.0)")
BY_STRIP: Final = ("y = y_first + t * key_row", "at = keys_first + t * key_slots * strip")
BY_ROW: Final = ("place = row * tile + t * strip", "x = x_first + row * query_row", "to = row * query_slots")


def _used(lines: Sequence[str], statements: Sequence[str]) -> list[str]:
    """Those of the statements whose names the lines read."""
    text = "\n".join(lines)
    return [one for one in statements if re.search(rf"\b{one.partition(' ')[0]}\b", text)]


def _head(name: str, parameters: Sequence[str], returns: str) -> str:
    line = f"def {name}({', '.join(parameters)}) -> {returns}:"
    return line if len(line) <= WIDTH else signature(name, parameters, returns)


def why_not(family: ScoreFamily) -> str:
    """Why a score has no kernel of pairs; empty: it has one."""
    if family.normaliser != "softmax" or family.post:
        return "the kernels of pairs end with a softmax and the context"
    try:
        parts = split(family.system)
        _printed(parts, products_of(parts), [])
    except ValueError as error:
        return str(error)
    return ""


def _printed(parts: Split, products: Products, numbers: list[Expr]) -> dict[str, list[str]]:
    """The lines of the kernels."""
    by_hand = [total for total in parts.totals if total.tensor.name not in products.totals]
    slots = {total.tensor.name: f"at_{total.tensor.name}" for total in by_hand}
    rows = range(1 if products.sums else ROWS)
    backward = Lines(parts, True, numbers, rows)
    backward.weights(products.weights)
    return {
        "scores": Lines(parts, bool(products.sums), numbers, rows).scores(),
        "totals": backward.totals(by_hand, slots),
    }


def render(module: Module) -> str:
    """The source text of the module. Raises ValueError for a score that has no such kernels."""
    if reason := why_not(module.family):
        raise ValueError(f"no kernel of pairs: {reason}")
    layer = module.attention
    parts = split(module.family.system)
    products = products_of(parts)
    numbers: list[Expr] = []
    lines = _printed(parts, products, numbers)
    form, places = _form(parts, products)
    backward = (
        "grad_log_sum_exp: Array | None = None",
        "forward: Attention | None = None",
        "wanted: frozenset[str] | None = None",
    )
    body = rendered(
        TEMPLATE,
        **derived.statements(),
        block=4,
        cells=[(i, c) for i in range(4) for c in range(4)],
        digest=_digest(),
        tables=_tables(module),
        form={name: _tuple(value) for name, value in form.items()},
        product=bool(products.sums),
        pair=1 if products.sums else ROWS,
        products=products,
        sums=len(parts.sums),
        lines=lines,
        begun={name: _used(lines[name], BEGUN) for name in lines},
        by_strip={name: _used(lines[name], BY_STRIP) for name in lines},
        by_row={name: _used(lines[name], BY_ROW) for name in lines},
        features_head=_head(
            "_features",
            [f"{t.name}: Array" for t in module.scores.arguments],
            "tuple[dict[str, Array], tuple[float, ...]]",
        ),
        layout=_layout(places, lines, products),
        before=_before(parts, numbers),
        after=_after(parts),
        scores_head=derived.opening(
            module.scores,
            "Array",
            "Array",
            function_doc(module, module.scores, "Array", summary=SCORES_OF_ALL),
            SEEN[2:],
        ),
        attention_head=derived.opening(
            layer,
            "Attention",
            "Array",
            function_doc(
                module,
                layer,
                f"Attention\n    {result(layer, 'context')};\n    {RETURNED}",
                summary=f"Attention with the {module.family.title}: the context, and ln Σ_j exp(t_ij) of every query.",
                more=(*VISIBLE, THREADS),
            ),
            SEEN,
        ),
        backward_head=derived.opening(
            layer,
            "dict[str, Array]",
            "Array",
            backward_doc(
                module, "Array", fused=GRADIENTS, more=(*VISIBLE, THREADS, LOG_SUM_EXP_SEED, FORWARD_RESULT, WANTED)
            ),
            (*SEEN, *backward),
            backward=True,
        ),
        checks_scores=_checks(module.scores.arguments),
        checks_layer=_checks(layer.arguments, mask=True),
        own=[tensor.name for tensor in module.scores.arguments],
        values=[pieces.value_of(tensor) for tensor in module.scores.arguments],
        arguments=[tensor.name for tensor in layer.arguments],
    )
    head = module_doc(module, "Numba, fused, forward and backward", METHOD, f"Domain: {module.family.domain}.")
    return headed(head, body, *RUNTIMES)


def _digest() -> str:
    """Of what the kernels are compiled with beside the module: Numba's cache looks at the generated file alone."""
    texts = [(GENERATED / "numba" / name).read_bytes() for name in ("_packs.py", "_pairs.py")]
    return hashlib.sha256(b"".join(texts)).hexdigest()[:16]


def _side(tensor: Tensor) -> str:
    return "query" if N_Q in tensor.shape else "key" if N_K in tensor.shape else ""


def _unit(tensor: Tensor) -> str:
    rest = [str(size) for size in tensor.shape if size not in {N_Q, N_K}]
    if len(rest) > 1:
        raise ValueError(f"{tensor.name} has several axes beside the pair's")
    return rest[0] if rest else ""


def _form(parts: Split, products: Products) -> tuple[dict[str, object], list[str]]:
    """The tables that the runtime reads, and the names of the places that the kernels are told."""
    by_side: dict[str, list[tuple[str, str]]] = {"query": [], "key": [], "": []}
    for tensor in sorted(parts.features, key=lambda one: (not _unit(one), one.name)):
        by_side[_side(tensor)].append((tensor.name, _unit(tensor)))
    totals = [
        (
            one.tensor.name,
            _side(one.tensor),
            "" if one.unit is None else str(one.unit),
            one.tensor.name in products.totals,
        )
        for one in parts.totals
    ]
    units = dict.fromkeys(unit for names in by_side.values() for _, unit in names if unit)
    places = [f"at_{name}" for names in by_side.values() for name, _ in names] + ["at_numbers"]
    places += [f"width_{unit}" for unit in units] + [f"at_{name}" for name, *_ in totals] + ["query_slots"]
    if products.sums:
        places += (
            [f"padded_{unit}" for unit in units]
            + [f"rows_at_{name}" for name, _ in by_side["key"]]
            + ["query_products"]
        )
    form = {
        "query": by_side["query"],
        "key": by_side["key"],
        "given": by_side[""],
        "totals": totals,
        "layout": places,
        "product": bool(products.sums),
    }
    return form, places


def _layout(places: Sequence[str], lines: Mapping[str, list[str]], products: Products) -> dict[str, object]:
    """For each function the places that it reads, with their numbers."""
    where = {name: number for number, name in enumerate(places)}

    def read(names: Iterable[str]) -> dict[str, int]:
        return {name: where[name] for name in names}

    of_sums = [
        f"{what}_{name}"
        for one in products.sums
        for what, name in (("at", one.query), ("at", one.key), ("width", one.unit))
    ]
    of_totals = [
        f"{what}_{name}"
        for one in products.of_query
        for what, name in (("at", one.total), ("rows_at", one.feature), ("padded", one.unit))
    ]
    of_totals += [
        f"{what}_{name}"
        for one in products.of_key
        for what, name in (("at", one.total), ("at", one.feature), ("padded", one.unit))
    ]
    return {
        "scores": read(dict.fromkeys([*of_sums, *used(lines["scores"], places)])),
        "totals": read(used(lines["totals"], places)),
        "products": read(dict.fromkeys([*of_totals, *(["query_products"] if products.sums else [])])),
        "slots": where["query_slots"],
    }


def _before(parts: Split, numbers: Sequence[Expr]) -> dict[str, object]:
    """NumPy for what one side has alone."""
    outputs = list(dict.fromkeys(one.target.name for one in parts.before))
    arguments = parts.system.inputs
    system = System(parts.system.name, arguments, parts.before, tuple(outputs))
    plan = shared(plans.forward(system, outputs))
    sizes = {*_sizes(plan), *(size for value in numbers for size in value.free_symbols)}
    return {
        "statements": "\n".join([*sizes_of(sizes, arguments), *Emitter(plan, Printer(SYNTAX, {})).lines()]),
        "outputs": outputs,
        "numbers": ", ".join(f"float({scalar(value)[0]})" for value in numbers),
    }


def _after(parts: Split) -> dict[str, object]:
    """NumPy for the gradients, from the sums over pairs."""
    batch = plans.batches(parts.system)
    for total in parts.totals:
        batch[total.tensor.name] = frozenset({"query", "key", "value"} if _side(total.tensor) else ())
    outputs = [f"grad_{tensor.name}" for tensor in parts.system.inputs]
    plan = shared(plans.following(parts.after, outputs, batch))
    lines = Emitter(plan, Printer(SYNTAX, dict(renamed(outputs)))).lines()
    text = "\n".join([*sizes_of(_sizes(plan), parts.system.inputs), *lines])
    names = [*(tensor.name for tensor in parts.system.inputs), *(one.target.name for one in parts.before)]
    return {
        "statements": text,
        "read": [name for name in dict.fromkeys(names) if re.search(rf"\b{name}\b", text)],
        "totals": [total.tensor.name for total in parts.totals],
    }


def _sizes(plan: Plan) -> set[Symbol]:
    nodes = [node for statement in plan.statements for node in statement.variants.values()]
    return {symbol for node in nodes for value in numbers_in(node) for symbol in value.free_symbols}


def _tuple(value: object, depth: int = 1) -> str:
    """A nested tuple as Python text; one entry a line where it does not fit on one."""
    if isinstance(value, str):
        return f'"{value}"'
    if not isinstance(value, list | tuple):
        return repr(value)
    entries = [_tuple(one, depth + 1) for one in value]
    line = f"({', '.join(entries)}{',' * (len(entries) == 1)})"
    if len(line) + len("    layout=,") <= WIDTH:
        return line
    return "\n".join(["(", *(f"{INDENT * (depth + 1)}{one}," for one in entries), f"{INDENT * depth})"])


def _tables(module: Module) -> str:
    arguments = module.attention.arguments
    required = ", ".join(f'"{t.name}"' for t in arguments if t.name not in module.attention.options)
    positive = ", ".join(f'"{t.name}"' for t in arguments if t.positive)
    shapes = shapes_text(arguments, {"mask": ("...", "n_q", "n_k")})
    return f"SHAPES = {shapes}\nREQUIRED = frozenset({{{required}}})\nPOSITIVE = frozenset({{{positive}}})"


def _checks(arguments: Sequence[Tensor], *, mask: bool = False) -> str:
    lines = [
        f'    {pieces.value_of(t)} = scalar("{t.name}", {t.name}, query)' for t in arguments if pieces.is_scalar(t)
    ]
    entries = [(t.name, pieces.value_of(t)) for t in arguments] + ([("mask", "mask")] if mask else [])
    return "\n".join([*lines, pieces.table("given", entries)])
