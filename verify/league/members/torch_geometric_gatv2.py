import torch
from torch_geometric.nn import GATv2Conv


class Attend(GATv2Conv):
    def __init__(self, queries, keys, width):
        super().__init__((keys, queries), width, bias=False, add_self_loops=False, dropout=0.5)

    def forward(self, query, key, mask=None):
        edges = (torch.ones(len(key), len(query)) if mask is None else mask.T).nonzero().T
        _, (_, weights) = super().forward((key, query), edges, return_attention_weights=True)
        return query.new_zeros(len(query), len(key)).index_put((edges[1], edges[0]), weights[:, 0])
