"""Generator of the embedded data set: images of composed words.

A class is a combination of words, '{texture} {colour} {shape}', so a class
that was never labelled is made of words that were. The module needs numpy
only; :mod:`.words` says what each word looks like and :mod:`.files` writes the
images to disk.

An object lives on its own unit disc: a pixel's place in it is divided by the
object's radius and turned by its angle, and a shape is a function that is
negative inside. Lengths are fractions of the image's side where they place
objects, so that a larger image shows the same scene in more detail.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .words import COLOURS, SHAPES, TEXTURES, split_name

OBJECTS = (3, 5)
"""Fewest and most objects in an image."""

RADIUS = (0.14, 0.25)
"""Smallest and largest radius of an object: 27 to 48 pixels of 96 across."""

SHADOW = 0.12
"""Shift of a shadow to the lower right, in radii."""

TURN = np.pi / 7
"""Largest turn of an object to either side, in radians."""

PLACES = 6
"""Drawn places of which an object takes the least covered one."""


@dataclass(frozen=True)
class SceneObject:
    """One object: its words and its place (lengths in pixels)."""

    label: int
    texture: str
    colour: str
    shape: str
    centre: tuple[float, float]
    radius: float
    angle: float


def compose(classes: Sequence[str], size: int,
            rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw one image and its label map.

    Args:
        classes: Class names; the first is the background, every other one
            is '{texture} {colour} {shape}' in words of this module.
        size: Side of the image in pixels.
        rng: Source of every random number, so a seed decides the image.

    Returns:
        RGB image (size, size, 3) and label map (size, size) of indices into
        ``classes``, both uint8.

    Raises:
        ValueError: A class name is not made of known words.
    """
    canvas = background(size, rng)
    labels = np.zeros((size, size), np.uint8)
    for item in draw_objects(classes, size, rng):
        paint(canvas, labels, item, rng)
    canvas += 4 * rng.standard_normal(canvas.shape, np.float32)
    return canvas.clip(0, 255).astype(np.uint8), labels


def draw_objects(classes: Sequence[str], size: int,
                 rng: np.random.Generator) -> list[SceneObject]:
    """Draw the objects of one image, those behind first."""
    count = int(rng.integers(OBJECTS[0], OBJECTS[1] + 1))
    labels = rng.choice(np.arange(1, len(classes)), count, replace=False)
    radii = rng.uniform(*RADIUS, count) * size
    centres = place(radii, size, rng)
    angles = rng.uniform(-TURN, TURN, count)
    return [
        SceneObject(
            int(labels[i]), *split_name(classes[labels[i]]),
            centre=(float(centres[i, 0]), float(centres[i, 1])),
            radius=float(radii[i]), angle=float(angles[i]))
        for i in range(count)
    ]


def place(radii: np.ndarray, size: int,
          rng: np.random.Generator) -> np.ndarray:
    """Place objects so that some hide parts of others, but not all of them.

    Args:
        radii: (n,) radii in pixels.
        size: Side of the image in pixels.
        rng: Source of randomness.

    Returns:
        (n, 2) centres as x and y, in pixels.
    """
    drawn = rng.uniform(0.14, 0.86, (len(radii), PLACES, 2)) * size
    centres = drawn[:, 0].copy()
    for i in range(1, len(radii)):
        apart = np.linalg.norm(drawn[i, :, None] - centres[None, :i], axis=-1)
        gap = (apart / (radii[:i] + radii[i])).min(axis=1)
        centres[i] = drawn[i, gap.argmax()]
    return centres


def paint(canvas: np.ndarray, labels: np.ndarray, item: SceneObject,
          rng: np.random.Generator, light: np.ndarray | None = None,
          share: float = 0.) -> None:
    """Paint one object and its shadow onto ``canvas`` and ``labels``.

    Args:
        canvas: RGB (size, size, 3), float; changed in place.
        labels: (size, size) uint8; changed in place.
        item: The object.
        rng: Source of the texture's phase and the colour's brightness.
        light: (3, ) colour that falls on the object; none where None.
        share: Its share in the object's colour.
    """
    window, x, y = local(item, len(labels))
    shape, texture = SHAPES[item.shape], TEXTURES[item.texture]
    outside = shape(x, y) * item.radius
    shadow = shape(x - SHADOW, y - SHADOW) * item.radius
    dark = 0.3 * (0.5 - shadow / 5).clip(0, 1)
    cover = (0.5 - outside).clip(0, 1)
    colour = np.array(COLOURS[item.colour]) * rng.uniform(0.88, 1.08)
    pale = 0.72 * texture(x, y, rng)
    surface = colour + pale[..., None] * (250 - colour)
    if light is not None:
        surface += share * (light - surface)
    below = canvas[window] * (1 - dark[..., None])
    canvas[window] = below + cover[..., None] * (surface - below)
    labels[window][outside < 0] = item.label


def local(item: SceneObject, size: int
          ) -> tuple[tuple[slice, slice], np.ndarray, np.ndarray]:
    """Return the pixels around an object in the object's own coordinates.

    Args:
        item: The object.
        size: Side of the image in pixels.

    Returns:
        The window of the image that holds the object and its shadow, and
        each of its pixels' x and y in radii, turned by the object's angle.
    """
    reach = 1.5 * item.radius
    window = tuple(
        slice(max(int(c - reach), 0), min(int(c + reach) + 1, size))
        for c in (item.centre[1], item.centre[0]))
    y, x = np.mgrid[window] + 0.5
    x = (x - item.centre[0]) / item.radius
    y = (y - item.centre[1]) / item.radius
    cos, sin = np.cos(item.angle), np.sin(item.angle)
    return (window[0], window[1]), cos * x + sin * y, cos * y - sin * x


def background(size: int, rng: np.random.Generator) -> np.ndarray:
    """Draw a muted, cloudy and woven background, (size, size, 3) float."""
    coarse = rng.normal(0, 1, (7, 7, 3)) * (8, 7, 8)
    coarse += rng.normal(0, 22, (7, 7, 1))
    at = np.linspace(0, 6, size)
    low = at.astype(int).clip(0, 5)
    step = at - low
    step = (step * step * (3 - 2 * step))[:, None, None]
    rows = coarse[low] * (1 - step) + coarse[low + 1] * step
    rows = rows.transpose(1, 0, 2)
    cloud = rows[low] * (1 - step) + rows[low + 1] * step
    pixel = np.arange(size) * 96 / size
    angle = rng.uniform(0.5, 1.1, 2)
    weave = np.sin(pixel[:, None] * angle[0]) * np.sin(pixel * angle[1])
    tone = rng.uniform((105, 100, 95), (165, 158, 150))
    return tone + cloud + 7 * weave[..., None]
