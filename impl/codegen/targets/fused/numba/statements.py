"""The statements that the derivations put into the kernels."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Symbol

from attnproof.derivations.kernels.exponential import exponential
from attnproof.derivations.kernels.folding import FRACTION, Assignments, derivative_in_fraction, folded, reciprocals
from attnproof.derivations.kernels.ranges import BACKWARD, FORWARD
from attnproof.impl.codegen.targets.fused.printer import text
from attnproof.impl.codegen.text.emit import INDENT

BLOCK = 4  # rows, and packs of columns, of a matrix product's inner block


def _lines(steps: Assignments) -> list[str]:
    return [f"{step.target} = {text(step.value)}" for step in steps]


def _indented(lines: Iterable[str], depth: int) -> list[str]:
    return [f"{INDENT * depth}{line}" for line in lines]


def _loads(count: int) -> list[str]:
    """``A_k`` of a query in every lane, ``B_k`` of a pack of keys."""
    return [
        *(f"A{k} = fill(get(a, x + {k}))" for k in range(count)),
        *(f"B{k} = load(b, at + {k} * strip)" for k in range(count)),
    ]


def folded_sums() -> str:
    """``_folded_8`` …: ``Σ v f`` of as many units with one division."""
    return "\n\n\n".join(_folded(count) for count in FORWARD)


def _folded(count: int) -> str:
    steps, result = folded(count)
    return "\n".join(
        [
            "@njit(**INLINED)",
            f"def _folded_{count}(a, x, v, c, b, at, strip):",
            f'{INDENT}"""``Σ v/(1 + AB)`` of {count} units over a common denominator, for one query and a pack of keys."""',
            f"{INDENT}one = constant(b, 1.0)",
            *_indented(_loads(count), 1),
            *_indented([f"v{k} = fill(get(v, c + {k}))" for k in range(count)], 1),
            *_indented(_lines(steps), 1),
            f"{INDENT}return {text(result)}",
        ]
    )


def sum_forms() -> list[str]:
    """Which of them is called for a group."""
    lines: list[str] = []
    for count in FORWARD:
        lines.append(f"{'el' if lines else ''}if form == {count}:")
        lines += [
            f"{INDENT}part = part + _folded_{count}(exp_a, x + {k}, v, c + {k}, exp_b, at + {k} * strip, strip)"
            for k in range(0, FORWARD[0], count)
        ]
    return lines


def fractions() -> str:
    """``_fractions_4`` …: every f of as many units with one division, kept, and ``Σ v f``."""
    return "\n\n\n".join(_fractions(count) for count in BACKWARD)


def _fractions(count: int) -> str:
    steps, _ = reciprocals(count)
    units = range(count)
    kept = [f"store(f, to + {k} * strip, {Symbol(f'f{k}')})" for k in units]
    weighted = [f"found = fma(fill(get(v, c + {k})), f{k}, found)" for k in units[1:]]
    return "\n".join(
        [
            "@njit(**INLINED)",
            f"def _fractions_{count}(a, x, v, c, b, at, strip, f, to):",
            f'{INDENT}"""Every ``1/(1 + AB)`` of {count} units with one division, for one query and a pack of keys: put in f; ``Σ v f``."""',
            f"{INDENT}one = constant(b, 1.0)",
            *_indented(_loads(count), 1),
            *_indented(_lines(steps), 1),
            f"{INDENT}found = fill(get(v, c + 0)) * f0",
            *_indented([*weighted, *kept], 1),
            f"{INDENT}return found",
        ]
    )


def fraction_forms() -> list[str]:
    """Which of them is called for a group."""
    lines: list[str] = []
    for count in BACKWARD:
        lines.append(f"{'el' if lines else ''}if form == {count}:")
        for k in range(0, BACKWARD[0], count):
            call = f"exp_a, x + {k}, v, c + {k}, exp_b, at + {k} * strip, strip, f, to + {k} * strip"
            lines.append(f"{INDENT}part = part + _fractions_{count}({call})")
    return lines


def exponentials() -> str:
    """``_exp`` and ``_expm1`` for both dtypes."""
    return "\n\n\n".join(
        [*(_exponential(dtype) for dtype in ("float32", "float64")), _choice("_exp"), _choice("_expm1")]
    )


def _exponential(dtype: str) -> str:
    program = exponential(dtype)
    *inner, one = [float(c) for c in reversed(program.coefficients)]
    assert one == 1
    horner = [f"h = fma(h, r, constant(x, {c!r}))" for c in inner[1:]]
    shared = [
        f"shifted = fma(x, constant(x, {float(program.log2e)!r}), constant(x, {float(program.magic)!r}))",
        f"k = shifted - constant(x, {float(program.magic)!r})",
        f"r = fma(k, constant(x, {-float(program.high)!r}), x)",
        f"r = fma(k, constant(x, {-float(program.low)!r}), r)",
        f"h = constant(x, {inner[0]!r})",
        *horner,
        "scale = power_of_two(shifted)",
    ]
    head = "@njit(**INLINED)"
    low = f"constant(x, {-program.edge!r})"
    return "\n".join(
        [
            head,
            f"def _exp_{dtype}(x):",
            *_indented(shared, 1),
            f"{INDENT}found = scale * fma(h, r, constant(x, 1.0))",
            f"{INDENT}return where_less(x, {low}, constant(x, 0.0), found)",
            "",
            "",
            head,
            f"def _expm1_{dtype}(x):",
            *_indented(shared, 1),
            f"{INDENT}found = fma(scale, h * r, scale - constant(x, 1.0))",
            f"{INDENT}return where_less(x, {low}, constant(x, -1.0), found)",
        ]
    )


def _choice(name: str) -> str:
    return "\n".join(
        [
            f"@overload({name}, jit_options=INLINED)",
            f"def _choose{name}(x):",
            f'{INDENT}if str(x.dtype) == "float32":',
            f"{INDENT * 2}return lambda x: {name}_float32(x)",
            f"{INDENT}return lambda x: {name}_float64(x)",
        ]
    )


def strip(packs: int) -> dict[str, list[str]]:
    """What is done for each of the packs of a strip of keys, its sums in registers."""
    each = range(packs)
    part = {p: f"at + c * strip + {p} * n" for p in each}
    arguments = {p: f"exp_b, {part[p]}, strip" for p in each}
    count, units = FORWARD[0], BACKWARD[0]
    return {
        "strip_zero": [f"s{p} = zero" for p in each],
        "strip_sums": [f"s{p} = s{p} + _folded_{count}(exp_a, x + c, v, c, {arguments[p]})" for p in each],
        "strip_store": [f"store(s, i * tile + u + {p} * n, s{p})" for p in each],
        "strip_fractions": [
            line
            for p in each
            for line in (
                f"to = c * strip + {p} * n",
                f"s{p} = s{p} + _fractions_{units}(exp_a, start + c, v, c, exp_b, at + to, strip, f, kept + to)",
            )
        ],
    }


def spreads(packs: int, together: int) -> str:
    """``_spread_1`` …: what so many queries and a strip of keys add to the gradients."""
    return "\n\n\n".join(_spread(packs, rows) for rows in range(1, together + 1))


def _spread(packs: int, rows: int) -> str:
    _, polynomial = derivative_in_fraction()
    cells = [(i, p) for p in range(packs) for i in range(rows)]
    inner = [
        "sum_v = load(sums, for_v + c * n)",
        *(f"sum_a{i} = load(sums, for_a + ({i} * width + c) * n)" for i in range(rows)),
    ]
    for i, p in cells:
        place = f"at + c * strip + {p} * n"
        if i == 0:
            inner.append(f"g = load(grad_b, {place})")
        inner += [
            f"f{i}{p} = load(f, ({i} * width + c) * strip + {p} * n)",
            f"d{i}{p} = {text(polynomial.subs(FRACTION, Symbol(f'f{i}{p}')))}",
            f"sum_v = fma(w{i}{p}, f{i}{p}, sum_v)",
            f"sum_a{i} = fma(w{i}{p}, d{i}{p}, sum_a{i})",
            f"g = fma(w{i}{p}, d{i}{p}, g)",
        ]
        if i == rows - 1:
            inner.append(f"store(grad_b, {place}, g)")
    inner += [f"store(sums, for_a + ({i} * width + c) * n, sum_a{i})" for i in range(rows)]
    return "\n".join(
        [
            "@njit(**INNER)",
            f"def _spread_{rows}(f, ds, place, sums, row, grad_b, at):",
            f'{INDENT}"""Of {rows} queries and a strip: ``Σ_j w (f − f²)`` for a, ``w (f − f²)`` for b, ``Σ w f`` for v (the last row of sums)."""',
            f"{INDENT}tile, width, n = ds.shape[1], f.shape[1], lanes(f)",
            f"{INDENT}strip = STRIP * n",
            f"{INDENT}for_a, for_v = row * width * n, ROWS * width * n",
            *_indented([f"w{i}{p} = load(ds, place + {i} * tile + {p} * n)" for i, p in cells], 1),
            f"{INDENT}for c in range(width):",
            *_indented([*inner, "store(sums, for_v + c * n, sum_v)"], 2),
        ]
    )


def block() -> dict[str, list[str]]:
    """The inner block of a matrix product, its sums in registers."""
    cells = [(i, c) for i in range(BLOCK) for c in range(BLOCK)]
    inner = [f"y{c} = load(y, y_at + k * y_row + {c} * n)" for c in range(BLOCK)]
    for i in range(BLOCK):
        inner.append(f"left = fill(get(x, place + {i} * x_row))")
        inner += [f"o{i}{c} = fma(left, y{c}, o{i}{c})" for c in range(BLOCK)]
    return {
        "block_begin": [f"o{i}{c} = load(out, o + {i} * o_row + {c} * n)" for i, c in cells],
        "block_inner": inner,
        "block_end": [f"store(out, o + {i} * o_row + {c} * n, o{i}{c})" for i, c in cells],
    }
