"""Bounds of everything that attention computes, for one case and one arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from sympy import tanh

from attnproof.derivations.language.notation import D_V, N_Q, I, P, Tensor
from attnproof.derivations.language.system import Equation, System, total
from attnproof.derivations.language.tensors import CONTEXT
from attnproof.verify.arithmetic.backends import Arithmetic
from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.bounds.contraction import Known
from attnproof.verify.bounds.interpreter import Interpreter
from attnproof.verify.bounds.operand import BATCH, Operand, exact
from attnproof.verify.bounds.rounding import up
from attnproof.verify.bounds.softmax import softmax_rule
from attnproof.verify.inputs.case import Case

OUTPUTS = ("scores", "weights", "context")
TOLD = 4  # a bound tells right from wrong where it is below this part of the scale


@dataclass(frozen=True)
class Bound:
    """What an implementation may be off by.

    bound        float64, shape of the quantity: ``|computed − exact| ≤ bound`` for every implementation that the
                 assumptions hold for, in any order of operations; ∞ where nothing can be guaranteed
    scale        float64, same shape: the size of what the quantity is a sum of, ``Σ |terms|`` with the terms' own terms
                 written out. A wrong sign or a lost term is off by about that much
    assumptions  what has to hold
    reasons      why the bound is ∞ where it is
    """

    bound: Array
    scale: Array
    assumptions: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    @cached_property
    def finite(self) -> bool:
        """Whether every element has a finite bound."""
        return bool(np.isfinite(self.bound).all())

    @cached_property
    def ordinary(self) -> bool:
        """Whether every element has a finite bound greater than 0."""
        return self.finite and bool((self.bound > 0).all())

    @cached_property
    def told(self) -> NDArray[np.bool_]:
        """Elementwise: would a value be rejected that is off by half of the element's scale, whatever its rounding
        errors are?

        Off by ``scale/2`` is what half of the terms make, lost or taken twice, or a quarter of them with the wrong
        sign. Such a value may itself err by the bound, so its error is at least ``scale/2 − bound``: more than the
        bound where ``bound < scale/4``. A bound of 0 rejects everything else.
        """
        return np.asarray((self.bound < self.scale / TOLD) | (self.bound == 0.0))

    @cached_property
    def meaningful(self) -> bool:
        """Whether the bound tells right from wrong: where it does (``told``) lies at least half of the quantity, by
        scale.

        Counted by scale and not by elements, because weights that vanish beside the others are no part of what an
        answer is worth: an implementation that has the large ones within their bounds is right. Besides, no bound
        reaches the largest scale: an answer of zeros is rejected at the largest element. A bound of 0 everywhere (every
        key masked) is meaningful: only zeros pass.
        """
        largest, top = float(np.max(self.bound)), float(np.max(self.scale))
        if largest == 0.0 or not largest < top < np.inf:
            return largest == 0.0
        share = self.scale / top  # so that the sums overflow for no scale
        return float(np.sum(share[self.told])) >= 0.5 * float(np.sum(share))


def bounds(case: Case, arithmetic: Arithmetic) -> Mapping[str, Bound]:
    """A bound for each element of ``scores``, ``weights``, ``context`` (``lse``) and ``grad.NAME`` of every input
    given.

    Valid for every implementation with that arithmetic: any order of sums and products, the scale before or after them,
    bilinear scores as (qW)k or q(Wk), backward by formulas or by autograd; with ``arithmetic.fused`` also for one-pass
    kernels. Rows whose keys are all masked, and masked keys, have exact zeros and bounds 0.

    The result for a case and an arithmetic is kept as long as the case is.
    Raises ValueError for an input that is NaN or infinite (−∞ in ``bias`` masks).
    """
    kept = _kept.setdefault(case, {})
    relevant = _relevant(case, arithmetic)
    if relevant not in kept:
        kept[relevant] = MappingProxyType(_bounds(case, relevant))
    return kept[relevant]


_shared: WeakKeyDictionary[Case, dict[tuple[object, ...], Known]] = WeakKeyDictionary()
_kept: WeakKeyDictionary[Case, dict[Arithmetic, Mapping[str, Bound]]] = WeakKeyDictionary()
_kept_forward: WeakKeyDictionary[Case, dict[Arithmetic, Mapping[str, Bound]]] = WeakKeyDictionary()


def _relevant(case: Case, arithmetic: Arithmetic) -> Arithmetic:
    """The same arithmetic as far as it matters: without tanh in the system, its derivative's formula does not."""
    forward = case.forward
    if any(equation.rhs.has(tanh) for equation in forward.equations):
        return arithmetic
    return replace(arithmetic, tanh_derivative="sech2")


def forward_bounds(case: Case, arithmetic: Arithmetic) -> Mapping[str, Bound]:
    """Those of ``bounds`` that are of outputs: nothing is evaluated backwards. Kept, and raises, as there."""
    kept = _kept_forward.setdefault(case, {})
    relevant = _relevant(case, arithmetic)
    if relevant not in kept:
        _check_finite(case)
        with np.errstate(all="ignore"):  # infinite bounds are meant; NaN becomes ∞ in ``up``
            kept[relevant] = MappingProxyType(_outputs(case, _forward(case, relevant)))
    return kept[relevant]


def _bounds(case: Case, arithmetic: Arithmetic) -> dict[str, Bound]:
    _check_finite(case)
    found: dict[str, Bound] = {}
    with np.errstate(all="ignore"):  # infinite bounds are meant; NaN becomes ∞ in ``up``
        for interpreter in _evaluations(case, arithmetic):
            for quantity, bound in _collect(case, interpreter).items():
                before = found.get(quantity)
                found[quantity] = bound if before is None else _larger(before, bound)
    return found


def _check_finite(case: Case) -> None:
    for name, array in (*case.inputs.items(), *case.cotangents.items()):
        if not np.all(np.isfinite(array) | (np.isneginf(array) if name == "bias" else False)):
            raise ValueError(f"{name} is NaN or infinite somewhere; rounding errors are bounded for numbers only")


def _forward(case: Case, arithmetic: Arithmetic) -> Interpreter:
    """Everything up to the outputs evaluated."""
    forward = case.forward
    known = {tensor.name: _flat_batch(case, tensor, case.inputs[tensor.name]) for tensor in forward.inputs}
    for name, seed in case.cotangents.items():
        known[name] = _flat_batch(case, forward.tensors[name.removeprefix("grad_").removeprefix("seed_")], seed)
    batch = int(np.prod(case.batch))
    repeats = {
        f"grad_{name}": batch // _own_batch(forward.tensors[name], array)
        for name, array in case.inputs.items()
        if forward.tensors[name].batched
    }
    found = Interpreter(arithmetic, case.sizes, batch, known, repeats, shared=_shared.setdefault(case, {}))
    found.run(forward, "forward")
    return found


def _evaluations(case: Case, arithmetic: Arithmetic) -> Iterator[Interpreter]:
    """Forward and backward evaluated, once for each way in which gradients may be computed."""
    forward, backward, first = case.forward, case.backward, _forward(case, arithmetic)
    for way, system, recomputed in _variants(backward, arithmetic):
        interpreter = replace(first, known=dict(first.known), reasons=list(first.reasons))
        if recomputed:
            source, target = ("places", "shares") if "places" in forward.tensors else ("logits", "weights")
            interpreter.known[target] = softmax_rule(first.known[source], arithmetic, recomputed=True)
            if target == "shares":
                again = interpreter.known["shares"]
                parts = (getattr(again, part)[..., :-1] for part in ("value", "radius", "error", "scale"))
                interpreter.known["weights"] = Operand(again.labels, *parts)
        interpreter.run(system, way)
        interpreter.known["weights"] = first.known["weights"]
        yield interpreter


def _variants(backward: System, arithmetic: Arithmetic) -> Iterator[tuple[str, System, bool]]:
    """The ways in which gradients may be computed: from the stored weights; in fused kernels also as those do.

    Where something flows back through the log-sum-exp ℓ its derivative may be made again as exp(t − ℓ), as autograd
    does, which errs by u |ℓ| relative. A fused kernel takes ``ρ_i = Σ_j α_ij ᾱ_ij = Σ_p c̄_ip c_ip`` from the context
    and recomputes the weights.
    """
    yield "stored", backward, False
    if "grad_lse" in {tensor.name for tensor in backward.inputs}:
        yield "recomputed", backward, True
    if not arithmetic.fused:
        return
    row_dot = next((e for e in backward.equations if e.target.name == "row_dot"), None)
    if row_dot is None:
        return
    upstream = Tensor("grad_context", f"{CONTEXT.symbol}_bar", (N_Q, D_V), "cotangent")
    if backward.tensors.get("grad_attended") is not None:  # the kernel's own context is not what the layer returns
        return
    from_context = Equation(row_dot.target, (I,), total(upstream[I, P] * CONTEXT[I, P], (P, D_V)))
    equations = tuple(from_context if e is row_dot else e for e in backward.equations)
    yield "fused", replace(backward, inputs=(*backward.inputs, CONTEXT), equations=equations), True


def _flat_batch(case: Case, tensor: Tensor, array: Array) -> Operand:
    """An input with its batch dimensions broadcast and made one axis."""
    labels = "abcdefgh"[: len(tensor.shape)]
    if not tensor.batched:
        return exact(labels, array)
    shape = array.shape[array.ndim - len(tensor.shape) :]
    full = np.broadcast_to(array, (*case.batch, *shape)).reshape(-1, *shape)
    return exact(BATCH + labels, full)


def _own_batch(tensor: Tensor, array: Array) -> int:
    return int(np.prod(array.shape[: array.ndim - len(tensor.shape)]))


def _collect(case: Case, interpreter: Interpreter) -> dict[str, Bound]:
    found = _outputs(case, interpreter)
    for name, array in case.inputs.items():
        found[f"grad.{name}"] = _bound(case, interpreter, interpreter.known[f"grad_{name}"], array.shape)
    return found


def _outputs(case: Case, interpreter: Interpreter) -> dict[str, Bound]:
    known = interpreter.known
    return {
        name: _bound(case, interpreter, known[name], (*case.batch, *known[name].value.shape[1:]))
        for name in case.outputs
    }


def _bound(case: Case, interpreter: Interpreter, operand: Operand, shape: tuple[int, ...]) -> Bound:
    """The operand in the quantity's shape: batch dimensions restored, those that the input does not have summed.

    The additions of that sum are part of the operand's error already (``Interpreter.repeats``).
    """
    error, scale, size = operand.error, operand.scale, operand.computed_size
    if BATCH in operand.labels:
        full = (*case.batch, *operand.value.shape[1:])
        padded = (1,) * (len(full) - len(shape)) + shape
        axes = tuple(axis for axis, (a, b) in enumerate(zip(full, padded, strict=True)) if a != b)
        error, scale, size = (
            up(np.sum(part.reshape(full), axis=axes, keepdims=True), interpreter.batch).reshape(shape)
            for part in (error, scale, size)
        )
    limit = interpreter.arithmetic.format.max
    reasons = list(interpreter.reasons)
    if np.any(np.isfinite(error) & (size > limit)):
        reasons.append(f"a sum over the batch may overflow {interpreter.arithmetic.format.name}")
    error = np.where(size > limit, np.inf, error)
    if not np.all(np.isfinite(error)) and not reasons:
        reasons.append(f"no finite bound holds for {interpreter.arithmetic.name}")
    return Bound(error, scale, interpreter.arithmetic.assumptions, tuple(reasons) if np.any(np.isinf(error)) else ())


def _larger(one: Bound, other: Bound) -> Bound:
    reasons = tuple(dict.fromkeys(one.reasons + other.reasons))
    return replace(one, bound=np.maximum(one.bound, other.bound), reasons=reasons)
