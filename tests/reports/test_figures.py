from __future__ import annotations

import math
import re
from typing import Any

import pytest

from attnproof.reports.page.figures import bias, drawing, errors, saturation, tanh, variance
from attnproof.reports.page.figures.cells import Cell, cells
from attnproof.reports.page.figures.data import representative
from attnproof.reports.page.figures.draw import Line, Point, Points, Rule, panel
from attnproof.reports.page.figures.scale import Scale, linear, logarithmic
from attnproof.verify.options import Options
from attnproof.verify.run.files import plain
from attnproof.verify.tables.bias_invariance import part as bias_table
from attnproof.verify.tables.saturation import part as saturation_table
from attnproof.verify.tables.variance import part as variance_table
from attnproof.verify.unit import run_unit

OPTIONS = Options(profile="quick", dtypes=("fp64",), devices=("cpu",))


def text_rows(rows: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Rows as they come back from a CSV file."""
    columns = dict.fromkeys(key for row in rows for key in row)
    return tuple({key: "" if (value := plain(row).get(key)) is None else str(value) for key in columns} for row in rows)


def real_rows(table: Any, wanted: tuple[str, ...]) -> tuple[dict[str, Any], ...]:
    units = [unit for unit in table.plan(OPTIONS) if unit.id.startswith(wanted)]
    assert len(units) >= len(wanted)
    return text_rows([plain(row) for unit in units for row in run_unit(unit, OPTIONS)])


def test_scales() -> None:
    axis = logarithmic([1, 4096], 2)
    assert (axis.share(1), axis.share(64), axis.share(4096)) == (0.0, 0.5, 1.0)
    assert axis.share(0) == 0.0
    assert axis.share(1e9) == 1.0
    assert [label for _, label in axis.ticks()] == ["1", "8", "64", "512", "4096"]
    assert [label for _, label in Scale(-20, 70, 2).ticks()] == ["2⁻¹⁶", "2⁰", "2¹⁶", "2³²", "2⁴⁸", "2⁶⁴"]
    assert logarithmic([2.0**1023]).share(1e308) <= 1.0  # the largest numbers of fp64 have a place
    assert linear([0.13, 0.97]).low <= 0.13
    assert linear([0.13, 0.97]).high >= 0.97
    assert [label for _, label in linear([], low=0.0, high=1.0).ticks()] == ["0", "0.2", "0.4", "0.6", "0.8", "1"]


def test_an_axis_for_one_value_or_none_has_a_length() -> None:
    for axis in (linear([3.0]), linear([]), logarithmic([16], 2), logarithmic([])):
        assert axis.high > axis.low
        assert axis.ticks()


def test_a_point_stands_where_its_value_is() -> None:
    x, y = linear([0, 1]), linear([0, 1])
    low = panel("t", x, y, "x", "y", [Points([Point(0, 0)])])
    high = panel("t", x, y, "x", "y", [Points([Point(1, 1)])])
    assert "translate(68.0 220.0)" in low
    assert "translate(340.0 14.0)" in high


def test_a_panel_is_escaped_and_marks_what_is_wrong_or_weak() -> None:
    marks = [
        Line([(0, 0), (1, 1)]),
        Points([Point(0, 0.5, 0.2, 0.8, "a < b", "wrong"), Point(1, 1, look="weak")]),
        Rule(0.5, "r & s"),
    ]
    html = panel("<title>", linear([0, 1]), linear([0, 1]), "x", "y", marks)
    assert "&lt;title&gt;" in html
    assert "<title>a &lt; b</title>" in html
    assert "r &amp; s" in html
    assert html.count('class="ring"') == 1
    assert html.count(" weak") == 1
    assert html.count('class="bar"') == 1


def test_the_representative_does_not_depend_on_the_order_of_rows() -> None:
    rows = [
        {"implementation": name, "dtype": dtype, "device": "cpu"} for name in ("b", "a") for dtype in ("fp16", "fp64")
    ]
    assert representative(rows)[1] == "a, fp64, cpu"
    assert representative(rows[::-1])[1] == "a, fp64, cpu"
    assert representative([]) == ([], "")


@pytest.mark.parametrize(
    ("ratio", "place"), [(1.0, 567.1), (0.0, 64.0), (math.nan, 630.0), (math.inf, 630.0), (1e-30, 64.0)]
)
def test_an_error_beyond_the_bound_stands_right_of_it(ratio: float, place: float) -> None:
    assert errors._place(ratio) == pytest.approx(place, abs=1)


def test_the_worst_error_of_each_format_is_written() -> None:
    rows = [{"dtype": "fp32", "ratio": 0.001 * k} for k in range(100)] + [
        {"dtype": "fp16", "ratio": "nan"},
        {"dtype": "fp16", "ratio": 0.1},
    ]
    html = errors.figure(rows)
    assert ">0.099</text>" in html
    assert ">NaN</text>" in html
    assert html.index(">fp32</text>") < html.index(">fp16</text>")


def test_a_heat_map_has_its_numbers() -> None:
    found = {(0, 0): Cell(1.0, "1.0", "tip <1>"), (1, 2): Cell(-2.0, "0.1", "")}
    html = cells("Heads", ["0", "1"], ["0", "1", "2"], found, "layer", "head")
    assert ">layer ↓</text>" in html
    assert 'class="cell below"' in html
    assert "tip &lt;1&gt;" in html
    assert re.findall(r'fill-opacity="([^"]+)"', html) == ["0.5", "0.5"]  # never darker: the number stays readable


@pytest.mark.parametrize(
    ("figure", "table", "wanted", "panels"),
    [
        (saturation.figure, saturation_table,
         ("saturation/signs/dot", "saturation/signs/scaled_dot", "saturation/normal"), 5),
        (tanh.figure, saturation_table, ("saturation/tanh/additive",), 1),
        (variance.figure, variance_table, ("variance/law/normal/d=1", "variance/law/laplace/d=16"), 4),
        (bias.figure, bias_table, ("bias_invariance/shared/dot", "bias_invariance/inside-tanh/additive"), 2),
    ],
    ids=["saturation", "tanh", "variance", "bias"],
)  # fmt: skip
def test_figures_draw_what_the_tables_measure(figure: Any, table: Any, wanted: tuple[str, ...], panels: int) -> None:
    """The columns that a figure reads are those that the table writes."""
    rows = real_rows(table, wanted)
    html = figure(rows)
    assert html.count("<figure") == panels
    assert html.count('class="mark s') > panels
    assert figure(rows) == html
    assert "absent" not in html


@pytest.mark.parametrize("figure", [saturation.figure, tanh.figure, variance.figure, bias.figure])
def test_a_figure_without_data_is_a_sentence(figure: Any) -> None:
    bare = ({"id": "a", "implementation": "x", "dtype": "fp64", "device": "cpu", "verdict": "skipped", "measured": ""},)
    for rows in ((), bare):
        html = figure(rows)
        assert "<figure" not in html
        assert 'class="absent figure"' in html


def test_one_setting_has_one_colour_whatever_its_role() -> None:
    names = [
        "truncation",
        "fp16: bound, least at 0.2",
        "fp16: measured",
        "n = 4",
        "by parts, n = 4",
        "limit 1/n, n = 4",
        "bound x",
    ]
    assert drawing._colours(names) == [0, 1, 1, 2, 2, 2, 3]


def test_a_value_that_is_no_number_is_left_out_and_infinity_drawn_at_the_end() -> None:
    axis = {"label": "x", "scale": "linear"}
    points = {"name": "p", "kind": "points", "x": [0, 1, 2], "y": [1.0, "nan", "inf"]}
    html = drawing.figure({"kind": "curves", "title": "t", "caption": "", "x": axis, "y": axis, "series": [points]})
    assert html.count('class="mark') == 2
    assert "translate(340.0 14.0)" in html
    assert "drawn at the end of the axis" in html


def test_a_matrix_frames_its_marked_cells_and_shades_by_size() -> None:
    data = {"kind": "matrix", "title": "t", "rows": ["a <b>"], "columns": ["c", "d"], "values": [[4.0, -2.0]],
            "marked": [[0, 1]], "row_label": "query", "column_label": "key"}  # fmt: skip
    html = drawing.figure(data)
    assert re.findall(r'class="(cell|cell below)".*?fill-opacity="([^"]+)"', html) == [
        ("cell", "0.5"),
        ("cell below", "0.25"),
    ]
    (frame,) = re.findall(r'class="frame" x="([^"]+)"', html)
    assert float(frame) > 200  # the second column, not the first
    assert "query a &lt;b&gt;, key c: 4" in html
