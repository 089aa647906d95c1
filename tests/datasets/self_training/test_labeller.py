"""Views of an image that must agree, with a model whose answer is known."""

import pytest
import torch
from mmengine.structures import PixelData
from mmseg.structures import SegDataSample

from mmseg_zeroshot.datasets.self_training.labeller import Labeller
from mmseg_zeroshot.semantics import ClassSplit

SPLIT = ClassSplit(['sky', 'road', 'cow', 'cat'], unseen=['cow', 'cat'])
SIZE = (6, 8)


class Model:
    """Scores are the image's channels, resized and mirrored back.

    As MMSegmentation does by the samples' metainfo. With ``bias``, class 3
    is preferred in the left half of what the network sees.
    """

    def __init__(self, bias=0.):
        self.bias, self.seen = bias, []
        self.decode_head = type('Head', (), dict(split=SPLIT))

    def test_step(self, batch):
        for image, sample in zip(batch['inputs'], batch['data_samples']):
            assert image.shape[-2:] == sample.img_shape[:2]
            self.seen.append((tuple(image.shape[-2:]), sample.get('flip')))
            scores = image.float().clone()
            scores[3, :, :scores.shape[2] // 2] += self.bias
            if sample.get('flip'):
                assert sample.flip_direction == 'horizontal'
                scores = scores.flip(-1)
            scores = torch.nn.functional.interpolate(
                scores[None], sample.ori_shape[:2], mode='bilinear')[0]
            sample.set_data(dict(
                seg_logits=PixelData(data=scores),
                pred_sem_seg=PixelData(data=scores.argmax(0, True))))
        return batch['data_samples']


class Images:
    """Two images of one sample each; half of the pixels have labels."""

    image_names = ('one', 'two')

    def __init__(self, scores):
        self.scores = scores

    def __len__(self):
        return 2

    def __getitem__(self, index):
        label = torch.zeros(1, *SIZE, dtype=torch.long)
        label[:, 3:] = 255
        return dict(
            inputs=self.scores[index], data_samples=SegDataSample(
                gt_sem_seg=PixelData(data=label), metainfo=dict(
                    img_path=f'{index}.jpg', ori_shape=SIZE,
                    img_shape=SIZE)))


def loader(dataset):
    """Batches of one."""
    for item in map(dataset.__getitem__, range(len(dataset))):
        yield {key: [value] for key, value in item.items()}


@pytest.fixture
def images():
    generator = torch.Generator().manual_seed(0)
    return Images(torch.randn(2, 4, *SIZE, generator=generator))


def label(images, places=(0, 1), bias=0., **settings):
    model = Model(bias)
    labeller = Labeller(model, loader, **{'percent': 100, **settings})
    return list(labeller(images, places)), model


def test_unlabelled_pixels_predicted_unseen_are_labelled(images):
    found, model = label(images)
    assert [item.name for item in found] == ['one', 'two']
    assert model.seen == [(SIZE, None)] * 2
    for item, scores in zip(found, images.scores):
        decision = scores.argmax(0)
        expected = torch.full(SIZE, 255)
        free = (decision >= 2) & (torch.arange(6)[:, None] >= 3)
        expected[free] = decision[free]
        assert item.labels.tolist() == expected.tolist()
        assert item.predicted == int(free.sum()) > 3


def test_only_the_asked_images_are_labelled(images):
    found, _ = label(images, places=[1])
    assert [item.name for item in found] == ['two']
    assert found[0].labels.tolist() == label(images)[0][1].labels.tolist()


def test_a_mirrored_view_is_mirrored_back(images):
    """A model without a bias says the same of both views."""
    plain, mirrored = label(images)[0], label(images, flip=True)
    assert mirrored[1].seen[:2] == [(SIZE, None), (SIZE, True)]
    for one, two in zip(plain, mirrored[0]):
        assert one.labels.tolist() == two.labels.tolist()


def test_pixels_on_which_views_disagree_are_left_out(images):
    """This model would call the left half of any picture a cat."""
    plain, = label(images, [0], bias=50.)[0]
    agreed, = label(images, [0], bias=50., flip=True)[0]
    assert (plain.labels[3:, :4] == 3).all()
    honest = images.scores[0].argmax(0)[3:]
    expected = torch.where(honest == 3, 3, 255)
    assert agreed.labels[3:].tolist() == expected.tolist()
    assert agreed.predicted == int((honest == 3).sum())


def test_p_counts_after_views_agreed(images):
    every, = label(images, [0], bias=50., flip=True)[0]
    half, = label(images, [0], bias=50., flip=True, percent=50)[0]
    count = int((every.labels < 255).sum())
    assert half.predicted == count
    assert int((half.labels < 255).sum()) == -(-count // 2)


def test_every_scale_is_seen_mirrored_too(images):
    _, model = label(images, [0], scales=[.5, 2], flip=True)
    assert model.seen == [
        (SIZE, None), (SIZE, True), ((3, 4), False), ((3, 4), True),
        ((12, 16), False), ((12, 16), True)]


def test_smooth_images_agree_at_all_sizes():
    ramp = torch.linspace(-1, 1, 8).expand(6, 8)
    scores = torch.stack([0 * ramp - 3, 0 * ramp - 3, ramp, -ramp])
    images = Images(torch.stack([scores, scores]))
    found, _ = label(images, [0], scales=[.5, 2], flip=True)
    assert found[0].labels[4].tolist() == [3] * 4 + [2] * 4


def test_broken_scores_are_named(images):
    images.scores[1, 2, 5] = torch.nan
    with pytest.raises(ValueError, match='1.jpg: .* not finite'):
        label(images)
