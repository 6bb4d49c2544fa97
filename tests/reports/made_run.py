"""A small run made up for the page's tests: every outcome, verdict and table. None of its numbers is measured."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

IMPLEMENTATIONS = ("generated_numpy", "generated_torch", "reference_numpy", "reference_torch", "torch_sdpa")
SCORES = ("dot", "scaled_dot", "bilinear", "additive", "concat")
QUANTITIES = ("scores", "weights", "context", "grad.query", "grad.key")
PARTS = ("derive", "claims", "checks", "variance", "saturation", "bias_invariance", "model")
HOSTILE = "<script>alert('x')</script> & \"quotes\""


def comparisons() -> list[dict[str, Any]]:
    rows = []
    for s, score in enumerate(SCORES):
        for i, implementation in enumerate(IMPLEMENTATIONS):
            if implementation == "torch_sdpa" and score not in {"dot", "scaled_dot"}:
                continue
            for f, dtype in enumerate(("fp64", "fp32", "bf16", "fp16")):
                for device in ("cpu", "cuda"):
                    for n, quantity in enumerate(QUANTITIES):
                        outcome, reason, ratio = "pass", None, 10.0 ** -(1 + (s + 2 * i + 3 * f + 5 * n) % 7) * (1 + n)
                        if device == "cuda":
                            outcome, reason = "skipped", "no CUDA device"
                        elif dtype == "bf16" and "numpy" in implementation:
                            outcome, reason = "unsupported", "NumPy has no bf16"
                        elif (s + i + f + n) % 11 == 3:
                            outcome, reason, ratio = "abstain", "the bound is as large as the value", 0.0
                        elif (score, implementation, dtype, quantity) == (
                            "additive",
                            "reference_torch",
                            "fp32",
                            "weights",
                        ):
                            outcome, reason, ratio = "fail", HOSTILE, 3.7
                        elif (score, implementation, dtype, quantity) == ("dot", "torch_sdpa", "fp16", "context"):
                            outcome, reason = "differs by contract", "a fully masked row is NaN by its contract"
                        judged = outcome in {"pass", "fail", "abstain"}
                        name = f"{score}/{implementation}/{dtype}/{device}/base/normal/{quantity}"
                        rows.append({
                            "schema": "attnproof.results/1", "id": name, "score": score,
                            "implementation": implementation, "dtype": dtype, "device": device, "size": "base",
                            "input_class": "normal", "quantity": quantity, "outcome": outcome, "reason": reason,
                            "error": 1e-9 if judged else None, "bound": 1e-8 if judged else None,
                            "ratio": ratio if judged else None, "ulps": 1.5 if judged else None,
                            "worst": {"index": [0, n], "got": "0x1.8p-1", "exact": "0.7500000001", "bound": "0x1p-20"}
                            if judged else None,
                            "reproduce": f"attnproof verify --only {score} --dtype {dtype}",
                        })  # fmt: skip
    rows.append({"schema": "attnproof.results/1", "id": "checks/broken", "score": "", "implementation": "", "dtype": "",
                 "device": "", "size": "", "input_class": "", "quantity": "*", "outcome": "error",
                 "reason": "unit raised: ValueError: <b>boom</b>", "traceback": "..."})  # fmt: skip
    rows[0]["ratio"] = "nan"
    rows[1]["ratio"] = "inf"
    return rows


def claims() -> list[dict[str, Any]]:
    empty: dict[str, Any] = {"reason": None, "assumptions": [], "steps": [], "evidence": [], "scores": [], "tables": [],
             "counterexample": None, "references": []}  # fmt: skip
    step = {
        "rule": "differentiate $\\tanh$",
        "before": r"\frac{d}{dz} \tanh z",
        "after": r"\operatorname{sech}^2 z",
        "holds": True,
    }
    evidence = [
        {"grade": "exact", "what": "the least variance (numpy, fp64)", "value": "1; expected 1 [pass]"},
        {"grade": "exact", "what": "the largest variance (numpy, fp64)", "value": "2; expected 1 [fail: too <large>]"},
        {"grade": "exact", "what": "re-checks of the additive derivation", "value": "6 holds"},
        {"grade": "certified enclosure", "what": "additive: implementations against the oracle",
         "value": "1 fail, 90 pass"},
        {"grade": "sampled", "what": "table variance", "value": "12 pass"},
    ]  # fmt: skip
    return [
        empty | {"id": "S2", "title": "Bilinear", "usual": "Linear in either argument.", "verdict": "proved",
                 "statement": r"$e(as, h) = a\, e(s, h)$ for every $a \in \mathbb{R}$. Also $"
                 + " + ".join(["x_1"] * 40) + "$.",
                 "steps": [step, step], "assumptions": ["$W$ does not depend on $s$"], "kinds": ["independence"],
                 "scores": ["bilinear", "unknown_score"]},
        empty | {"id": "T4", "title": "Scaling by the root of the width",
                 "usual": "Dividing by √d keeps the variance at 1.",
                 "statement": r"$\operatorname{Var}(e_i) = 1$ if and only if the components are uncorrelated with "
                 "$E[q_r^2 k_r^2] = 1$.",
                 "verdict": "qualified", "evidence": evidence, "tables": ["variance"], "scores": ["additive"],
                 "steps": [step | {"refutes": True, "lemmas": ["odd_score"]}, step | {"lemmas": ["not_in_this_run"]}],
                 "altered": [{"what": "the variance is $2$", "rejected": True},
                             {"what": f"never {HOSTILE}", "rejected": False}],
                 "lemmas": ["odd_score", "not_in_this_run"], "figures": figures(),
                 "counterexample": "import numpy as np\nrng = np.random.default_rng(0)\nprint('a < b & c')  # 1 < 2\n",
                 "references": ["A. Vaswani et al., 2017, section 3.2.1"]},
        empty | {"id": "B2", "title": "Bias inside tanh", "usual": "Harmless.", "verdict": "refuted",
                 "statement": HOSTILE},
        empty | {"id": "S3", "title": "Up to size", "usual": "Always.", "verdict": "proved up to size 4",
                 "statement": "Up to 4."},
        empty | {"id": "X1", "title": "Cross terms only", "usual": "Only cross terms.", "verdict": "not decided",
                 "statement": "", "reason": f"no proof is recorded yet {HOSTILE}"},
        empty | {"id": "X2", "title": "A step that fails", "usual": "", "verdict": "not decided", "statement": "",
                 "reason": "proof step does not check: wrong", "steps": [step | {"holds": False, "rule": "wrong"}]},
    ]  # fmt: skip


def figures() -> list[dict[str, Any]]:
    """Curves with every kind of series and places that no axis has, and a matrix."""
    line = {"name": "theory", "kind": "line", "x": [1, 2, 4], "y": [1.0, 0.5, 0.25]}
    other = line | {"name": "other <law>", "y": [2.0, 1.0, 0.5]}
    points = line | {"name": "theory", "kind": "points", "low": [0.9, 0.4, 0.2], "high": [1.1, 0.6, 0.3]}
    bound = {"name": "bound", "kind": "bound", "x": [1, 2, 4], "y": ["inf", "nan", 0.0]}
    log, linear = {"label": "width d", "scale": "log2"}, {"label": "bias", "scale": "linear"}
    return [
        {"kind": "curves", "title": "Variance <by> width", "caption": "Falls as $1/d$.", "x": log,
         "y": {"label": "Var(e)", "scale": "log10"}, "series": [points, line, other, bound]},
        {"kind": "curves", "title": "One line", "caption": "", "x": linear, "y": linear, "series": [line]},
        {"kind": "matrix", "title": "Scores of the pairs", "rows": ["00", "01 <q>"], "columns": ["00", "11", "10"],
         "row_label": "query", "column_label": "key", "values": [[1.0, -2.0, 0.0], ["-inf", "nan", 0.5]],
         "marked": [[0, 0], [1, 2]], "caption": "Framed: the target."},
    ]  # fmt: skip


def lemmas() -> list[dict[str, Any]]:
    """Two, the second on the first; the first is used by a claim and has an altered statement that passes."""
    step = {"rule": "by symmetry", "before": "e(-x)", "after": "-e(x)", "holds": True, "refutes": False, "lemmas": []}
    common = {"verdict": "proved", "assumptions": ["$b = 0$"], "altered": [], "lemmas": [], "references": ["Somebody"]}
    return [
        common | {"name": "odd_score", "title": "The score is odd", "statement": "$e(-x) = -e(x)$.", "steps": [step],
                  "uses": ["the bound of tanh"],
                  "altered": [{"what": "the score is even", "rejected": True}],
                  "propositions": [{"name": "odd", "title": "it is odd", "latex": "e(-x) = -e(x)",
                                    "coq": "e (- x) = - e x", "kernel": "accepted", "found": "accepted"}],
                  "outside": ["For widths of 0."]},
        common | {"name": "zero_sum", "title": f"Sums vanish {HOSTILE}", "statement": "$e(x) + e(-x) = 0$.",
                  "outside": ["It has no words for sums."], "reason": "lemma does not hold: odd_score",
                  "steps": [step | {"lemmas": ["odd_score"]}], "lemmas": ["odd_score"]},
    ]  # fmt: skip


def scores() -> list[dict[str, Any]]:
    def equation(target: str, latex: str) -> dict[str, str]:
        return {"target": target, "latex": latex, "text": target}

    forward = [
        equation("scores", r"e_{i,j} = \sum_{a=0}^{d_a-1} v_{a} \tanh\left(z_{i,j,a}\right)"),
        equation("weights", r"\alpha_{i,j} = \frac{e^{t_{i,j}}}{\sum_{l=0}^{n_k-1} e^{t_{i,l}}}"),
    ]
    adjoint = [
        equation("row_dot", r"\rho_{i} = \sum_{j=0}^{n_k-1} \alpha_{i,j} \bar{\alpha}_{i,j}"),
        equation("grad_logits", r"\bar{t}_{i,j} = \alpha_{i,j} \left(\bar{\alpha}_{i,j} - \rho_{i}\right)"),
        equation("grad_key", r"\bar{k}_{j,f} = \sum_{i,a} \bar{e}_{i,j} v_{a} "
                 r"\operatorname{sech}^{2}\left(z_{i,j,a}\right) {W_h}_{a,f}"),
    ]  # fmt: skip
    more = [*adjoint, equation("grad_bias_hidden", r"\bar{b}_{a} = \sum_{i,j} \bar{z}_{i,j,a}")]
    source = (
        '"""Generated."""\n\nimport numpy as np\n\n\ndef scores(query, key):\n    return query @ key.T  # a < b\n\n\n# '
        + "long " * 60
        + "\n"
    )
    return [
        {
            "name": name, "title": f"{name.replace('_', ' ').capitalize()} score", "source": "Bahdanau et al. 2015",
            "domain": "$n_q, n_k \\ge 1$", "variants": [
                {"options": [], "forward": forward, "adjoint": adjoint},
                {"options": ["bias_hidden", "softcap", "sink_score", "bias"], "forward": forward, "adjoint": more},
            ],
            "rechecks": [{"system": name, "road": road, "sizes": "(2, 3)", "holds": True, "detail": "equal"}
                         for road in ("exact evaluation", "scalar expansion")]
                        + [{"system": name, "road": "ring", "sizes": "(2, 3)", "quantity": "grad_key", "holds": None,
                            "detail": "not decided"}],
            "planted": [{"name": "wrong sign", "rejected": True, "detail": "differs at <0, 1>"},
                        {"name": "dropped term", "rejected": name != "concat", "detail": ""}],
            "code": [{"target": target, "path": f"impl/generated/{target}/{name}.py", "source": source}
                     for target in ("numpy", "torch")],
        }
        for name in SCORES
    ]  # fmt: skip


def run() -> dict[str, Any]:
    return {
        "schema": "attnproof.run/1", "profile": "quick", "seed": 7, "started": "2026-01-01T00:00:00+00:00",
        "seconds": 12.3, "versions": {"python": "3.11.2", "numpy": "2.4.6"},
        "device": {"machine": "x86_64", "cuda": "none"}, "threads": 1, "commit": "0123456789ab",
        "counts": {"pass": 321, "fail": 1, "abstain": 30, "differs by contract": 1, "skipped": 200, "unsupported": 50,
                   "error": 1},
        "parts": {name: {"units": 3, "seconds": 1.5} for name in PARTS},
        "false_alarm": {"total": 1e-6, "shares": {"variance": 5e-7, "saturation": 5e-7}},
        "figures": {"derivation_seconds": 1.25, "systems_derived": 28},
    }  # fmt: skip


def write(folder: Path, tables: dict[str, list[dict[str, Any]]], *, model: bool = True) -> Path:
    """All result files of the run, with ``tables``."""
    folder.mkdir(parents=True, exist_ok=True)
    dump(folder / "run.json", run())
    dump(folder / "claims.json", {"schema": "attnproof.claims/1", "claims": claims(), "lemmas": lemmas()})
    dump(folder / "derivations.json", {"schema": "attnproof.derivations/1", "scores": scores()})
    if model:
        largest = "largest change of an embedding"
        changes = {f"{largest}: key biases removed, fp64": 1.1e-15, f"{largest}: query biases removed, fp64": 0.5}
        dump(
            folder / "model.json",
            {"schema": "attnproof.model/1", "summary": [{"name": "MiniLM", "layers": 6, "parts": {"a": 1.5}}, changes]},
        )
    lines = [json.dumps(row) for row in comparisons()]
    (folder / "results.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "junit.xml").write_text("<testsuites/>", encoding="utf-8")
    (folder / "tables").mkdir(exist_ok=True)
    for name, rows in tables.items():
        write_table(folder / "tables" / f"{name}.csv", rows)
    return folder


def dump(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1), encoding="utf-8")


def write_table(path: Path, rows: list[dict[str, Any]]) -> None:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)


def table_row(name: str, theory: float, measured: float, uncertainty: float, **own: Any) -> dict[str, Any]:
    return {
        "id": name, "implementation": "reference_numpy", "dtype": "fp64", "device": "cpu", "theory": "d",
        "theory_value": theory, "measured": measured, "uncertainty": uncertainty, "detectable": 2 * uncertainty,
        "grade": "sampled", "verdict": "pass", "reason": "",
    } | own  # fmt: skip


def tables() -> dict[str, list[dict[str, Any]]]:
    """Rows with the columns of the real tables, enough for every figure, outcomes of every kind among them."""
    return {
        "saturation": saturation(),
        "variance": variance(),
        "bias_invariance": bias_invariance(),
        "evidence": evidence(),
        "model_variance": [*model("variance", "half difference"), *correlated()],
        "model_saturation": model("sum of squares", "entropy"),
        "model_bias_invariance": interventions(),
    }


def evidence() -> list[dict[str, Any]]:
    """Measurements for one claim, in the order in which the claim names them."""
    own = {"claim": "T4", "grade": "exact"}
    return [
        table_row("evidence/T4/least", 1, 1, 0, **own, what="the least variance"),
        table_row(
            "evidence/T4/most", 1, 2, 0, **own, what="the largest variance", verdict="fail", reason="too <large>"
        ),
    ]


def saturation() -> list[dict[str, Any]]:
    rows = []
    for quantity in ("sum of squares", "largest weight", "surviving share", "entropy"):
        for d in (4, 16, 64):
            for score, value in (("dot", 1 - 1 / d), ("scaled_dot", 0.2)):
                own = {"kind": "signs", "score": score, "d": d, "n": 16, "setting": 0.0, "quantity": quantity}
                rows.append(table_row(f"saturation/signs/{score}/{d}/{quantity}", value, value + 0.01, 0.05, **own))
        for sigma in (0.5, 2.0):
            own = {"kind": "normal", "score": "dot", "d": 16, "n": 16, "setting": sigma, "quantity": quantity}
            rows.append(table_row(f"saturation/normal/{sigma}/{quantity}", sigma / 4, sigma / 4, 0.05, **own))
    for quantity in ("mean sech2", "mean sech2 after layer norm", "least mean sech2 after layer norm"):
        for sigma in (0.25, 4.0):
            own = {"kind": "tanh", "score": "additive", "d": 64, "n": 2, "setting": sigma, "quantity": quantity}
            rows.append(table_row(f"saturation/tanh/{sigma}/{quantity}", 0.5, 0.51, 0.05, **own))
    nothing = {"theory_value": "", "measured": "", "uncertainty": "", "detectable": "", "reason": "no CUDA device"}
    return [
        *rows,
        rows[0] | nothing | {"id": "saturation/cuda", "device": "cuda", "verdict": "skipped", "quantity": "all"},
    ]


def variance() -> list[dict[str, Any]]:
    rows = []
    for law, fixed in (("normal(0, 1)", 1.0), ("Laplace(1)", 4.0), ("unit sphere", None)):
        for d in (1, 16, 4096):
            factor = fixed or 9.0 / d**2  # on the sphere the scaled variance does depend on d
            for score, scale in (("dot", d), ("scaled_dot", 1)):
                for statistic, value in (
                    ("variance", factor * scale),
                    ("half difference", factor),
                    ("excess kurtosis", -6 / d),
                ):
                    own = {"score": score, "components": law, "d": d, "method": "law", "statistic": statistic}
                    name = f"variance/law/{score}/{law}/{d}/{statistic}"
                    own["implementation"] = "float64 samples"
                    rows.append(table_row(name, value, 1.01 * value, 0.05 * abs(value), **own))
    rows[3] |= {"verdict": "abstain", "reason": HOSTILE}
    rows[4] |= {"verdict": "fail", "reason": "off"}
    exact = {"implementation": "rational arithmetic", "dtype": "exact", "grade": "exact"}
    return [*rows, rows[0] | exact | {"id": "variance/exact", "uncertainty": 0, "measured": 1, "theory_value": 1}]


def bias_invariance() -> list[dict[str, Any]]:
    rows = []
    for dtype, last in (("fp64", 1023), ("fp16", 15)):
        for exponent in (-20, 0, 8, last):
            own = {"part": "shared", "prediction": "unchanged", "bias": 2.0**exponent, "score": "dot", "ratio": 0.4}
            bound = math.inf if exponent == last else 1e-9
            name = f"bias_invariance/shared/2^{exponent}/{dtype}"
            rows.append(table_row(name, 0, 0 if exponent < 8 else 1e-12, bound, **own, dtype=dtype, grade="bound"))
    for size in (1.0, 4.0, 16.0):
        own = {"part": "inside tanh", "prediction": "near uniform", "bias": size, "score": "additive", "ratio": 0.2}
        rows.append(table_row(f"bias_invariance/inside/{size}", math.exp(-2 * size), math.exp(-2 * size), 1e-15, **own))
    unknown = {"prediction": "undefined", "bias": "inf", "verdict": "differs by contract", "reason": "returns zero"}
    return [*rows, rows[0] | unknown | {"id": "bias_invariance/infinite", "theory_value": "", "measured": "nan"}]


def correlated() -> list[dict[str, Any]]:
    """One head whose correlations account for the variance, and one where they do not."""
    own = {"quantity": "variance, correlated", "layer": 0}
    return [table_row(f"model/correlated/{head}", 1.0, 1.05 + head, 0.1, head=head, effective_keys="",
                      effective_keys_normal="", mean_keys="", **own) for head in range(2)]  # fmt: skip


def model(*quantities: str) -> list[dict[str, Any]]:
    return [
        table_row(f"model/{quantity}/{layer}/{head}", 1.0, 0.2 + 0.3 * (layer + head), 0.1, layer=layer, head=head,
                  quantity=quantity, effective_keys=2.0 + head, effective_keys_normal=3.0, mean_keys=20.5)
        for quantity in quantities for layer in range(2) for head in range(12)
    ]  # fmt: skip


def interventions() -> list[dict[str, Any]]:
    return [
        table_row(f"model/output/{name}/{dtype}", 0, change, bound, quantity="output", intervention=name, dtype=dtype,
                  prediction="changed" if "query" in name else "unchanged")
        for dtype, bound in (("fp64", 1e-10), ("fp32", 1e-2))
        for name, change in (("key biases removed", 1e-15), ("query biases removed", 0.5))
    ]  # fmt: skip


def named(folder: Path) -> None:
    """Give the formulas of the run in ``folder`` the names by which they can be shown."""
    path = folder / "derivations.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    for score in data["scores"]:
        for variant in score["variants"]:
            options = "".join(f"+{option}" for option in variant["options"])
            for equation in (*variant["forward"], *variant["adjoint"]):
                target = equation["target"]
                rest = f"adjoint.{target.removeprefix('grad_')}" if target.startswith("grad_") else target
                equation["name"] = f"{score['name']}.{rest}{options}"
    dump(path, data)
