"""The pictures of one part of a run: after the task's steps, before those of training, which are drawn anew.

Plain NumPy arrays, mapped into memory, so that the processes of a machine share them:

    train-pictures.npy   uint8, [N, H, W, C]; or [bytes], where pictures have sizes of their own
    train-places.npy     int64, [N, 3], then: where each begins, its height and its width
    train-labels.npy     int32, [N]
"""

from pathlib import Path

import numpy as np

from .errors import RunError


class Pictures:
    def __init__(self, folder: Path, part: str, channels: int) -> None:
        self.labels: np.ndarray = read_array(folder / f"{part}-labels.npy").astype(np.int64)
        self.channels = channels
        self._bytes = read_array(folder / f"{part}-pictures.npy")
        places = folder / f"{part}-places.npy"
        self._places = read_array(places) if self._bytes.ndim == 1 else None
        count = len(self._bytes if self._places is None else self._places)
        if count != len(self.labels):
            raise RunError(f"{folder}: {count} pictures of {part} and {len(self.labels)} labels. Copy the folder anew.")

    def __len__(self) -> int:
        return len(self.labels)

    def picture(self, index: int) -> np.ndarray:
        """[H, W, C], uint8; not to be written to."""
        if self._places is None:
            return self._bytes[index]
        begin, height, width = self._places[index].tolist()
        end = begin + height * width * self.channels
        return self._bytes[begin:end].reshape(height, width, self.channels)

    def batch(self, indices: np.ndarray) -> np.ndarray:
        """[n, H, W, C], uint8: of pictures that have one size."""
        return self._bytes[indices]


def read_array(path: Path) -> np.ndarray:
    """Mapped into memory: read when it is used."""
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError:
        raise RunError(f"{path}: no such file. Name the folder of the pictures with --data.") from None
    except ValueError as error:
        raise RunError(f"{path}: {error}. Copy the folder anew.") from error
