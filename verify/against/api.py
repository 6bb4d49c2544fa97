"""The judge from Python: ``attnproof.judge(candidate, reference, "x=b n d")``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attnproof.impl.extras import require
from attnproof.verify.against.judgement import Judgement
from attnproof.verify.against.making import problem_of
from attnproof.verify.against.problem import FRAMEWORKS, Problem
from attnproof.verify.against.whole import judge_whole
from attnproof.verify.checking.loading import load

Named = Callable[..., Any] | str


def judge(
    candidate: Named,
    reference: Named,
    inputs: str,
    *,
    sizes: str | Mapping[str, int] = "",
    dtype: str = "fp32",
    framework: str = "",
    gradients: bool = True,
    results: tuple[str, ...] = (),
    seed: int = 0,
    shrink: bool = True,
    progress: Callable[[str], None] | None = None,
) -> Judgement:
    """Find out whether a candidate computes what a reference does.

    candidate, reference  functions, modules, classes of modules, or names of such, ``module:attribute``
    inputs     what both are handed, in order: ``"x=b n d, mask=n n:bool, labels=b:int<10, eps=:1e-5"``
    sizes      what the letters stand for, ``"b=2, n=5"``; where it says nothing small numbers, no two alike
    dtype      ``fp64 fp32 bf16 fp16``: the format that rounding and range are judged in
    framework  of both, or ``torch,jax``: the candidate's, then the reference's; empty: found out
    gradients  whether those of every floating-point input and of parameters count
    results    names of the results
    shrink     whether a small failing input is looked for (``found.example``)
    progress   told before each call what is asked, and after it an empty text

    Raises ValueError, naming what is wrong, for a name that cannot be loaded, inputs that cannot be read, parameters
    that do not fit, and a reference that does not answer.
    """
    problem = named(
        candidate,
        reference,
        inputs,
        sizes=sizes,
        dtype=dtype,
        framework=framework,
        gradients=gradients,
        results=results,
    )
    return judge_whole(problem, seed=seed, shrink=shrink, progress=progress)


def named(candidate: Named, reference: Named, inputs: str, *, framework: str = "", **more: Any) -> Problem:
    """The problem of ``judge``; ``more``: what ``making.problem_of`` takes beside."""
    found = [_loaded(each) for each in (candidate, reference)]
    names = [each if isinstance(each, str) else "" for each in (candidate, reference)]
    return problem_of(found[0], found[1], inputs, frameworks=_frameworks(framework), names=(names[0], names[1]), **more)


def _loaded(thing: Named) -> Any:
    found = load(thing) if isinstance(thing, str) else thing
    if not callable(found):
        raise ValueError(f"{thing!r} is {type(found).__name__}; expected a function, a module or a class of modules")
    return found


def _frameworks(text: str) -> tuple[str, str]:
    """Of the candidate and of the reference; empty where they are to be found out."""
    if not text:
        return "", ""
    kinds = [word.strip() for word in text.split(",")]
    if len(kinds) > 2 or any(word not in FRAMEWORKS for word in kinds):
        raise ValueError(
            f"framework {text!r}: expected one of {', '.join(FRAMEWORKS)}, or the candidate's and the reference's with "
            "a comma between"
        )
    if "jax" in kinds:
        require("jax")
    return kinds[0], kinds[-1]
