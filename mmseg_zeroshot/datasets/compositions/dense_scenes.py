"""Generator of the dense embedded data set: objects on grounds.

Every pixel has a class. An image is a sky over two or three grounds, and
objects of composed words stand on them. What is beside an object tells about
it, in two ways:

- an object's texture calls for a ground (striped things are on grass, dotted
  ones on water, solid ones on sand), which it gets three times out of four;
- a ground throws its colour on what stands on it, so an object looks otherwise
  on another ground.
"""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .scenes import PLACES, SceneObject, background, paint
from .words import class_palette, split_name

GROUNDS = {
    'sky': (158, 190, 226),
    'grass': (88, 138, 62),
    'water': (44, 84, 138),
    'sand': (214, 190, 134),
}
"""RGB of the grounds; the sky is always there, above the others."""

HOME = {'striped': 'grass', 'dotted': 'water', 'solid': 'sand'}
"""The ground that a texture calls for."""

AT_HOME = 0.75
"""Probability that an object is one that its ground calls for."""

TINT = 0.4
"""Share of the ground's colour in an object's."""

OBJECTS = (5, 8)
"""Fewest and most objects in an image."""

RADIUS = (0.11, 0.19)
"""Smallest and largest radius of an object, in sides of the image."""


def compose_dense(classes: Sequence[str], size: int,
                  rng: np.random.Generator
                  ) -> tuple[np.ndarray, np.ndarray]:
    """Draw one image and its label map.

    Args:
        classes: Class names: all of :data:`GROUNDS`, and any number of
            '{texture} {colour} {shape}'.
        size: Side of the image in pixels.
        rng: Source of every random number, so a seed decides the image.

    Returns:
        RGB image (size, size, 3) and label map (size, size) of indices into
        ``classes``, both uint8.

    Raises:
        ValueError: A class name is not made of known words, or a ground is
            missing.
    """
    grounds = _ground_ids(classes)
    labels = draw_grounds(list(grounds.values()), size, rng)
    canvas, light = paint_grounds(labels, classes, rng)
    home = labels.copy()
    for item in draw_objects(classes, home, rng):
        paint(canvas, labels, item, rng,
              light=light[home[_pixel(item, size)]], share=TINT)
    canvas += 4 * rng.standard_normal(canvas.shape, np.float32)
    return canvas.clip(0, 255).astype(np.uint8), labels


def draw_grounds(ids: Sequence[int], size: int,
                 rng: np.random.Generator) -> np.ndarray:
    """Draw where the grounds are.

    Args:
        ids: Class ids, the sky's first.
        size: Side of the image in pixels.
        rng: Source of randomness.

    Returns:
        (size, size) uint8: a sky above a wavy horizon, below it two or three
        grounds, each pixel that of the nearest of some points.
    """
    y, x = np.mgrid[:size, :size] / size
    wave = 0.03 * np.sin(x * rng.uniform(6, 12) + rng.uniform(0, 6))
    lower = rng.permutation(ids[1:])[:rng.integers(2, len(ids))]
    points = rng.uniform(0, 1, (len(lower), 2)) * (0.7, 1) + (0.3, 0)
    bend = 0.06 * np.sin(y * rng.uniform(8, 14) + rng.uniform(0, 6))
    apart = np.hypot(y[..., None] - points[:, 0],
                     (x + bend)[..., None] - points[:, 1])
    labels = np.asarray(lower)[apart.argmin(axis=-1)]
    labels[y < rng.uniform(0.15, 0.35) + wave] = ids[0]
    return labels.astype(np.uint8)


def paint_grounds(labels: np.ndarray, classes: Sequence[str],
                  rng: np.random.Generator
                  ) -> tuple[np.ndarray, np.ndarray]:
    """Paint the grounds, each cloudy around its own colour.

    Args:
        labels: (size, size) ids of grounds.
        classes: Class names.
        rng: Source of randomness.

    Returns:
        RGB (size, size, 3), float, and the colour of each ground in this
        image, (K, 3).
    """
    light = np.zeros((len(classes), 3))
    canvas = np.zeros((*labels.shape, 3))
    for name, label in _ground_ids(classes).items():
        light[label] = GROUNDS[name] + rng.normal(0, 8, 3)
        clouds = background(len(labels), rng)
        clouds = 0.5 * (clouds - clouds.mean(axis=(0, 1)))
        inside = labels == label
        canvas[inside] = (light[label] + clouds)[inside]
    return canvas, light


def draw_objects(classes: Sequence[str], grounds: np.ndarray,
                 rng: np.random.Generator) -> list[SceneObject]:
    """Draw the objects of one image, those behind first.

    Args:
        classes: Class names.
        grounds: (size, size) ids of grounds.
        rng: Source of randomness.
    """
    size = len(grounds)
    things = {i: split_name(name) for i, name in enumerate(classes)
              if name not in GROUNDS}
    objects: list[SceneObject] = []
    for _ in range(int(rng.integers(OBJECTS[0], OBJECTS[1] + 1))):
        radius = float(rng.uniform(*RADIUS) * size)
        centre = _place(objects, radius, size, rng)
        ground = classes[grounds[int(centre[1]), int(centre[0])]]
        fitting = [i for i, words in things.items()
                   if HOME[words[0]] == ground]
        at_home = rng.random() < AT_HOME and fitting
        label = int(rng.choice(fitting if at_home else list(things)))
        objects.append(SceneObject(
            label, *things[label], centre=centre, radius=radius,
            angle=float(rng.uniform(-np.pi / 7, np.pi / 7))))
    return objects


def _place(objects: Sequence[SceneObject], radius: float, size: int,
           rng: np.random.Generator) -> tuple[float, float]:
    """Take the place that is covered least of some that are drawn."""
    drawn = rng.uniform((0.1, 0.25), (0.9, 0.92), (PLACES, 2)) * size
    gap = np.full(PLACES, np.inf)
    for other in objects:
        apart = np.linalg.norm(drawn - other.centre, axis=1)
        gap = np.minimum(gap, apart / (radius + other.radius))
    x, y = drawn[gap.argmax()]
    return float(x), float(y)


def _pixel(item: SceneObject, size: int) -> tuple[int, int]:
    """Row and column of an object's centre."""
    x, y = item.centre
    return min(int(y), size - 1), min(int(x), size - 1)


def _ground_ids(classes: Sequence[str]) -> dict[str, int]:
    """Ids of the grounds, the sky first."""
    missing = [name for name in GROUNDS if name not in classes]
    if missing:
        raise ValueError(f'the dense embedded data set needs the class '
                         f'{missing[0]!r}: it has {", ".join(GROUNDS)}')
    return {name: list(classes).index(name) for name in GROUNDS}


def dense_palette(classes: Sequence[str]) -> list[list[int]]:
    """Return a colour per class: grounds as they look, objects by words.

    Args:
        classes: Class names.

    Returns:
        RGB per class.
    """
    things = [name for name in classes if name not in GROUNDS]
    given = iter(class_palette(['background', *things])[1:])
    return [list(GROUNDS[name]) if name in GROUNDS else next(given)
            for name in classes]
