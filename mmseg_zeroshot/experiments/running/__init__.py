"""Runs the steps of an experiment, each in a folder that stays.

A folder's name ends with a fingerprint of what its step reads, so a changed
step gets a new folder and finished work is never overwritten.
"""
from .executors import Call, Executor, Job, make_executor
from .folders import State, state
from .leftovers import Leftover, find_leftovers
from .locks import locked
from .results import collect_records, write_results
from .scheduler import StepsFailed, describe, run_tasks
from .tasks import Task, make_tasks

__all__ = [
    'Call', 'Executor', 'Job', 'Leftover', 'State', 'StepsFailed', 'Task',
    'collect_records', 'describe', 'find_leftovers', 'locked',
    'make_executor', 'make_tasks', 'run_tasks', 'state', 'write_results'
]
