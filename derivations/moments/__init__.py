"""Moments and cumulants of attention scores at symbolic width.

``calculus``      moments ↔ cumulants, products, sums, scaling; ``Undefined`` for what does not exist
``distributions`` laws of one component
``scores``        dot scores of two keys that share a query: mean, variance, kurtosis, shared part, half difference
``quadratic``     correlated components, spheres, layer-normalised vectors
``bilinear``, ``additive``  scores with random or fixed parameters
``law``           ``q·k =ᵈ √(2G) Z`` for isotropic normal vectors
``exact``         the second road: enumeration in rational arithmetic
"""
