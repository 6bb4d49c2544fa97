"""``opcheck_numerics``: an operator's values and gradients beside what they should be.

``torch.library.opcheck`` asks whether an operator is registered rightly (schema, fake tensors, autograd), never whether
its numbers are right; this asks that, in the formats given, at the samples' numbers and at others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import torch
from torch._ops import OpOverload
from torch.utils._pytree import TreeSpec, tree_flatten, tree_unflatten

from attnproof.verify.against.judge import judge
from attnproof.verify.against.judgement import Judgement
from attnproof.verify.against.problem import Problem, Program
from attnproof.verify.arithmetic.torch_dtypes import TORCH_DTYPES
from attnproof.verify.formats.opcheck.operators import changes, meaning, operator
from attnproof.verify.formats.torch_values import normal, plain

FORMATS: Final = ("fp32", "bf16", "fp16")
_NO_KERNEL: Final = "not implemented for"  # what torch says of a format that a kernel does not take


class NumericsError(AssertionError):
    """The operator does not compute what its reference does."""


@dataclass(frozen=True)
class Numerics:
    """What was found.

    judgements   by number of the sample and format
    unsupported  the same, of formats that the operator does not take: what it says
    """

    operator: str
    judgements: Mapping[tuple[int, str], Judgement]
    unsupported: Mapping[tuple[int, str], str]

    @property
    def ok(self) -> bool:
        """No fault, and every sample was judged in some format."""
        asked = {sample for sample, _ in (*self.judgements, *self.unsupported)}
        judged = {sample for (sample, _), each in self.judgements.items() if each.ok}
        return asked == judged and all(each.outcome != "fail" for each in self.judgements.values())

    def text(self) -> str:
        """One line for each sample and format."""
        lines = [f"sample {n}, {dtype}: {each.diagnosis}" for (n, dtype), each in self.judgements.items()]
        lines += [f"sample {n}, {dtype}: not taken: {said}" for (n, dtype), said in self.unsupported.items()]
        return "\n".join(lines)


def opcheck_numerics(
    op: Any,
    samples: Iterable[Any],
    *,
    reference: Callable[..., Any] | None = None,
    dtypes: Sequence[str] = FORMATS,
    gradients: bool = True,
    seed: int = 0,
    raise_exception: bool = True,
) -> Numerics:
    """Whether an operator computes what its reference does, forward and backward.

    op          a name, ``mylib::attend``, an ``OpOverload``, or what ``torch.library.custom_op`` made
    samples     each a tuple of arguments, or a pair of a tuple and keyword arguments
    reference   a function of the same arguments, in place of PyTorch's decomposition; where the operator writes to its
                arguments, so does it
    dtypes      formats in which floating-point tensors are handed over, of ``fp64 fp32 bf16 fp16``
    gradients   whether gradients are asked where the operator has them
    Raises ValueError for what is no operator, for one without a decomposition where no reference is given, for one that
    draws numbers, and for a sample that the reference refuses; NumericsError, with all that was found, where something
    is wrong or nothing could be judged, unless ``raise_exception`` is false.
    """
    overload = operator(op)
    means = reference or meaning(overload)
    judgements: dict[tuple[int, str], Judgement] = {}
    unsupported: dict[tuple[int, str], str] = {}
    for number, sample in enumerate(samples):
        for dtype in dtypes:
            asked = _Sample(overload, *_parts(sample), dtype)
            if (said := asked.refusal()) is not None:
                unsupported[number, dtype] = said
            elif torch.Tag.nondeterministic_seeded in overload.tags and not asked.one_result():
                raise ValueError(f"{overload} draws numbers at sample {number}: it has no one result")
            else:
                judgements[number, dtype] = judge(asked.problem(means, gradients=gradients), seed=seed)
    if not (judgements or unsupported):
        raise ValueError(f"{overload}: there is no sample")
    found = Numerics(str(overload), judgements, unsupported)
    if raise_exception and not found.ok:
        raise NumericsError(found.text())
    return found


def _parts(sample: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    if not isinstance(sample, tuple | list):
        raise ValueError(f"a sample is {type(sample).__name__}; expected arguments, or a pair (arguments, keywords)")
    if len(sample) == 2 and isinstance(sample[0], tuple | list) and isinstance(sample[1], dict):
        return tuple(sample[0]), dict(sample[1])
    return tuple(sample), {}


class _Sample:
    """An operator at one sample in one format: tensors are inputs, all else is fixed."""

    def __init__(self, op: OpOverload, args: tuple[Any, ...], kwargs: dict[str, Any], dtype: str) -> None:
        self.op, self.dtype = op, dtype
        named = dict(zip((a.name for a in op._schema.arguments), args, strict=False)) | kwargs
        self.leaves: list[Any] = []
        self.trees: dict[str, TreeSpec] = {}
        self.names: list[str] = []
        for name, value in named.items():
            leaves, self.trees[name] = tree_flatten(value)
            self.leaves += leaves
            self.names += [name if len(leaves) == 1 else f"{name} {k}" for k in range(len(leaves))]
        self.positions = len(args)
        self.places = [k for k, leaf in enumerate(self.leaves) if isinstance(leaf, torch.Tensor)]

    def call(self, function: Callable[..., Any], *tensors: torch.Tensor) -> Any:
        """The function at these tensors; where the operator writes to arguments, to copies, returned beside."""
        written = changes(self.op)
        leaves = list(self.leaves)
        for place, tensor in zip(self.places, tensors, strict=True):
            leaves[place] = tensor.clone() if written else tensor
        given: dict[str, Any] = {}
        for name, tree in self.trees.items():
            own, leaves = leaves[: tree.num_leaves], leaves[tree.num_leaves :]
            given[name] = tree_unflatten(own, tree)
        values = list(given.values())
        rest = dict(list(given.items())[self.positions :])
        found = function(*values[: self.positions], **rest)
        if not written:
            return found
        results = found if isinstance(found, tuple | list) else () if found is None else (found,)
        return (*results, *(given[name] for name in written if name in given))

    def tensors(self) -> list[torch.Tensor]:
        """The sample's own, in the format."""
        own = [self.leaves[place].detach() for place in self.places]
        return [x.to(TORCH_DTYPES[self.dtype]) if x.is_floating_point() else x for x in own]

    def refusal(self) -> str | None:
        """What the operator says where it has no kernel for the format; other errors are the judge's to see."""
        try:
            self.call(self.op, *self.tensors())
        except (RuntimeError, NotImplementedError) as error:
            if _NO_KERNEL in str(error):
                return " ".join(str(error).split())
        return None

    def flows(self, function: Callable[..., Any]) -> tuple[bool, ...]:
        """For each result whether gradients flow back through it; () where through none."""
        given = [x.requires_grad_() if x.is_floating_point() else x for x in self.tensors()]
        wanted = [x for x in given if x.requires_grad]
        try:
            found = self.call(function, *given)
            leaves = [x for x in tree_flatten(found)[0] if isinstance(x, torch.Tensor)]
            results = [x for x in leaves if x.requires_grad]
            if not (wanted and results):
                return ()
            torch.autograd.grad(results, wanted, [torch.ones_like(x) for x in results], allow_unused=True)
        except (RuntimeError, NotImplementedError):  # it has no formula for it, and says so
            return ()
        return tuple(x.requires_grad for x in leaves)

    def one_result(self) -> bool:
        """Whether the operator gives the same twice, whatever the generator's state."""
        found = []
        for seed in (0, 1):
            torch.manual_seed(seed)
            leaves = tree_flatten(self.call(self.op, *self.tensors()))[0]
            found.append([x for x in leaves if isinstance(x, torch.Tensor) and x.is_floating_point()])
        return all(torch.equal(one.nan_to_num(), other.nan_to_num()) for one, other in zip(*found, strict=True))

    def problem(self, means: Callable[..., Any], *, gradients: bool) -> Problem:
        """The operator against its reference."""
        own = tuple(plain(self.leaves[place]) for place in self.places)
        names = tuple(self.names[place] for place in self.places)
        floating = tuple(name for name, x in zip(names, own, strict=True) if x.dtype == "float64")
        name = str(self.op)
        flows = self.flows(self.op) if gradients and self.flows(means) else ()

        def reference(*tensors: torch.Tensor) -> Any:
            """Gradients flow where they do through the operator: that is part of what it is."""
            leaves, tree = tree_flatten(self.call(means, *tensors))
            if flows:
                leaves = [x if flow else x.detach() for x, flow in zip(leaves, flows, strict=True)]
            return tree_unflatten(leaves, tree)

        return Problem(
            name,
            Program(f"the reference of {name}", reference, "torch"),
            Program(name, partial(self.call, self.op), "torch"),
            names,
            {"sample": lambda _: own, "normal": lambda seed: normal(own, seed, name)},
            self.dtype,
            gradients=floating if flows else (),
        )
