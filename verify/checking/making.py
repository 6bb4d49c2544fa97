"""The target that a declaration stands for: loaded, called in its own terms, and asked for what is not declared."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Final

from attnproof.verify.checking import (
    arranged,
    equal,
    layouts,
    loading,
    mapping,
    masks,
    neutral,
    outputs,
    storage,
)
from attnproof.verify.checking.building import check_build
from attnproof.verify.checking.calling import Call
from attnproof.verify.checking.declared import COMPLEX, FOR_FEATURES, SIZES, WIDE, Declaration
from attnproof.verify.checking.warned import noting_warnings
from attnproof.verify.composing.rotating import part_of
from attnproof.verify.targets.contract import Contract
from attnproof.verify.targets.function import numpy_target, torch_target
from attnproof.verify.targets.in_jax import jax_target
from attnproof.verify.targets.stored import storing
from attnproof.verify.targets.target import Target

DEFAULTING: Final = ("causal", "window", "softcap")  # features of which a default may be another than none


def _call(declared: Declaration, thing: Any) -> Call:
    """How the object that a declaration names is called."""
    parsed = dict(mapping.parse(text, declared.fillings) for text in declared.parameters)
    is_class = inspect.isclass(thing)
    build = loading.arguments(declared.build or "") if is_class or declared.build is not None else None
    return Call(
        thing,
        replace(layouts.parse(declared.layout), grouped="groups" in declared.takes),
        declared.named_arguments(),
        declared.by_place() if declared.positional else (),
        declared.named_outputs(),
        parsed,
        build,
        loading.load(declared.setup) if declared.setup else None,
        declared.method,
        declared.takes,
        declared.contract.get("polarity", "true attends"),
        declared.contracts,
        part_of(declared.contract),
        declared.contract.get("window") == "pair",
        declared.contract.get("rotary", "half-split") if declared.contract.get("rotary_tables") == FOR_FEATURES else "",
        declared.contract.get("rotary_tables") == COMPLEX,
    )


def make_target(
    declared: Declaration,
    thing: Any = None,
    backward: Callable[..., Any] | None = None,
    heard: Callable[[Target], Target] = lambda target: target,
) -> Target:
    """The target that is declared; ``thing`` and ``backward`` instead of loading them by their names.

    heard  around a target that is asked here already: for layouts that are not declared

    Raises ValueError where they cannot be loaded.
    """
    found = loading.load(declared.target) if thing is None else thing
    if declared.method and not inspect.isclass(found) and not hasattr(found, declared.method):
        raise ValueError(f"target {declared.target!r} has no method {declared.method!r}")
    if not callable(found):
        raise ValueError(f"target {declared.target!r} is {type(found).__name__}; expected something that can be called")
    if declared.build is not None or inspect.isclass(found):
        sizes = {*layouts.parse(declared.layout).lead, *SIZES}
        check_build(declared.target, found, declared.build or "", sizes, declared.method)
    elif declared.parameters and not hasattr(found, "named_parameters"):
        kind = type(found).__name__
        raise ValueError(f"target {declared.target!r} is {kind}; only a torch module has parameters to be mapped")
    call = _call(declared, found)
    warned: Counter[str] = Counter()

    def probed(where: layouts.Layouts) -> Target:
        return heard(noting_warnings(_made(declared, call, backward, where), warned))

    if declared.stored and declared.dtypes == WIDE:
        declared = replace(declared, dtypes=storage.result_format(probed(call.layouts)))
    arrays = arranged.found(probed, call.layouts) if not call.layouts.axes else ""
    if arrays:
        call = replace(call, layouts=arranged.in_words(call.layouts, arrays))
    one_width = arranged.one_width(probed(call.layouts))
    if one_width:
        declared = replace(declared, equal=(*declared.equal, "d_v=d"))
    where, asked = outputs.found_by_asking(probed, call)
    if odd := outputs.misshapen(probed(where)):
        declared = replace(declared, outputs=outputs.without(declared.outputs, odd))
        call = replace(call, outputs=declared.named_outputs())
    made = partial(_made, declared, call, backward)
    return replace(
        made(where),
        warned=tuple(warned.items()),
        misshapen=tuple(odd.items()),
        laid_out=(
            *((("arrays", arrays),) if arrays else ()),
            *((("sizes", "d_v=d"),) if one_width else ()),
            *((name, masks.words(where.axes[name])) for name in asked),
        ),
        fresh=partial(_fresh, declared, thing, backward, where),
        otherwise=partial(masks.besides, made, where, tuple(n for n in declared.takes if n not in call.layouts.axes)),
    )


def _fresh(declared: Declaration, thing: Any, backward: Callable[..., Any] | None, where: layouts.Layouts) -> Target:
    """The target once more: modules built anew, and what is named imported anew, so that nothing is kept."""
    with loading.afresh(declared.target, declared.setup, declared.backward):
        found = loading.load(declared.target) if thing is None else thing
        return _made(declared, _call(declared, found), backward, where)


def _always(declared: Declaration, call: Call) -> tuple[tuple[str, float], ...]:
    """What every call has, and what one has that is not told otherwise."""
    names: dict[str, str] = {name: call.arguments.get(name, name) for name in DEFAULTING if name in declared.takes}
    called = getattr(call.thing, call.method) if call.method else call.thing
    return tuple(sorted(dict((*neutral.unless_told(called, names), *declared.always_done())).items()))


def _made(declared: Declaration, asked: Call, backward: Callable[..., Any] | None, where: layouts.Layouts) -> Target:
    """The target, asked in these layouts."""
    call = replace(asked, layouts=where)
    as_many = (("n_q", "n_k"),) if declared.one_table else ()
    fields_: dict[str, Any] = {
        "takes": declared.takes,
        "outputs": (*declared.named_outputs(), *(("context",) if declared.contracts else ())),
        "contract": Contract(**declared.contract),  # type: ignore[arg-type]
        "dtypes": declared.dtypes,
        "devices": declared.devices,
        "fused": declared.fused,
        "always": _always(declared, call),
        "leads": len(where.lead) if where.axes else 2,
        "headed": where.lead[-1:] == ("h",),
        "built": call.build is not None,
        "same": (same := equal.tensors(declared.same)),
        "equal": equal.joined(*equal.sizes(declared.equal), *equal.implied(declared.formula, same), *as_many),
        "keys_alone": tuple(name for name in ("mask", "bias") if masks.lacks_queries(where, name)),
        "lengths_by_query": any("q" in axis for axis in where.axes.get("lengths", ())),
        "stored": declared.stored_arrays(),
    }
    one_length = any({"n_q", "n_k"} <= set(group) for group in fields_["equal"])  # and mostly one table
    handed = call.setup is None and all(call.arguments.get(name, name) for name in neutral.TABLES if name[:3] == "cos")
    fields_["one_table"] = declared.one_table
    fields_["two_positions"] = "rotary" in declared.takes and handed and not one_length
    # Gradients are those of Σ grad_context · context: without one there is nothing to differentiate.
    able = declared.gradients and "context" in fields_["outputs"]
    if declared.framework in ("torch", "jax"):
        door = torch_target if declared.framework == "torch" else jax_target
        made = door(declared.target, declared.formula, call, gradients=able, **fields_)
        return equal.as_one(storing(made))
    if not declared.backward or not declared.gradients:
        return equal.as_one(storing(numpy_target(declared.target, declared.formula, call, **fields_)))
    back = loading.load(declared.backward) if backward is None else backward
    if not callable(back):
        raise ValueError(f"backward {declared.backward!r} is {type(back).__name__}; expected a function")
    return storing(numpy_target(declared.target, declared.formula, call, partial(call.gradients, back), **fields_))
