"""A bank with graphs, of classes that all have nodes."""
from mmseg_zeroshot.datasets import build_feature_bank
from mmseg_zeroshot.semantics import ClassEmbeddings, ClassSplit

from ..feature_bank import fakes

# Of the fakes' classes only sky, cat and dog have pixels.
SPLIT = ClassSplit(fakes.CLASSES, unseen=['cow', 'car'], ignored=['mud'],
                   name='graphs')
# The cow is most like the dog, the car most like the sky.
WORDS = ClassEmbeddings(fakes.CLASSES, [
    [1, 0, 0, .1], [0, 1, 0, 0], [0, .5, 1, 0], [0, .1, 1, .1], [0, 0, 0, 1],
    [1, 0, .2, 0]])


class GraphDataset(fakes.FakeDataset):
    """The fakes' images under the split above."""

    def __init__(self):
        super().__init__(count=40)
        self.metainfo['split'] = SPLIT.to_dict()


def build_graphs(folder, **options):
    """Build a bank with graphs in a folder and return its path."""
    (folder / 'net.pth').write_bytes(b'weights')
    build_feature_bank(
        folder / 'bank', make_dataset=GraphDataset,
        make_extract=fakes.make_extract, checkpoint=folder / 'net.pth',
        max_vectors=5, graphs=dict(dict(min_pixels=2, pixels=3), **options),
        report=lambda line: None)
    return folder / 'bank'
