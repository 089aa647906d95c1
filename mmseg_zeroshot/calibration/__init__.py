"""The calibration factor gamma, chosen on a val set."""
from .choice import choose_gamma
from .curve import measure_curve
from .outputs import write_outputs, write_record
from .roles import ROLES, check_role, check_training

__all__ = [
    'ROLES', 'check_role', 'check_training', 'choose_gamma', 'measure_curve',
    'write_outputs', 'write_record'
]
