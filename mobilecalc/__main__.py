"""The command `mobilecalc`, also as `python -m mobilecalc`."""

import atexit
import gc
import os
import signal


def main() -> None:
    """Run the command line and exit: 0, 1 for a failed check, 2 for a wrong call."""
    # A command is one short process, and what it imports lasts: a million objects with torch.
    # Looking through them for garbage, again and again, would take a tenth to a fifth of its time.
    # Frozen, they are not looked through at exit either: a tenth of a light command's time.
    gc.disable()
    atexit.register(gc.freeze)
    # Ctrl-C ends it at once, as it ends a program in C: as an exception it would surface inside
    # the initialisation of an extension module, which swallows it or aborts.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

    # Threads that wait by spinning steal each other's processor where another process runs too.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

    from mobilecalc.cli.main import run

    run()


if __name__ == "__main__":
    main()
