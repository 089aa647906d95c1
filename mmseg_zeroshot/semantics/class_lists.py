"""Class lists of the shipped data sets, as plain data.

The orders are MMSegmentation's (``METAINFO['classes']``); a test compares
the two, so the lists can be used where MMSegmentation is not installed.
"""

from __future__ import annotations

from collections.abc import Sequence

from .names import check_unique, resolve

# PASCAL VOC 2012, background first (``PascalVOCDataset``).
VOC21: tuple[str, ...] = (
    'background', 'aeroplane', 'bicycle', 'bird', 'boat', 'bottle', 'bus',
    'car', 'cat', 'chair', 'cow', 'diningtable', 'dog', 'horse', 'motorbike',
    'person', 'pottedplant', 'sheep', 'sofa', 'train', 'tvmonitor',
)

# Pascal-Context without background (``PascalContextDataset59``).
CONTEXT59: tuple[str, ...] = (
    'aeroplane', 'bag', 'bed', 'bedclothes', 'bench', 'bicycle', 'bird',
    'boat', 'book', 'bottle', 'building', 'bus', 'cabinet', 'car', 'cat',
    'ceiling', 'chair', 'cloth', 'computer', 'cow', 'cup', 'curtain', 'dog',
    'door', 'fence', 'floor', 'flower', 'food', 'grass', 'ground', 'horse',
    'keyboard', 'light', 'motorbike', 'mountain', 'mouse', 'person', 'plate',
    'platform', 'pottedplant', 'road', 'rock', 'sheep', 'shelves', 'sidewalk',
    'sign', 'sky', 'snow', 'sofa', 'table', 'track', 'train', 'tree', 'truck',
    'tvmonitor', 'wall', 'water', 'window', 'wood',
)

# Pascal-Context with background first (``PascalContextDataset``).
CONTEXT60: tuple[str, ...] = ('background', *CONTEXT59)

# Pascal-Context's 33 most frequent classes in the order of its authors'
# 33_labels.txt (Mottaghi et al., CVPR 2014), the list that CaGNet trains on.
# Pixels of any other class carry no label. MMSegmentation has no data set
# for it.
CONTEXT33: tuple[str, ...] = (
    'aeroplane', 'bicycle', 'bird', 'boat', 'bottle', 'bus', 'car', 'cat',
    'chair', 'cow', 'diningtable', 'dog', 'horse', 'motorbike', 'person',
    'pottedplant', 'sheep', 'sofa', 'train', 'tvmonitor', 'sky', 'grass',
    'ground', 'road', 'building', 'tree', 'water', 'mountain', 'wall', 'floor',
    'track', 'keyboard', 'ceiling',
)

# COCO-Stuff 164k (``COCOStuffDataset``).
COCOSTUFF171: tuple[str, ...] = (
    'person', 'bicycle', 'car', 'motorcycle', 'airplane', 'bus', 'train',
    'truck', 'boat', 'traffic light', 'fire hydrant', 'stop sign',
    'parking meter', 'bench', 'bird', 'cat', 'dog', 'horse', 'sheep', 'cow',
    'elephant', 'bear', 'zebra', 'giraffe', 'backpack', 'umbrella', 'handbag',
    'tie', 'suitcase', 'frisbee', 'skis', 'snowboard', 'sports ball', 'kite',
    'baseball bat', 'baseball glove', 'skateboard', 'surfboard',
    'tennis racket', 'bottle', 'wine glass', 'cup', 'fork', 'knife', 'spoon',
    'bowl', 'banana', 'apple', 'sandwich', 'orange', 'broccoli', 'carrot',
    'hot dog', 'pizza', 'donut', 'cake', 'chair', 'couch', 'potted plant',
    'bed', 'dining table', 'toilet', 'tv', 'laptop', 'mouse', 'remote',
    'keyboard', 'cell phone', 'microwave', 'oven', 'toaster', 'sink',
    'refrigerator', 'book', 'clock', 'vase', 'scissors', 'teddy bear',
    'hair drier', 'toothbrush', 'banner', 'blanket', 'branch', 'bridge',
    'building-other', 'bush', 'cabinet', 'cage', 'cardboard', 'carpet',
    'ceiling-other', 'ceiling-tile', 'cloth', 'clothes', 'clouds', 'counter',
    'cupboard', 'curtain', 'desk-stuff', 'dirt', 'door-stuff', 'fence',
    'floor-marble', 'floor-other', 'floor-stone', 'floor-tile', 'floor-wood',
    'flower', 'fog', 'food-other', 'fruit', 'furniture-other', 'grass',
    'gravel', 'ground-other', 'hill', 'house', 'leaves', 'light', 'mat',
    'metal', 'mirror-stuff', 'moss', 'mountain', 'mud', 'napkin', 'net',
    'paper', 'pavement', 'pillow', 'plant-other', 'plastic', 'platform',
    'playingfield', 'railing', 'railroad', 'river', 'road', 'rock', 'roof',
    'rug', 'salad', 'sand', 'sea', 'shelf', 'sky-other', 'skyscraper', 'snow',
    'solid-other', 'stairs', 'stone', 'straw', 'structural-other', 'table',
    'tent', 'textile-other', 'towel', 'tree', 'vegetable', 'wall-brick',
    'wall-concrete', 'wall-other', 'wall-panel', 'wall-stone', 'wall-tile',
    'wall-wood', 'water-other', 'waterdrops', 'window-blind', 'window-other',
    'wood',
)

# ADE20K (``ADE20KDataset``).
ADE150: tuple[str, ...] = (
    'wall', 'building', 'sky', 'floor', 'tree', 'ceiling', 'road', 'bed',
    'windowpane', 'grass', 'cabinet', 'sidewalk', 'person', 'earth', 'door',
    'table', 'mountain', 'plant', 'curtain', 'chair', 'car', 'water',
    'painting', 'sofa', 'shelf', 'house', 'sea', 'mirror', 'rug', 'field',
    'armchair', 'seat', 'fence', 'desk', 'rock', 'wardrobe', 'lamp', 'bathtub',
    'railing', 'cushion', 'base', 'box', 'column', 'signboard',
    'chest of drawers', 'counter', 'sand', 'sink', 'skyscraper', 'fireplace',
    'refrigerator', 'grandstand', 'path', 'stairs', 'runway', 'case',
    'pool table', 'pillow', 'screen door', 'stairway', 'river', 'bridge',
    'bookcase', 'blind', 'coffee table', 'toilet', 'flower', 'book', 'hill',
    'bench', 'countertop', 'stove', 'palm', 'kitchen island', 'computer',
    'swivel chair', 'boat', 'bar', 'arcade machine', 'hovel', 'bus', 'towel',
    'light', 'truck', 'tower', 'chandelier', 'awning', 'streetlight', 'booth',
    'television receiver', 'airplane', 'dirt track', 'apparel', 'pole', 'land',
    'bannister', 'escalator', 'ottoman', 'bottle', 'buffet', 'poster', 'stage',
    'van', 'ship', 'fountain', 'conveyer belt', 'canopy', 'washer',
    'plaything', 'swimming pool', 'stool', 'barrel', 'basket', 'waterfall',
    'tent', 'bag', 'minibike', 'cradle', 'oven', 'ball', 'food', 'step',
    'tank', 'trade name', 'microwave', 'pot', 'animal', 'bicycle', 'lake',
    'dishwasher', 'screen', 'blanket', 'sculpture', 'hood', 'sconce', 'vase',
    'traffic light', 'tray', 'ashcan', 'fan', 'pier', 'crt screen', 'plate',
    'monitor', 'bulletin board', 'shower', 'radiator', 'glass', 'clock',
    'flag',
)

# Cityscapes (``CityscapesDataset``).
CITYSCAPES19: tuple[str, ...] = (
    'road', 'sidewalk', 'building', 'wall', 'fence', 'pole', 'traffic light',
    'traffic sign', 'vegetation', 'terrain', 'sky', 'person', 'rider', 'car',
    'truck', 'bus', 'train', 'motorcycle', 'bicycle',
)

# The embedded demo data set: a texture, a colour and a shape in every name.
COMPOSITION_TEXTURES: tuple[str, ...] = ('solid', 'striped', 'dotted')
COMPOSITION_COLOURS: tuple[str, ...] = ('red', 'green', 'blue', 'yellow')
COMPOSITION_SHAPES: tuple[str, ...] = ('disc', 'square', 'star')
COMPOSITIONS: tuple[str, ...] = (
    'background',
    *(f'{texture} {colour} {shape}' for texture in COMPOSITION_TEXTURES
      for colour in COMPOSITION_COLOURS for shape in COMPOSITION_SHAPES),
)

# The dense embedded data set: the same objects on grounds, no background.
COMPOSITIONS_DENSE: tuple[str, ...] = (
    'sky', 'grass', 'water', 'sand', *COMPOSITIONS[1:])

CLASS_LISTS: dict[str, tuple[str, ...]] = {
    'voc21': VOC21,
    'context59': CONTEXT59,
    'context60': CONTEXT60,
    'context33': CONTEXT33,
    'cocostuff171': COCOSTUFF171,
    'ade150': ADE150,
    'cityscapes19': CITYSCAPES19,
    'compositions': COMPOSITIONS,
    'compositions_dense': COMPOSITIONS_DENSE,
}


def get_classes(spec: str | Sequence[str]) -> tuple[str, ...]:
    """The ordered class names that a specification stands for.

    Args:
        spec (str | Sequence[str]): The name of a shipped list, or the class
            names themselves in the order of the label ids.

    Returns:
        tuple[str, ...]: The class names, in order.

    Raises:
        ValueError: If the list name is unknown, the list is empty, or a
            class is in it twice.
    """
    if isinstance(spec, str):
        return CLASS_LISTS[resolve(spec, tuple(CLASS_LISTS),
                                   what='class list')]
    names = tuple(spec)
    if not names:
        raise ValueError('the class list is empty; give at least one name')
    check_unique(names, where='the class list')
    return names
