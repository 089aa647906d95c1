"""What the words of the embedded data set look like.

A shape takes the coordinates x, y of pixels in units of the object's radius
and returns a signed distance to its edge, negative inside. A texture returns
how light each pixel is, between 0 (the colour itself) and 1 (nearly white).
"""
from __future__ import annotations

import colorsys
from collections.abc import Callable, Sequence

import numpy as np

COLOURS = {
    'red': (206, 58, 52),
    'green': (64, 156, 84),
    'blue': (52, 104, 196),
    'yellow': (238, 190, 56),
}
"""RGB of the colour words."""


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
