"""Keys of which what depends on them alone is computed once, for the many queries of a decoder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Prepared:
    """What a layer's ``prepare`` returns: call it with queries, one or more a step.

    key               (..., n_k, width): what the layer made of the keys
    value             (..., n_k, d_v)
    key_padding_mask  (..., n_k) or None, as for the layer
    step              the layer's attention with such keys
    """

    key: Tensor
    value: Tensor
    key_padding_mask: Tensor | None
    step: Callable[..., tuple[Tensor, Tensor | None]]

    def __call__(
        self, query: Tensor, need_weights: bool = True, attn_mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor | None]:
        """Context (..., n_q, d_v), and weights (..., n_q, n_k) or None, as the layer's own call has them."""
        return self.step(query, self.key, self.value, self.key_padding_mask, need_weights, attn_mask)


def layer(
    scores: Tensor, value: Tensor, softcap: Tensor | None, mask: Tensor | None, bias: Tensor | None, *, weights: bool
) -> tuple[Tensor, Tensor | None]:
    """Context and, where wanted, weights of scores (..., n_q, n_k); a query that sees no key has 0 of both."""
    logits = scores if softcap is None else softcap * torch.tanh(scores / softcap)
    if bias is not None:
        logits = logits + bias
    if mask is not None:
        logits = logits.masked_fill(~mask, -torch.inf)
    nothing = torch.isneginf(logits).all(-1, keepdim=True)
    found = torch.softmax(logits.masked_fill(nothing, 0), -1).masked_fill(nothing, 0)
    return found @ value, found if weights else None
