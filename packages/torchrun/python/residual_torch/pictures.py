"""The pictures of one part of a run, before the steps of training, which are drawn anew.

Plain NumPy arrays, mapped into memory, so that the processes of a machine share them; or shards, which are read where
they lie:

    train-pictures.npy   uint8, [N, H, W, C]; or [bytes], where pictures have sizes of their own
    train-places.npy     int64, [N, 3], then: where each begins, its height and its width;
                         or, without pictures, [N, 5]: its shard, where it begins there, height, width, CRC-32
    train-labels.npy     int32, [N]
"""

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .errors import RunError


@dataclass(frozen=True)
class Shards:
    """Tar files that hold the bytes of pictures; by the places of `residual scale-out`, which tar itself is not asked for."""

    folder: Path
    # In the order of their numbers.
    files: list[str]

    def read(self, shard: int, begin: int, count: int, checksum: int) -> np.ndarray:
        """[count], uint8. Raises RunError for other bytes than those that were handed over."""
        path = self.folder / self.files[shard]
        try:
            with path.open("rb", buffering=0) as file:
                file.seek(begin)
                data = _exactly(file, count)
        except OSError as error:
            raise RunError(f"{path}: {error.strerror}. Name the folder of the shards with --data.") from error
        if zlib.crc32(data) != checksum:
            raise RunError(f"{path}: byte {begin}: another picture than was handed over. Copy the shards anew.")
        return np.frombuffer(data, np.uint8)


def _exactly(file: Any, count: int) -> bytes:
    """`count` bytes, fewer only at the end of the file."""
    data = file.read(count)
    while len(data) < count and (more := file.read(count - len(data))):
        data += more
    return data


class Pictures:
    def __init__(
        self,
        folder: Path,
        part: str,
        channels: int,
        shards: Shards | None = None,
        crops: tuple[dict[str, Any], ...] = (),
    ) -> None:
        """`crops`: the task's, which pictures of shards are still to get where training crops none itself."""
        self.labels: np.ndarray = read_array(folder / f"{part}-labels.npy").astype(np.int64)
        self.channels = channels
        self._shards, self._crops = shards, crops
        self._bytes = None if shards else read_array(folder / f"{part}-pictures.npy")
        places = folder / f"{part}-places.npy"
        self._places = read_array(places) if self._bytes is None or self._bytes.ndim == 1 else None
        stored = self._bytes if self._places is None else self._places
        count = 0 if stored is None else len(stored)
        if count != len(self.labels):
            raise RunError(f"{folder}: {count} pictures of {part} and {len(self.labels)} labels. Copy the folder anew.")

    def __len__(self) -> int:
        return len(self.labels)

    def picture(self, index: int) -> np.ndarray:
        """[H, W, C], uint8; not to be written to."""
        if self._shards is not None:
            return self._of_shard(self._shards, index)
        if self._places is None:
            return self._bytes[index]
        begin, height, width = self._places[index].tolist()
        end = begin + height * width * self.channels
        return self._bytes[begin:end].reshape(height, width, self.channels)

    def batch(self, indices: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        """[n, H, W, C], uint8: of pictures that have one size."""
        if self._shards is None:
            return self._bytes[indices]
        pictures = [self.picture(index) for index in indices.tolist()]
        return np.stack(pictures) if pictures else np.empty((0, *size, self.channels), np.uint8)

    def require_whole(self) -> None:
        """Reads all of the shards. Raises RunError for a picture that is not the one that was handed over."""
        if self._shards is not None:
            for index in range(len(self)):
                self.picture(index)

    def _of_shard(self, shards: Shards, index: int) -> np.ndarray:
        shard, begin, height, width, checksum = self._places[index].tolist()
        picture = shards.read(shard, begin, height * width * self.channels, checksum)
        picture = picture.reshape(height, width, self.channels)
        for row in self._crops:
            picture = center_crop(picture, row["height"], row["width"])
        return picture


def crops_of(steps: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """The steps at a task's end that crop."""
    first = len(steps)
    while first > 0 and steps[first - 1]["name"] == "centerCrop":
        first -= 1
    return tuple(steps[first:])


def center_crop(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    """The middle, black around one that is smaller. Source: torchvision, `v2.CenterCrop` of PIL pictures."""
    for axis, size in ((0, height), (1, width)):
        length = picture.shape[axis]
        if length < size:
            before = (size - length) // 2
            margins = [(0, 0)] * 3
            margins[axis] = (before, size - length - before)
            picture = np.pad(picture, margins)
        else:
            begin = round((length - size) / 2)  # halves to the even
            picture = np.take(picture, range(begin, begin + size), axis)
    return picture


def read_array(path: Path) -> np.ndarray:
    """Mapped into memory: read when it is used."""
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError:
        raise RunError(f"{path}: no such file. Name the folder of the pictures with --data.") from None
    except ValueError as error:
        raise RunError(f"{path}: {error}. Copy the folder anew.") from error
