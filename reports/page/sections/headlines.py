"""The one or two sentences that a table says, computed from its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from attnproof.reports import words
from attnproof.reports.page.figures.data import PREFERRED, by, has, measured, representative
from attnproof.reports.page.load import Row
from attnproof.reports.page.numbers import finite, show


def headlines(name: str, rows: Sequence[Row]) -> list[str]:
    """The sentences of the table ``name``, mathematics between dollar signs; none where the rows do not say it."""
    return list(_HEADLINES[name](rows)) if rows and name in _HEADLINES else []


def model_headlines(summary: Sequence[Row]) -> list[str]:
    """What the trained model's summary says about its biases; nothing where it does not say it."""
    known = {name: value for item in summary for name, value in item.items()}
    removed = (
        finite(known.get(f"largest change of an embedding: {name} biases removed, fp64")) for name in ("key", "query")
    )
    key, query = removed
    if key is None or query is None:
        return []
    return [
        (
            f"Removing every key bias changes no embedding by more than {show(key, 2)} in fp64; removing every query "
            f"bias changes one by {show(query, 2)}."
        )
    ]


def _saturation(rows: Sequence[Row]) -> Iterator[str]:
    if not has(rows, "kind", "quantity", "score", "d", "n"):
        return
    signs = [row for row in measured(rows) if row["kind"] == "signs" and row["quantity"] == "largest weight"]
    plain = {_width(row): row for row in representative([r for r in signs if r["score"] == "dot"])[0]}
    scaled = {_width(row): row for row in representative([r for r in signs if r["score"] == "scaled_dot"])[0]}
    both = sorted(plain.keys() & scaled.keys())
    if both:
        d, keys = both[-1], plain[both[-1]]["n"]
        yield (
            f"With width d = {d:g} and {keys} keys the largest key takes {show(plain[d]['measured'], 3)} of the weight "
            f"on average when scores are not scaled, and {show(scaled[d]['measured'], 3)} when they are divided by √d."
        )


def _variance(rows: Sequence[Row]) -> Iterator[str]:
    if not has(rows, "statistic", "components", "score", "d"):
        return
    scaled = [row for row in measured(rows) if (row["score"], row["statistic"]) == ("scaled_dot", "variance")]
    laws = [row for row in scaled if "/law/" in row["id"] and finite(row["theory_value"]) is not None]
    groups = by(laws, _components)
    constant = {name for name, part in groups.items() if _same(part)}
    laws = [row for row in laws if row["components"] in constant]
    if laws:
        widest = max(_width(row) for row in laws)
        there = sorted(
            (row for row in laws if _width(row) == widest), key=lambda row: finite(row["theory_value"]) or 0.0
        )
        low, high = there[0], there[-1]
        yield (
            f"Once scores are divided by √d their variance no longer depends on d for {len(constant)} of {len(groups)} "
            f"laws of the components, but it is 1 only for some: at d = {widest:g} from {_both(low)} to {_both(high)}."
        )


def _both(row: Row) -> str:
    return f"{show(row['theory_value'], 3)} for {row['components']} (measured {show(row['measured'], 3)})"


def _bias(rows: Sequence[Row]) -> Iterator[str]:
    if not has(rows, "part", "prediction", "bias"):
        return
    shared = [row for row in measured(rows) if (row["part"], row["prediction"]) == ("shared", "unchanged")]
    small = [row for row in shared if (size := finite(row["bias"])) is not None and abs(size) <= 1]
    parts = [
        f"{show(max(finite(row['measured']) or 0.0 for row in small if row['dtype'] == dtype), 2)} in {dtype}"
        for dtype in words.in_order((row["dtype"] for row in small), PREFERRED)
    ]
    if parts:
        yield f"A bias shared by all keys, up to 1 in size, changed no weight by more than {', '.join(parts)}."
    inside = [row for row in measured(rows) if row["part"] == "inside tanh" and row["dtype"] == "fp64"]
    sizes = sorted({size for row in inside if (size := finite(row["bias"])) is not None and size <= 64})
    if sizes:
        at = [finite(row["measured"]) or 0.0 for row in inside if finite(row["bias"]) == sizes[-1]]
        yield (
            f"A bias inside tanh does change them: at size {show(sizes[-1])} every weight is within "
            f"{show(max(at), 2)} of uniform."
        )


def _model_variance(rows: Sequence[Row]) -> Iterator[str]:
    if not has(rows, "quantity"):
        return
    judged = measured(rows)
    ratios = sorted(
        (finite(row["measured"]) or 0.0) / theory
        for row in judged
        if row["quantity"] == "variance" and (theory := finite(row["theory_value"]))
    )
    if not ratios:
        return
    above = sum(ratio > 1 for ratio in ratios)
    yield (
        f"In {above} of {len(ratios)} heads the scores vary more than independent components with the same means and "
        f"variances would make them: the ratio goes from {show(ratios[0], 3)} to {show(ratios[-1], 3)}."
    )
    correlated = [row for row in judged if row["quantity"] == "variance, correlated"]
    if correlated:
        within = sum(
            abs((finite(row["measured"]) or 0.0) - (finite(row["theory_value"]) or 0.0))
            <= (finite(row["uncertainty"]) or 0.0)
            for row in correlated
        )
        yield (
            r"The correlations between components, $\operatorname{tr}(\Sigma_q \Sigma_k)$ in the place of "
            r"$\sum_r \sigma_{q,r}^2 \sigma_{k,r}^2$, account for it to within "
            f"sampling error in {within} of {len(correlated)} heads."
        )


def _components(row: Row) -> str:
    return str(row["components"])


def _same(rows: Sequence[Row]) -> bool:
    """Whether theory has one value for all widths."""
    values = [finite(row["theory_value"]) or 0.0 for row in rows]
    return max(values) - min(values) <= 1e-12 * max(values)


def _width(row: Row) -> float:
    return finite(row["d"]) or 0.0


_HEADLINES: Final[Mapping[str, Callable[[Sequence[Row]], Iterator[str]]]] = {
    "saturation": _saturation,
    "variance": _variance,
    "bias_invariance": _bias,
    "model_variance": _model_variance,
}
