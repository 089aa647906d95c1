"""Runs the steps of an experiment, each in a folder that stays.

A folder's name ends with a fingerprint of what its step reads, so a changed
step gets a new folder and finished work is never overwritten.
"""
from .executors import Call, Executor, Job, make_executor
from .folders import State, state
from .leftovers import Leftover, find_leftovers
from .results import finished_records, write_results
from .scheduler import StepsFailed, describe, lock, run_tasks
from .tasks import Task, make_tasks

__all__ = [
    'Call', 'Executor', 'Job', 'Leftover', 'State', 'StepsFailed', 'Task',
    'describe', 'find_leftovers', 'finished_records', 'lock',
    'make_executor', 'make_tasks', 'run_tasks', 'state', 'write_results'
]
