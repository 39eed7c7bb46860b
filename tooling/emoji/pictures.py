"""A run's pictures as its task and its training have them, by torchvision v2 on PIL pictures."""

import hashlib
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torchvision.transforms import InterpolationMode, v2

Step = Callable[[Image.Image], Image.Image]

FOLDERS = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
}
FOLDERS |= {"test": "test", "testing": "test"}
PARTS = ("train", "validation", "test")
SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".gif"}


class Pictures:
    """Decoded pictures of a part, held in memory, and their labels."""

    def __init__(self, files: Sequence[tuple[Path, int]], config: dict):
        task, training = config["task"], config["training"]
        self.labels = torch.tensor([label for _, label in files])
        size = (task["picture"]["height"], task["picture"]["width"])
        steps = [step_of(row, size) for row in task["steps"]]
        crops = any(row["name"] == "randomResizedCrop" for row in training["augment"])
        # A random piece is taken of what the steps before the last crop leave.
        kept = steps[:-1] if crops and task["steps"][-1]["name"] == "centerCrop" else steps
        opened = [Image.open(path) for path, _ in files]
        self.before = [apply(kept, picture) for picture in opened]
        self.after = [apply(steps[len(kept) :], picture) for picture in self.before]
        self.augment = [step_of(row, size) for row in training["augment"]]
        normalize = task["normalize"] or {"mean": [0.0], "standardDeviation": [1.0]}
        self.mean = torch.tensor(normalize["mean"]).view(-1, 1, 1)
        self.deviation = torch.tensor(normalize["standardDeviation"]).view(-1, 1, 1)

    def __len__(self) -> int:
        return len(self.labels)

    def training(self, indices: Sequence[int]) -> tuple[torch.Tensor, torch.Tensor]:
        return self.batch([apply(self.augment, self.before[i]) for i in indices], indices)

    def evaluation(self, indices: Sequence[int]) -> tuple[torch.Tensor, torch.Tensor]:
        return self.batch([self.after[i] for i in indices], indices)

    def batch(
        self, pictures: Sequence[Image.Image], indices: Sequence[int]
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """[B, C, H, W], normalized, and [B]."""
        arrays = [np.atleast_3d(np.asarray(picture)) for picture in pictures]
        x = (
            torch.from_numpy(np.stack(arrays)).permute(0, 3, 1, 2).float().div_(255)
        )  # channels last in memory
        return (x - self.mean) / self.deviation, self.labels[torch.as_tensor(list(indices))]

    @staticmethod
    def parts(
        folder: Path, config: dict, known: dict[str, str] | None, limit: int | None
    ) -> dict[str, "Pictures"]:
        """The parts of a folder of classes: by the split, else by the folders above the classes."""
        numbers = {name: i for i, name in enumerate(config["task"]["classNames"])}
        found: dict[str, list[tuple[Path, int]]] = {part: [] for part in PARTS}
        unknown = []
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() not in SUFFIXES:
                continue
            names = [unicodedata.normalize("NFC", name) for name in path.relative_to(folder).parts]
            if known is None:
                part, names = FOLDERS.get(names[0].lower()), names[1:]
            else:
                part = known.get(hashlib.sha256(path.read_bytes()).hexdigest())
            label = numbers.get(names[0]) if len(names) > 1 else None
            if part is None or label is None:
                unknown.append(path)
            else:
                found[part].append((path, label))
        if unknown:
            print(f"passed over {len(unknown)} that the run doesn't know, such as {unknown[0]}")
        if not all(found.values()):
            raise SystemExit(
                f"a part without pictures: { {part: len(files) for part, files in found.items()} }"
            )
        draw = np.random.default_rng(0)
        some = {part: take(files, limit, draw) for part, files in found.items()}
        return {part: Pictures(files, config) for part, files in some.items()}


def take(files: list, limit: int | None, draw: np.random.Generator) -> list:
    if limit is None or limit >= len(files):
        return files
    return [files[i] for i in draw.permutation(len(files))[:limit]]


def order_of(labels: torch.Tensor, balance: str) -> list[int]:
    """The pictures of an epoch, which is as long as ever; with `sampler` each class comes equally often."""
    if balance == "none":
        return torch.randperm(len(labels)).tolist()
    members = [(labels == label).nonzero().flatten() for label in labels.unique()]
    order: list[int] = []
    extra = set(torch.randperm(len(members))[: len(labels) % len(members)].tolist())
    for i, own in enumerate(members):
        quota = len(labels) // len(members) + (i in extra)
        rounds = [own[torch.randperm(len(own))] for _ in range(-(-quota // len(own)))]
        order += torch.cat(rounds)[:quota].tolist()
    return [order[i] for i in torch.randperm(len(order)).tolist()]


def apply(steps: Sequence[Step], picture: Image.Image) -> Image.Image:
    for step in steps:
        picture = step(picture)
    return picture


def over(picture: Image.Image, background: int | str) -> Image.Image:
    """Without transparency: laid over a level, rounded as packages/pictures/src/grey.ts rounds."""
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB")
    levels = np.asarray(picture.convert("RGBA")).astype(np.int32)
    color, alpha = levels[..., :3], levels[..., 3:]
    if not isinstance(background, int) and alpha.min() < 255:
        raise SystemExit("no ground by contrast here: only opaque pictures")
    ground = background if isinstance(background, int) else 255
    return Image.fromarray(((color * alpha + ground * (255 - alpha) + 127) // 255).astype(np.uint8))


def step_of(row: dict, size: tuple[int, int]) -> Step:
    """A row of a configuration as a function of a picture; `size` is what the network sees."""
    name = row["name"]
    mode = InterpolationMode(row.get("interpolation", "bilinear"))
    if name == "color":
        return lambda picture: over(picture, row.get("background", 255))
    if name == "grey":
        return lambda picture: over(picture, row.get("background", 255)).convert("L")
    if name == "resizeShortSide":
        return v2.Resize(row["size"], interpolation=mode, antialias=True)
    if name == "stretch":
        return v2.Resize((row["height"], row["width"]), interpolation=mode, antialias=True)
    if name == "centerCrop":
        return v2.CenterCrop((row["height"], row["width"]))
    if name == "randomResizedCrop":
        return v2.RandomResizedCrop(size, row["scale"], row["ratio"], interpolation=mode, antialias=True)
    if name == "horizontalFlip":
        return v2.RandomHorizontalFlip(row["probability"])
    if name == "colorJitter":
        return v2.ColorJitter(row["brightness"], row["contrast"], row["saturation"], row["hue"])
    if name == "trivialAugmentWide":
        return v2.TrivialAugmentWide()
    raise SystemExit(f"no step {name} here")
