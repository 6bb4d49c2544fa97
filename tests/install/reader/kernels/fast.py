from torch import nn


class ModelNew(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.project = nn.Linear(width, width)

    def forward(self, query, key, value):
        return nn.functional.scaled_dot_product_attention(self.project(query), key, value)
