"""Classes added to, dropped from and renamed in a trained model."""
import numpy as np
import pytest
import torch

from mmseg_zeroshot import ClassEmbeddings

from ..word_models import CLASSES, build, scores


def test_an_added_class_is_scored_by_its_vector():
    model = build()
    before = scores(model)
    for name in ('zebra', 'traffic light'):
        assert model.add_class(name, embeddings='glove-6b-50d') == name
    after = scores(model)
    assert after.shape[1] == 7
    torch.testing.assert_close(after[:, :5], before)
    head = model.decode_head
    with torch.no_grad():
        fresh = build(split=dict(
            classes=[*CLASSES, 'zebra', 'traffic light'],
            unseen=['cat', 'zebra', 'traffic light'], ignored=['car']))
    torch.testing.assert_close(head.class_vectors,
                               fresh.decode_head.class_vectors)
    assert head.split.unseen == ('cat', 'zebra', 'traffic light')
    assert (model.num_classes, model.out_channels) == (7, 7)
    assert model.dataset_meta['classes'] == head.split.classes
    palette = model.dataset_meta['palette']
    assert len(palette) == 7 and palette[5] != palette[6]
    assert not model.decode_head.learns_classifier


def test_an_ignored_class_is_taken_back_under_its_id():
    model = build()
    assert scores(model)[:, 4].max() == -1e4
    assert model.add_class('Car') == 'car'
    after = scores(model)
    assert after.shape[1] == 5 and after[:, 4].min() > -1e4
    assert model.decode_head.split.ignored == ()
    assert model.decode_head.split.unseen == ('cat', 'car')


def test_a_dropped_class_cannot_win_and_ids_stay():
    model = build()
    before = scores(model)
    assert model.drop_classes(['Person', 'cat']) == ('person', 'cat')
    after = scores(model)
    assert (after[:, [1, 3, 4]] == -1e4).all()
    assert torch.equal(after[:, [0, 2]], before[:, [0, 2]])
    assert set(after.argmax(1).unique().tolist()) <= {0, 2}
    assert model.decode_head.split.classes == CLASSES


def test_a_renamed_class_keeps_its_scores():
    model = build()
    before = scores(model)
    model.rename_classes({'cat': 'kitten', 'person': 'human'})
    assert torch.equal(scores(model), before)
    split = model.decode_head.split
    assert split.classes == ('background', 'human', 'dog', 'kitten', 'car')
    assert (split.unseen, split.ignored) == (('kitten', ), ('car', ))
    assert model.dataset_meta['classes'] == split.classes
    assert model.decode_head.class_embeddings.classes == split.classes


@pytest.mark.parametrize('change, message', [
    (lambda m: m.add_class('dog'), "'dog' is there"),
    (lambda m: m.add_class('zebra'), "vector or the embeddings for 'zebra'"),
    (lambda m: m.add_class('zebraa', embeddings='glove-6b-50d'),
     'no vector.*nearest known names are: zebra'),
    (lambda m: m.drop_classes(['dgo']), "unknown class 'dgo'.*dog"),
    (lambda m: m.rename_classes({'dog': 'cat'}), 'duplicate class'),
    (lambda m: m.rename_classes({'doog': 'x'}), 'unknown class'),
    (lambda m: m.drop_classes(CLASSES[:3]), 'no seen class'),
])
def test_changes_that_cannot_be(change, message):
    model = build()
    before = scores(model)
    with pytest.raises(ValueError, match=message):
        change(model)
    assert torch.equal(scores(model), before)
    assert model.decode_head.split.classes == CLASSES


def test_vectors_of_another_table_are_refused(tmp_path):
    own = build().decode_head.class_embeddings
    rng = np.random.default_rng(0)
    path = tmp_path / 'other.npz'
    other = rng.normal(size=(3, 50)).astype(np.float32)
    ClassEmbeddings(('dog', 'cat', 'zebra'), other).save(path)
    with pytest.raises(ValueError, match="not those.*'dog' has width 50"):
        build().add_class('zebra', embeddings=str(path))
    ClassEmbeddings(('dog', 'zebra'), other[:2, :7]).save(path)
    with pytest.raises(ValueError, match='width 7 and cosine 0.00'):
        build().add_class('zebra', embeddings=str(path))
    # One word in another spelling may differ.
    same = own.select(['dog']).vectors
    ClassEmbeddings(('cat', 'dog', 'zebra'), np.concatenate(
        [other[:1], same, other[2:]])).save(path)
    model = build()
    model.add_class('zebra', embeddings=str(path))
    expected = other[2] / np.linalg.norm(other[2])
    np.testing.assert_allclose(
        model.decode_head.class_vectors[5], expected, atol=1e-6)
