"""`python -m tinygrad_neuron`: see `cli`. Ctrl-C while it begins or ends shows no traceback."""

import signal
import sys


def main() -> int:
    """Import and run the command line; returns the exit code."""
    try:
        from .cli import main as run

        if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:  # see `__init__`
            signal.signal(signal.SIGINT, signal.default_int_handler)
        code = run()
    except KeyboardInterrupt:
        code = 130
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # all is done
    return code


if __name__ == "__main__":
    sys.exit(main())
