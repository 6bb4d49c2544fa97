"""The exponential ring: an exact algebra in which E(x + y) = E(x) E(y), tanh and softmax have values."""
