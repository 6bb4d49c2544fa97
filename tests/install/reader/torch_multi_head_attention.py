"""Stands in for torch-multi-head-attention's module, with its fault: masks are repeated as if heads were the outer
index.
"""

import torch


class MultiHeadAttention(torch.nn.Module):
    def __init__(self, in_features, head_num, bias, activation):
        super().__init__()
        self.head_num, self.activation = head_num, activation
        for name in "qkvo":
            self.add_module(f"linear_{name}", torch.nn.Linear(in_features, in_features, bias))

    def forward(self, q, k, v, mask=None):
        q, k, v = (self._split(self._projected(name, x)) for name, x in zip("qkv", (q, k, v), strict=True))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        if mask is not None:
            scores = scores.masked_fill(mask.repeat(self.head_num, 1, 1) == 0, -1e9)
        return self._projected("o", self._merged(torch.softmax(scores, -1) @ v))

    def _projected(self, name, x):
        found = self.get_submodule(f"linear_{name}")(x)
        return found if self.activation is None else self.activation(found)

    def _split(self, x):
        batch, length, width = x.shape
        x = x.reshape(batch, length, self.head_num, width // self.head_num).transpose(1, 2)
        return x.reshape(batch * self.head_num, length, -1)

    def _merged(self, x):
        x = x.reshape(-1, self.head_num, *x.shape[1:]).transpose(1, 2)
        return x.reshape(*x.shape[:2], -1)
