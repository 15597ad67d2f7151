"""What every test may rely on."""

from importlib.util import find_spec

if find_spec("torch"):  # without it the light tests run, and no others
    import support.operator_schemas  # noqa: F401  (before anything imports torchvision)
