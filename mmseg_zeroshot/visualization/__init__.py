"""Panels of pictures, curves and tables of results."""
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
from .records import collect_records, read_records
from .style import line_style, new_figure, save_figure, tidy
from .summaries import summarize
from .sweeps import SWEEP_SCORES, best_point, save_sweep, sweep_rows
from .tables import format_table, markdown_table
from .visualization_hook import ZeroShotVisualizationHook

__all__ = [
    'SWEEP_SCORES', 'ZeroShotVisualizationHook', 'best_and_hardest',
    'best_point', 'choose_images', 'collect_records', 'colorblind_palette',
    'confusion_table', 'format_table', 'line_style', 'markdown_table',
    'new_figure', 'panel_figure', 'read_confusion_csv', 'read_records',
    'save_confusion_csv', 'save_confusion_map', 'save_curves', 'save_figure',
    'save_gamma_curve', 'save_heat_map', 'save_object_sizes', 'save_panel',
    'save_sweep', 'sized_classes', 'summarize', 'sweep_rows', 'tidy'
]
