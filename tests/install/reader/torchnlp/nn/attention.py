"""Stands in for pytorch-nlp's module: dot scores; the context goes through another layer and a tanh."""

import torch


class Attention(torch.nn.Module):
    def __init__(self, dimensions, attention_type="general"):
        super().__init__()
        self.attention_type = attention_type
        self.linear_in = torch.nn.Linear(dimensions, dimensions, bias=False)
        self.linear_out = torch.nn.Linear(2 * dimensions, dimensions, bias=False)

    def forward(self, query, context):
        projected = self.linear_in(query) if self.attention_type == "general" else query
        weights = torch.softmax(projected @ context.mT, -1)
        return torch.tanh(self.linear_out(torch.cat((weights @ context, query), -1))), weights
