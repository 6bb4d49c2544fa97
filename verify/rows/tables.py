"""The tables of a run: every table's columns, with type, unit and description. A row is one measurement against theory.

A table is the dataclass of its rows. ``frame`` makes DataFrames and files of rows, and finds dtypes and documentation
here. A new table is a class here and a part in ``attnproof.verify.run.runner``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, ClassVar, Final, Literal

from attnproof.verify.outcome import NEEDS_REASON, OUTCOMES
from attnproof.verify.unit import Result

Grade = Literal["exact", "exhaustive", "certified enclosure", "sampled", "bound", ""]
GRADES: Final = ("exact", "exhaustive", "certified enclosure", "sampled", "bound")
Said = Literal["rejects", "accepts", "not applicable", ""]
Number = float | None
Whole = int | None
Value = float | str | None
OWN: Final = "of the quantity"  # the unit of what the row measures

# The rules in common use that ``attnproof.verify.detection.rules`` asks; each has a column for its own inputs and one
# for ours.
RULES: Final = ("assert_close", "1e-3", "0.01", "twice the reference", "gradcheck")
RULE_COLUMNS: Final = (*RULES, *(f"{name}, our inputs" for name in RULES))

# The gates of others that ``attnproof.verify.gates.rules`` has, each with a column.
GATE_COLUMNS: Final = (
    "KernelBench, fp32",
    "KernelBench, bf16",
    "BackendBench",
    "FlashInfer-Bench",
    "FlashInfer-Bench, ratio",
    "GPU MODE, fp32",
    "GPU MODE, bf16",
    "GPU MODE, ratio",
    "AMD derived, fp32",
    "AMD derived, bf16",
    "flash-attention",
    "assert_close, fp32",
    "assert_close, bf16",
)


@dataclass(frozen=True)
class Column:
    """What is in a column of a table.

    unit    "" where it has none; ``of the quantity``: that of what the row measures
    spread  the names of the columns, where the field is a mapping from them to their cells
    """

    description: str
    unit: str = ""
    spread: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TableRow(Result):
    """A row of any table: what was measured where, what theory says, and what follows.

    Raises ValueError for a verdict or a grade that is none, and for a verdict that needs a reason and has none.
    """

    table: ClassVar[str]
    words: ClassVar[bool] = False  # whether ``theory_value`` and ``measured`` may be words

    id: Annotated[str, Column("unique and stable name of the row")] = ""
    implementation: Annotated[str, Column("what computed ``measured``")] = ""
    dtype: Annotated[str, Column("floating-point format")] = ""
    device: Annotated[str, Column("cpu or cuda")] = "cpu"
    theory: Annotated[str, Column("the formula or statement that predicts the measurement")] = ""
    theory_value: Annotated[Value, Column("its number", OWN)] = None
    measured: Annotated[Value, Column("what was found", OWN)] = None
    uncertainty: Annotated[Number, Column("half-width within which theory and measurement must agree", OWN)] = None
    detectable: Annotated[Number, Column("the smallest deviation that this row could have seen", OWN)] = None
    grade: Annotated[Grade, Column("what kind of evidence this is; empty where nothing was measured")] = ""
    verdict: Annotated[str, Column("the outcome")] = ""
    reason: Annotated[str | None, Column("why, when it is not a pass")] = None

    def __post_init__(self) -> None:
        if self.verdict not in OUTCOMES:
            raise ValueError(f"{self.id}: verdict {self.verdict!r}; expected one of {', '.join(OUTCOMES)}")
        if self.grade and self.grade not in GRADES:
            raise ValueError(f"{self.id}: grade {self.grade!r}; expected one of {', '.join(GRADES)}")
        if self.verdict in NEEDS_REASON and not self.reason:
            raise ValueError(f"{self.id}: verdict {self.verdict!r} needs a reason")


@dataclass(frozen=True, kw_only=True)
class VarianceRow(TableRow):
    """Mean, variance, kurtosis of scores, and what all keys share, against the calculus of moments."""

    table: ClassVar = "variance"

    score: Annotated[str, Column("score family")] = ""
    statistic: Annotated[str, Column("mean, variance, excess kurtosis … or a distance")] = ""
    components: Annotated[str, Column("the law of the components of queries and keys")] = ""
    d: Annotated[Whole, Column("width of the query", "components")] = None
    d_k: Annotated[Whole, Column("width of the key, where it is another one", "components")] = None
    d_a: Annotated[Whole, Column("hidden units", "units")] = None
    method: Annotated[str, Column("law, brute force, enumeration, implementation …: how scores were drawn")] = ""
    plain_mean: Annotated[Number, Column("the ordinary mean, outliers and all", OWN)] = None
    rounding: Annotated[Number, Column("what rounding may add to the deviation", OWN)] = None
    theory_error: Annotated[Number, Column("how far ``theory_value`` may be off", OWN)] = None
    samples: Annotated[Whole, Column("independent samples", "samples")] = None
    enclosure: Annotated[str, Column("digits of the certified value", OWN)] = ""


@dataclass(frozen=True, kw_only=True)
class SaturationRow(TableRow):
    """How concentrated the weights are, and what gradient is left, as width and scale vary."""

    table: ClassVar = "saturation"

    score: Annotated[str, Column("score family")] = ""
    quantity: Annotated[str, Column("what is measured; all: a row for everything that could not be")] = ""
    kind: Annotated[str, Column("how scores were drawn: signs, units, normal, tanh, law, head")] = ""
    d: Annotated[Whole, Column("width, or hidden units", "components")] = None
    n: Annotated[Whole, Column("keys", "keys")] = None
    setting: Annotated[Number, Column("units: the query's part of z; normal, law, tanh: σ; head: its width")] = None
    spread: Annotated[Number, Column("what the sum of signs is multiplied with, or σ", "score")] = None
    trials: Annotated[Whole, Column("independent rows of scores", "samples")] = None
    drawn: Annotated[str, Column("law, head: what was drawn of the keys")] = ""
    keys_seen: Annotated[Number, Column("law, head: 1/E[Σα²]", "keys")] = None
    theory_error: Annotated[Number, Column("how far ``theory_value`` may be off", OWN)] = None
    sampling: Annotated[Number, Column("half-width of the interval for the mean", OWN)] = None
    rounding: Annotated[Number, Column("bound on what rounding does to the mean", OWN)] = None
    deviation: Annotated[Number, Column("distance from the same quantity in exact arithmetic", OWN)] = None


@dataclass(frozen=True, kw_only=True)
class BiasInvarianceRow(TableRow):
    """Which biases change the weights, and how far rounding lets them change where theory says that they do not."""

    table: ClassVar = "bias_invariance"

    score: Annotated[str, Column("score family")] = ""
    part: Annotated[str, Column("which bias")] = ""
    prediction: Annotated[str, Column("what theory says of the weights")] = ""
    bias: Annotated[Number, Column("size of the bias", "score, or of z inside tanh")] = None
    largest_score: Annotated[Number, Column("largest |e| before the bias", "score")] = None
    n: Annotated[Whole, Column("keys", "keys")] = None
    deviation: Annotated[Number, Column("largest distance from the prediction", OWN)] = None
    ratio: Annotated[Number, Column("largest distance over its bound, element by element", "1")] = None
    declared: Annotated[str, Column("what the implementation declares to return where there is no value")] = ""
    returned: Annotated[str, Column("what it returned there")] = ""
    tail_bound: Annotated[Number, Column("(e^τ − 1)/n, where the bias exceeds every |z|", "weight")] = None


@dataclass(frozen=True, kw_only=True)
class EvidenceRow(TableRow):
    """Measured for one claim, beside its proof."""

    table: ClassVar = "evidence"
    words: ClassVar = True

    claim: Annotated[str, Column("id of the claim")] = ""
    what: Annotated[str, Column("what was measured, in words that a reader of the claim understands")] = ""


@dataclass(frozen=True, kw_only=True)
class DetectionRow(TableRow):
    """Whether the verifier rejects what is wrong and accepts what is right, and what rules in common use decide."""

    table: ClassVar = "detection"
    words: ClassVar = True

    kind: Annotated[str, Column("fault, repaired twin, correct or mutant")] = ""
    name: Annotated[str, Column("name of the implementation")] = ""
    seen_in: Annotated[str, Column("where a fault like it was seen")] = ""
    repaired: Annotated[str, Column("fault: its repaired twin")] = ""
    mutation: Annotated[str, Column("mutant: what was changed")] = ""
    program: Annotated[str, Column("mutant: numpy or torch")] = ""
    score: Annotated[str, Column("score family")] = ""
    asked: Annotated[str, Column("repaired twin, correct: the properties it was asked, or everything")] = ""
    caught_by: Annotated[str, Column("the properties that failed")] = ""
    why: Annotated[str, Column("the first failure, or the proof that a mutant changes nothing")] = ""
    rules: Annotated[
        Mapping[str, str],
        Column("what the rule of this name decides, on its own inputs or on ours", spread=RULE_COLUMNS),
    ] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        if unknown := set(self.rules) - set(RULE_COLUMNS):
            raise ValueError(f"{self.id}: no columns for {sorted(unknown)}; expected {', '.join(RULE_COLUMNS)}")


@dataclass(frozen=True, kw_only=True)
class FoundByRow(TableRow):
    """Which kinds of evidence reject a fault, and whether what was not written for it does."""

    table: ClassVar = "found_by"
    words: ClassVar = True

    name: Annotated[str, Column("the fault")] = ""
    score: Annotated[str, Column("score family")] = ""
    written_for: Annotated[str, Column("the properties that were written for it")] = ""
    rejected_by: Annotated[str, Column("every property that rejects it")] = ""
    others: Annotated[str, Column("those of them that were not written for it")] = ""
    algebra: Annotated[Said, Column("the program in the exponential ring, at zero tolerance")] = ""
    proof: Annotated[Said, Column("the formula that is lifted from the program, at every size")] = ""
    rounding: Annotated[Said, Column("bounds of rounding errors, at inputs that a property was written with")] = ""
    coverage: Annotated[Said, Column("the same at inputs made by construction: pairs, sizes, the whole range")] = ""
    state: Annotated[Said, Column("calls after one another, and what they leave of their arguments")] = ""
    asked: Annotated[str, Column("what was asked in this run: a property, proof or everything; empty: nothing")] = ""
    recorded: Annotated[
        str, Column("the day on which the rest was recorded; empty: nothing is taken from a record")
    ] = ""


@dataclass(frozen=True, kw_only=True)
class LeaveOneOutRow(TableRow):
    """How many faults are still rejected without a property, a kind of evidence, or all that was written for them."""

    table: ClassVar = "leave_one_out"

    of: Annotated[str, Column("what is left out: a property, a kind of evidence, or written for (all that was)")] = ""
    left_out: Annotated[str, Column("its name")] = ""
    faults: Annotated[Whole, Column("property: faults it was written for; kind: that it rejects", "faults")] = None
    missed: Annotated[str, Column("those that nothing else rejects, separated by semicolons")] = ""


@dataclass(frozen=True, kw_only=True)
class GateRow(TableRow):
    """A kernel that is shown to be wrong, or right, before the gates of others and the verifier's judge."""

    table: ClassVar = "gates"
    words: ClassVar = True

    kind: Annotated[str, Column("wrong or right")] = ""
    name: Annotated[str, Column("name of the kernel")] = ""
    task: Annotated[str, Column("what it claims to compute")] = ""
    sizes: Annotated[str, Column("the sizes at which gates ask, and what the benchmark's own are")] = ""
    how: Annotated[str, Column("kind of fault, or how a right one goes about it")] = ""
    shown: Annotated[str, Column("how far off it is from the true values, and where")] = ""
    why: Annotated[str, Column("what the verifier's judge says")] = ""
    gates: Annotated[
        Mapping[str, str],
        Column("what the gate of this name says: accepts, rejects, cannot be asked", spread=GATE_COLUMNS),
    ] = field(default_factory=dict)
    recorded: Annotated[str, Column("the day on which this was recorded")] = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if set(self.gates) != set(GATE_COLUMNS):
            raise ValueError(f"{self.id}: gates {sorted(self.gates)}; expected {', '.join(GATE_COLUMNS)}")


@dataclass(frozen=True, kw_only=True)
class GateRuleRow(TableRow):
    """A gate: its rule and source, how many wrong kernels it accepts, how many right ones it rejects."""

    table: ClassVar = "gate_rules"

    gate: Annotated[str, Column("its name")] = ""
    says: Annotated[str, Column("the rule")] = ""
    source: Annotated[str, Column("where it is written, at which commit")] = ""
    threads: Annotated[str, Column("where its users discuss it")] = ""
    wrong: Annotated[Whole, Column("wrong kernels that it was asked about", "kernels")] = None
    accepted: Annotated[Whole, Column("how many of them it accepts", "kernels")] = None
    right: Annotated[Whole, Column("right kernels that it was asked about", "kernels")] = None
    accused: Annotated[Whole, Column("how many of them it rejects", "kernels")] = None
    precise: Annotated[Whole, Column("how many of those compute in more precision than the reference", "kernels")] = (
        None
    )
    undecided: Annotated[Whole, Column("kernels that it says nothing about", "kernels")] = None
    recorded: Annotated[str, Column("the day on which this was recorded")] = ""


@dataclass(frozen=True, kw_only=True)
class FunctionsRow(TableRow):
    """What exp, tanh and log err by, against what every bound takes them to err by."""

    table: ClassVar = "functions"

    function: Annotated[str, Column("exp, tanh or log")] = ""
    way: Annotated[str, Column("how it was called: all, sample, contiguous, strided, single elements …")] = ""
    inputs: Annotated[Whole, Column("arguments looked at", "arguments")] = None
    limit_absolute: Annotated[Number, Column("absolute error allowed below normal numbers", "smallest subnormals")] = (
        None
    )
    measured_absolute: Annotated[Number, Column("the largest one found there", "smallest subnormals")] = None
    bounds_allow: Annotated[Number, Column("relative error that the bounds rest on", "unit roundoffs")] = None
    bounds_grade: Annotated[str, Column("what that rests on: exhaustive, sampled, proved, assumed")] = ""
    origin: Annotated[str, Column("where it comes from")] = ""
    at: Annotated[str | None, Column("fp32: the argument with the largest relative error, in hexadecimal")] = None


@dataclass(frozen=True, kw_only=True)
class TightnessRow(TableRow):
    """How tight the bounds are, and in how many inputs an error exceeded one: theory says none."""

    table: ClassVar = "tightness"

    score: Annotated[str | None, Column("score family, where the row is about one")] = None
    of: Annotated[str, Column("inputs: of the search for the worst; comparisons: of the run's own")] = ""
    output: Annotated[str, Column("scores, weights, context or grad")] = ""
    judged: Annotated[Whole, Column("how many were judged", "inputs or comparisons")] = None
    unbounded: Annotated[Whole, Column("how many have no bound that says anything", "inputs or comparisons")] = None
    median: Annotated[Number, Column("median over them of the largest error/bound", "1")] = None
    largest: Annotated[Number, Column("largest error/bound", "1")] = None
    worst: Annotated[str, Column("what the one with the largest error/bound is like")] = ""


@dataclass(frozen=True, kw_only=True)
class AbstentionsRow(TableRow):
    """How often an implementation's comparisons abstain, and why."""

    table: ClassVar = "abstentions"

    comparisons: Annotated[Whole, Column("how many were judged", "comparisons")] = None
    abstained: Annotated[Whole, Column("how many of them abstained", "comparisons")] = None
    reasons: Annotated[Mapping[str, int], Column("the reasons with their counts, as JSON", "comparisons")] = field(
        default_factory=dict
    )


@dataclass(frozen=True, kw_only=True)
class ModelRow(TableRow):
    """What the three tables on a trained model share: which head."""

    score: Annotated[str, Column("score family")] = "scaled_dot"
    quantity: Annotated[str, Column("what is measured")] = ""
    layer: Annotated[Whole, Column("layer, from 0")] = None
    head: Annotated[Whole, Column("head, from 0")] = None
    ratio: Annotated[Number, Column("measured over theory, of an idealised law", "1")] = None


@dataclass(frozen=True, kw_only=True)
class ModelVarianceRow(ModelRow):
    """Variance of the scores of every trained head, against the law for independent components."""

    table: ClassVar = "model_variance"

    shared: Annotated[Number, Column("variance of the means of the queries' rows", "score²")] = None
    within: Annotated[Number, Column("mean variance within a query's row", "score²")] = None
    sentences: Annotated[Whole, Column("sentences", "sentences")] = None
    tokens: Annotated[Whole, Column("tokens", "tokens")] = None


@dataclass(frozen=True, kw_only=True)
class ModelSaturationRow(ModelRow):
    """Saturation of every trained head, against independent normal scores of the same spread."""

    table: ClassVar = "model_saturation"

    queries: Annotated[Whole, Column("queries", "queries")] = None
    mean_keys: Annotated[Number, Column("mean number of keys", "keys")] = None
    score_deviation: Annotated[Number, Column("mean deviation of the scores of a row", "score")] = None
    effective_keys: Annotated[Number, Column("entropy: its exponential", "keys")] = None
    effective_keys_normal: Annotated[Number, Column("entropy: that of normal scores", "keys")] = None


@dataclass(frozen=True, kw_only=True)
class ModelBiasInvarianceRow(ModelRow):
    """What the biases of a trained model do to the weights of its heads and to its output."""

    table: ClassVar = "model_bias_invariance"

    intervention: Annotated[str, Column("what was changed, or of what the gradient is")] = ""
    prediction: Annotated[str, Column("what theory says")] = ""
    bias_norm: Annotated[Number, Column("Euclidean norm of the trained bias")] = None
    change_norm: Annotated[Number, Column("Euclidean norm of its change")] = None
    largest_change: Annotated[Number, Column("largest change of a weight", "weight")] = None
    error_over_bound: Annotated[Number, Column("largest error over its bound", "1")] = None
    direction: Annotated[str, Column("output: along which direction the embedding is read")] = ""
    sentences: Annotated[Whole, Column("sentences", "sentences")] = None
    embedding_change: Annotated[Number, Column("output: largest change of an embedding, Euclidean")] = None
    smallest_cosine: Annotated[Number, Column("output: smallest cosine between old and new embedding", "1")] = None


TABLES: Final[Mapping[str, type[TableRow]]] = MappingProxyType(
    {
        row.table: row
        for row in (
            SaturationRow,
            VarianceRow,
            BiasInvarianceRow,
            EvidenceRow,
            DetectionRow,
            FoundByRow,
            LeaveOneOutRow,
            GateRow,
            GateRuleRow,
            FunctionsRow,
            TightnessRow,
            AbstentionsRow,
            ModelVarianceRow,
            ModelSaturationRow,
            ModelBiasInvarianceRow,
        )
    }
)
