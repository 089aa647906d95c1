"""Everything that could stop an experiment later, found before it starts.

Each module has one concern. What a check needs is made once: networks without
weights and memory, the lists of images, a sample of the masks.
"""
from .check import check_before_run, check_experiment
from .finding import Finding, Report, Section, Severity
from .subject import Resources

__all__ = [
    'Finding', 'Report', 'Resources', 'Section', 'Severity',
    'check_before_run', 'check_experiment'
]
