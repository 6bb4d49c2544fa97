"""Packs: values of a processor's vector registers, as a Numba type.

Numba leaves it to a compiler pass whether a loop is vectorised and how wide; a pack says so. It holds BYTES bytes of
float32 or float64 (``LANES`` numbers) and has ``+ − * /``, fused multiply-add, comparisons with selection and
reductions; each is one IEEE 754 operation in every lane, nothing is reordered. Where the processor's registers are
shorter the compiler takes several.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import llvmlite.binding
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.extending import intrinsic, overload, register_model

#: 64 with AVX-512, else 32; registers of other lengths are made of these by the compiler
BYTES = 64 if dict(llvmlite.binding.get_host_cpu_features()).get("avx512f") else 32
LANES = {"float32": BYTES // 4, "float64": BYTES // 8}
FIELDS = {32: (23, 127), 64: (52, 1023)}  # bits of a number: bits of its fraction, bias of its exponent


class Pack(types.Type):  # type: ignore[misc]
    """So many numbers of one dtype."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype
        self.lanes = LANES[str(dtype)]
        super().__init__(name=f"Pack({dtype}, {self.lanes})")


@register_model(Pack)
class _PackModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: Pack) -> None:
        element = ir.DoubleType() if kind.dtype.bitwidth == 64 else ir.FloatType()
        super().__init__(manager, kind, ir.VectorType(element, kind.lanes))


def _place(context: Any, builder: Any, kind: Any, array: Any, index: Any) -> Any:
    """Pointer to the number at a flat index of a contiguous array."""
    return builder.gep(context.make_array(kind)(context, builder, array).data, [index])


def _call(builder: Any, name: str, value: Any, *arguments: Any, scalar: bool = False) -> Any:
    """An operation of LLVM on packs."""
    kind = value.type
    suffix = f"v{kind.count}f{64 if isinstance(kind.element, ir.DoubleType) else 32}"
    of = ir.FunctionType(kind.element if scalar else kind, [a.type for a in arguments])
    return cgutils.get_or_insert_function(builder.module, of, f"llvm.{name}.{suffix}"), arguments


def _emit(
    builder: Any, name: str, value: Any, *arguments: Any, scalar: bool = False, flags: tuple[str, ...] = ()
) -> Any:
    function, given = _call(builder, name, value, *arguments, scalar=scalar)
    return builder.call(function, given, fastmath=flags)


def _spread(context: Any, builder: Any, pack: Pack, number: Any) -> Any:
    kind = context.get_value_type(pack)
    one = builder.insert_element(ir.Constant(kind, ir.Undefined), number, ir.Constant(ir.IntType(32), 0))
    everywhere = ir.Constant(ir.VectorType(ir.IntType(32), pack.lanes), None)
    return builder.shuffle_vector(one, ir.Constant(kind, ir.Undefined), everywhere)


@intrinsic
def load(_: Any, array: Any, index: Any) -> Any:
    """The pack that begins at a flat index of a contiguous array."""
    pack = Pack(array.dtype)

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = _place(context, builder, signature.args[0], *args)
        place = builder.bitcast(place, context.get_value_type(pack).as_pointer())
        return builder.load(place, align=pack.dtype.bitwidth // 8)

    return pack(array, types.intp), code


@intrinsic
def store(_: Any, array: Any, index: Any, value: Any) -> Any:
    """Put a pack at a flat index of a contiguous array."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = _place(context, builder, signature.args[0], args[0], args[1])
        place = builder.bitcast(place, args[2].type.as_pointer())
        builder.store(args[2], place, align=signature.args[2].dtype.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(array, types.intp, value), code


@intrinsic
def get(_: Any, array: Any, index: Any) -> Any:
    """The number at a flat index of a contiguous array."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.load(_place(context, builder, signature.args[0], *args))

    return array.dtype(array, types.intp), code


@intrinsic
def fill(_: Any, number: Any) -> Any:
    """A number in every lane."""
    pack = Pack(number)
    return pack(number), lambda context, builder, signature, args: _spread(context, builder, pack, args[0])


@intrinsic
def constant(_: Any, like: Any, number: Any) -> Any:
    """A Python number in every lane, in the dtype of an array or a pack."""
    pack = Pack(like.dtype)

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        rounded = context.cast(builder, args[1], types.float64, pack.dtype)
        return _spread(context, builder, pack, rounded)

    return pack(like, types.float64), code


@intrinsic
def lanes(_: Any, like: Any) -> Any:
    """How many numbers a pack of this dtype holds."""
    count = LANES[str(like.dtype)]
    return types.intp(like), lambda context, builder, signature, args: context.get_constant(types.intp, count)


@intrinsic
def fma(_: Any, x: Any, y: Any, z: Any) -> Any:
    """``x y + z``, rounded once."""
    return x(x, x, x), lambda context, builder, signature, args: _emit(builder, "fma", args[0], *args)


@intrinsic
def fnma(_: Any, x: Any, y: Any, z: Any) -> Any:
    """``z − x y``, rounded once."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return _emit(builder, "fma", args[0], builder.fneg(args[0]), args[1], args[2])

    return x(x, x, x), code


def _operator(symbol: Callable[..., Any], name: str) -> None:
    @intrinsic
    def both(_: Any, x: Any, y: Any) -> Any:
        return x(x, x), lambda context, builder, signature, args: getattr(builder, name)(*args)

    @overload(symbol, strict=False)  # annotated, unlike what it returns
    def of_packs(x: Any, y: Any) -> Any:
        return (lambda x, y: both(x, y)) if isinstance(x, Pack) and x == y else None


for _symbol, _name in (
    (operator.add, "fadd"),
    (operator.sub, "fsub"),
    (operator.mul, "fmul"),
    (operator.truediv, "fdiv"),
):
    _operator(_symbol, _name)


@intrinsic
def larger(_: Any, x: Any, y: Any) -> Any:
    """The larger number; the other one where one is NaN."""
    return x(x, x), lambda context, builder, signature, args: _emit(builder, "maxnum", args[0], *args)


@intrinsic
def absolute(_: Any, x: Any) -> Any:
    """``|x|``."""
    return x(x), lambda context, builder, signature, args: _emit(builder, "fabs", args[0], *args)


@intrinsic
def square_root(_: Any, x: Any) -> Any:
    """``√x``, rounded once; NaN for x < 0."""
    return x(x), lambda context, builder, signature, args: _emit(builder, "sqrt", args[0], *args)


@intrinsic
def signed(_: Any, size: Any, sign: Any) -> Any:
    """``size`` with the sign of ``sign``."""
    return size(size, size), lambda context, builder, signature, args: _emit(builder, "copysign", args[0], *args)


@intrinsic
def where_at_most(_: Any, x: Any, limit: Any, yes: Any, no: Any) -> Any:
    """``yes`` where ``x <= limit``, else ``no``, also where x is NaN."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered("<=", args[0], args[1]), args[2], args[3])

    return x(x, x, x, x), code


@intrinsic
def where_less(_: Any, x: Any, limit: Any, yes: Any, no: Any) -> Any:
    """``yes`` where ``x < limit``, else ``no``, also where x is NaN."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered("<", args[0], args[1]), args[2], args[3])

    return x(x, x, x, x), code


@intrinsic
def power_of_two(_: Any, shifted: Any) -> Any:
    """``2^k`` for the integer k in the last bits of ``shifted = k + 3·2^(p − 2)``; ``2^k`` must be a normal number."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pack = signature.args[0]
        fraction, bias = FIELDS[pack.dtype.bitwidth]
        whole = ir.VectorType(ir.IntType(pack.dtype.bitwidth), pack.lanes)
        bits = builder.shl(builder.bitcast(args[0], whole), ir.Constant(whole, [fraction] * pack.lanes))
        return builder.bitcast(builder.add(bits, ir.Constant(whole, [bias << fraction] * pack.lanes)), args[0].type)

    return shifted(shifted), code


@intrinsic
def total(_: Any, x: Any) -> Any:
    """The sum of all lanes, in an order of the compiler's choice."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        zero = ir.Constant(args[0].type.element, -0.0)
        return _emit(builder, "vector.reduce.fadd", args[0], zero, args[0], scalar=True, flags=("reassoc",))

    return x.dtype(x), code


@intrinsic
def largest(_: Any, x: Any) -> Any:
    """The largest lane; NaN only where every lane is."""
    return x.dtype(x), lambda context, builder, signature, args: _emit(
        builder, "vector.reduce.fmax", args[0], args[0], scalar=True
    )
