"""What stops a run with one line instead of a traceback."""


class RunError(Exception):
    """Something that the user can do something about; the message says what was expected and what to do."""


class DamagedError(RunError):
    """A file that isn't whole."""
