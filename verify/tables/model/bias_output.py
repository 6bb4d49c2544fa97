"""What the projection biases do to the model's output (claim B4): predicted first, then seen.

The output is read through a functional of each sentence's embedding: its component along the direction in which
removing the query biases moves it (so that an effect of that kind shows in full), and along a random direction. Its
rounding error has the first-order bound of ``rounding``; the change between two evaluations is at most the sum of their
bounds if the two models are the same function, and if it is larger they are not.

    prediction ``unchanged``  another implementation; another format; key biases removed or random:  change <= bound
    prediction ``changed``    query biases removed or random:                                       change > bound
    prediction ``zero``       gradient of the functional with respect to the key biases of a layer:  |gradient| <= bound
    prediction ``not zero``   the same for the query biases:                                        |gradient| > bound

Why the trained key biases are tiny: the loss does not depend on them, so their gradient is zero in exact arithmetic,
and training leaves them where initialisation put them (zero, for this kind of model) up to the rounding noise that an
adaptive optimiser rescales. The gradient rows test that on this model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from attnproof.verify.outcome import ABSTAIN, FAIL, PASS
from attnproof.verify.rows.tables import ModelBiasInvarianceRow
from attnproof.verify.tables.model import forward, in_torch, rounding
from attnproof.verify.tables.model.files import HEAD_WIDTH, LAYERS, WIDTH, Model
from attnproof.verify.tables.model.row import POWER, row, within_bound

Array = NDArray[Any]

TORCH: Final = {"fp64": torch.float64, "fp32": torch.float32}
TRAINED: Final = "trained"
DIRECTIONS: Final = ("along the query biases' effect", "random")


def replacements(model: Model, random: Sequence[Array]) -> dict[str, Model]:
    """The models of the four interventions; random: one (384,) vector for each layer, as long as its query bias."""
    zero = [np.zeros(WIDTH, dtype=np.float32)] * LAYERS
    return {
        f"{side} biases {name}": forward.with_biases(model, {side: vectors})
        for side in ("key", "query")
        for name, vectors in (("removed", zero), ("random", random))
    }


def rows(
    model: Model, sentences: Sequence[Sequence[int]], random: Sequence[Array], direction: Array, dtypes: Sequence[str]
) -> list[ModelBiasInvarianceRow]:
    """All end-to-end rows. direction (sentences, 384) random; random as for ``replacements``."""
    models = replacements(model, random)
    precise = forward.encode(forward.cast(model, "fp64"), sentences)[0]
    moved = forward.encode(forward.cast(models["query biases removed"], "fp64"), sentences)[0] - precise
    effect = np.linalg.norm(moved, axis=1)
    directions = np.stack([unit(moved), unit(direction)])
    recording = in_torch.record(model, sentences)
    adjoints = [recording.adjoints(torch.from_numpy(along)) for along in directions]
    bounds = _bounds(recording, [sites for sites, _ in adjoints], models, sentences, directions)

    found: list[ModelBiasInvarianceRow] = []
    for dtype in dtypes:
        u = rounding.UNIT_ROUNDOFF[dtype]
        trained = forward.encode(forward.cast(model, dtype), sentences)[0].astype(np.float64)
        other = in_torch.embed(model, sentences, TORCH[dtype]).astype(np.float64)
        found.append(_row("another implementation", dtype, trained, other, directions, 2 * u * bounds[TRAINED], effect))
        if dtype != "fp64":
            bound = (u + rounding.UNIT_ROUNDOFF["fp64"]) * bounds[TRAINED]
            found.append(_row("another format", dtype, precise, trained, directions, bound, effect))
        for name, changed in models.items():
            embedded = forward.encode(forward.cast(changed, dtype), sentences)[0].astype(np.float64)
            bound = u * (bounds[TRAINED] + bounds[name])
            found.append(_row(name, dtype, trained, embedded, directions, bound, effect))
    return found + _gradients(recording, model, *adjoints[0])


def unit(vectors: Array) -> Array:
    """Each row divided by its Euclidean norm."""
    result: Array = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return result


def _bounds(
    recording: in_torch.Recording,
    adjoints: Sequence[in_torch.Sites],
    models: Mapping[str, Model],
    sentences: Sequence[Sequence[int]],
    directions: Array,
) -> dict[str, Array]:
    """Bounds in units of u, (directions, sentences), for the trained model and for that of each intervention."""

    def over(adjoints: Sequence[in_torch.Sites], local: in_torch.Sites) -> Array:
        return np.stack([rounding.bound(sites, local).numpy() for sites in adjoints])

    found = {TRAINED: over(adjoints, rounding.local_errors(recording))}
    for name, changed in models.items():
        if name.startswith("key"):
            biases = tuple(torch.tensor(layer["key.bias"], dtype=torch.float64) for layer in changed.layers)
            found[name] = over(adjoints, rounding.local_errors(recording, biases))
        else:  # another function: its own intermediate results and adjoints
            recorded = in_torch.record(changed, sentences)
            own = [recorded.adjoints(torch.from_numpy(along))[0] for along in directions]
            found[name] = over(own, rounding.local_errors(recorded))
    return found


def _row(
    name: str, dtype: str, before: Array, after: Array, directions: Array, bounds: Array, effect: Array
) -> ModelBiasInvarianceRow:
    """Bounds (directions, sentences), effect (sentences,). The row shows the functional whose change is the largest in
    units of its bound.
    """
    changes = np.abs(np.einsum("dsp,sp->ds", directions, after - before))
    ratios = changes / bounds
    at = tuple(int(k) for k in np.unravel_index(np.argmax(ratios), ratios.shape))
    predicted_change = name.startswith("query")
    columns = within_bound(0.0, float(changes[at]), float(bounds[at]))
    theory = "f(model') = f(model) in exact arithmetic"
    if predicted_change:
        theory = "f(model') ≠ f(model): change above the rounding bound"
        columns |= _exceeds(float(changes[at]), float(bounds[at]))
    loosest = float(np.max(bounds / effect))
    if columns["verdict"] == (FAIL if predicted_change else PASS) and loosest > POWER:
        columns |= {"verdict": ABSTAIN, "reason": f"the bound is {loosest:.2g} times the query biases' effect"}
    return row(
        ModelBiasInvarianceRow,
        f"output/{name}/{dtype}",
        dtype=dtype,
        intervention=name,
        quantity="output",
        prediction="changed" if predicted_change else "unchanged",
        theory=theory,
        direction=DIRECTIONS[at[0]],
        sentences=len(before),
        embedding_change=float(np.linalg.norm(after - before, axis=1).max()),
        smallest_cosine=float(np.sum(unit(after) * unit(before), axis=1).min()),
        error_over_bound=float(ratios[at]),
        **columns,
    )


def _exceeds(measured: float, bound: float) -> dict[str, Any]:
    """Verdict columns of the prediction that something changes: by more than rounding can; by how much is open."""
    if measured > bound:
        return {"theory_value": None, "verdict": PASS, "reason": None}
    reason = f"{measured:.3g} is within the rounding bound {bound:.3g}"
    return {"theory_value": None, "verdict": FAIL, "reason": reason}


def _gradients(
    recording: in_torch.Recording, model: Model, adjoints: in_torch.Sites, gradients: Sequence[Mapping[str, Tensor]]
) -> list[ModelBiasInvarianceRow]:
    """Gradients with respect to the biases, as torch's autograd gives them in fp64.

    The gradient of a key bias is Σ_i q_i Σ_j g_ij / √d with g_ij = α_ij (ᾱ_ij - Σ_l α_il ᾱ_il), whose sum over j is
    zero for any ᾱ. With n keys, g_ij errs by at most (n + 3) u α_ij (|ᾱ_ij| + ρ_i), ρ_i = Σ_l α_il |ᾱ_il|; Σα differs
    from 1 by at most (n + 1) u, which adds (n + 1) u α_ij ρ_i; the sums over i, j and sentences add n_i + n_j + S
    roundings of the absolute terms, products with q and the scale 4.
    """
    count, n = recording.mask.shape
    result = []
    for layer in range(LAYERS):
        weights, incoming = recording.sites[f"{layer}.weights"], adjoints[f"{layer}.weights"].abs()
        with torch.no_grad():
            size = weights * (incoming + (weights * incoming).sum(dim=-1, keepdim=True))
            of_query = size.sum(dim=-1, keepdim=True) * recording.sites[f"{layer}.query"].abs() / HEAD_WIDTH**0.5
        roundings = (n + 3) + (n + 1) + 2 * n + count + 4
        bound = float(rounding.UNIT_ROUNDOFF["fp64"] * roundings * of_query.sum(dim=(0, 2)).pow(2).sum().sqrt())
        for side in ("key", "query"):
            norm = float(gradients[layer][side].norm())
            columns = within_bound(0.0, norm, bound)
            if side == "query":
                columns |= _exceeds(norm, bound)
            result.append(
                row(
                    ModelBiasInvarianceRow,
                    f"gradient/layer={layer}/{side} bias",
                    implementation="torch autograd",
                    layer=layer,
                    intervention=f"gradient of the {side} bias",
                    quantity="gradient",
                    prediction="zero" if side == "key" else "not zero",
                    theory="∂f/∂b_k = Σ_i q_i Σ_j ∂f/∂e_ij / √d = 0" if side == "key" else "∂f/∂b_q ≠ 0",
                    bias_norm=float(np.linalg.norm(model.layers[layer][f"{side}.bias"])),
                    **columns,
                )
            )
    return result
