import torch


class Attend(torch.nn.MultiheadAttention):
    def __init__(self, embed_dim, num_heads):
        super().__init__(embed_dim, num_heads, dropout=0.5, bias=False, batch_first=True)
        self.in_proj_weight.data = torch.eye(embed_dim).repeat(3, 1)
        self.out_proj.weight.data = torch.eye(embed_dim)

    def forward(self, query, key, value, mask=None):
        return super().forward(query, key, value, attn_mask=mask, need_weights=False)
