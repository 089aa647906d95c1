"""DeViSE's cosine scores."""
import pytest
import torch

from mmseg_zeroshot.models import DeViSEHead

from .hosts import host_config


@pytest.mark.parametrize('project', [True, False])
def test_scores_are_cosines(split, embeddings, project):
    torch.manual_seed(0)
    head = DeViSEHead(
        {**host_config('FCNHead'), 'channels': 7}, split=split,
        embeddings=embeddings, project=project)
    features = torch.randn(2, head.feature_channels, 3, 4)
    phi = head.project(features).flatten(2)
    vectors = torch.from_numpy(embeddings.vectors.copy())
    expected = torch.nn.functional.cosine_similarity(
        phi[:, None], vectors[None, :, :, None], dim=2)
    torch.testing.assert_close(
        head.classify(features).flatten(2), expected, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
@pytest.mark.parametrize('project', [True, False])
def test_the_norm_is_not_taken_in_low_precision(split, embeddings, project,
                                                dtype):
    torch.manual_seed(0)
    head = DeViSEHead(
        {**host_config('FCNHead'), 'channels': 7}, split=split,
        embeddings=embeddings, project=project)
    features = torch.randn(2, head.feature_channels, 3, 4)
    with torch.no_grad():
        exact = head._projected_norm(features)
        scores = head.classify(features)
        with torch.autocast('cpu', dtype=dtype):
            assert torch.equal(head._projected_norm(features), exact)
            torch.testing.assert_close(
                head.classify(features), scores, atol=.02, rtol=0)


def test_training_raises_the_cosine(split, embeddings, samples):
    torch.manual_seed(0)
    config = host_config('FCNHead')
    config['loss_decode'] = dict(type='CosineLoss')
    head = DeViSEHead(config, split=split, embeddings=embeddings)
    inputs = [torch.randn(2, w, s, s)
              for w, s in zip((4, 8, 16, 16), (16, 8, 4, 4))]
    optimizer = torch.optim.Adam(head.parameters(), 1e-2)
    losses = []
    for _ in range(20):
        loss = head.loss(inputs, samples, {})['loss_cosine']
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert 0 < losses[-1] < losses[0] < 2
