"""What a stranger's file could do, harmlessly: it makes a folder."""
import os
from pathlib import Path


class MakesFolder:
    """Makes a folder where it is unpickled.

    Args:
        folder: Path of the folder.
    """

    def __init__(self, folder):
        self.folder = str(folder)

    def __reduce__(self):
        """Say what unpickling calls."""
        return os.mkdir, (self.folder, )


def untouched(folder: Path) -> bool:
    """Whether nothing has made the folder."""
    return not folder.exists()
