"""Goes on with the run in a folder that `residual scale-out` wrote.

One process:   python train.py .
Several:       torchrun --nproc-per-node 2 train.py .
A look first:  python train.py --check .
"""

import sys

if sys.version_info < (3, 11):
    raise SystemExit(f"error: train.py needs Python 3.11 or newer, this is {sys.version.split()[0]}.")
try:
    from residual_torch.command import main
except ModuleNotFoundError as error:
    if error.name not in ("torch", "numpy"):
        raise
    raise SystemExit(f"error: train.py needs {error.name}: pip install -r requirements.txt") from None

if __name__ == "__main__":
    raise SystemExit(main())
