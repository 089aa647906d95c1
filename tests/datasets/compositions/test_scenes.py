import numpy as np
import pytest

from mmseg_zeroshot.datasets.compositions import scenes
from mmseg_zeroshot.datasets.compositions.scenes import (
    RADIUS,
    SceneObject,
    background,
    compose,
    draw_objects,
    paint,
    place,
)
from mmseg_zeroshot.datasets.compositions.words import (
    COLOURS,
    SHAPES,
    TEXTURES,
    class_palette,
    split_name,
)
from mmseg_zeroshot.semantics import CLASS_LISTS, get_split

CLASSES = CLASS_LISTS['compositions']


def rng(seed=0):
    return np.random.default_rng(seed)


def item(texture='solid', colour='blue', shape='disc', radius=20., angle=0.):
    return SceneObject(1, texture, colour, shape, (48., 48.), radius, angle)


def painted(thing):
    """A canvas of one grey with one object, and its labels."""
    canvas = np.full((96, 96, 3), 128.)
    labels = np.zeros((96, 96), np.uint8)
    paint(canvas, labels, thing, rng())
    return canvas, labels


def test_every_word_of_the_class_list_can_be_drawn():
    words = {split_name(name) for name in CLASSES[1:]}
    assert len(words) == 36
    assert {w[0] for w in words} == set(TEXTURES)
    assert {w[1] for w in words} == set(COLOURS)
    assert {w[2] for w in words} == set(SHAPES)


@pytest.mark.parametrize('name', [
    'blue striped disc', 'striped blue', 'striped pink disc',
    'very striped blue disc'])
def test_unknown_words_are_an_error(name):
    with pytest.raises(ValueError, match=f'class {name!r} is not'):
        split_name(name)


def test_every_pair_of_words_of_an_unseen_class_is_trained():
    split = get_split('compositions-k8')
    trained = [set(name.split()) for name in split.seen
               if name not in split.validation]
    for name in split.unseen + split.validation:
        for word in name.split():
            rest = set(name.split()) - {word}
            assert any(rest <= words for words in trained), (name, rest)


def test_an_image_follows_from_its_seed_alone():
    first, second, other = (compose(CLASSES, 96, rng(s)) for s in (1, 1, 2))
    assert (first[0] == second[0]).all() and (first[1] == second[1]).all()
    assert (first[1] != other[1]).any()
    for array, shape in zip(first, [(96, 96, 3), (96, 96)]):
        assert array.shape == shape and array.dtype == np.uint8


def test_images_hold_background_and_several_classes():
    counts = np.zeros(len(CLASSES), int)
    for seed in range(150):
        labels = compose(CLASSES, 96, rng(seed))[1]
        ids = np.unique(labels)
        counts[ids] += 1
        assert 0 in ids and 2 <= len(ids) <= 6 and ids[-1] < len(CLASSES)
    assert counts[0] == 150 and counts.min() >= 5, 'every class is drawn'


def test_some_objects_hide_parts_of_others_and_few_vanish():
    drawn = hidden = shown = 0
    for seed in range(100):
        objects = draw_objects(CLASSES, 96, rng(seed))
        canvas, labels = np.zeros((96, 96, 3)), np.zeros((96, 96), np.uint8)
        for thing in objects:
            alone = np.zeros_like(labels)
            paint(canvas.copy(), alone, thing, rng())
            paint(canvas, labels, thing, rng())
            drawn += int((alone > 0).sum())
        parts = [(labels == thing.label).sum() for thing in objects]
        shown += sum(parts)
        hidden += sum(part == 0 for part in parts)
    assert 0.02 < 1 - shown / drawn < 0.3
    assert hidden < 5


def test_objects_have_the_stated_sizes():
    for seed in range(50):
        for thing in draw_objects(CLASSES, 96, rng(seed)):
            assert 24 <= 2 * thing.radius <= 48
            assert RADIUS[0] * 96 <= thing.radius <= RADIUS[1] * 96


@pytest.mark.parametrize('shape, area', [
    ('disc', np.pi * 0.92**2),
    ('square', 1.6**2),
    # Ten triangles between the centre, a tip (1.05) and a notch (0.48).
    ('star', 5 * 1.05 * 0.48 * np.sin(np.pi / 5)),
])
@pytest.mark.parametrize('angle', [0., 0.3])
def test_shapes_have_their_areas_whatever_their_turn(shape, area, angle):
    labels = painted(item(shape=shape, angle=angle))[1]
    assert (labels == 1).sum() == pytest.approx(area * 20**2, rel=0.02)


def test_star_points_up_and_is_symmetric():
    labels = painted(item(shape='star'))[1]
    assert (labels == labels[:, ::-1]).all()
    rows = np.flatnonzero(labels.any(1))
    assert labels[rows[0]].sum() <= 2, 'a tip'
    assert labels[rows[-1]].sum() <= 6 and len(rows) < 40


@pytest.mark.parametrize('colour, channel', [
    ('red', 0), ('green', 1), ('blue', 2)])
def test_colours_dominate_their_channel(colour, channel):
    canvas, labels = painted(item(colour=colour))
    assert canvas[labels == 1].mean(0).argmax() == channel


def test_textures_differ_in_how_much_of_them_is_light():
    light = {}
    for texture in TEXTURES:
        canvas, labels = painted(item(texture=texture, radius=24.))
        light[texture] = (canvas[labels == 1][:, 0] > 150).mean()
    assert light['solid'] == 0
    assert 0.2 < light['dotted'] < 0.4 < light['striped'] < 0.6


def test_a_shadow_darkens_the_ground_but_is_background():
    canvas, labels = painted(item())
    shadow = (canvas < 120).all(-1) & (labels == 0)
    assert shadow.sum() > 20
    y, x = np.nonzero(shadow)
    assert y.mean() > 48 and x.mean() > 48, 'to the lower right'
    assert (canvas[:10] == 128).all()


def test_an_object_at_the_border_is_cut_off():
    thing = SceneObject(1, 'solid', 'red', 'disc', (0., 0.), 20., 0.)
    labels = painted(thing)[1]
    assert (labels == 1).sum() == pytest.approx(
        np.pi * (0.92 * 20)**2 / 4, rel=0.03)


def test_places_are_spread_out():
    radii = np.full(4, 18.)
    gaps = []
    for seed in range(50):
        centres = place(radii, 96, rng(seed))
        assert (0.14 * 96 <= centres).all() and (centres <= 0.86 * 96).all()
        apart = np.linalg.norm(centres[:, None] - centres[None], axis=-1)
        gaps.append(apart[~np.eye(4, dtype=bool)].min())
    assert np.median(gaps) > 22


def test_a_scene_is_the_same_at_another_size():
    small, large = (draw_objects(CLASSES, s, rng(5)) for s in (96, 192))
    for one, two in zip(small, large):
        assert one.label == two.label and one.angle == two.angle
        assert 2 * one.radius == pytest.approx(two.radius)
        assert 2 * np.array(one.centre) == pytest.approx(two.centre)


def test_background_is_muted():
    for seed in range(20):
        canvas = background(96, rng(seed))
        assert canvas.shape == (96, 96, 3)
        spread = canvas.mean((0, 1))
        assert 60 < spread.min() and spread.max() - spread.min() < 80


def test_palette_tells_the_classes_apart():
    palette = np.array(class_palette(CLASSES))
    assert palette.shape == (37, 3)
    assert palette.min() >= 0 and palette.max() <= 255
    apart = abs(palette[:, None] - palette[None]).max(-1)
    assert apart[~np.eye(37, dtype=bool)].min() >= 15


def test_the_generator_knows_no_class_list(monkeypatch):
    """Nothing but the names decides what is drawn."""
    names = ('background', 'dotted red star')
    monkeypatch.setattr(scenes, 'OBJECTS', (1, 1))
    image, labels = compose(names, 64, rng())
    assert set(np.unique(labels)) == {0, 1} and image.shape == (64, 64, 3)
