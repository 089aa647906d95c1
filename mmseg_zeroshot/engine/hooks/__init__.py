"""Hooks that check a run and record its scores."""
from .consistency import ConsistencyHook
from .finite_hook import FiniteHook
from .label_leak_hook import LabelLeakHook
from .one_run_hook import OneRunHook
from .recursion_hook import RecursionHook
from .run_state_hook import RunStateHook
from .stage_start_hook import StageStartHook
from .step_seed_hook import StepSeedHook
from .zero_shot_results_hook import ZeroShotResultsHook

__all__ = [
    'ConsistencyHook', 'FiniteHook', 'LabelLeakHook', 'OneRunHook',
    'RecursionHook', 'RunStateHook', 'StageStartHook', 'StepSeedHook',
    'ZeroShotResultsHook'
]
