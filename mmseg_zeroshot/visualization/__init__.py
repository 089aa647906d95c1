"""Panels of pictures, curves and tables of results."""
from .curves import save_gamma_curve
from .palettes import colorblind_palette
from .panels import save_panel
from .tables import format_table, markdown_table, read_records, summarize

__all__ = [
    'colorblind_palette', 'format_table', 'markdown_table', 'read_records',
    'save_gamma_curve', 'save_panel', 'summarize'
]
