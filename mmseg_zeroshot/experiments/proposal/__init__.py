"""What ``init`` proposes for a data set, and the file that it writes."""
from .class_choice import known_classes, no_classes
from .drawn_parts import DrawnParts, draw_parts
from .experiment_text import experiment_text
from .image_sizes import Sizes, propose_sizes, propose_workers
from .named_data import NamedData
from .survey import Survey, count_ids, folder_survey
from .validation import Stand, propose_validation, why_none

__all__ = [
    'DrawnParts', 'NamedData', 'Sizes', 'Stand', 'Survey', 'count_ids',
    'draw_parts', 'experiment_text', 'folder_survey', 'known_classes',
    'no_classes', 'propose_sizes', 'propose_validation', 'propose_workers',
    'why_none'
]
