from onmt.modules.global_attention import GlobalAttention


class Attend(GlobalAttention):
    def forward(self, query, key, lengths=None):
        return super().forward(query, key, lengths)
