"""A failing input of ``attnproof check TARGET --against REFERENCE`` as one file of data, and asking again.

The file has arrays, the questions, and what was said of the problem: inputs, sizes, formats. It names the two programs
to be shown; what is imported and called is named by who asks again.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from attnproof.verify.against.judge import judge
from attnproof.verify.against.judgement import Example, Judgement
from attnproof.verify.against.problem import Problem
from attnproof.verify.against.question import Question
from attnproof.verify.against.questions import LAYOUTS
from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.checking.archives import mapping, meta_of, read, whole, write
from attnproof.verify.options import one_of
from attnproof.verify.targets.saying import said

SCHEMA: Final = "attnproof.replay-against/1"
OPTIONS: Final[Mapping[str, type]] = {
    "inputs": str, "sizes": str, "dtype": str, "framework": str, "gradients": bool, "results": list, "format_": str,
    "by": str,
}  # fmt: skip
LARGEST_SEED: Final = 2**63
MOST_SIZE: Final = 2**17
MOST_ASKED: Final = 64
LETTERS: Final = 60
KINDS: Final[Mapping[str, type]] = {"float": np.float64, "bool": np.bool_, "int": np.int64}


@dataclass(frozen=True, eq=False)
class Saved:
    """What a file holds.

    names      of the candidate and the reference when it was written: text to be shown
    options    what was said of the problem beside them
    questions  in order
    """

    path: Path
    names: tuple[str, str]
    options: Mapping[str, Any]
    questions: tuple[Question, ...]

    def judged(self, problem: Problem, *, seed: int = 0, progress: Callable[[str], None] | None = None) -> Judgement:
        """What the judge says of a problem at the saved questions. Raises ValueError where it has other inputs."""
        for question in self.questions:
            if tuple(question.given) != problem.names:
                own = ", ".join(question.given)
                raise ValueError(f"{self.path} is of inputs {own}, and this problem's are {', '.join(problem.names)}")
            if odd := sorted({*question.gradients, *question.tied.values()} - set(problem.names)):
                raise ValueError(f"{self.path} asks for the gradient of {odd[0]!r}, which is no input")
        return judge(problem, asked=self.questions, seed=seed, sizes=False, progress=progress)


def file_name(candidate: str) -> str:
    """For a candidate's failing input."""
    return f"{re.sub('[^A-Za-z0-9]+', '-', Path(candidate).name).strip('-')[-LETTERS:]}-against.npz"


def save(path: Path, names: tuple[str, str], options: Mapping[str, Any], example: Example) -> None:
    """Write the example so that ``load`` gives it back.

    Raises ValueError for inputs that no such file holds, OSError where the file cannot be written.
    """
    arrays: list[Array] = []
    places: dict[int, int] = {}

    def kept(name: str, value: Any) -> Any:
        if not isinstance(value, np.ndarray):
            if not (value is None or isinstance(value, bool | int | float | str)):
                raise ValueError(f"{name} is {type(value).__name__}: no array and no number")
            return {"value": value}
        kind = next((kind for kind, dtype in KINDS.items() if np.issubdtype(value.dtype, dtype)), None)
        if kind is None or not value.size or (kind == "int" and np.abs(value).max() > 2**53):
            raise ValueError(f"{name} is an array of {value.dtype} and {value.size} numbers")
        if id(value) not in places:  # held by the example: ids are not used again
            places[id(value)] = len(arrays)
            arrays.append(np.array(value, np.float64))
        return {"kind": kind, "array": places[id(value)]}

    meta = {
        "schema": SCHEMA,
        "names": list(names),
        "options": {**options, **({"sizes": _sizes(example.sizes)} if example.sizes else {})},
        "questions": [
            {
                "said": each.said,
                "seed": each.seed,
                "gradients": list(each.gradients),
                "tied": dict(each.tied),
                "layout": each.layout,
                "scaled": each.scaled,
                "given": {name: kept(name, value) for name, value in each.given.items()},
            }
            for each in example.questions
        ],
        "failed": example.verdict.line(),
    }
    write(path, meta, {f"a{k}": array for k, array in enumerate(arrays)})


def _sizes(sizes: Mapping[str, int]) -> str:
    return ", ".join(f"{name}={size}" for name, size in sizes.items())


def command(path: str, candidate: str, reference: str) -> str:
    """The command that asks again, to be pasted."""
    return shlex.join(["attnproof", "replay", path, candidate, "--against", reference])


def is_one(path: Path) -> bool:
    """Whether a file is of this kind, as far as its text says so."""
    try:
        meta_of(read(path), SCHEMA)
    except Exception:  # noqa: BLE001 - whatever is wrong with it is said by who loads it
        return False
    return True


def load(path: Path) -> Saved:
    """What the file holds. Raises ValueError naming the file and what is wrong with it; nothing is imported."""
    try:
        return _checked(path, read(path))
    except Exception as error:  # whatever a damaged or forged file makes of the reading is one refusal that names it
        text = str(error) if type(error) is ValueError else said(error)
        raise ValueError(f"{path}: {text}; expected a file of schema {SCHEMA}") from error


def _checked(path: Path, arrays: dict[str, Any]) -> Saved:
    meta = meta_of(arrays, SCHEMA)
    names = _texts("names", meta.get("names"))
    if len(names) != 2:
        raise ValueError(f"{len(names)} names; expected the candidate's and the reference's")
    options = mapping("options", meta.get("options"))
    for name, value in options.items():
        one_of("option", name, OPTIONS)
        if type(value) is not OPTIONS[name]:
            raise ValueError(f"{name} is {str(value)[:40]!r}; expected {OPTIONS[name].__name__}")
    if "results" in options:
        options["results"] = tuple(_texts("results", options["results"]))
    for part in re.findall(r"=\s*(\d+)", options.get("sizes", "")):
        whole("a size", int(part[:20]), most=MOST_SIZE)
    asked = meta.get("questions")
    if not isinstance(asked, list) or not 1 <= len(asked) <= MOST_ASKED:
        raise ValueError(f"questions is no list of 1 to {MOST_ASKED}")
    return Saved(path, (names[0], names[1]), options, tuple(_question(each, arrays) for each in asked))


def _question(given: Any, arrays: Mapping[str, Array]) -> Question:
    fields = mapping("question", given)
    for name in ("said", "seed", "gradients", "tied", "layout", "scaled", "given"):
        if name not in fields:
            raise ValueError(f"a question without {name}")
    if not isinstance(fields["said"], str) or not isinstance(fields["scaled"], bool):
        raise ValueError("a question is not said in words")
    one_of("layout", fields["layout"], ("contiguous", *LAYOUTS))
    tied = mapping("tied", fields["tied"])
    handed = {name: _input(name, value, arrays) for name, value in mapping("given", fields["given"]).items()}
    for name in (*tied, *_texts("tied", list(tied.values()))):
        one_of("tied", name, handed)
    return Question(
        fields["said"],
        handed,
        whole("seed", fields["seed"], least=0, most=LARGEST_SEED),
        tuple(_texts("gradients", fields["gradients"])),
        tied,
        fields["layout"],
        fields["scaled"],
    )


def _input(name: str, given: Any, arrays: Mapping[str, Array]) -> Any:
    fields = mapping(name, given)
    if set(fields) == {"value"}:
        value = fields["value"]
        if not (value is None or isinstance(value, bool | int | float | str)):
            raise ValueError(f"{name} is {type(value).__name__}; expected a number, a text or null")
        return value
    if set(fields) != {"kind", "array"}:
        raise ValueError(f"{name} has the fields {', '.join(fields)}")
    one_of(f"{name}'s kind", fields["kind"], KINDS)
    array = arrays[f"a{whole(f'{name}s array', fields['array'], least=0)}"]
    if fields["kind"] != "float" and not np.array_equal(array, np.rint(array)):
        raise ValueError(f"{name} is said to hold {fields['kind']}, and has fractions")
    return np.array(array, KINDS[fields["kind"]])


def _texts(what: str, given: Any) -> Sequence[str]:
    if not isinstance(given, list) or not all(isinstance(each, str) and each.isprintable() for each in given):
        raise ValueError(f"{what} is no list of printable texts")
    return given


def with_file(found: Judgement, path: Path, names: tuple[str, str], options: Mapping[str, Any]) -> Judgement:
    """The judgement with its example saved, or a note of why it is not."""
    if found.example is None:
        return found
    try:
        save(path, names, options, found.example)
    except ValueError as error:
        return replace(found, notes=(*found.notes, f"the smallest failing input is not saved: {error}"))
    example = replace(found.example, file=str(path), again=command(str(path), *names))
    return replace(found, example=example)
