"""What a training remembers from step to step beside its weights."""
from __future__ import annotations

from typing import Protocol, runtime_checkable

from .typing_utils import RunState


@runtime_checkable
class HasRunState(Protocol):
    """A module or a hook whose next step depends on the steps before.

    :class:`RunStateHook` keeps the state with every checkpoint and gives it
    back to a resumed training.
    """

    def run_state(self) -> RunState:
        """Return the state; empty if there is nothing to keep.

        It is made of tensors, numbers, text, None, and lists and dicts of
        them.
        """

    def load_run_state(self, state: RunState) -> None:
        """Go on from a state.

        Args:
            state: What :meth:`run_state` returned. Its tensors may be on
                any device.
        """
