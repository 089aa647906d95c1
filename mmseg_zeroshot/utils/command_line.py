"""What every command line does about errors and being stopped."""
from __future__ import annotations

import os
import pickle
import signal
import sys
from collections.abc import Callable

from .io import explain_full_disk

CLOSED = 141
"""Exit code of a tool whose output was closed, as of SIGPIPE in a shell."""


def exit_code(run: Callable[[], object], *errors: type[Exception]) -> int:
    """Run a tool; print the error that a user can mend, without a traceback.

    Args:
        run: The tool.
        errors: Exceptions to report beside ValueError and OSError.

    Returns:
        0, 1 after an error message on stderr, or 141 where nobody reads its
        lines any more, as ``| head`` does.
    """
    mendable: tuple[type[Exception], ...] = (ValueError, OSError, *errors)
    try:
        with explain_full_disk():
            run()
        sys.stdout.flush()
    except BrokenPipeError:
        _discard_output()
        return CLOSED
    except pickle.UnpicklingError:
        # Its own text tells how to unpickle the file all the same.
        print('error: a checkpoint is no file of weights that torch wrote, '
              'or holds more than weights; mmseg-zeroshot convert-checkpoint '
              '--help tells what can be done', file=sys.stderr)
        return 1
    except mendable as error:
        print(f'error: {error}', file=sys.stderr)
        return 1
    return 0


def _discard_output() -> None:
    """Let Python write what is left of the output to nowhere at its end."""
    try:
        number = sys.stdout.fileno()
    except (OSError, ValueError):
        return  # The output is no file.
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, number)
    os.close(sink)


def resumable_exit_code(run: Callable[[], object],
                        *errors: type[Exception]) -> int:
    """As :func:`exit_code`, for a tool that goes on when it is run again.

    Its lines are written as they come. SIGTERM is treated as Ctrl-C, so that
    a killed tool ends the processes that it has started.

    Args:
        run: The tool.
        errors: Exceptions to report beside ValueError and OSError.

    Returns:
        0, 1 after an error message, 141 where nobody reads its lines any
        more, or 130 where it was stopped.
    """
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return exit_code(run, *errors)
    except KeyboardInterrupt:
        print('stopped; the same command goes on from here', file=sys.stderr)
        return 130
