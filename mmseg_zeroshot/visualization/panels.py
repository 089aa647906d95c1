"""A panel: images beside their truth and predictions, with a legend."""
from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from mmseg_zeroshot.utils.label_values import no_label

from .palettes import colorblind_palette
from .style import save_figure

_NOT_SCORED = (235, 235, 235)
_COLUMN_INCHES = 2.4
_LEGEND_ROW_INCHES = 0.18
# An entry's coloured patch and gaps, and a bold letter of its text.
_PATCH_INCHES, _LETTER_INCHES = 0.45, 0.075
_STAR = '★'


def save_panel(path: str | os.PathLike,
               rows: Sequence[Sequence[np.ndarray]],
               *,
               classes: Sequence[str],
               unseen: Sequence[str] = (),
               palette: Sequence[Sequence[int]] | None = None,
               titles: Sequence[str] = ('image', 'truth', 'prediction'),
               ignore_index: int | None = None,
               grey: str = 'not scored',
               captions: Sequence[str] = (),
               dpi: int = 200) -> None:
    """Draw rows of image, truth and predictions into one picture.

    As :func:`panel_figure`, written to a file.

    Args:
        path: PNG or SVG file to write.
        rows: See :func:`panel_figure`, as the other arguments.
        classes: K class names, by id.
        unseen: Names of the unseen classes.
        palette: K RGB colours.
        titles: Column titles.
        ignore_index: Id of pixels that are light grey; by default that of
            the class list, see :func:`no_label`.
        grey: What these are called in the legend.
        captions: A text for each row.
        dpi: Pixels per inch; a column is 2.4 inches wide.

    Raises:
        ValueError: see :func:`panel_figure`.

    Example:
        >>> save_panel('panel.png', [(image, truth, prediction)],
        ...            classes=split.classes, unseen=split.unseen)
    """
    figure = panel_figure(
        rows, classes=classes, unseen=unseen, palette=palette, titles=titles,
        ignore_index=ignore_index, grey=grey, captions=captions)
    save_figure(path, figure, dpi=dpi)


def panel_figure(rows: Sequence[Sequence[np.ndarray]],
                 *,
                 classes: Sequence[str],
                 unseen: Sequence[str] = (),
                 palette: Sequence[Sequence[int]] | None = None,
                 titles: Sequence[str] = ('image', 'truth', 'prediction'),
                 ignore_index: int | None = None,
                 grey: str = 'not scored',
                 captions: Sequence[str] = ()) -> Figure:
    """Draw rows of image, truth and predictions.

    Regions of unseen classes are outlined; the legend holds the classes
    that occur, the unseen ones bold with a star.

    Args:
        rows: Each an (H, W, 3) uint8 RGB image and its (H, W) maps of class
            ids, truth first, as many as ``titles`` says.
        classes: K class names, by id.
        unseen: Names of the unseen classes.
        palette: K RGB colours; by default colour-blind-safe ones.
        titles: Column titles.
        ignore_index: Id of pixels that are light grey; by default that of
            the class list, see :func:`no_label`.
        grey: What these are called in the legend.
        captions: A text for each row, put on its image; none by default.

    Returns:
        The figure; a column is 2.4 inches wide.

    Raises:
        ValueError: a row, the palette or the captions are of another length,
            shapes in a row differ, an id has no class, or an unseen class is
            unknown.
    """
    rows = [[np.asarray(part) for part in row] for row in rows]
    if ignore_index is None:
        ignore_index = no_label(len(classes))
    occurring = _checked(rows, classes, unseen, titles, ignore_index)
    if palette is None:
        palette = colorblind_palette(classes, occurring)
    if len(palette) != len(classes):
        raise ValueError(f'palette has {len(palette)} colours for '
                         f'{len(classes)} classes')
    if captions and len(captions) != len(rows):
        raise ValueError(f'{len(captions)} captions for {len(rows)} rows')
    table = np.full((max(ignore_index, len(classes)) + 1, 3), _NOT_SCORED,
                    dtype=np.uint8)
    table[:len(classes)] = palette
    unseen_ids = [classes.index(name) for name in unseen]
    if not any((m == ignore_index).any() for row in rows for m in row[1:]):
        grey = ''

    per_line = _legend_columns(
        len(titles), [_entry(classes[i], unseen) for i in occurring])
    figure, axes, legend_inches = _grid(
        rows, -(-(len(occurring) + bool(grey)) // per_line))
    for row, line in zip(rows, axes):
        line[0].imshow(row[0])
        for axis, ids in zip(line[1:], row[1:]):
            axis.imshow(table[ids], interpolation='nearest')
            _outline(axis, np.isin(ids, unseen_ids))
    for axis, title in zip(axes[0], titles):
        axis.set_title(title, fontsize=10)
    for line, caption in zip(axes, captions):
        line[0].text(
            .02, .97, caption, transform=line[0].transAxes, va='top',
            fontsize=8, color='white', bbox=dict(
                boxstyle='round', facecolor='black', alpha=.65, linewidth=0))
    _legend(figure, occurring, classes, unseen, table, grey, legend_inches,
            per_line)
    return figure


def _checked(rows: Sequence[Sequence[np.ndarray]], classes: Sequence[str],
             unseen: Sequence[str], titles: Sequence[str],
             ignore_index: int) -> list[int]:
    """Return the ids that occur, after checking names and shapes."""
    if not rows:
        raise ValueError('a panel needs at least one row')
    unknown = [name for name in unseen if name not in classes]
    if unknown:
        raise ValueError(f'unseen class {unknown[0]!r} is not in classes')
    occurring: set[int] = set()
    for number, row in enumerate(rows):
        if len(row) != len(titles):
            raise ValueError(f'row {number} has {len(row)} pictures for '
                             f'{len(titles)} titles')
        shapes = [part.shape[:2] for part in row]
        if len(set(shapes)) > 1 or any(part.ndim != 2 for part in row[1:]):
            raise ValueError(
                f'row {number}: the pictures differ in size: '
                f'{[part.shape for part in row]}; maps must be (H, W)')
        for part in row[1:]:
            occurring.update(int(i) for i in np.unique(part))
    occurring.discard(ignore_index)
    outside = [i for i in occurring if not 0 <= i < len(classes)]
    if outside:
        raise ValueError(f'class id {outside[0]} is outside the '
                         f'{len(classes)} classes')
    return sorted(occurring)


def _grid(rows: Sequence[Sequence[np.ndarray]],
          lines: int) -> tuple[Figure, np.ndarray, float]:
    """Return a figure whose rows have the heights of their images.

    Under them there is room for so many lines of the legend.
    """
    columns = len(rows[0])
    gap, title = 0.06, 0.3
    heights = [_COLUMN_INCHES * row[0].shape[0] / row[0].shape[1]
               for row in rows]
    legend = _LEGEND_ROW_INCHES * lines + .16
    width = columns * _COLUMN_INCHES + (columns + 1) * gap
    height = sum(heights) + (len(rows) - 1) * gap + title + legend
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    axes = np.empty((len(rows), columns), dtype=object)
    top = height - title
    for r, inches in enumerate(heights):
        for c in range(columns):
            left = gap + c * (_COLUMN_INCHES + gap)
            axes[r, c] = figure.add_axes(
                (left / width, (top - inches) / height,
                 _COLUMN_INCHES / width, inches / height))
            axes[r, c].set_axis_off()
        top -= inches + gap
    return figure, axes, legend / height


def _legend_columns(columns: int, entries: Sequence[str]) -> int:
    """Return how many entries of the legend fit beside each other."""
    widest = _PATCH_INCHES + _LETTER_INCHES * max(map(len, entries), default=1)
    fitting = int(columns * _COLUMN_INCHES / widest)
    return max(1, min(fitting, round(columns * 1.5)))


def _entry(name: str, unseen: Sequence[str]) -> str:
    return f'{name} {_STAR} unseen' if name in unseen else name


def _outline(axis: Axes, mask: np.ndarray) -> None:
    """Draw a white line in a black one around a region."""
    if not mask.any() or mask.all():
        return
    for color, width in (('black', 1.6), ('white', 0.7)):
        axis.contour(mask.astype(float), levels=[0.5], colors=color,
                     linewidths=width)


def _legend(figure: Figure, occurring: Sequence[int], classes: Sequence[str],
            unseen: Sequence[str], table: np.ndarray, grey: str,
            height: float, per_line: int) -> None:
    patches = []
    # Unseen classes first: there may be dozens of seen ones.
    for class_id in sorted(occurring, key=lambda i: classes[i] not in unseen):
        patches.append(
            _patch(table[class_id], _entry(classes[class_id], unseen)))
    if grey:
        patches.append(_patch(np.array(_NOT_SCORED), grey))
    legend = figure.legend(
        handles=patches, ncols=per_line, fontsize=8,
        frameon=False, loc='center', bbox_to_anchor=(0.5, height / 2),
        borderpad=0, handlelength=1.2, handleheight=1.0)
    for text in legend.get_texts():
        if _STAR in text.get_text():
            text.set_fontweight('bold')


def _patch(color: np.ndarray, label: str) -> Patch:
    return Patch(facecolor=tuple(color / 255), edgecolor='black',
                 linewidth=0.4, label=label)
