"""Expected values in a test suite that are wrong together with the code they were copied from."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.faults.fault import Fault
from attnproof.verify.targets import numpy_target
from attnproof.verify.targets.target import Target


def _expected(scores: Callable[..., Array]) -> Callable[..., Array]:
    """What a suite expects: numbers recorded from an implementation, here made again from the inputs."""

    def recorded(query: Array, key: Array, value: Array, **parameters: Array) -> Array:
        values = scores(query, key, **parameters)
        powers = np.exp(values - values.max(axis=-1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=-1, keepdims=True) @ value)

    return recorded


def _tanh_of_the_sum(query: Array, key: Array, weight_query: Array, weight_key: Array, v: Array) -> Array:
    """tanh(v · (W_s q + W_h k)): the tanh outside instead of inside, in code and expectations alike."""
    hidden = (query @ weight_query.T)[..., :, None, :] + (key @ weight_key.T)[..., None, :, :]
    return np.asarray(np.tanh(hidden @ v))


def _sum_of_tanh(query: Array, key: Array, weight_query: Array, weight_key: Array, v: Array) -> Array:
    hidden = (query @ weight_query.T)[..., :, None, :] + (key @ weight_key.T)[..., None, :, :]
    return np.asarray(np.tanh(hidden) @ v)


def _suite(name: str, scores: Callable[..., Array]) -> Target:
    return numpy_target(name, "additive", _expected(scores), dtypes=("fp64", "fp32"))


def faults() -> Iterable[Fault]:
    """The faults of this file."""
    yield Fault(
        "wrong expected values",
        (),  # nothing that a target does: the values themselves are wrong
        "a suite's expectations were recorded from the code that they are to test",
        _suite("expectations from wrong code", _tanh_of_the_sum),
        _suite("expectations from the formula", _sum_of_tanh),
        ("tfa PR #133",),
    )
