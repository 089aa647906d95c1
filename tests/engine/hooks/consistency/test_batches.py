"""Val and test batches of images of several sizes."""
import pytest
from mmengine.structures import PixelData

from ..tiny_run import TinyData, make_runner, plain_model_config


class TwoSizes(TinyData):
    """Every other pair begins with a lower image."""

    def __getitem__(self, index):
        item = super().__getitem__(index)
        if index in (1, 2):
            sample = item['data_samples']
            item['inputs'] = item['inputs'][:, :24]
            sample.gt_sem_seg = PixelData(
                data=sample.gt_sem_seg.data[:, :24])
            sample.set_metainfo(dict(
                ori_shape=(24, 32), img_shape=(24, 32), pad_shape=(24, 32)))
        return item


def runner(folder, *, batch_size=2, **parts):
    made = make_runner(folder, [dict(type='ConsistencyHook')],
                       val=TwoSizes(mode='keep'), **parts)
    for key in ('val', 'test'):
        getattr(made, f'_{key}_dataloader')['batch_size'] = batch_size
    return made


def confusion(made):
    made.model.eval()
    made.test()
    return made.test_loop.evaluator.metrics[0].confusion


def test_our_networks_score_each_image_as_by_itself(tmp_path):
    found = [confusion(runner(tmp_path / str(size), batch_size=size))
             for size in (1, 2, 4)]
    assert found[0].sum() == 2 * (32 + 24) * 32
    for other in found[1:]:
        # A batch may round otherwise, which a pixel in balance can show.
        assert other.sum() == found[0].sum()
        assert abs(other - found[0]).sum() < 0.02 * found[0].sum()


def test_a_training_goes_through_its_validation(tmp_path):
    made = runner(tmp_path)
    made.train()
    assert made.val_loop.evaluator.metrics[0].confusion is not None


@pytest.mark.parametrize('name', ['val', 'test'])
def test_other_networks_name_images_and_key(tmp_path, name):
    made = runner(tmp_path, model=plain_model_config())
    with pytest.raises(ValueError, match=(
            r'0\.jpg is 32x32 and 1\.jpg is 24x32 \(height x width\), and '
            rf'EncoderDecoder .* set {name}_dataloader\.batch_size=1')):
        getattr(made, name)()


def test_other_networks_take_one_image_at_a_time(tmp_path):
    made = runner(tmp_path, model=plain_model_config(), batch_size=1)
    assert confusion(made).sum() == 2 * (32 + 24) * 32
