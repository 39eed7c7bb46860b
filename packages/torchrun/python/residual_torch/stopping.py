"""What asks a run to stop: it finishes its step, saves, and ends."""

import signal
import threading


class Stopping:
    def __init__(self) -> None:
        # The signal that asked; 0: none has.
        self.signal_number = 0
        if (
            threading.current_thread() is threading.main_thread()
        ):  # some launchers run this in another, and stop it themselves
            signal.signal(signal.SIGTERM, self._ask)
            signal.signal(signal.SIGINT, self._ask)

    @property
    def is_asked(self) -> bool:
        return self.signal_number != 0

    def _ask(self, number: int, _: object) -> None:
        self.signal_number = number
