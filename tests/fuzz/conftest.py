"""How many examples the fuzz tests draw, and from which seed."""

from hypothesis import HealthCheck, settings

EXAMPLES = 20
"""Of each test when no number is asked for: the same ones every time."""


def pytest_configure(config):
    asked = config.getoption("--examples")
    settings.register_profile(
        "fuzz",
        max_examples=asked or EXAMPLES,
        derandomize=not asked,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
