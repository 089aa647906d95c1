"""The semantic projection itself."""
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
