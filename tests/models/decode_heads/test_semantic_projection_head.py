"""The semantic projection itself."""
import pytest
import torch

from mmseg_zeroshot.models.decode_heads import SemanticProjectionHead

from .hosts import host_config


def test_scores_are_inner_products_with_unit_vectors(split, embeddings):
    torch.manual_seed(0)
    head = SemanticProjectionHead(
        host_config('FCNHead'), split=split, embeddings=embeddings)
    features = torch.randn(2, head.feature_channels, 3, 4)
    phi = head.project(features)
    unit = torch.from_numpy(embeddings.vectors.copy())
    unit = unit / unit.norm(dim=1, keepdim=True)
    expected = torch.einsum('ndhw,kd->nkhw', phi, unit)
    torch.testing.assert_close(
        head.classify(features), expected, atol=1e-5, rtol=1e-5)


def test_first_scores_have_the_scale_of_a_plain_classifier(split, embeddings):
    torch.manual_seed(0)
    config = {**host_config('FCNHead'), 'channels': 256}
    head = SemanticProjectionHead(config, split=split, embeddings=embeddings)
    head.init_weights()
    weight = head.class_vectors @ head.projection.weight.flatten(1)
    assert 0.008 < weight.std() < 0.012


def test_without_projection_the_features_are_phi(split, embeddings):
    """SPNet's DeepLab-v2: the branches end in the vectors' width."""
    config = {**host_config('FCNHead'), 'channels': 7}
    head = SemanticProjectionHead(
        config, split=split, embeddings=embeddings, project=False)
    head.init_weights()
    features = torch.randn(2, 7, 3, 4)
    assert torch.equal(head.project(features), features)
    unit = torch.from_numpy(embeddings.vectors.copy())
    unit = unit / unit.norm(dim=1, keepdim=True)
    torch.testing.assert_close(
        head.classify(features), torch.einsum('ndhw,kd->nkhw', features, unit))
    assert head.allowed_missing == ()


def test_without_projection_the_widths_must_agree(split, embeddings):
    with pytest.raises(ValueError, match=r'8 channels.*host.channels=7'):
        SemanticProjectionHead(
            host_config('FCNHead'), split=split, embeddings=embeddings,
            project=False)
