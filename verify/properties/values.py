"""The values: every output and gradient within its bound of the certified result, on every input class and size."""

from __future__ import annotations

from collections.abc import Iterable

from attnproof.verify.inputs.make import classes_for
from attnproof.verify.inputs.settings import SETTINGS, settings_for
from attnproof.verify.options import Profile
from attnproof.verify.properties.asking import ask, case_of, handed_over, judge, unmasked_rows
from attnproof.verify.properties.property import Draw, Finding, Property, TargetError, failed
from attnproof.verify.targets.target import Target

NAME = "values"


def _applies(target: Target) -> str | None:
    del target
    return None


def _draws(target: Target, profile: Profile, dtype: str, device: str, seed: int) -> Iterable[Draw]:
    wanted = [(s, name) for s in settings_for(profile) for name in classes_for(profile, s, target.score)]
    # One query and very negative scores: a path of its own in many kernels, so it is looked at in every profile.
    single = (SETTINGS["one_query"], "shifted")
    for setting, name in [*wanted, *([single] if single not in wanted else [])]:
        draw = Draw(setting, name, dtype, device, seed)
        if handed_over(target, case_of(target, draw)) is not None:
            yield draw


def _check(target: Target, draw: Draw) -> Iterable[Finding]:
    case = case_of(target, draw)
    request = handed_over(target, case, draw.device)
    if request is None:
        raise ValueError(f"{target.name} cannot be asked for {draw.setting.name}/{draw.input_class}")
    try:
        answer = ask(target, request)
    except TargetError as error:
        return [failed(NAME, error, draw)]
    # What a fully masked row gets, and its gradients, is a matter of contract, and of the property "masked row".
    rows = unmasked_rows(case)
    forward_only = rows is not None and not rows.all() and target.contract.masked_row != "zero"
    return judge(target, request, answer, NAME, draw, rows=rows, quantities=target.outputs if forward_only else None)


VALUES = Property(
    NAME,
    "every output and gradient is within its derived bound of the certified value, at ordinary and extreme inputs of "
    "many sizes",
    (6, 7, 10, 13, 14, 16, 18, 19, 20, 21, 28, 32),
    _applies,
    _draws,
    _check,
)
