"""NumPy's functions, recorded: replayed on other numbers they give what NumPy gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from recorded_in_numpy import same_again


def functions(x: Any, y: Any) -> Any:
    p = np.abs(x) + 0.1
    unary = (
        np.exp,
        np.expm1,
        np.exp2,
        np.tanh,
        np.sin,
        np.cos,
        np.tan,
        np.sinh,
        np.cosh,
        np.square,
        np.negative,
        np.fabs,
    )
    steps = (np.positive, np.abs, np.sign, np.floor, np.ceil, np.rint, np.trunc)
    of_positive = (np.log, np.log1p, np.log2, np.log10, np.sqrt, np.cbrt, np.reciprocal)
    choosing = (np.maximum, np.minimum, np.fmax, np.fmin, np.copysign, np.heaviside)
    of_two = (np.add, np.subtract, np.multiply, np.divide, np.logaddexp, np.logaddexp2, np.hypot, np.remainder, np.fmod)
    return (
        [f(x) for f in unary + steps],
        [f(p) for f in of_positive],
        [f(x, y) for f in choosing + of_two],
        [x**2, x**3, p**2.5, p**-1, p**0.5, 2.0**x, p**x, np.float_power(p, 3), x // 0.7, divmod(x, 0.7)],
        [abs(x), -x, 1 / p, 1 - x, np.arctanh(x / 9), np.clip(x, -0.5, 0.5), x.clip(0), np.round(x), x.round(1) + y],
        np.exp(x, where=x > 0, out=np.zeros(x.shape)),
    )


def reductions(x: Any, y: Any) -> Any:
    along = (
        np.sum,
        np.mean,
        np.max,
        np.min,
        np.prod,
        np.var,
        np.std,
        np.median,
        np.ptp,
        np.cumsum,
        np.cumprod,
        np.nansum,
    )
    methods = ("sum", "mean", "max", "min", "prod", "var", "std")
    return (
        [f(x, axis=-1) for f in (*along, np.nanmax, np.average)],
        [getattr(x, name)(axis=0, keepdims=True) for name in methods],
        [x.sum(), x.mean(), x.max(), x.min(where=x > 0, initial=5.0), x.sum(where=y > 0), np.sum(x, axis=(0, 1))],
        [
            np.mean(x, -1, where=y > -1),
            np.average(x, axis=1, weights=np.abs(y)),
            np.average(x, axis=1, weights=np.abs(y[0])),
        ],
        [np.logaddexp.reduce(x, axis=-1), np.maximum.accumulate(x, axis=1), np.logaddexp.accumulate(x, axis=0)],
        [np.add.reduceat(x, [0, 2, 3], axis=1), np.multiply.outer(x[0], y[:, 0]), x.std(ddof=1), x.cumsum(), x.trace()],
        [
            np.linalg.norm(x),
            np.linalg.norm(x, axis=1),
            np.linalg.norm(x, ord=1, axis=1),
            np.linalg.norm(x, np.inf, axis=1),
        ],
        [
            np.linalg.vector_norm(x, axis=0),
            np.diff(x),
            np.var(x),
            sum(x),
            np.sum([x[0], x[1]], axis=0),
            np.nan_to_num(x),
        ],
        [np.apply_along_axis(lambda row: row / row.sum(), 1, x), np.apply_along_axis(np.max, 0, x)],
    )


def products(x: Any, y: Any) -> Any:
    return (
        [
            x @ y.T,
            x @ y[0],
            x[0] @ y[0],
            x.dot(y.T),
            np.dot(x[0], y[0]),
            np.inner(x, y),
            np.vdot(x, y),
            np.outer(x[0], y[1]),
        ],
        [np.tensordot(x, y, ([1], [1])), np.tensordot(x, y, 2), np.tensordot(x, y.T, 1), np.vecdot(x, y)],
        [np.einsum("ij,kj->ik", x, y), np.einsum("ij,kj", x, y), np.einsum("ij,ij->j", x, y), np.einsum("ij->i", x)],
        [np.einsum("ii->i", x[:, :4]), np.einsum("ii", x[:, :4]), np.einsum("...j,kj->...k", x, y)],
        [np.einsum("ij,kj,k->i", x, y, y[:, 0]), np.einsum(x, [0, 1], y, [2, 1], [0, 2]), np.einsum("ij,kl->", x, y)],
        [np.matmul(x[None], y.T[None]), x[None] @ np.stack([y.T, y.T]), np.matmul(x, y.T, out=np.empty((4, 4)))],
        [x * 2.0, 3 - x, np.float64(2) * x, x @ np.ones((5, 2)), np.einsum("i,j->ij", x[0], y[0])],
    )


def joined(x: Any, y: Any) -> Any:
    return (
        [
            np.concatenate([x, y]),
            np.concatenate([x, np.ones((1, 5))], axis=0),
            np.stack([x, y], 1),
            np.vstack([x, y[0]]),
        ],
        [np.hstack([x, y]), np.dstack([x, y]), np.column_stack([x[:, 0], y]), np.append(x, y), np.append(x, [1.0])],
        [np.tile(x, (2, 1)), np.repeat(x, 2, 0), x.repeat([1, 2, 0, 1], axis=0), np.roll(x, 2, 1), np.flip(x, 1)],
        [
            np.pad(x, 2, constant_values=3.0),
            np.pad(x, 1, mode="edge"),
            np.pad(x, ((0, 0), (1, 2))),
            np.block([[x], [y]]),
        ],
        [
            np.split(x, 2, 0),
            np.array_split(x, 3, 1),
            np.delete(x, 1, 0),
            np.insert(x, 1, y[0], 0),
            np.resize(x, (3, 4)),
        ],
        [np.array([x[0], y[1]]), np.asarray([x[0, 0], 1.0, 2]), np.meshgrid(x[0], y[0]), np.linspace(0, 1, 5) * x],
    )


def taken(x: Any, y: Any) -> Any:
    pick = np.array([0, 1]), np.array([2, 3])
    return (
        [np.take(x, [4, 0], axis=1), x.take([1, 2]), np.take_along_axis(x, np.argsort(-x, 1), 1), x[pick], x[x > 0]],
        [
            np.sort(x, axis=0),
            np.partition(x, 2),
            np.where(x > 0, y, x),
            np.where(x > 0, y, 0.0),
            np.choose(x > 0, [x, y]),
        ],
        [np.where(np.eye(4, 5) > 0, -np.inf, x), np.select([x > 1, x > 0], [x, y], -1.0), np.tril(x), np.triu(y, 1)],
        [np.diag(x[0]), np.diag(x), x.diagonal(), np.compress([True, False, True, True], x, axis=0), np.rot90(x)],
        [
            np.piecewise(x, [x < 0, x >= 0], [lambda t: t * t, lambda t: -t]),
            np.full((2, 3), x[0, 0]),
            np.full_like(x, y[0, 0]),
        ],
    )


def seen(x: Any, y: Any) -> Any:
    windows = np.lib.stride_tricks
    return (
        [x.T.reshape(-1), x.T.ravel(), x[None, :, None], x[::2, 1:-1], x[..., 0], x[1, 1], x[1, 1, ...], x.flatten()],
        [np.broadcast_to(x[0], (3, 5)), np.broadcast_arrays(x, y[:1]), np.swapaxes(x, 0, 1), np.moveaxis(x, 0, 1)],
        [np.squeeze(x[None]), np.expand_dims(x, 1), np.atleast_3d(x), windows.sliding_window_view(x, 2, axis=1)],
        [windows.as_strided(x, (2, 2), x.strides), np.copy(x), np.array(x), np.asarray(x), np.ascontiguousarray(x.T)],
        [x.view(), *x, np.zeros((2, 3))],
    )


def written(x: Any, y: Any) -> Any:
    z = x.copy()
    z[1:3] = y[1:3]
    z[0, 0] = 7
    z[:, 4] += 1
    z[z > 1] = -1
    z[[0, 2]] *= 2
    turned = z.T
    turned[1] = 0
    z.flat[3] = 9
    np.copyto(z[3], y[0])
    np.fill_diagonal(z, 0.5)
    np.put(z, [1, 2], [x[0, 0], 4.0])
    np.putmask(z, z < -1, y)
    turned[2, 1] = x[3, 3]
    sums = np.zeros((6, 5))
    np.add.at(sums, [0, 2, 2, 5], x)
    np.subtract.at(sums, [0, 0], y[:2])
    np.maximum.at(sums, (slice(None), 1), 0.1)
    made = np.empty_like(x)
    made[...] = x
    made.fill(2.0)
    made[0] = y[0]
    ordered = x.copy()
    ordered.sort(axis=0)
    return z, turned, sums, made, ordered


def aliased(x: Any, y: Any) -> Any:
    part = x[1:]
    part += 1
    turned = part.T
    turned *= 2
    x[0] -= part[0]
    row = x.reshape(-1)
    row[3] = 5
    number = x[0, 0]
    same = number
    number += 3  # a scalar: ``same`` stays
    total = np.zeros(3)
    total += x[0, :3]
    total[0] = x[1, 1]
    out = np.ones(5)
    np.multiply(x[0], 2, out=out)
    rows = list(x)
    rows[0][1] = 8
    return part, turned, row, number, same, np.float64(1) * number, total, out, rows, x, y


PROGRAMS = {f.__name__: f for f in (functions, reductions, products, joined, taken, seen, written, aliased)}


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_a_recording_is_the_program(name: str) -> None:
    same_again(PROGRAMS[name], ((4, 5), (4, 5)))


@pytest.mark.parametrize("name", ["reductions", "products", "joined", "taken", "seen", "aliased"])
def test_strides_change_nothing(name: str) -> None:
    def spread(x: np.ndarray) -> np.ndarray:
        room = np.full((x.shape[1], 2 * x.shape[0]), np.nan)
        room[:, ::2] = x.T
        return room[:, ::2].T

    same_again(PROGRAMS[name], ((4, 5), (4, 5)), laid=spread)
