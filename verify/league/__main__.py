"""``python -m attnproof.verify.league``: ask the members of the league and record what they do."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from attnproof.verify.league.asking import LIMIT, Job, shown
from attnproof.verify.league.environment import EnvironmentFailedError
from attnproof.verify.league.locking import lock
from attnproof.verify.league.member import Member, members
from attnproof.verify.league.running import RECORDED, run
from attnproof.verify.options import nearest
from attnproof.verify.run.executors import executor_named

INTERRUPTED: Final = 130  # exit status, as shells have it


def main(words: list[str] | None = None) -> int:
    """Ask, or with ``--property`` show one answer again; returns the exit status."""
    given = _parser().parse_args(words)
    known = members()
    try:
        chosen = [_one(known, name) for name in given.member] or list(known.values())
        if given.lock:
            for path in (path for member in chosen for path in lock(member)):
                _say(f"wrote {path}")
            return 0
        for member in chosen:
            _check_locked(member)
        jobs = _jobs(chosen, given)
        if given.property:
            more = [word for name in given.property for word in ("--property", name)]
            more += ["--dtype", given.dtype] if given.dtype else []
            return max(shown(job, given.ask, more) for job in jobs)
    except (ValueError, EnvironmentFailedError) as error:
        print(f"league: {error}", file=sys.stderr)  # noqa: T201 - a usage error
        return 2
    try:
        with _executor(given) as executor:
            run(jobs, executor, folder=given.record, again=given.again or bool(given.member), progress=_say)
    except KeyboardInterrupt:
        print("league: interrupted; what is recorded stays", file=sys.stderr)  # noqa: T201 - why it ended
        return INTERRUPTED
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="nox -s league --", description=__doc__)
    parser.add_argument("--member", action="append", default=[], metavar="NAME", help="this one alone, asked again")
    parser.add_argument("--version", metavar="VERSION", help="of the package, alone")
    parser.add_argument("--again", action="store_true", help="ask what is recorded, too")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="side by side (default: %(default)s)")
    parser.add_argument("--executor", metavar="MODULE:FACTORY", help="another concurrent.futures.Executor")
    parser.add_argument("--limit", type=float, default=LIMIT, metavar="SECONDS", help="for one version")
    parser.add_argument("--record", type=Path, default=RECORDED, metavar="FOLDER", help="of records")
    parser.add_argument("--lock", action="store_true", help="write the locks that are missing, ask nothing")
    parser.add_argument(
        "--property", action="append", default=[], metavar="NAME", help="show this again, record nothing"
    )
    parser.add_argument("--dtype", metavar="FORMAT", help="with --property")
    parser.add_argument("--ask", type=int, default=0, metavar="N", help="with --property: which way of asking")
    return parser


def _one(known: dict[str, Member], name: str) -> Member:
    if name not in known:
        raise ValueError(f"no member {name!r}; there are {', '.join(known)}{nearest(name, known)}")
    return known[name]


def _jobs(chosen: Sequence[Member], given: argparse.Namespace) -> list[Job]:
    """What is to be asked. Raises ValueError for a version, or a way of asking, that none of the members has."""
    known = list(dict.fromkeys(version for member in chosen for version in member.versions))
    if given.version not in (None, *known):
        raise ValueError(f"no version {given.version!r}; there are {', '.join(known)}{nearest(given.version, known)}")
    most = max(len(member.asks) for member in chosen)
    if not 0 <= given.ask < most:
        raise ValueError(f"--ask {given.ask}; there are {', '.join(map(str, range(most)))}")
    every = [Job(member, version, given.limit) for member in chosen for version in member.versions]
    return [job for job in every if given.version in (None, job.version) and given.ask < len(job.member.asks)]


def _check_locked(member: Member) -> None:
    missing = [str(member.lock(version)) for version in member.versions if not member.lock(version).exists()]
    if missing:
        raise ValueError(f"there is no {', '.join(missing)}; --member {member.name} --lock writes it")


@contextmanager
def _executor(given: argparse.Namespace) -> Iterator[Executor]:
    """Threads, since each of them waits for a process; or what is asked for."""
    if given.executor:
        with executor_named(given.executor) as executor:
            yield executor
        return
    with ThreadPoolExecutor(given.workers) as executor:
        try:
            yield executor
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            raise


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - progress


if __name__ == "__main__":
    sys.exit(main())
