"""A sequence-to-sequence model that learns to write words backwards, with the attention that it is given.

``train`` returns the losses and the time of a step; ``apart`` how far two curves of losses are from each other.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from attnproof.nn import AdditiveAttention

Attend = Callable[[Tensor], tuple[Tensor, Tensor | None]]
LETTERS, WIDTH, BATCH, LONGEST = 20, 32, 32, 12
START, NOTHING = LETTERS, LETTERS + 1


class PlainAttention(nn.Module):
    """Bahdanau's attention as it is usually written, with the parameters of ``AdditiveAttention``."""

    def __init__(self, query_dim: int, key_dim: int, hidden_dim: int) -> None:
        super().__init__()
        for name, parameter in AdditiveAttention(query_dim, key_dim, hidden_dim).named_parameters():
            setattr(self, name, nn.Parameter(parameter.detach().clone()))

    def prepare(self, key: Tensor, value: Tensor, padding: Tensor) -> Attend:
        """Project the keys."""
        projected = key @ self.weight_key.mT + self.bias_hidden

        def attend(query: Tensor) -> tuple[Tensor, Tensor]:
            scores = torch.tanh((query @ self.weight_query.mT)[..., None, :] + projected[..., None, :, :]) @ self.v
            weights = torch.softmax(scores.masked_fill(padding[:, None], -torch.inf), -1)
            return weights @ value, weights

        return attend


class KernelAttention(AdditiveAttention):
    """The fused kernel in every step, which projects the keys anew."""

    def prepare(self, key: Tensor, value: Tensor, padding: Tensor) -> Attend:
        """Project nothing."""
        return lambda query: self(query, key, value, padding, need_weights=False)


class Backwards(nn.Module):
    """An encoder that reads both ways, and a decoder that attends to it once for each letter."""

    def __init__(self, attention: nn.Module) -> None:
        super().__init__()
        self.embedding = nn.Embedding(LETTERS + 2, WIDTH)
        self.encoder = nn.GRU(WIDTH, WIDTH, batch_first=True, bidirectional=True)
        self.attention = attention
        self.decoder = nn.GRUCell(3 * WIDTH, WIDTH)
        self.letter = nn.Linear(3 * WIDTH, LETTERS)

    def forward(self, words: Tensor, wanted: Tensor) -> Tensor:
        """The loss of every letter of ``wanted``, each told the letters before it."""
        keys, _ = self.encoder(self.embedding(words))
        prepared = self.attention.prepare(keys, keys, words == NOTHING)  # projects the keys, once
        state = keys.new_zeros(len(words), WIDTH)
        before = torch.full_like(wanted[:, 0], START)
        losses = []
        for place in range(wanted.shape[1]):
            context = prepared(state[:, None])[0][:, 0]  # one query a step
            state = self.decoder(torch.cat([self.embedding(before), context], -1), state)
            found = self.letter(torch.cat([state, context], -1))
            before = wanted[:, place]
            losses.append(cross_entropy(found, before, ignore_index=NOTHING, reduction="sum"))
        return torch.stack(losses).sum() / (wanted != NOTHING).sum()


def words(generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Words of 3 to 12 letters, and the same backwards; what is left of a row is NOTHING."""
    lengths = torch.randint(3, LONGEST + 1, (BATCH, 1), generator=generator)
    letters = torch.randint(LETTERS, (BATCH, LONGEST), generator=generator)
    places = torch.arange(LONGEST)
    backwards = letters.gather(1, (lengths - 1 - places).clamp(min=0))
    there = places < lengths
    return letters.where(there, NOTHING), backwards.where(there, NOTHING)


def train(
    attention: Callable[[int, int, int], nn.Module],
    steps: int = 200,
    dtype: torch.dtype = torch.float32,
    moved: int | None = None,
) -> tuple[list[float], float]:
    """The loss of every step, and the seconds that the median one takes.

    moved  a seed: every parameter is moved by up to one rounding first
    """
    torch.manual_seed(1)
    model = Backwards(attention(WIDTH, 2 * WIDTH, WIDTH)).to(dtype)
    if moved is not None:
        generator = torch.Generator().manual_seed(moved)
        with torch.no_grad():
            for parameter in model.parameters():
                roundings = 2 * torch.rand(parameter.shape, generator=generator, dtype=torch.float64) - 1
                parameter.mul_((1 + roundings * torch.finfo(dtype).eps).to(dtype))
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    generator = torch.Generator().manual_seed(2)
    losses, seconds = [], []
    for _ in range(steps):
        given = words(generator)
        begun = time.perf_counter()
        optimizer.zero_grad()
        loss = model(*given)
        loss.backward()
        optimizer.step()
        seconds.append(time.perf_counter() - begun)
        losses.append(loss.item())
    return losses, sorted(seconds)[len(seconds) // 2]


def apart(one: list[float], other: list[float]) -> float:
    """The largest distance of two curves."""
    return max(abs(x - y) for x, y in zip(one, other, strict=True))
