"""Names for values whose type Python cannot say, as ``mmseg.utils`` has some.

Only here may a name stand for ``Any``: everywhere else an annotation says what
something is, or one of these names does.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

ConfigValue: TypeAlias = Any
"""A value in a config: text, a number, a bool, None, a class, or lists, tuples
and dicts of these. Which one it is depends on its key."""

ConfigPart: TypeAlias = Mapping[str, ConfigValue]
"""A config or a dict in one, to read: of Python's kind or of MMEngine's."""

ConfigType: TypeAlias = dict[str, ConfigValue]
"""A config or a dict in one, as it is built, changed and returned."""

JSONValue: TypeAlias = Any
"""What :mod:`json` reads: text, a number, a bool, None, or lists and dicts of
these. Nobody knows more of a file before it is checked."""

JSONObject: TypeAlias = dict[str, JSONValue]
"""The content of a JSON file that holds an object."""

Metainfo: TypeAlias = Mapping[str, Any]
"""What a data set says of itself: ``classes``, ``palette``, ``split`` and what
a wrapper adds, each of a type of its own."""

DataInfo: TypeAlias = dict[str, Any]
"""What a data set knows of an image before the pipeline: ``img_path``,
``seg_map_path`` and more; steps of the pipeline add arrays."""

Sample: TypeAlias = dict[str, Any]
"""What the pipeline makes of an image, or a batch of it: ``inputs`` and
``data_samples``, whatever the last step packs."""

Checkpoint: TypeAlias = Mapping[str, Any]
"""What MMEngine saves: ``state_dict``, ``meta``, ``optimizer`` and more."""

RunState: TypeAlias = dict[str, Any]
"""What a part of a training remembers beside its weights: tensors and plain
values, so that a checkpoint can keep them."""

Report: TypeAlias = Callable[[str], object]
"""Takes lines about the progress, as ``print`` does."""
