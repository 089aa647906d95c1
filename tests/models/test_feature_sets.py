"""Drawing sets of pixel features from feature and label maps."""
import torch

from mmseg_zeroshot.models import gather_feature_sets


def test_every_vector_belongs_to_its_class():
    torch.manual_seed(0)
    labels = torch.tensor([[[0, 0], [3, 255]], [[3, 3], [3, 0]]])
    # The feature of a pixel is its label and its image.
    images = torch.tensor([0, 1])[:, None, None].expand(2, 2, 2)
    features = torch.stack([labels, images], 1).float()
    sets = gather_feature_sets(features, labels, 50)
    assert sets.features.shape == (2, 50, 2)
    assert sets.class_ids.tolist() == [0, 3]
    assert (sets.features[0, :, 0] == 0).all()
    assert (sets.features[1, :, 0] == 3).all()
    # 3 and 4 of 7 labelled pixels; both images are drawn from.
    torch.testing.assert_close(sets.frequency, torch.tensor([3 / 7, 4 / 7]))
    assert sets.features[..., 1].unique().tolist() == [0, 1]


def test_sets_of_each_image():
    labels = torch.tensor([[[0, 0], [3, 255]], [[3, 3], [3, 3]]])
    images = torch.tensor([0, 1])[:, None, None].expand(2, 2, 2)
    features = torch.stack([labels, images], 1).float()
    sets = gather_feature_sets(features, labels, 5, per_image=True)
    assert sets.class_ids.tolist() == [0, 3, 3]
    assert sets.features[:, 0, 1].tolist() == [0, 0, 1]


def test_nothing_labelled_gives_nothing():
    labels = torch.full((1, 2, 2), 255)
    assert gather_feature_sets(torch.zeros(1, 3, 2, 2), labels, 4) is None


def test_draws_cover_a_class_evenly():
    torch.manual_seed(0)
    features = torch.arange(10.).view(1, 1, 1, 10)
    sets = gather_feature_sets(features, torch.zeros(1, 1, 10), 10_000)
    counts = sets.features.flatten().long().bincount(minlength=10)
    assert counts.min() > 850 and counts.max() < 1150
