"""Another executor for a run: ``--executor module:factory``, and dask's as one that is ready made.

A factory takes no arguments and returns a ``concurrent.futures.Executor``, or a context manager that yields one (a
generator function under ``contextlib.contextmanager``, say, that starts a cluster and closes it). Results do not depend
on which executor it is: each unit computes with one thread and alone in its process (``attnproof.verify.run.execute``).
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, Final

from attnproof.impl.extras import MissingExtraError, require
from attnproof.verify.run.execute import VARIABLES, abandon, cores

FORM: Final = "module:factory"


class ExecutorNameError(ValueError):
    """The name of a factory, or what the factory gives, is not what was expected."""


def factory_named(name: str) -> Callable[[], Any]:
    """The callable that ``module:factory`` names; raises ExecutorNameError saying which part of the name is wrong."""
    module, colon, attribute = name.partition(":")
    if not (colon and module and attribute):
        raise ExecutorNameError(f"{name!r} is not of the form {FORM}")
    try:
        found: Any = importlib.import_module(module)
    except Exception as error:  # whatever somebody's module raises while it is imported is one refusal that names it
        raise ExecutorNameError(f"{name}: cannot import {module!r} ({type(error).__name__}: {error})") from error
    for part in attribute.split("."):
        if not hasattr(found, part):
            raise ExecutorNameError(f"{name}: {module} has no attribute {attribute!r}")
        found = getattr(found, part)
    if not callable(found):
        raise ExecutorNameError(f"{name}: expected a function without arguments, got {type(found).__name__}")
    factory: Callable[[], Any] = found
    return factory


@contextmanager
def executor_named(name: str) -> Iterator[Executor]:
    """The executor that the factory ``name`` makes, closed at the end.

    Raises ExecutorNameError for a bad name, a factory that raises, and one that gives no executor. Left by an exception
    (an interrupt above all), it waits for no process: those that the factory started are ended.
    """
    factory = factory_named(name)
    os.environ.update(VARIABLES)  # read by processes that the factory starts
    others = set(multiprocessing.active_children())
    try:
        made = factory()
    except Exception as error:
        raise ExecutorNameError(f"{name}: the factory raised {type(error).__name__}: {error}") from error
    with _opened(name, made) as executor:
        try:
            yield executor
        except BaseException:
            abandon(executor)
            if isinstance(made, Executor):  # a context manager ends what it has started itself
                for process in set(multiprocessing.active_children()) - others:
                    process.kill()
            raise


def _opened(name: str, made: Any) -> AbstractContextManager[Executor]:
    if isinstance(made, Executor):
        return made
    if not (hasattr(made, "__enter__") and hasattr(made, "__exit__")):
        raise ExecutorNameError(
            f"{name}: expected a concurrent.futures.Executor from the factory, got {type(made).__name__}"
        )
    return _entered(name, made)


@contextmanager
def _entered(name: str, made: AbstractContextManager[Any]) -> Iterator[Executor]:
    with ExitStack() as stack:
        try:
            executor = stack.enter_context(made)
        except MissingExtraError:
            raise
        except Exception as error:
            raise ExecutorNameError(f"{name}: the factory raised {type(error).__name__}: {error}") from error
        if not isinstance(executor, Executor):
            raise ExecutorNameError(
                f"{name}: expected the factory to yield a concurrent.futures.Executor, got {type(executor).__name__}"
            )
        yield executor


@contextmanager
def dask() -> Iterator[Executor]:
    """For ``--executor``: dask on the scheduler of ``DASK_SCHEDULER_ADDRESS``, or on this machine's cores."""
    require("distributed")
    from dask import config
    from distributed import Client, LocalCluster

    if config.get("scheduler-address", None):
        with Client() as client:
            yield client.get_executor()
        return
    with (
        LocalCluster(n_workers=cores(), threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        yield client.get_executor()
