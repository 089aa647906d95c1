"""SPNet's configs: the paper's networks, learning rates and words."""

import pytest
from mmengine.config import Config
from mmengine.optim import build_optim_wrapper
from mmengine.registry import init_default_scope
from mmseg.registry import MODELS

from mmseg_zeroshot.semantics import build_split, load_embeddings

from .test_configs import NARROW, parsed, reduced, write_tables

COCO = 'deeplabv2-r101-d8_1xb10-100k_cocostuff164k-spnet-321x321.py'
VOC = 'deeplabv2-r101-d8_1xb10-20k_voc12aug-spnet-321x321.py'
FASTTEXT, WORD2VEC = (f'data/embeddings/cocostuff171_{name}_300.npz'
                      for name in ('fasttext', 'word2vec'))


@pytest.mark.parametrize('method', ['spnet', 'hvsl'])
@pytest.mark.parametrize('suffix, tables, channels', [
    ('', [FASTTEXT, WORD2VEC], 600), ('-fasttext', FASTTEXT, 300),
    ('-word2vec', WORD2VEC, 300)])
def test_table_2_differs_in_words_and_loss_only(
        method, suffix, tables, channels):
    cfg = parsed(f'spnet/{method}{suffix}_{COCO}')
    head = cfg.model.decode_head
    assert head.embeddings == tables
    assert head.host.channels == channels
    # As the published table has it.
    words = {'': '', '-fasttext': ' (fastText)', '-word2vec': ' (word2vec)'}
    assert cfg.default_hooks.results.method == dict(
        spnet='SPNet', hvsl='HVSL')[method] + words[suffix]
    loss = head.host.loss_decode
    assert loss == (dict(type='CrossEntropyLoss', avg_non_ignore=True)
                    if method == 'spnet' else dict(
                        type='HingeVisualSemanticLoss', full_sum=False))
    both = parsed(f'spnet/spnet_{COCO}')
    for part in ('train_dataloader', 'optim_wrapper', 'param_scheduler'):
        assert cfg[part] == both[part]
    assert cfg.model.backbone == both.model.backbone


def groups(cfg: Config) -> dict[str, tuple[float, float]]:
    """Learning rate and decay of each parameter that is trained."""
    init_default_scope('mmseg')
    write_tables(cfg, NARROW)
    model = MODELS.build(reduced(cfg))
    names = {id(p): name for name, p in model.named_parameters()}
    optimizer = build_optim_wrapper(model, cfg.optim_wrapper).optimizer
    return {names[id(p)]: (group['lr'], group['weight_decay'])
            for group in optimizer.param_groups for p in group['params']}


@pytest.mark.parametrize('name, rate', [
    (VOC, 2.5e-4), (VOC.replace('r101', 'vgg16'), 1e-4)])
def test_learning_rates_are_the_papers(name, rate, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for parameter, (lr, decay) in groups(parsed(f'spnet/spnet_{name}')).items(
    ):
        kind = parameter.rsplit('.')[-1]
        factor = 1
        if parameter.startswith('decode_head.'):
            factor = 20 if kind == 'bias' else 10
        assert lr == pytest.approx(factor * rate), parameter
        assert decay == (0 if factor == 20 else 5e-4), parameter
        assert not ('backbone' in parameter and 'bn' in parameter), parameter


@pytest.mark.real_data
def test_released_vectors_cover_the_classes(real_data):
    """SPNet's own tables of 182 ids hold the 171 that occur, by name."""
    split = parsed(f'spnet/spnet_{COCO}').model.decode_head.split
    tables = [str(real_data / f'embeddings/cocostuff182_{name}_300.npz')
              for name in ('fasttext', 'word2vec')]
    table = load_embeddings(tables, build_split(split).classes)
    assert table.vectors.shape == (171, 600)
