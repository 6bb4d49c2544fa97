"""How far rounding can move the model's output: a first-order bound from adjoints.

Write the evaluation as a chain of operations with results ``y``. Each is computed with an error of at most
``u · local(y)`` for its given inputs, where ``local`` counts roundings (γ_n to first order: n u times the sum of the
absolute terms, for every order of summation). To first order in u the error of a functional ``f`` of the output is then

    |f(computed) - f(exact)| <= u Σ_y |adjoint(y)| · local(y),      adjoint(y) = ∂f/∂y

summed over all elements of all results (the error estimate of reverse differentiation; Linnainmaa 1976). It is a bound
to first order, not an estimate: no error is assumed random, so it is pessimistic by two or three orders of magnitude.
The adjoints are those of fp64; to first order the same adjoints serve for fp32.

exp and erf of the vector libraries are charged 4 ulp, that is 8 u. Underflow is left out: a weight below the smallest
normal number is lost by at most that number, which no term here comes near.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import torch
from torch import Tensor

from attnproof.verify.tables.model.files import HEAD_WIDTH, WIDTH
from attnproof.verify.tables.model.in_torch import Recording, split

UNIT_ROUNDOFF: Final = {"fp64": 2.0**-53, "fp32": 2.0**-24}
FUNCTION: Final = 8  # exp, erf: 4 ulp, at most 8 u


def bound(adjoints: Mapping[str, Tensor], local: Mapping[str, Tensor]) -> Tensor:
    """Bound on the error of a functional for each sentence, in units of u: (batch,).

    adjoints, local  for every site, see ``Recording.adjoints`` and ``local_errors``
    """
    return torch.stack([(adjoints[name].abs() * error).flatten(1).sum(dim=1) for name, error in local.items()]).sum(
        dim=0
    )


@torch.no_grad()
def local_errors(recording: Recording, key_biases: tuple[Tensor, ...] | None = None) -> dict[str, Tensor]:
    """For every site, the largest rounding error of computing it from its inputs, in units of u.

    With ``key_biases``, one (384,) for each layer, the errors are those of the model whose key biases they replace: in
    exact arithmetic it has the same weights, hence the same later results and the same adjoints; only the keys and
    scores, and what is rounded in them, differ.
    """
    sites, mask = recording.sites, recording.mask
    found: dict[str, Tensor] = {}
    # Three terms, of either sign, added in two steps.
    word = sites["summed"] - recording.norm["position"][: mask.shape[1]] - recording.norm["type"][0]
    found["summed"] = 2 * (
        word.abs() + recording.norm["position"][: mask.shape[1]].abs() + recording.norm["type"][0].abs()
    )
    found["embedded"] = layer_norm(sites["summed"], sites["embedded"], recording.norm, "norm")
    x = sites["embedded"]
    for number, layer in enumerate(recording.parameters):
        here = f"{number}."
        query, key, value = (sites[here + name] for name in ("query", "key", "value"))
        found[here + "query"] = split(linear(x, layer, "query"))
        found[here + "value"] = split(linear(x, layer, "value"))
        own = layer if key_biases is None else {**layer, "key.bias": key_biases[number]}
        found[here + "key"] = split(linear(x, own, "key"))
        if key_biases is not None:
            key = key + split((own["key.bias"] - layer["key.bias"]).expand(1, 1, WIDTH))
        # d products, d - 1 additions, the root and the division; two more where the root is split over query and key.
        found[here + "scores"] = (HEAD_WIDTH + 4) * (query.abs() @ key.abs().mT) / math.sqrt(HEAD_WIDTH)
        found[here + "weights"] = softmax(sites[here + "scores"], sites[here + "weights"], mask)
        found[here + "context"] = mask.shape[1] * (sites[here + "weights"] @ value.abs()).transpose(1, 2).flatten(-2)
        found[here + "projected"] = linear(sites[here + "context"], layer, "attention.output")
        found[here + "first sum"] = sites[here + "first sum"].abs()
        found[here + "middle"] = layer_norm(sites[here + "first sum"], sites[here + "middle"], layer, "attention.norm")
        found[here + "up"] = linear(sites[here + "middle"], layer, "up")
        found[here + "activated"] = gelu(sites[here + "up"], sites[here + "activated"])
        found[here + "down"] = linear(sites[here + "activated"], layer, "down")
        found[here + "second sum"] = sites[here + "second sum"].abs()
        found[here + "output"] = layer_norm(sites[here + "second sum"], sites[here + "output"], layer, "output.norm")
        x = sites[here + "output"]
    lengths = mask.sum(dim=1, keepdim=True)
    found["pooled"] = (lengths + 1) * torch.where(mask[..., None], x.abs(), 0.0).sum(dim=1) / lengths
    # Relative: half of (n products and additions) under the root, the root, the division.
    found["result"] = (WIDTH / 2 + 2) * sites["result"].abs()
    return found


def linear(x: Tensor, layer: Mapping[str, Tensor], name: str) -> Tensor:
    """``x Wᵀ + b``: n products and n additions in any order."""
    weight, bias = layer[f"{name}.weight"], layer[f"{name}.bias"]
    return (x.shape[-1] + 1) * torch.nn.functional.linear(x.abs(), weight.abs(), bias.abs())


def softmax(scores: Tensor, weights: Tensor, mask: Tensor) -> Tensor:
    """Subtraction of the maximum (relative error of the exponential: |t - max| u), exp, sum of n terms, division.

    The numerator errs by its own ``|t - max| + 8``, the normaliser by the average of that and n - 1.
    """
    shown = torch.where(mask[:, None, None, :], scores, -math.inf)
    distance = torch.where(mask[:, None, None, :], shown.amax(dim=-1, keepdim=True) - scores, 0.0)
    own = distance + FUNCTION
    return weights * (own + (weights * own).sum(dim=-1, keepdim=True) + scores.shape[-1])


def layer_norm(x: Tensor, y: Tensor, layer: Mapping[str, Tensor], name: str) -> Tensor:
    """The mean errs by n mean|x|, a deviation by that and one rounding of its own, the variance by what its deviations
    bring and n + 1 roundings, the root halves the relative error; then root, division, product and sum.
    """
    n = x.shape[-1]
    weight, bias = layer[f"{name}.weight"], layer[f"{name}.bias"]
    deviation = x - x.mean(dim=-1, keepdim=True)
    scale = deviation.pow(2).mean(dim=-1, keepdim=True).sqrt()
    deviation_error = n * x.abs().mean(dim=-1, keepdim=True) + deviation.abs()
    variance_error = 2 * (deviation.abs() * deviation_error).mean(dim=-1, keepdim=True) / scale**2 + n + 1
    normalised = deviation.abs() / scale
    return weight.abs() * (deviation_error / scale + normalised * (variance_error / 2 + 4)) + bias.abs() + y.abs()


def gelu(x: Tensor, y: Tensor) -> Tensor:
    """``x (1 + erf(x / √2)) / 2``: the argument errs by 2 |z|, erf by 8 |erf|, the sum and two products by 1 each."""
    z = x / math.sqrt(2)
    slope = torch.exp(-(z**2)) * (2 / math.sqrt(math.pi))
    inner = slope * 2 * z.abs() + FUNCTION * torch.special.erf(z).abs() + (1 + torch.special.erf(z)).abs()
    error: Tensor = 0.5 * x.abs() * inner + 2 * y.abs()
    return error
