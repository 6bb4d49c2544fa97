from joeynmt.attention import LuongAttention


class Attend(LuongAttention):
    def forward(self, query, key, mask=None):
        self.compute_proj_keys(key)
        mask = key.new_ones(len(key), 1, key.shape[1]) if mask is None else mask
        return super().forward(query, mask, key)
