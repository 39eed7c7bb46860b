"""Unpacks libtensorflow and its C headers from a wheel of the PyPI package tensorflow or tensorflow-cpu.

python3 wheel.py WHEEL FOLDER
"""

import sys
import zipfile

PARTS = (
    "tensorflow/libtensorflow",
    "tensorflow/include/tensorflow/c/",
    "tensorflow/include/tensorflow/core/platform/ctstring",
    "tensorflow/include/tsl/platform/ctstring",
    "tensorflow/include/xla/tsl/c/",
)

wheel, folder = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    archive.extractall(folder, [name for name in archive.namelist() if name.startswith(PARTS)])
