"""Generator of the embedded data set: images of composed words.

A class is a combination of words, '{texture} {colour} {shape}', so a class
that was never labelled is made of words that were. The module needs numpy
only; :mod:`.compositions_files` writes the images to disk.

An object lives on its own unit disc: a pixel's place in it is divided by the
object's radius and turned by its angle, and a shape is a function that is
negative inside. Lengths are fractions of the image's side where they place
objects, so that a larger image shows the same scene in more detail.
"""
from __future__ import annotations

import colorsys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

COLOURS = {
    'red': (206, 58, 52),
    'green': (64, 156, 84),
    'blue': (52, 104, 196),
    'yellow': (238, 190, 56),
}
"""RGB of the colour words."""

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
    """One object: its words and where it lies (lengths in pixels)."""

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


def split_name(name: str) -> tuple[str, str, str]:
    """Split a class name into its texture, colour and shape.

    Raises:
        ValueError: The name is not made of known words.
    """
    words = name.split()
    known = (list(TEXTURES), list(COLOURS), list(SHAPES))
    if len(words) != 3 or any(w not in k for w, k in zip(words, known)):
        raise ValueError(
            f"class {name!r} is not '{{texture}} {{colour}} {{shape}}' with "
            f'texture in {known[0]}, colour in {known[1]} and '
            f'shape in {known[2]}')
    return words[0], words[1], words[2]


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
          rng: np.random.Generator) -> None:
    """Paint one object and its shadow onto ``canvas`` and ``labels``.

    Args:
        canvas: RGB (size, size, 3), float; changed in place.
        labels: (size, size) uint8; changed in place.
        item: The object.
        rng: Source of the texture's phase and the colour's brightness.
    """
    window, x, y = local(item, len(labels))
    shape, texture = SHAPES[item.shape], TEXTURES[item.texture]
    outside = shape(x, y) * item.radius
    shadow = shape(x - SHADOW, y - SHADOW) * item.radius
    dark = 0.3 * (0.5 - shadow / 5).clip(0, 1)
    cover = (0.5 - outside).clip(0, 1)
    colour = np.array(COLOURS[item.colour]) * rng.uniform(0.88, 1.08)
    light = 0.72 * texture(x, y, rng)
    surface = colour + light[..., None] * (250 - colour)
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


def disc(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the signed distance to a disc's edge."""
    return np.hypot(x, y) - 0.92


def square(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the signed distance to a square's edge."""
    return np.maximum(abs(x), abs(y)) - 0.8


def star(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the signed distance to the edge of a five-pointed star."""
    wedge = np.pi / 5
    turned = np.arctan2(x, -y) % (2 * wedge)
    turned = np.minimum(turned, 2 * wedge - turned)
    radius = np.hypot(x, y)
    # The side from a tip (radius 1.05) to the next notch (radius 0.48).
    tip = np.array([1.05, 0.])
    notch = 0.48 * np.array([np.cos(wedge), np.sin(wedge)])
    normal = np.array([tip[1] - notch[1], notch[0] - tip[0]])
    normal /= -np.linalg.norm(normal)
    return (normal[0] * (radius * np.cos(turned) - tip[0]) +
            normal[1] * radius * np.sin(turned))


def solid(x: np.ndarray, y: np.ndarray,
          rng: np.random.Generator) -> np.ndarray:
    """Return how light each pixel is, 0 to 1: a soft shine from above."""
    return 0.14 * (0.5 - 0.35 * (x + y)).clip(0, 1)


def striped(x: np.ndarray, y: np.ndarray,
            rng: np.random.Generator) -> np.ndarray:
    """Return how light each pixel is: four or five stripes."""
    angle = rng.uniform(0, np.pi)
    phase, pitch = rng.uniform(0, 2 * np.pi), rng.uniform(12, 15)
    wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) * pitch + phase)
    return (0.5 + 2.5 * wave).clip(0, 1)


def dotted(x: np.ndarray, y: np.ndarray,
           rng: np.random.Generator) -> np.ndarray:
    """Return how light each pixel is: dots, every other row shifted."""
    angle, phase = rng.uniform(0, np.pi), rng.uniform(0, 1, 2)
    pitch = rng.uniform(0.5, 0.6)
    u = (x * np.cos(angle) + y * np.sin(angle)) / pitch + phase[0]
    v = (y * np.cos(angle) - x * np.sin(angle)) / pitch + phase[1]
    u = u + 0.5 * (np.floor(v) % 2)
    return ((0.3 - np.hypot(u % 1 - 0.5, v % 1 - 0.5)) * 8 + 0.5).clip(0, 1)


Shape = Callable[[np.ndarray, np.ndarray], np.ndarray]
Texture = Callable[[np.ndarray, np.ndarray, np.random.Generator], np.ndarray]

SHAPES: dict[str, Shape] = {
    'disc': disc,
    'square': square,
    'star': star
}
TEXTURES: dict[str, Texture] = {
    'solid': solid,
    'striped': striped,
    'dotted': dotted
}


def class_palette(classes: Sequence[str]) -> list[list[int]]:
    """Return a colour per class that tells its words.

    The colour word decides the hue, the shape shifts it a little and the
    texture decides how pale or dark it is.

    Args:
        classes: The background, then names of known words.

    Returns:
        RGB per class; no two are equal.
    """
    palette = [[40, 40, 44]]
    for name in classes[1:]:
        texture, colour, shape = split_name(name)
        shift = list(SHAPES).index(shape) - 1
        tone = _TONES[list(TEXTURES).index(texture)]
        rgb = colorsys.hsv_to_rgb((_HUES[colour] + 17 * shift) / 360 % 1,
                                  *tone)
        palette.append([round(255 * part) for part in rgb])
    return palette


# Hue in degrees of each colour word in label maps; saturation and value of
# each texture.
_HUES = {'red': 0, 'yellow': 54, 'green': 130, 'blue': 220}
_TONES = ((0.85, 0.85), (0.5, 1.), (0.8, 0.5))
