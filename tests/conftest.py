"""What every test may rely on."""

import support.operator_schemas  # noqa: F401  (before anything imports torchvision)
