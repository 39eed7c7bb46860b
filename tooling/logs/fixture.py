"""Writes packages/logs/fixtures/events.tfevents: what TensorBoard's own writer makes of the points in its test."""

from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000003000000020802000000"
)  # As much of one as says its size and colours: 3 wide, 2 high, RGB.
image = Summary.Image(height=2, width=3, colorspace=3, encoded_image_string=PNG)
EVENTS = [
    Event(wall_time=1795816881.25, file_version="brain.Event:2"),
    Event(
        wall_time=1795816882.5,
        step=300,
        summary=Summary(
            value=[
                Summary.Value(tag="train/loss", simple_value=0.1),
                Summary.Value(tag="learningRate", simple_value=1e-30),
            ]
        ),
    ),
    Event(
        wall_time=1795816883.125,
        step=2**40,
        summary=Summary(value=[Summary.Value(tag="validation/mistakes", image=image)]),
    ),
]

with (Path(__file__).parents[2] / "packages/logs/fixtures/events.tfevents").open("wb") as file:
    writer = RecordWriter(file)
    for event in EVENTS:
        writer.write(event.SerializeToString())
    writer.flush()
