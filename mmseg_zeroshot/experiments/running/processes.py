"""Processes that end with the one that started them."""
from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

GRACE = 10
"""Seconds between asking a process to end and ending it."""
_PR_SET_PDEATHSIG = 1
# The kernel tells only the process itself that its starter is gone, not those
# that it has started, such as the workers that load images. So a shell leads
# the group: told by USR1, it ends all of it. A signal may end `wait` early.
_LEADER = f"""
trap : TERM
trap 'trap "" USR1
kill -TERM 0
(sleep {GRACE}; kill -KILL 0) &
gone=1' USR1
"$@" &
step=$!
while wait $step; code=$?; kill -0 $step 2>/dev/null; do :; done
if [ "$gone" ]; then kill -KILL 0; fi
if [ $code -gt 128 ]; then kill -TERM 0; fi
exit $code
"""


def start(line: Sequence[str], log: Path,
          environment: Mapping[str, str] | None = None) -> subprocess.Popen:
    """Start a process whose output goes to the end of a file.

    It leads a process group of its own, so that Ctrl-C reaches its starter
    alone, which then stops it. On Linux it also ends when its starter is
    killed, and all that it has started with it.

    Args:
        line: Program and arguments.
        log: The file.
        environment: Variables on top of this process's own.

    Returns:
        The process. The thread that called this must live as long. On Linux
        its exit code is 128 more than the signal that ended it, if one did.
    """
    if sys.platform == 'linux':
        line = ['sh', '-c', _LEADER, 'sh', *line]
    with log.open('ab') as stream:
        return subprocess.Popen(
            list(line), stdin=subprocess.DEVNULL, stdout=stream,
            stderr=subprocess.STDOUT, start_new_session=True,
            env={**os.environ, 'PYTHONUNBUFFERED': '1', **(environment or {})},
            preexec_fn=_ends_with(os.getpid()))


def stop(process: subprocess.Popen) -> None:
    """End a process and those that it has started.

    Args:
        process: Of :func:`start`.
    """
    _signal(process, signal.SIGTERM)
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        _signal(process, getattr(signal, 'SIGKILL', signal.SIGTERM))
        process.wait()


def _signal(process: subprocess.Popen, number: int) -> None:
    if not hasattr(os, 'killpg'):  # Windows
        process.terminate()
        return
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        pass


def _ends_with(parent: int) -> Callable[[], None] | None:
    """Return what a new process does before anything else."""
    if sys.platform != 'linux':
        return None
    prctl = ctypes.CDLL(None).prctl

    def end_with_parent() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGUSR1)
        if os.getppid() != parent:  # It was killed a moment ago.
            os._exit(1)

    return end_with_parent
