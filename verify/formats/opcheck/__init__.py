"""PyTorch's operators, by name: whether they compute what their reference does."""
