"""Second moments of scores from covariance matrices: correlated components, spheres, layer-normalised vectors.

For independent q ~ (μ_q, Σ_q) and k ~ (μ_k, Σ_k), with any laws that have these moments,

    E[q·k] = μ_q·μ_k        Var(q·k) = tr(Σ_q Σ_k) + μ_kᵀ Σ_q μ_k + μ_qᵀ Σ_k μ_q

because ``E[(q·k)²] = tr(E[qqᵀ] E[kkᵀ])``. With zero-mean normal q and k all cumulants follow from
``E[e^{t q·k}] = det(1 − t² Σ_q Σ_k)^{-1/2}``: ``κ_{2m} = (2m−1)! tr((Σ_q Σ_k)^m)`` and odd ones vanish.
"""

from __future__ import annotations

from sympy import Expr, ImmutableMatrix, Integer, factorial, sympify


def second_moments(
    mu_q: ImmutableMatrix, sigma_q: ImmutableMatrix, mu_k: ImmutableMatrix, sigma_k: ImmutableMatrix
) -> tuple[Expr, Expr]:
    """Mean and variance of q·k; vectors (d, 1), covariances (d, d). Raises ValueError when the shapes do not fit."""
    width = mu_q.rows
    for name, matrix, shape in (
        ("mu_q", mu_q, (width, 1)),
        ("sigma_q", sigma_q, (width, width)),
        ("mu_k", mu_k, (width, 1)),
        ("sigma_k", sigma_k, (width, width)),
    ):
        if matrix.shape != shape:
            raise ValueError(f"{name} has shape {matrix.shape}, expected {shape}")
    total = (sigma_q + mu_q * mu_q.T) * (sigma_k + mu_k * mu_k.T)
    mean = (mu_q.T * mu_k)[0, 0]
    return mean, (total.trace() - mean**2).expand()


def normal_cumulant(sigma_q: ImmutableMatrix, sigma_k: ImmutableMatrix, order: int) -> Expr:
    """κ_order of q·k for zero-mean normal q and k with the given covariances. Raises ValueError for order < 1."""
    if order < 1:
        raise ValueError(f"cumulants start at order 1, got {order}")
    if order % 2:
        return Integer(0)
    return (factorial(order - 1) * ((sigma_q * sigma_k) ** (order // 2)).trace()).expand()


def sphere_moment(width: Expr, order: int) -> Expr:
    """E[(q·k)^order] for independent q, k of length 1, one of them uniform on the sphere in d dimensions.

    ``(2m−1)!! / (d (d+2) ... (d+2m−2))`` for order 2m, 0 for odd orders: q·k is then one coordinate of a uniform unit
    vector; dividing a normal vector by its independent length gives ``E[u_1^{2m}] = E[g_1^{2m}] / E[|g|^{2m}]``.
    """
    if order % 2:
        return Integer(0)
    result = Integer(1)
    for i in range(order // 2):
        result *= Integer(2 * i + 1) / (sympify(width) + 2 * i)
    return result


def layer_norm_moment(width: Expr, order: int) -> Expr:
    """The same for layer-normalised vectors (mean 0, length √d; ε = 0), one of them isotropic in that hyperplane.

    They live on the sphere of radius √d in d − 1 dimensions: ``d^order`` times the moment of that sphere. For normal
    components before the normalisation the direction is isotropic. Needs d >= 2.
    """
    return sympify(width) ** order * sphere_moment(sympify(width) - 1, order)
