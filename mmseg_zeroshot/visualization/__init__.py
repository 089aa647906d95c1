"""Panels of pictures, curves, maps and the hook that draws while training."""
from .confusion_map import (
    confusion_table,
    read_confusion_csv,
    save_confusion_csv,
    save_confusion_map,
)
from .curves import save_curves, save_gamma_curve
from .examples import best_and_hardest, choose_images
from .heat_maps import save_heat_map
from .object_sizes import save_object_sizes, sized_classes
from .palettes import colorblind_palette
from .panels import panel_figure, save_panel
from .style import line_style, new_figure, save_figure, tidy
from .sweeps import SWEEP_SCORES, best_point, save_sweep, sweep_rows
from .visualization_hook import ZeroShotVisualizationHook

__all__ = [
    'SWEEP_SCORES', 'ZeroShotVisualizationHook', 'best_and_hardest',
    'best_point', 'choose_images', 'colorblind_palette', 'confusion_table',
    'line_style', 'new_figure', 'panel_figure', 'read_confusion_csv',
    'save_confusion_csv', 'save_confusion_map', 'save_curves', 'save_figure',
    'save_gamma_curve', 'save_heat_map', 'save_object_sizes', 'save_panel',
    'save_sweep', 'sized_classes', 'sweep_rows', 'tidy'
]
