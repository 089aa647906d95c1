"""Recipes: all steps of a method, one after the other, resumable."""
from .recipe import Recipe, Step, Task, load_recipe, make_tasks
from .runner import StepFailed, plan, run_tasks

__all__ = [
    'Recipe', 'Step', 'StepFailed', 'Task', 'load_recipe', 'make_tasks',
    'plan', 'run_tasks'
]
