"""The statements that the derivations put into the kernels."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Symbol

from derivations.exponential import exponential
from derivations.folding import Assignments, folded, reciprocals
from derivations.folding_ranges import BACKWARD, FORWARD
from impl.codegen.emit import INDENT
from impl.codegen.targets.numba.printer import text

BLOCK = 4  # rows, and packs of columns, of a matrix product's inner block


def _lines(steps: Assignments) -> list[str]:
    return [f"{step.target} = {text(step.value)}" for step in steps]


def _indented(lines: Iterable[str], depth: int) -> list[str]:
    return [f"{INDENT * depth}{line}" for line in lines]


def add() -> str:
    """``_add_8`` …: ``Σ v f`` of as many units with one division."""
    return "\n\n\n".join(_add(count) for count in FORWARD)


def _add(count: int) -> str:
    steps, result = folded(count)
    units = range(count)
    loads = [f"B{k} = load(b, at + {k} * tile + j)" for k in units]
    return "\n".join(
        [
            "@njit(**INNER)",
            f"def _add_{count}(s, row, tile, a, x, b, at, v, c):",
            f'{INDENT}"""``s[j] += Σ v/(1 + AB)`` for {count} units over a common denominator."""',
            f"{INDENT}one = constant(s, 1.0)",
            *_indented([f"A{k} = fill(get(a, x + {k}))" for k in units], 1),
            *_indented([f"v{k} = fill(get(v, c + {k}))" for k in units], 1),
            f"{INDENT}for j in range(0, tile, lanes(s)):",
            *_indented([*loads, *_lines(steps)], 2),
            f"{INDENT * 2}store(s, row + j, load(s, row + j) + {text(result)})",
        ]
    )


def add_forms() -> list[str]:
    """Which of them is called."""
    lines: list[str] = []
    for count in FORWARD:
        lines.append(f"{'el' if lines else ''}if form == {count}:")
        lines += [
            f"{INDENT}_add_{count}(s, i * tile, tile, exp_a, x + {k}, exp_b, at + {k} * tile, v, c + {k})"
            for k in range(0, FORWARD[0], count)
        ]
    return lines


def back() -> str:
    """``_back_4`` …: what the units of a group add to the gradients."""
    return "\n\n\n".join(_back(count) for count in BACKWARD)


def _back(count: int) -> str:
    steps, _ = reciprocals(count)
    units = range(count)
    loads = [f"B{k} = load(b, at + {k} * tile + j)" for k in units]
    gradient = []
    for k in units:
        gradient += [
            f"g{k} = w * {Symbol(f'f{k}')}",
            f"sum_v{k} = sum_v{k} + g{k}",
            f"g{k} = g{k} * {Symbol(f'q{k}')}",
            f"sum_a{k} = sum_a{k} + g{k}",
            f"store(grad_b, at + {k} * tile + j, load(grad_b, at + {k} * tile + j) + g{k})",
        ]
    return "\n".join(
        [
            "@njit(**INNER)",
            f"def _back_{count}(ds, row, tile, a, x, b, at, grad_b, sums_a, sums_v, i, c):",
            f'{INDENT}"""For {count} units with one division: ``Σ_j w f q`` for a, ``w f q`` for b, ``Σ w f`` for v."""',
            f"{INDENT}one = constant(ds, 1.0)",
            f"{INDENT}n, width = lanes(ds), sums_v.shape[0]",
            f"{INDENT}for_a, for_v = (i * width + c) * n, c * n",
            *_indented([f"A{k} = fill(get(a, x + {k}))" for k in units], 1),
            *_indented([f"sum_a{k} = load(sums_a, for_a + {k} * n)" for k in units], 1),
            *_indented([f"sum_v{k} = load(sums_v, for_v + {k} * n)" for k in units], 1),
            f"{INDENT}for j in range(0, tile, n):",
            *_indented([*loads, *_lines(steps), "w = load(ds, row + j)", *gradient], 2),
            *_indented([f"store(sums_a, for_a + {k} * n, sum_a{k})" for k in units], 1),
            *_indented([f"store(sums_v, for_v + {k} * n, sum_v{k})" for k in units], 1),
        ]
    )


def back_forms() -> list[str]:
    """Which of them is called."""
    lines: list[str] = []
    for count in BACKWARD:
        lines.append(f"{'el' if lines else ''}if form == {count}:")
        for k in range(0, BACKWARD[0], count):
            moved = f"exp_a, x + {k}, exp_b, at + {k} * tile, grad_b, sums_a, sums_v, i, c + {k}"
            lines.append(f"{INDENT}_back_{count}(ds, row, tile, {moved})")
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
