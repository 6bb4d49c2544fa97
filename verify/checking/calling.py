"""Calling a target in its own terms: arguments by its names and layouts, modules built for the sizes, parameters filled
in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from attnproof.verify.checking import layouts, loading, mapping, neutral
from attnproof.verify.checking.mapping import Expression
from attnproof.verify.checking.reshaping import as_complex, expanded
from attnproof.verify.composing import standing
from attnproof.verify.targets.numbers import NoAnswerError
from attnproof.verify.targets.target import FEATURES

# What a setup does not fill parameters with: arrays, and features, which are handed over beside them.
OUTSIDE: Final = frozenset({*layouts.WHOLE, *FEATURES, *neutral.TABLES}) - {"bias_hidden"}

SINES: Final = ("sin_query", "sin_key")


@dataclass(eq=False)  # what is asked is known by which it is
class Call:
    """A function of our inputs by name that asks the target; differentiable where the target is.

    Parameters are handed to a module by ``torch.func.functional_call``, so that their gradients come back through the
    mapping.

    positional  their names of what is handed over by place, in order
    twice      where tables of rotary positions have a number for each feature: which features make a pair
    complex_tables  tables of rotary positions are one of cos + i sin, in the place of the cosines
    contracts  where the target returns weights and no context: the order of its heads, ``consecutive`` or ``strided``.
               The context is then our own ``weights @ value``, through which gradients reach the weights
    """

    thing: Any
    layouts: layouts.Layouts
    arguments: Mapping[str, str]
    positional: tuple[str, ...]
    outputs: Mapping[str, str]
    parameters: Mapping[str, Expression]
    build: Mapping[str, Any] | None
    setup: Callable[[Any, Mapping[str, Any]], Mapping[str, Any]] | None
    method: str
    takes: tuple[str, ...] = ()
    polarity: str = "true attends"
    contracts: str = ""
    rotary_part: int = 1
    pair_of_windows: bool = False
    twice: str = ""
    complex_tables: bool = False
    kept: dict[tuple[Any, ...], Any] = field(default_factory=dict)

    def __call__(self, **given: Any) -> dict[str, Any]:
        """Outputs by our names, in our layout."""
        sizes = layouts.sizes_of(self.layouts, given)
        batch = _batch(given)
        called = self._built(given, sizes)
        theirs = self._theirs({**given, **self._unasked(called, given, batch)}, batch, sizes)
        filled = self._filled(called, given)
        order = self._by_place(theirs)
        if filled:
            import torch

            result = torch.func.functional_call(called, filled, order, theirs)
        else:
            result = (getattr(called, self.method) if self.method else called)(*order, **theirs)
        found = {
            name: layouts.to_ours(self.layouts, name, _picked(result, name, place), batch, sizes)
            for name, place in self.outputs.items()
        }
        if self.contracts:
            value = _for_heads(given["value"], batch, strided=self.contracts == "strided")
            found["context"] = _product(found["weights"], value)
        return found

    def gradients(self, backward: Callable[..., Any], /, *, grad_context: Any, **given: Any) -> dict[str, Any]:
        """What a hand-written backward function returns for the target's own arguments, by our names in our layout.

        Raises NoAnswerError where it returns no mapping, or a gradient is missing or of another shape than the layout
        says.
        """
        levels = {name: given.pop(name) for name in tuple(given) if name.startswith("grad_")}
        sizes, batch = layouts.sizes_of(self.layouts, given), _batch(given)
        seed = layouts.to_theirs(self.layouts, "context", grad_context, batch, sizes)
        theirs = self._theirs(given, batch, sizes)
        order = self._by_place(theirs)
        found = backward(*order, grad_context=seed, **levels, **theirs)
        if not isinstance(found, Mapping):
            raise NoAnswerError(f"backward returned {type(found).__name__}; expected gradients by name, {{'query': …}}")
        for name, array in found.items():
            if not hasattr(array, "ndim"):
                raise NoAnswerError(f"the gradient of {name} is {type(array).__name__}; expected an array")
        return {
            name: _gathered(layouts.to_ours(self.layouts, name, array, batch, sizes), np.shape(given[name]))
            for name, array in found.items()
            if name in given
        }

    def _theirs(self, given: Mapping[str, Any], batch: tuple[int, ...], sizes: Mapping[str, int]) -> dict[str, Any]:
        mapped = {symbol for expression in self.parameters.values() for symbol in mapping.symbols(expression)}
        found: dict[str, Any] = {}
        names = [n for n in self.arguments if n in given] + [n for n in given if n not in self.arguments]
        for name in names:
            if self.complex_tables and name in SINES:
                continue
            their = self.arguments.get(name, name)
            inside = name in mapped or (self.setup is not None and name not in OUTSIDE)
            if their and not (inside and name not in self.arguments):
                array = self._table(name, given) if name in neutral.TABLES else given[name]
                found[their] = layouts.to_theirs(self.layouts, name, array, batch, sizes)
        return found

    def _table(self, name: str, given: Mapping[str, Any]) -> Any:
        """A table of rotary positions as it is handed over: a number for each pair, or for each of its two features,
        or cos + i sin.
        """
        table = given[name]
        if self.complex_tables:
            sines = name.replace("cos", "sin")
            return as_complex(table, given[sines] if sines in given else table - table)  # of angles 0
        if not self.twice:
            return table
        *rows, pairs = table.shape
        shape = (*rows, pairs, 1) if self.twice == "interleaved" else (*rows, 1, pairs)
        whole = (*rows, pairs, 2) if self.twice == "interleaved" else (*rows, 2, pairs)
        return expanded(table.reshape(shape), whole).reshape((*rows, 2 * pairs))

    def _by_place(self, theirs: dict[str, Any]) -> tuple[Any, ...]:
        """What is handed over by place, taken out of ``theirs``: up to the first that this question does not have,
        since what comes after that has another place.
        """
        found = []
        for name in self.positional:
            if name not in theirs:
                break
            found.append(theirs.pop(name))
        return tuple(found)

    def _unasked(self, called: Any, given: Mapping[str, Any], batch: tuple[int, ...]) -> dict[str, Any]:
        """What the question does not have and the call requires; positions every call has."""
        missing = [name for name in neutral.arguments(self.takes) if name not in given]
        wanted = neutral.required(getattr(called, self.method) if self.method else called) if missing else ()
        names = [name for name in missing if name in standing.NAMES or self.arguments.get(name, name) in wanted]
        return neutral.neutral(names, given, batch, self.polarity, self.rotary_part, pair=self.pair_of_windows)

    def _built(self, given: Mapping[str, Any], sizes: Mapping[str, int]) -> Any:
        if self.build is None:
            return _typed(self.thing, given["query"])
        all_sizes = {**sizes, "d_q": given["query"].shape[-1], "d_k": given["key"].shape[-1], "d_v": sizes["v"]}
        if "v" in given:
            all_sizes["d_a"] = given["v"].shape[-1]
        query = given["query"]
        arguments = loading.with_sizes(self.build, all_sizes)
        key = (*sorted((n, repr(v)) for n, v in arguments.items()), str(query.dtype), str(getattr(query, "device", "")))
        if key not in self.kept:
            self.kept[key] = _typed(self.thing(**arguments), query)
        return self.kept[key]

    def _filled(self, module: Any, given: Mapping[str, Any]) -> dict[str, Any]:
        if self.setup is not None:
            return dict(self.setup(module, given) or {})
        if not self.parameters:
            return {}
        own = dict(module.named_parameters()) | dict(module.named_buffers())
        for name in self.parameters:
            if name not in own:
                raise NoAnswerError(f"no parameter {name!r}; it has {', '.join(own)}")
        return {name: mapping.evaluate(name, each, given, own[name]) for name, each in self.parameters.items()}


def _batch(given: Mapping[str, Any]) -> tuple[int, ...]:
    return layouts.batch_of({n: array for n, array in given.items() if n in layouts.OWN and hasattr(array, "shape")})


def _for_heads(value: Any, batch: tuple[int, ...], *, strided: bool) -> Any:
    """Values with as many heads as there are weights for, repeated where heads share them."""
    if not batch or value.ndim < 3 or value.shape[-3] in (1, batch[-1]):
        return value
    *lead, heads, n_k, width = value.shape
    apart = (*lead, 1, heads, n_k, width) if strided else (*lead, heads, 1, n_k, width)
    place = len(lead) if strided else len(lead) + 1
    whole = (*apart[:place], batch[-1] // heads, *apart[place + 1 :])
    return expanded(value.reshape(apart), whole).reshape((*lead, batch[-1], n_k, width))


def _product(weights: Any, value: Any) -> Any:
    """In the wider of the two formats."""
    import torch

    if isinstance(weights, torch.Tensor):
        wide = torch.promote_types(weights.dtype, value.dtype)
        return weights.to(wide) @ value.to(wide)
    return weights @ value


def _gathered(gradient: Any, shape: tuple[int, ...]) -> Any:
    """The sum over what the layout repeated, so that the gradient has the array's own shape; another shape is left as
    it is.
    """
    if gradient.ndim != len(shape):
        extra = tuple(range(gradient.ndim - len(shape)))
        gradient = gradient.sum(axis=extra) if extra else gradient
    one = tuple(i for i, n in enumerate(shape) if n == 1 and gradient.ndim == len(shape) and gradient.shape[i] != 1)
    return gradient.sum(axis=one, keepdims=True) if one else gradient


def _typed(thing: Any, query: Any) -> Any:
    """A torch module in the inputs' format, on their device and in evaluation mode; anything else as it is."""
    import torch

    if isinstance(thing, torch.nn.Module) and isinstance(query, torch.Tensor):
        # What is stored in 8 bits is computed in single precision.
        dtype = torch.float32 if query.dtype.itemsize == 1 else query.dtype
        return thing.to(dtype=dtype, device=query.device).eval()
    return thing


def _picked(result: Any, name: str, place: str) -> Any:
    """The output at a place: an index, a key, an attribute, or the whole result. Raises NoAnswerError when there is
    none.
    """
    if isinstance(result, tuple | list) and not result:
        raise NoAnswerError("returned no results")
    if not place:
        return result[0] if isinstance(result, tuple | list) else result
    if place.lstrip("-").isdigit():
        if not isinstance(result, tuple | list):
            if int(place) == 0:
                return result
            raise NoAnswerError(f"{name} is declared at place {place}, and the result is one {type(result).__name__}")
        if int(place) >= len(result):
            raise NoAnswerError(f"{name} is declared at place {place}, and there are {len(result)} results")
        return result[int(place)]
    if isinstance(result, Mapping) and place in result:
        return result[place]
    if hasattr(result, place):
        return getattr(result, place)
    if name == place and not isinstance(result, tuple | list | Mapping):
        return result
    raise NoAnswerError(f"{name} is declared as {place!r}, which the result, a {type(result).__name__}, does not have")
