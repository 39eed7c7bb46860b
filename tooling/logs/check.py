"""Reads logs of real runs with the programs that they are for: TensorBoard's own reader, an MLflow and a Trackio server.

    python check.py [EVENT_FILE ...]

Trains three small runs with the built command: one to its end, one that is killed and resumed, one whose servers are down and that
`residual log` delivers later. Each number that a program has is compared with events.jsonl; a step that it has twice is an error.
Prints what docs/logs.md shows. Where event files are named, such as those of a page, these are read instead.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from importlib.metadata import version
from pathlib import Path

import numpy
from mlflow import MlflowClient
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

COMMAND = ["node", str(Path(__file__).parents[2] / "apps/node-gpu/bin/residual.js")]
TINY = [
    "--recipe",
    "quick",
    "--model",
    "resnet20",
    "--limit",
    "96",
    "--epochs",
    "3",
    "--batch-size",
    "16",
    "--backend",
    "simd",
    "--threads",
    "1",
    "--checkpoint-every",
    "0.001",
]
DATA = "fashion-mnist"
TOKEN = "write-token-of-the-check"
STEP_NAMES = {
    "loss": "train/loss",
    "accuracy": "train/accuracy",
    "learningRate": "learningRate",
    "imagesPerSecond": "imagesPerSecond",
}
EPOCH_NAMES = {
    "epoch": "epoch",
    "trainLoss": "train/epochLoss",
    "trainAccuracy": "train/epochAccuracy",
    "validationLoss": "validation/loss",
    "validationAccuracy": "validation/accuracy",
}
TEST_NAMES = {"loss": "test/loss", "accuracy": "test/accuracy", "balancedAccuracy": "test/balancedAccuracy"}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def serve(words: list[str], port: int, **variables: str) -> subprocess.Popen:
    """Starts a server, and waits until it answers."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(words, env={**os.environ, **variables}, start_new_session=True, **quiet)
    for _ in range(240):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
                return server
        except OSError:
            time.sleep(0.5)
    raise TimeoutError(f"{words[0]} does not answer")


def residual(*words: str, missing: int = 0) -> None:
    """Runs the command; it may warn that so many servers lack points."""
    environment = {**os.environ, "TRACKIO_WRITE_TOKEN": TOKEN}
    done = subprocess.run([*COMMAND, *words], check=False, capture_output=True, text=True, env=environment)
    told = done.stderr.count("points did not reach")
    if done.returncode != 0 or told != missing or (missing == 0 and done.stderr != ""):
        sys.exit(f"{' '.join(words)}: exit code {done.returncode}\n{done.stderr}")


def train_and_kill(*words: str) -> None:
    """Kills it hard, in the middle of the second epoch."""
    environment = {**os.environ, "TRACKIO_WRITE_TOKEN": TOKEN}
    with subprocess.Popen(
        [*COMMAND, *words, "--json"], stdout=subprocess.PIPE, text=True, env=environment
    ) as run:
        for line in run.stdout:
            event = json.loads(line)
            if event["type"] == "step" and event["step"] == 10:
                time.sleep(2)  # so that servers get some of it
                run.send_signal(signal.SIGKILL)


def forget_delivered(run: Path) -> None:
    """As if the process had died before it noted that servers have all points: they are sent a second time."""
    file = run / "logs.json"
    kept = json.loads(file.read_text())
    for log in kept["logs"]:
        log.pop("delivered", None)
    file.write_text(json.dumps(kept))


def expected(run: Path) -> dict[tuple[str, int], float]:
    """By name and step, what a run recorded first."""
    values: dict[tuple[str, int], float] = {}
    reached = 0
    for line in (run / "events.jsonl").read_text().splitlines():
        event = json.loads(line)
        names = {"step": STEP_NAMES, "epoch": EPOCH_NAMES, "test": TEST_NAMES}.get(event["type"])
        if names is None:
            continue
        reached = max(reached, event.get("step", reached))
        for field, name in names.items():
            values.setdefault((name, reached), event[field])
    return values


def compare(found: list[tuple[str, int, float]], run: Path, tolerance: float) -> str:
    wanted = expected(run)
    assert len(found) == len({one[:2] for one in found}), f"{run.name}: doubled steps"
    assert {one[:2] for one in found} == wanted.keys(), {one[:2] for one in found} ^ wanted.keys()
    for name, step, value in found:
        assert abs(value - wanted[name, step]) <= tolerance * abs(wanted[name, step]), (name, step, value)
    return f"{len(found)} values"


def read_event_file(file: Path) -> tuple[list[tuple[str, int, float]], int]:
    """The raw file, by the reader that checks checksums; then as TensorBoard shows it. Both agree."""
    records = list(EventFileLoader(str(file)).Load())
    assert records[0].file_version == "brain.Event:2"
    raw = sorted(
        (value.tag, record.step, float(value.tensor.float_val[0]))
        for record in records[1:]
        for value in record.summary.value
        if value.tensor.float_val
    )
    shown = EventAccumulator(str(file), size_guidance={"scalars": 0, "images": 0})
    shown.Reload()
    tags = shown.Tags()
    scalars = sorted(
        (tag, one.step, float(numpy.float32(one.value)))
        for tag in tags["scalars"]
        for one in shown.Scalars(tag)
    )
    assert raw == scalars
    pictures = [one for tag in tags["images"] for one in shown.Images(tag)]
    assert all(one.encoded_image_string.startswith(b"\x89PNG") and one.width > 0 for one in pictures)
    return scalars, len(pictures)


def of_tensorboard(run: Path) -> str:
    (file,) = run.glob("events.out.tfevents.*")
    scalars, pictures = read_event_file(file)
    return f"{compare(scalars, run, 1e-6)}, {pictures} picture"


def of_mlflow(url: str, run: Path) -> str:
    client = MlflowClient(url)
    experiment = client.get_experiment_by_name(DATA)
    (found,) = client.search_runs([experiment.experiment_id], f"attributes.run_name = '{run.name}'")
    assert found.data.params["epochs"] == "3" and found.info.status == "FINISHED", found
    history = [
        (one.key, one.step, one.value)
        for key in found.data.metrics
        for one in client.get_metric_history(found.info.run_id, key)
    ]
    return f"{compare(history, run, 0)}, {found.info.status}"


def of_trackio(url: str, run: Path) -> str:
    body = json.dumps({"kwargs": {"project": DATA, "run": run.name}}).encode()
    request = urllib.request.Request(f"{url}/api/get_logs", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        rows = json.load(answer)["data"]
    values = [(key, row["step"], row[key]) for row in rows for key in row.keys() - {"step", "timestamp"}]
    return compare(values, run, 0)


def main() -> None:
    print(", ".join(f"{name} {version(name)}" for name in ("tensorboard", "mlflow", "trackio")))
    work = Path(tempfile.mkdtemp(prefix="residual-logs-"))
    ports = free_port(), free_port()
    mlflow, trackio = (f"http://127.0.0.1:{port}" for port in ports)
    programs = Path(sys.executable).parent
    store = [
        "--backend-store-uri",
        f"sqlite:///{work}/mlflow.db",
        "--artifacts-destination",
        f"{work}/artifacts",
    ]
    servers = [
        serve(
            [
                str(programs / "mlflow"),
                "server",
                "--workers",
                "1",
                "--host",
                "127.0.0.1",
                "--port",
                str(ports[0]),
                *store,
            ],
            ports[0],
        ),
        serve(
            [str(programs / "trackio"), "show"],
            ports[1],
            TRACKIO_DIR=str(work / "trackio"),
            TRACKIO_WRITE_TOKEN=TOKEN,
            GRADIO_SERVER_PORT=str(ports[1]),
        ),
    ]
    for _ in range(3):  # it loads half of itself at the first requests
        MlflowClient(mlflow).search_experiments()
    both = f"mlflow={mlflow},trackio={trackio}"
    runs = {
        "whole": "to its end",
        "killed": "killed in epoch 2, and resumed",
        "later": "servers down; residual log, twice",
    }
    try:
        residual("train", *TINY, "--out", f"{work}/whole", "--log", f"tensorboard,csv,{both}")
        train_and_kill("train", *TINY, "--out", f"{work}/killed", "--log", f"tensorboard,csv,{both}")
        residual("train", "--resume", f"{work}/killed")
        down = f"http://127.0.0.1:{free_port()}"
        residual(
            "train",
            *TINY,
            "--out",
            f"{work}/later",
            "--log",
            f"tensorboard,mlflow={down},trackio={down}",
            missing=2,
        )
        residual("log", both, "--run", f"{work}/later")
        forget_delivered(work / "later")
        residual("log", both, "--run", f"{work}/later")
        print(f"{'':36}  {'TensorBoard':22}  {'MLflow':19}  Trackio")
        for name, how in runs.items():
            run = work / name
            cells = of_tensorboard(run), of_mlflow(mlflow, run), of_trackio(trackio, run)
            print(f"{how:36}  {cells[0]:22}  {cells[1]:19}  {cells[2]}")
        histories = {(work / name / "history.json").read_text() for name in runs}
        assert len(histories) == 1
        print("All as in events.jsonl, no step twice; the three histories are equal to the bit.")
    finally:
        for server in servers:
            os.killpg(server.pid, signal.SIGTERM)
        shutil.rmtree(work, ignore_errors=True)


def read_files(files: list[Path]) -> None:
    for file in files:
        scalars, pictures = read_event_file(file)
        steps = max(step for _, step, _ in scalars)
        print(f"{file.name}: {len(scalars)} values up to step {steps}, {pictures} pictures")


if sys.argv[1:]:
    read_files([Path(name) for name in sys.argv[1:]])
else:
    main()
