"""Attentions in torch, right ones."""

import torch


def attend(query, key, value, mask=None):
    scores = query @ key.mT / query.shape[-1] ** 0.5
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return torch.softmax(scores, -1) @ value


def additive(query, key, value, weight_query, weight_key, v):
    hidden = torch.tanh((query @ weight_query.mT)[..., :, None, :] + (key @ weight_key.mT)[..., None, :, :])
    return torch.softmax(hidden @ v, -1) @ value
