"""``assert_close`` on kernels of the gates, by their values alone: no right one is accused, and a wrong one passes only
where one call at ordinary inputs shows nothing.
"""

from __future__ import annotations

from typing import Literal

import pytest
import torch

from attnproof import assert_close
from attnproof.verify.gates.kernels import Kernel, right, wrong
from attnproof.verify.gates.tasks import TASKS

LAWS: tuple[Literal["normal", "uniform"], ...] = ("normal", "uniform")
SEEN_LATER = ("call", "once", "overwritten", "occurs twice")  # a second call, or a tie, is what shows these
FAR = " of x.amax", ", x.amax", " of logits.amax"  # softmax without its shift: right until it overflows


def judge(kernel: Kernel, law: Literal["normal", "uniform"], seed: int) -> None:
    task = TASKS[kernel.task]
    given = task.draw(law, dict(task.tiny), torch.Generator().manual_seed(seed))
    if kernel.numpy is None:
        found = kernel.make()(*(x.clone() for x in given))
    else:
        found = torch.as_tensor(kernel.numpy(*(x.numpy() for x in given)))
    assert_close(found, task.plain, *given, check_dtype=False)


def accused(kernel: Kernel) -> bool:
    for law in LAWS:
        try:
            judge(kernel, law, 1)
        except AssertionError:
            return True
    return False


@pytest.mark.parametrize("task", TASKS)
def test_no_right_kernel_is_accused(task: str) -> None:
    own = [kernel for kernel in right().values() if kernel.task == task]
    assert own
    for kernel in own:
        for law in LAWS:
            judge(kernel, law, 1)


@pytest.mark.slow
def test_wrong_kernels_that_one_call_shows_are_found() -> None:
    passed = [name for name, (kernel, _) in wrong().items() if not accused(kernel)]
    assert len(wrong()) - len(passed) > 400
    assert all(any(word in name for word in (*SEEN_LATER, *FAR)) for name in passed), passed
