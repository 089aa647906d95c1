"""Recipes: all steps of a method, one after the other, resumable."""
from .recipe import Recipe, Step, Task, load_recipe, make_tasks
from .runner import StepFailed, plan, run_tasks
from .sweep import Point, Sweep, make_grid, make_sweep

__all__ = [
    'Point', 'Recipe', 'Step', 'StepFailed', 'Sweep', 'Task', 'load_recipe',
    'make_grid', 'make_sweep', 'make_tasks', 'plan', 'run_tasks'
]
