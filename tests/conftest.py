"""What every test may rely on."""

from importlib.util import find_spec

import pytest

pytest.register_assert_rewrite("support.properties")

if find_spec("torch"):  # without it the light tests run, and no others
    import support.operator_schemas  # noqa: F401  (before anything imports torchvision)


def pytest_addoption(parser):
    parser.addoption(
        "--examples",
        type=int,
        help="Examples that each test of tests/fuzz draws, other ones each time."
        " Defaults to a few, which are always the same.",
    )
