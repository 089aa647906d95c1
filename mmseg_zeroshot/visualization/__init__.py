"""Panels of pictures, curves and tables of results."""
from .curves import save_curves, save_gamma_curve
from .palettes import colorblind_palette
from .panels import save_panel
from .style import line_style, new_figure, save_figure, tidy
from .tables import format_table, markdown_table, read_records, summarize

__all__ = [
    'colorblind_palette', 'format_table', 'line_style', 'markdown_table',
    'new_figure', 'read_records', 'save_curves', 'save_figure',
    'save_gamma_curve', 'save_panel', 'summarize', 'tidy'
]
