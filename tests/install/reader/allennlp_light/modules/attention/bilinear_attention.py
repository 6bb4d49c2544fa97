"""Stands in for allennlp-light's module: the weights of one query for each row of the batch."""

import torch


class BilinearAttention(torch.nn.Module):
    def __init__(self, vector_dim, matrix_dim):
        super().__init__()
        self._weight_matrix = torch.nn.Parameter(torch.empty(vector_dim, matrix_dim))
        self._bias = torch.nn.Parameter(torch.empty(1))

    def forward(self, vector, matrix):
        scores = (vector @ self._weight_matrix).unsqueeze(1).bmm(matrix.transpose(1, 2)).squeeze(1)
        return torch.softmax(scores + self._bias, -1)
