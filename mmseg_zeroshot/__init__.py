"""Zero-shot semantic segmentation for MMSegmentation.

Importing this package registers everything; configs do it by
``custom_imports = dict(imports=['mmseg_zeroshot'])``.
"""

from ._stack import prepare_stack

# Before anything imports mmseg: a missing or doubled stack is explained here.
prepare_stack()

from . import models  # noqa: E402
from .models import backbones  # noqa: E402
from .semantics import ClassEmbeddings, ClassSplit  # noqa: E402
from .version import __version__  # noqa: E402

__all__ = [
    'ClassEmbeddings', 'ClassSplit', '__version__', 'backbones', 'models'
]
