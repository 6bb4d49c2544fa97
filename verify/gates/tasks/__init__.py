"""What is to be computed."""

from attnproof.verify.gates.tasks.listed import TASKS
from attnproof.verify.gates.tasks.task import Sizes, Task

__all__ = ["TASKS", "Sizes", "Task"]
