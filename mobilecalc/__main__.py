"""The command `mobilecalc`, also as `python -m mobilecalc`."""

import gc


def main() -> None:
    """Run the command line and exit: 0, 1 for a failed check, 2 for a wrong call."""
    # A command is one short process, and what it imports lasts: a million objects with torch.
    # Looking through them for garbage, again and again, would take a tenth to a fifth of its time.
    gc.disable()

    from mobilecalc.cli.main import run

    run()


if __name__ == "__main__":
    main()
