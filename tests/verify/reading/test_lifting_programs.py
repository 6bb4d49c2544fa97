"""Programs that compute a derivation are proved to, at every size; of others the difference is named."""

from __future__ import annotations

from typing import Any

import pytest

from attnproof.derivations.typesetting.latex import equation_text
from attnproof.verify.checking.reading import CannotRecordError, Reading, read

from . import targets

TORCH = pytest.importorskip("torch")


def of(name: str, score: str | None = None, *takes: str) -> Reading:
    return read(getattr(targets, name), score, takes=takes)


@pytest.mark.parametrize(
    ("name", "score", "takes"),
    [
        ("plain", "scaled_dot", ()),
        ("dot", "dot", ()),
        pytest.param("einsum", "scaled_dot", (), marks=pytest.mark.slow),
        pytest.param("broadcast", "scaled_dot", (), marks=pytest.mark.slow),
        ("split", "scaled_dot", ()),
        ("looped", "scaled_dot", ()),
        pytest.param("unrolled", "scaled_dot", (), marks=pytest.mark.slow),
        ("late", "scaled_dot", ()),
        ("by_lse", "scaled_dot", ()),
        ("in_single", "scaled_dot", ()),
        ("in_half", "scaled_dot", ()),
        pytest.param("base_two", "scaled_dot", (), marks=pytest.mark.slow),
        pytest.param("log_softmax", "scaled_dot", (), marks=pytest.mark.slow),
        ("sdpa", "scaled_dot", ()),
        ("bilinear", "bilinear", ()),
        ("additive", "additive", ()),
        pytest.param("concat", "concat", (), marks=pytest.mark.slow),
        pytest.param("scaled", "dot", ("bias", "scale"), marks=pytest.mark.slow),
        pytest.param("capped", "scaled_dot", ("softcap",), marks=pytest.mark.slow),
        ("causal", "scaled_dot", ("causal",)),
        pytest.param("sdpa_causal", "scaled_dot", ("causal",), marks=pytest.mark.slow),
        ("masked", "scaled_dot", ("mask",)),
        pytest.param("masked_after", "dot", ("mask",), marks=pytest.mark.slow),
        pytest.param("finite_mask", "scaled_dot", ("mask",), marks=pytest.mark.slow),
    ],
)
def test_a_right_program_is_proved_equal_with_its_gradients(name: str, score: str, takes: tuple[str, ...]) -> None:
    found = of(name, None, *takes)
    assert (found.verdict, found.score) == ("equal", score), found.text()
    assert found.gradients, found.text()
    assert found.equal, found.text()
    assert not found.reasons


@pytest.mark.slow
def test_all_options_together() -> None:
    found = of("everything", "additive", "bias_hidden", "softcap", "bias")
    assert found.equal, found.text()
    assert set(found.gradients) >= {"weight_query", "bias_hidden", "softcap", "bias", "v"}


@pytest.mark.parametrize(
    ("name", "score", "takes", "says"),
    [
        ("twice", "scaled_dot", (), "scores: q·k / d; scaled_dot: q·k / √d (the scale is applied twice)"),
        ("dot", "scaled_dot", (), "scores: q·k; scaled_dot: q·k / √d (no scale)"),
        ("eighth", "scaled_dot", (), "scores: q·k / 8; scaled_dot: q·k / √d (√d / 8 times it)"),
        ("wide", "scaled_dot", (), "scores: q·k / √(d_v); scaled_dot: q·k / √d (√d / √(d_v) times it)"),
        ("wrong_axis", "scaled_dot", (), "softmax over the wrong axis (queries)"),
        ("no_softmax", "scaled_dot", (), "no softmax: values are weighted by q·k / √d"),
        ("one_more", "scaled_dot", (), "1 is added to the sum of the exponentials, which is no softmax"),
        ("doubled", "scaled_dot", (), "weights · value, then 2 c"),
        pytest.param("squashed", "scaled_dot", (), "weights · value, then tanh(1 + c)", marks=pytest.mark.slow),
        ("residual", "bilinear", (), "weights · value, then tanh(c + Σ q / 2)"),
        ("bias_first", "scaled_dot", ("bias",), "the bias is multiplied by 1 / √d"),
        ("bias_in_cap", "scaled_dot", ("bias", "softcap"), "the bias is added before the soft-cap"),
        pytest.param(
            "mask_in_cap",
            "scaled_dot",
            ("mask", "softcap"),
            "the mask is added before the soft-cap",
            marks=pytest.mark.slow,
        ),
        ("no_bias", "scaled_dot", ("bias",), "the bias is not used"),
        pytest.param("no_cap", "scaled_dot", ("softcap",), "the soft-cap is not used", marks=pytest.mark.slow),
        (
            "no_tanh",
            "additive",
            (),
            "scores: v·(W_h·k + W_s·q); additive: v·tanh(W_h·k + W_s·q) (no tanh)",
        ),
        ("cosine", "dot", (), "scores: 10 q·k / (√(Σ k²) √(Σ q²)); dot: q·k"),
    ],
)
def test_the_difference_of_a_wrong_program_is_named(name: str, score: str, takes: tuple[str, ...], says: str) -> None:
    found = of(name, score, *takes)
    assert found.verdict == "different", found.text()
    assert found.differences == (says,), found.text()


@pytest.mark.parametrize(
    ("name", "takes", "says"),
    [
        ("no_masks", ("mask",), ("mask is not used",)),
        ("no_masks", ("mask", "causal"), ("mask is not used", "causal is not used")),
        ("beyond", ("causal",), ("causal keeps j ≤ 1 + i",)),
        ("causal_for_mask", ("mask",), ("mask is not used",)),
    ],
)
def test_what_leaves_out_a_mask_that_it_was_given_is_not_equal(
    name: str, takes: tuple[str, ...], says: tuple[str, ...]
) -> None:
    found = of(name, "scaled_dot", *takes)
    assert (found.verdict, found.differences) == ("different", says), found.text()


def test_a_wrong_gradient_is_named_where_the_context_is_right() -> None:
    forgets = of("forgets")
    assert forgets.verdict == "equal"
    assert not forgets.equal
    assert forgets.gradients["value"] == "equal"
    assert forgets.gradients["query"].startswith("gradient of query: α·"), forgets.text()
    assert "; derived: α·k·(" in forgets.gradients["query"], forgets.text()
    assert of("halves").gradients["value"] == "gradient of value: 1 / 2 times it"


def test_a_number_that_is_handed_over_is_known_where_it_left_the_library() -> None:
    found = of("cap_as_number", None, "softcap")
    assert found.verdict == "equal"
    assert found.gradients["query"] == "equal"
    assert found.gradients["softcap"].startswith("gradient of softcap: t"), "through float() there is none"


def test_a_soft_cap_of_the_programs_own_is_an_option() -> None:
    found = of("own_cap")
    assert (found.score, found.verdict, found.options) == ("dot", "equal", ("soft-cap 50",))
    assert found.equal


def test_a_number_of_the_programs_own_is_read_as_one() -> None:
    found = of("eighth")
    assert equation_text(found.equations[0]) == "e[i,j] = (1 / 8) Σ_r q[i,r] k[j,r]"


def test_scores_that_are_none_of_ours_are_written_down() -> None:
    found = of("normed")
    assert found.verdict == "different"
    assert "1 / 100000" in equation_text(found.equations[0])


def test_masks_are_said_to_be_what_they_are() -> None:
    assert of("causal", None, "causal").options == ("mask j ≤ i + n_k - n_q",)
    assert of("sdpa_causal", None, "causal").options == ("mask j ≤ i",)
    assert of("masked", None, "mask").options == ("mask",)
    assert any("-1000000000" in note for note in of("finite_mask", None, "mask").notes)


def test_a_loop_whose_steps_depend_on_sizes_is_told_with_its_line() -> None:
    found = of("streaming")
    assert found.verdict == "not lifted"
    assert "at one set of sizes" in found.reasons["context"]
    assert "targets.py:" in found.reasons["context"]


def test_what_a_target_raises_is_told() -> None:
    with pytest.raises(CannotRecordError, match="RuntimeError: no kernel"):
        of("raises")


def test_bad_declarations_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown score 'dott'"):
        read(targets.plain, "dott")
    with pytest.raises(ValueError, match="'window' is not one of them"):
        read(targets.plain, takes=("window",))
    with pytest.raises(ValueError, match="cannot write what slopes"):
        read(targets.plain, always=("slopes",))
    with pytest.raises(ValueError, match="framework is 'arrays'"):
        read(targets.plain, framework="arrays")


def test_a_single_axis_that_is_declared_of_heads_is_called_so() -> None:
    def width_of_all_heads(query: Any, key: Any, value: Any) -> Any:
        scores = query @ key.mT / (query.shape[-1] * query.shape[-3]) ** 0.5
        return scores.softmax(-1) @ value

    layout = "query=b h q d, key=b h k d, value=b h k v, context=b h q v"
    found = read(width_of_all_heads, "scaled_dot", layout=layout, gradients=False)
    assert found.differences == ("scores: q·k / (√d √h); scaled_dot: q·k / √d (1 / √h times it)",)
