"""Input classes: what the numbers are like, as data; a class and a setting make a case.

normal   independent standard normal components
large    scores of deviation about 32, so that softmax saturates and exponentials underflow
tied     keys take two values only, so that the largest score is always attained by several keys
shifted  every score shifted by −1000, where exponentials taken without the row maximum underflow to 0/0
deep     every score shifted below −10⁴ (fp64: below −10¹²): keys "masked" by a finite constant instead of −∞ come back
saturated  pre-activations of about the size from which tanh rounds to ±1: ``1 − tanh²`` has no correct digit left
low_rank   queries and keys all multiples of one vector each: their Gram matrices are singular
subnormal  values below the normal range, so that the context is

``attnproof.verify.inputs.classes`` lists them as data, with what each is meant to expose.

For user scores, ``attnproof.verify.inputs.own`` says what the classes are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from attnproof.derivations.attention.whole import attention
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.scores.following import alone
from attnproof.derivations.scores.own import family, is_own
from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.classes import NUMBERS
from attnproof.verify.inputs.own import draw_positive, extra_classes, shape_inputs
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.options import Profile
from attnproof.verify.unit import generator

INPUT_CLASSES: Final = NUMBERS
SOMEWHERE: Final = ("deep", "saturated", "low_rank", "subnormal")  # classes that are not for every setting
WITH_TANH: Final = tuple(name for name, each in FAMILIES.items() if "saturated" in extra_classes(each))
MULTIPLICATIVE: Final = tuple(name for name in FAMILIES if name not in WITH_TANH)

# Deviation of the scores in class "large": e^-32 relative to the largest weight is below u of fp32, so weights
# vanish beside it, and 4 sigma = 128 times d stays far from fp16's largest number, 65504.
LARGE_DEVIATION: Final = 32.0
# 1000 = 1111101b * 8 needs 7 significant bits, so it is exact in every format; e^-1000 underflows in all of them.
SHIFT: Final = -1000.0
# fp16 has room for 2^15 beside a score; in the wider formats the rounding of a shifted score is at most 2^-9.
LEAST_DEEP_EXPONENT: Final = 15
DEEP_BITS: Final = 9
# The other parts of a pre-activation that is to be saturated have deviation 1/8 of it: it varies, and keeps its sign.
SATURATED_VARIATION: Final = 1 / 8
SOFTCAP: Final = 2.0  # about one deviation of a typical score: tanh is then neither linear nor flat


def classes_for(profile: Profile, setting: Setting, score: str) -> tuple[str, ...]:
    """The input classes that a profile runs at a setting.

    ``deep`` where some keys of a row are masked, ``saturated`` for scores with a tanh, ``low_rank`` and ``subnormal``
    at ``base`` except in ``quick``, the others everywhere; in ``quick`` the others all at ``base``, and ``normal``
    elsewhere. A user score has its own classes at ``base`` in ``quick`` too.
    """
    everywhere = tuple(name for name in INPUT_CLASSES if name not in SOMEWHERE)
    extra = extra_classes(family(score))
    if profile == "quick":
        return (*everywhere, *(extra if is_own(score) else ())) if setting.name == "base" else everywhere[:1]
    deep = ("deep",) if setting.mask == "some" else ()
    singular = ("low_rank", "subnormal") if setting.name == "base" and not is_own(score) else ()
    return (*everywhere, *deep, *extra, *singular)


def make_case(score: str, setting: Setting, input_class: str, dtype: str, seed: int) -> Case:
    """The case of a score, a setting and an input class, rounded to ``dtype``.

    The same seed, names and NumPy generator give the same case everywhere. Raises ValueError for an unknown class, and
    for one that means nothing for the score (``saturated`` without a tanh).
    """
    scoring = family(score)
    known = (*INPUT_CLASSES[:-1], *extra_classes(scoring)) if is_own(score) else INPUT_CLASSES
    own = alone(score)
    if input_class not in known:
        raise ValueError(f"unknown input class {input_class!r}; known classes: {', '.join(known)}")
    rng = generator(seed, "case", scoring.name, setting.name, input_class, dtype)
    inputs: dict[str, Array] = {}
    for tensor in attention(scoring).inputs:
        if tensor.name in ("bias", "softcap") or (tensor.name in scoring.system.options and not setting.bias_hidden):
            continue
        if tensor.positive:
            inputs[tensor.name] = draw_positive(rng)
            continue
        shape = tuple(_size(str(extent), setting, score) for extent in tensor.shape)
        inputs[tensor.name] = rng.standard_normal(_lead(tensor.name, setting) + shape)
    if is_own(score):
        shape_inputs(inputs, input_class, saturation_of(dtype))
    elif input_class == "large":
        _enlarge(inputs, own, setting)
    elif input_class == "saturated":
        _saturate(inputs, own, saturation_of(dtype))
    elif input_class == "low_rank":
        for name in ("query", "key"):
            vector, multiples = rng.standard_normal(inputs[name].shape[-1]), inputs[name][..., :1]
            inputs[name] = np.asarray(multiples * vector, dtype=np.float64)
    elif input_class == "subnormal":
        most = 1 << (FORMATS[dtype].precision - 2)  # a quarter of the least normal number
        whole = rng.integers(-most, most, inputs["value"].shape, endpoint=True)
        inputs["value"] = np.asarray(FORMATS[dtype].smallest_subnormal * whole, dtype=np.float64)
    if input_class == "tied":
        inputs["key"] = _two_values(inputs["key"])
    inputs |= _layer_options(setting, shift_of(input_class, dtype), rng)
    rounded = {name: FORMATS[dtype].round(np.asarray(value)) for name, value in inputs.items()}
    batch = np.broadcast_shapes(*(_lead(name, setting) for name in ("query", "key", "value")), setting.bias_batch)
    seed_gradient = FORMATS[dtype].round(rng.standard_normal((*batch, setting.n_q, setting.d_v)))
    return Case(score, rounded, seed_gradient, dtype=dtype, size=setting.name, input_class=input_class)


def one_width(score: str) -> bool:
    """Whether queries and keys of a score have one width by definition, that of the query then."""
    widths = {tensor.shape[-1] for tensor in attention(family(score)).inputs if tensor.name in ("query", "key")}
    return len(widths) == 1


def _size(extent: str, setting: Setting, score: str) -> int:
    """The number that stands for a symbolic size (or for a sum of two, as in the concatenated weight)."""
    sizes: Mapping[str, int] = {
        "n_q": setting.n_q,
        "n_k": setting.n_k,
        "d": setting.d_q,
        "d_q": setting.d_q,
        "d_k": setting.d_k,
        "d_a": setting.d_a,
        "d_v": setting.d_v,
    }
    try:
        return sum(sizes[name.strip()] for name in extent.split("+"))
    except KeyError as error:
        raise ValueError(f"score {score!r} has a size {error} that no setting gives a number to") from error


def _lead(name: str, setting: Setting) -> tuple[int, ...]:
    if name == "query":
        return setting.batch
    if name == "value" and setting.value_batch is not None:
        return setting.value_batch
    if name in ("key", "value"):
        return setting.batch if setting.key_batch is None else setting.key_batch
    return ()


def _enlarge(inputs: dict[str, Array], score: str, setting: Setting) -> None:
    """Rescale so that the scores have deviation LARGE_DEVIATION for normal inputs."""
    if score in WITH_TANH:
        inputs["v"] *= LARGE_DEVIATION / np.sqrt(setting.d_a)
        return
    deviation = {
        "dot": np.sqrt(setting.d_q),
        "scaled_dot": 1.0,
        "bilinear": np.sqrt(setting.d_q * setting.d_k),
    }.get(score)
    if deviation is None:
        shape_inputs(inputs, "large", 0.0)
        return
    factor = np.sqrt(LARGE_DEVIATION / deviation)
    inputs["query"] *= factor
    inputs["key"] *= factor


def shift_of(input_class: str, dtype: str) -> float:
    """What the class adds to every score."""
    if input_class == "deep":
        return -(2.0 ** max(LEAST_DEEP_EXPONENT, FORMATS[dtype].precision - DEEP_BITS))
    return SHIFT if input_class == "shifted" else 0.0


def saturation_of(dtype: str) -> float:
    """The z from which a correctly rounded tanh is 1: ``1 − tanh z <= 2 exp(−2z) = 2^(−p−1)``, half the spacing below
    1.
    """
    return 0.5 * (FORMATS[dtype].precision + 2) * math.log(2.0)


def _saturate(inputs: dict[str, Array], score: str, level: float) -> None:
    """Pre-activations ``± level`` plus deviations of SATURATED_VARIATION of it: the query's first feature is 1."""
    if score not in WITH_TANH:
        raise ValueError(
            f"score {score!r} has no tanh to saturate; input class 'saturated' is for {', '.join(WITH_TANH)}"
        )
    width = inputs["query"].shape[-1] + inputs["key"].shape[-1]
    first = "weight_concat" if score == "concat" else "weight_query"
    for name in {first, "weight_key"} & inputs.keys():
        inputs[name] *= level * SATURATED_VARIATION / np.sqrt(width)
    inputs[first][:, 0] = np.copysign(level, inputs[first][:, 0])
    inputs["query"][..., 0] = 1.0


def _two_values(key: Array) -> Array:
    """Keys that alternate between the first two keys (or repeat the only one)."""
    first, second = key[..., :1, :], key[..., min(1, key.shape[-2] - 1) :, :][..., :1, :]
    even = (np.arange(key.shape[-2]) % 2 == 0)[:, None]
    return np.where(even, first, second)


def _layer_options(setting: Setting, shift: float, rng: np.random.Generator) -> dict[str, Array]:
    found: dict[str, Array] = {}
    if setting.softcap:
        found["softcap"] = np.asarray(SOFTCAP)
    shape = (*setting.bias_batch, setting.n_q, setting.n_k)
    if setting.bias or setting.mask != "none" or shift:
        bias = rng.standard_normal(shape) if setting.bias else np.zeros(shape)
        bias = bias + shift
        if setting.mask != "none":
            masked = rng.random(shape) < 0.4
            masked[..., np.arange(setting.n_q), rng.integers(setting.n_k, size=setting.n_q)] = False
            if setting.mask == "row":
                masked[..., setting.n_q // 2, :] = True
            bias = np.where(masked, -np.inf, bias)
        found["bias"] = bias
    return found
