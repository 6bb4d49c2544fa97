"""Our judge as an evaluator of FlashInfer-Bench.

Its runners look evaluators up in a list of their own (``bench/evaluators/registry.py`` of 0.1.2), in processes that
they start anew, on CUDA devices: there is no entry point for others. ``evaluator()`` has the interface of that list's
members, for a runner of one's own, or a patched list.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from attnproof.verify.against.judge import judge
from attnproof.verify.against.judgement import Judgement
from attnproof.verify.against.problem import Problem
from attnproof.verify.formats.flashinfer_bench.files import Definition, Tensor
from attnproof.verify.formats.flashinfer_bench.problem import problem_of, returning, run
from attnproof.verify.formats.flashinfer_bench.trace import NUMERICAL, STATUS, correctness
from attnproof.verify.formats.torch_values import plain
from attnproof.verify.outcome import FAIL, PASS


def evaluator() -> type[Any]:
    """A subclass of theirs whose correctness is our verdict; the rest, baselines and timing, is theirs.

    Where nothing could be judged the evaluation is a RUNTIME_ERROR whose log says so: no status of theirs means that.
    Raises ImportError without the package.
    """
    from flashinfer_bench.bench.evaluators import DefaultEvaluator
    from flashinfer_bench.bench.utils import make_eval
    from flashinfer_bench.data import Correctness, EvaluationStatus

    class JudgeEvaluator(DefaultEvaluator):  # type: ignore[misc] # theirs has no types here
        @classmethod
        def check_correctness(
            cls,
            definition: Any,
            sol_runnable: Any,
            inputs: list[list[Any]],
            ref_outputs: list[list[Any]],  # noqa: ARG003 - the reference is read, not believed
            cfg: Any,  # noqa: ARG003 - its tolerances are not needed
            log_path: str,
            device: str,
        ) -> tuple[Any, Any]:
            found = judged(definition, sol_runnable, inputs)
            if found.outcome == PASS:
                return Correctness(**correctness(found)), None
            print(found.text())  # noqa: T201 - their runner keeps what is printed as the log
            status = STATUS.get(found.kind, NUMERICAL) if found.outcome == FAIL else "RUNTIME_ERROR"
            errors = Correctness(**correctness(found)) if status == NUMERICAL else None
            made = make_eval(status=EvaluationStatus(status), device=device, log_path=log_path, correctness=errors)
            return errors, made

    return JudgeEvaluator


def judged(definition: Any, runnable: Any, inputs: list[list[Any]]) -> Judgement:
    """One of their runnables on their inputs, judged against the definition's reference."""
    stated = read(definition)
    passes = runnable.metadata.destination_passing_style
    candidate = returning(stated, runnable) if passes else runnable
    reference = run(stated.file, {"reference.py": stated.reference}, "reference.py", "run")
    names = (f"the reference of {stated.name}", runnable.metadata.solution_name)
    own = tuple(tuple(plain(value) for value in each) for each in inputs)
    shapes = {
        axis: size
        for (_, tensor), value in zip(stated.inputs.items(), own[0], strict=True)
        if tensor.axes is not None and isinstance(value, np.ndarray)
        for axis, size in zip(tensor.axes, value.shape, strict=True)
        if axis in stated.free
    }
    asked = problem_of(stated, reference, candidate, names, at=shapes)
    theirs = {"theirs": lambda seed: own[seed % len(own)]}
    return judge(
        Problem(
            **{**vars(asked), "draws": {**theirs, **(asked.draws if _free(stated) else {})}, "at": None, "sizes": {}}
        )
    )


def _free(stated: Definition) -> bool:
    """Whether inputs may be drawn: whole numbers are indices, and lengths, that only their makers know."""
    return all(each.dtype not in ("int64", "int32", "int16", "int8") for each in stated.inputs.values())


def read(definition: Any) -> Definition:
    """Their definition as ours."""

    def tensors(given: Any) -> dict[str, Tensor]:
        return {
            name: Tensor(None if each.shape is None else tuple(each.shape), each.dtype.value)
            for name, each in given.items()
        }

    return Definition(
        Path(definition.name),
        definition.name,
        {name: getattr(axis, "value", None) for name, axis in definition.axes.items()},
        tensors(definition.inputs),
        tensors(definition.outputs),
        definition.reference,
        tuple(definition.constraints),
    )
