"""Goes on with the run in a folder that `residual scale-out` wrote.

One process:   python train.py .
Several:       torchrun --nproc-per-node 2 train.py .
A look first:  python train.py --check .
"""

from residual_torch.command import main

if __name__ == "__main__":
    raise SystemExit(main())
