"""Where the commands of steps run: this machine, or a cluster."""
from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from mmseg_zeroshot.utils.locks import locked
from mmseg_zeroshot.utils.typing_utils import ConfigPart

from .folders import LOG
from .processes import start, stop

if TYPE_CHECKING:
    import submitit

EXECUTORS = ('local', 'slurm', 'submitit-local')
"""This machine; Slurm through submitit; submitit without a cluster."""
CLUSTER_DEFAULTS = dict(timeout_min=24 * 60)
"""Parameters of submitit, whose own limit of 5 minutes ends a training."""


@dataclass(frozen=True)
class Call:
    """A command line and the folder that it writes to.

    Attributes:
        line: Program and arguments.
        folder: The task's folder, which gets the output as ``log.txt``.
        environment: Variables on top of those of the process that runs it.
    """

    line: Sequence[str]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        """File of the output."""
        return self.folder / LOG


class Job(Protocol):
    """A call that has been handed to an executor."""

    def code(self) -> int | None:
        """Return its exit code, None while it waits or runs."""

    def stop(self) -> None:
        """End it."""


class Executor(Protocol):
    """Starts calls."""

    def submit(self, call: Call) -> Job:
        """Start a call, without waiting for its end.

        Args:
            call: The call.
        """


def make_executor(name: str, jobs: int, work_dir: Path,
                  options: ConfigPart | None = None) -> Executor:
    """Return an executor by name.

    Args:
        name: One of :data:`EXECUTORS`.
        jobs: Calls side by side, which share this machine.
        work_dir: Folder of the run.
        options: Parameters of submitit's ``AutoExecutor``, such as
            ``slurm_partition``.

    Raises:
        ValueError: The name or an option is unknown.
        RuntimeError: submitit is not installed.
    """
    if name == 'local':
        if options:
            raise ValueError('--executor-options are those of a cluster, '
                             f'got {", ".join(options)} for --executor local')
        return LocalExecutor(jobs)
    if name not in EXECUTORS:
        raise ValueError(f'unknown executor {name!r}: take one of '
                         + ', '.join(EXECUTORS))
    return SubmititExecutor('slurm' if name == 'slurm' else 'local',
                            work_dir / '.submitit', options or {})


class LocalExecutor:
    """Runs calls as processes that share cores and GPUs of this machine.

    Args:
        jobs: Calls side by side.
    """

    def __init__(self, jobs: int = 1) -> None:
        self.jobs = jobs
        self._slots: dict[int, LocalJob] = {}

    def submit(self, call: Call) -> LocalJob:
        """Start a call.

        Args:
            call: The call.
        """
        free = [slot for slot in range(self.jobs)
                if slot not in self._slots
                or self._slots[slot].code() is not None]
        slot = free[0]
        self._slots[slot] = LocalJob(
            start(call.line, call.log,
                  {**call.environment, **share(slot, self.jobs)}))
        return self._slots[slot]


class LocalJob:
    """A process of this machine.

    Args:
        process: The process.
    """

    def __init__(self, process: subprocess.Popen) -> None:
        self._process = process

    def code(self) -> int | None:
        """Return its exit code, None while it runs."""
        return self._process.poll()

    def stop(self) -> None:
        """End it with all that it has started."""
        stop(self._process)


def share(slot: int, jobs: int) -> dict[str, str]:
    """Return the environment variables of one of several jobs.

    Args:
        slot: Number of the job, from 0.
        jobs: Number of jobs.

    Returns:
        How many threads it takes, unless that is set, and its GPU. Nothing
        if it is the only job.
    """
    if jobs == 1:
        return {}
    variables = {}
    if 'OMP_NUM_THREADS' not in os.environ:
        variables['OMP_NUM_THREADS'] = str(max(1, _num_cores() // jobs))
    devices = _devices()
    if len(devices) > 1:
        variables['CUDA_VISIBLE_DEVICES'] = devices[slot % len(devices)]
    return variables


class SubmititExecutor:
    """Hands calls to a cluster through submitit.

    Args:
        cluster: ``'slurm'``, or ``'local'`` for processes of this machine.
        folder: Gets submitit's own files.
        options: Parameters of its ``AutoExecutor``.

    Raises:
        ValueError: An option is unknown.
        RuntimeError: submitit is not installed.
    """

    def __init__(self, cluster: str, folder: Path,
                 options: ConfigPart) -> None:
        try:
            import submitit
        except ImportError as error:
            raise RuntimeError(
                'this executor needs submitit: pip install '
                "'mmseg-zeroshot[cluster]', or pip install submitit"
            ) from error
        self._executor = submitit.AutoExecutor(folder, cluster=cluster)
        try:
            self._executor.update_parameters(**{**CLUSTER_DEFAULTS, **options})
        except NameError as error:  # That is what submitit raises.
            raise ValueError(f'--executor-options: {error}') from error

    def submit(self, call: Call) -> SubmititJob:
        """Put a call into the queue.

        Args:
            call: The call.

        Raises:
            RuntimeError: The cluster refuses it.
        """
        from submitit.core.utils import FailedJobError
        try:
            return SubmititJob(self._executor.submit(run_call, call), call)
        except FailedJobError as error:
            raise RuntimeError(f'the cluster refuses it: {error}') from error


class SubmititJob:
    """A call in a queue.

    Args:
        job: submitit's job.
        call: The call.
    """

    def __init__(self, job: submitit.Job[int], call: Call) -> None:
        self._job = job
        self._call = call

    def code(self) -> int | None:
        """Return its exit code, None while it waits or runs."""
        if not self._job.done():
            return None
        error = self._job.exception()
        if error is None:
            return self._job.result()
        with self._call.log.open('a', encoding='utf-8') as file:
            file.write(f'{error}\n')
        return 1

    def stop(self) -> None:
        """Take it out of the queue, or end it."""
        self._job.cancel()


def run_call(call: Call) -> int:
    """Run a call to its end; this is what a cluster's job does.

    Args:
        call: The call.

    Returns:
        Its exit code.

    Raises:
        RuntimeError: A job of an earlier run still works on its folder.
    """
    with locked(call.folder, f'runs the step of {call.folder}',
                'wait for it, or end it'):
        return start(call.line, call.log, call.environment).wait()


def _num_cores() -> int:
    if hasattr(os, 'sched_getaffinity'):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _devices() -> list[str]:
    """Return the GPUs that may be used, as CUDA_VISIBLE_DEVICES has them."""
    given = os.environ.get('CUDA_VISIBLE_DEVICES')
    if given is not None:
        return [name for name in given.split(',') if name]
    import torch
    return [str(number) for number in range(torch.cuda.device_count())]
