"""Saves a folder's latest checkpoint as one of each next step, until it is killed: `python saver.py PYTHON_FOLDER CHECKPOINTS`.

Prints each step that is saved.
"""

import sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])

from residual_torch import checkpoint

folder = Path(sys.argv[2])
found, _ = checkpoint.latest(folder)
while True:
    found.state["step"] += 1
    checkpoint.save(folder, found)
    print(found.state["step"], flush=True)
