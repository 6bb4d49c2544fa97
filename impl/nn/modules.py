"""Layers for torch: attention with a score, its parameters and torch's conventions.

Batch axes come first, masks are those of ``torch.nn.MultiheadAttention`` (True leaves out), and a call returns context
and weights. There are no heads inside: leading axes are heads as well as batch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout, linear

from attnproof.impl.fused import MULTIPLICATIVE
from attnproof.impl.nn.declared import start
from attnproof.impl.nn.masks import taken
from attnproof.impl.nn.operators import attend, registered
from attnproof.impl.nn.prepared import Prepared, layer


class ScoreAttention(nn.Module):
    """Attention with any score: ``c[i,p] = Σ_j softmax_j(e[i,j]) V[j,p]``.

    Parameters
    ----------
    score : built-in (``additive`` …), or a user's, ``"my_score.py:cosine"``
        the layer's parameters have the names and shapes that the score declares
    optional : names of the score's optional parameters that the layer has (default: none)
    softcap : κ > 0, optional
        the scores e become κ tanh(e/κ)
    dropout : probability with which a weight is left out in training
    device, dtype : of the parameters
    sizes : ``d_q``, ``d_k``, ``d_a`` …
        those that the shapes of the parameters are made of

    Raises
    ------
    KeyError for an unknown score, ValueError for a mistake in a user's file and for a number out of its range,
    TypeError for sizes and optional parameters that are missing or not the score's.
    """

    def __init__(
        self,
        score: str,
        *,
        optional: Sequence[str] = (),
        softcap: float | None = None,
        dropout: float = 0.0,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
        **sizes: int,
    ) -> None:
        super().__init__()
        self.score = registered(score)
        for name in sorted({*sizes} ^ {*self.score.sizes}):
            raise TypeError(f"score {score} takes the sizes {', '.join(self.score.sizes) or 'none'}; check {name}")
        for name in optional:
            if name not in self.score.optional:
                known = ", ".join(self.score.optional) or "none"
                raise TypeError(f"score {score} has the optional parameters {known}, not {name}")
        if softcap is not None and not 0 < softcap < float("inf"):
            raise ValueError(f"softcap must be a finite number > 0, got {softcap}")
        if not 0 <= dropout < 1:
            raise ValueError(f"dropout must be at least 0 and less than 1, got {dropout}")
        self.sizes, self.softcap, self.dropout = dict(sizes), softcap, dropout
        for name in self.score.parameters:
            if name in self.score.required or name in optional:
                shape = self.score.shape(name, sizes)
                self.register_parameter(name, nn.Parameter(torch.empty(shape, device=device, dtype=dtype)))
            else:
                self.register_parameter(name, None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Start anew: Xavier's uniform matrices, vectors within 1/√length, biases 0, numbers 1."""
        for name, parameter in self.named_parameters(recurse=False):
            start(self.score, name, parameter)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        """Context (..., n_q, d_v), and weights (..., n_q, n_k) or None.

        Parameters
        ----------
        query, key, value : (..., n_q, d_q), (..., n_k, d_k), (..., n_k, d_v); leading axes broadcast
        key_padding_mask : (..., n_k), optional
            bool: True leaves a key out; floating-point: added to the scores
        need_weights : bool
            False: weights are not computed, and a fused kernel serves the call where there is one
        attn_mask : (..., n_q, n_k), optional
            as ``key_padding_mask``
        is_causal : bool
            query i sees the keys j <= i; no ``attn_mask`` is needed for it

        A query that sees no key has context 0 and weights 0. Raises TypeError or ValueError that names the argument.
        """
        mask, bias = taken(query, key, key_padding_mask, attn_mask)
        given = {name: getattr(self, name) for name in self.score.parameters}
        given |= {"query": query, "key": key, "value": value, "softcap": self._softcap(query), "bias": bias}
        return self._with_dropout(value, need_weights, partial(attend, self.score, given, mask, causal=is_causal))

    def prepare(self, key: Tensor, value: Tensor, key_padding_mask: Tensor | None = None) -> Prepared:
        """Keys and values that many calls share, as a decoder's do: what depends on the keys alone is computed once.

        Called with a query the result gives what ``forward`` does, for the parameters as they are now; the gradients
        of all calls reach ``key``, ``value`` and the parameters. Of a score about which no more is known nothing is
        computed before there is a query.
        """
        return Prepared(self._prepared(key), value, key_padding_mask, self._step)

    def _prepared(self, key: Tensor) -> Tensor:
        return key

    def _step(self, query: Tensor, key: Tensor, value: Tensor, *rest: Any) -> tuple[Tensor, Tensor | None]:
        """``forward`` with what ``_prepared`` made of the keys."""
        found: tuple[Tensor, Tensor | None] = self(query, key, value, *rest)
        return found

    def _softcap(self, like: Tensor) -> Tensor | None:
        return None if self.softcap is None else torch.full((), self.softcap, dtype=like.dtype, device=like.device)

    def _with_dropout(
        self, value: Tensor, need_weights: bool, attended: Callable[..., tuple[Tensor, Tensor | None]]
    ) -> tuple[Tensor, Tensor | None]:
        """Context and weights; in training some weights are left out, and the others grow by as much."""
        if not self.training or not self.dropout:
            return attended(weights=need_weights)
        _, weights = attended(weights=True)
        assert weights is not None
        weights = dropout(weights, self.dropout)
        return weights @ value, weights if need_weights else None

    def extra_repr(self) -> str:
        """The score, its sizes and options."""
        parts = [self.score.operator, *(f"{name}={size}" for name, size in self.sizes.items())]
        parts += [name for name in self.score.optional if getattr(self, name) is not None]
        parts += [f"{name}={value}" for name, value in (("softcap", self.softcap), ("dropout", self.dropout)) if value]
        return ", ".join(parts)

    def __setstate__(self, state: dict[str, Any]) -> None:
        restore: Any = super().__setstate__
        restore(state)
        registered(self.score.name)  # in a process that has not made such a layer


class AdditiveAttention(ScoreAttention):
    """Bahdanau's attention: ``e[i,j] = Σ_a v[a] tanh((W_s q_i)[a] + (W_h k_j)[a] + b[a])``.

    Parameters
    ----------
    query_dim, key_dim, hidden_dim : widths of queries, of keys and of the hidden layer
    bias : whether there is a bias b inside tanh
    softcap, dropout, device, dtype : as for ``ScoreAttention``

    Its parameters: ``weight_query`` (hidden_dim, query_dim), ``weight_key`` (hidden_dim, key_dim), ``v`` (hidden_dim,),
    ``bias_hidden`` (hidden_dim,).
    """

    weight_query: Tensor
    weight_key: Tensor
    v: Tensor
    bias_hidden: Tensor | None

    def __init__(self, query_dim: int, key_dim: int, hidden_dim: int, *, bias: bool = True, **options: Any) -> None:
        optional = ("bias_hidden",) if bias else ()
        super().__init__("additive", optional=optional, d_q=query_dim, d_k=key_dim, d_a=hidden_dim, **options)

    def _prepared(self, key: Tensor) -> Tensor:
        return linear(key, self.weight_key, self.bias_hidden)

    def _step(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
    ) -> tuple[Tensor, Tensor | None]:
        mask, bias = taken(query, key, key_padding_mask, attn_mask)
        units = torch.tanh(linear(query, self.weight_query).unsqueeze(-2) + key.unsqueeze(-3))
        attended = partial(layer, units @ self.v, value, self._softcap(query), mask, bias)
        return self._with_dropout(value, need_weights, attended)


class MultiplicativeAttention(ScoreAttention):
    """Luong's attention: ``q·k`` (dot), ``q·k / √d`` (scaled_dot) or ``q W k`` (bilinear, Luong's general).

    Parameters
    ----------
    query_dim, key_dim : widths of queries and keys, which bilinear has a parameter for; ``key_dim`` is ``query_dim``
        unless it is given
    score : which of the three
    softcap, dropout, device, dtype : as for ``ScoreAttention``

    Its parameter, of bilinear: ``weight`` (query_dim, key_dim).
    """

    weight: Tensor

    def __init__(
        self,
        query_dim: int | None = None,
        key_dim: int | None = None,
        *,
        score: Literal["bilinear", "dot", "scaled_dot"] = "bilinear",
        **options: Any,
    ) -> None:
        if score not in MULTIPLICATIVE:
            raise ValueError(f"score must be one of {', '.join(MULTIPLICATIVE)}, got {score}")
        widths = {"d_q": query_dim, "d_k": query_dim if key_dim is None else key_dim}
        sizes: dict[str, Any] = {name: size for name, size in widths.items() if size is not None}
        super().__init__(score, **sizes, **options)

    def _prepared(self, key: Tensor) -> Tensor:
        return key if self.score.name != "bilinear" else linear(key, self.weight)

    def _step(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
    ) -> tuple[Tensor, Tensor | None]:
        if self.score.name != "bilinear":
            return super()._step(query, key, value, key_padding_mask, need_weights, attn_mask)
        mask, bias = taken(query, key, key_padding_mask, attn_mask)
        given = {"query": query, "key": key, "value": value, "softcap": self._softcap(query), "bias": bias}
        return self._with_dropout(value, need_weights, partial(attend, registered("dot"), given, mask, causal=False))
