"""The widest MobileNet under a budget of multiply-accumulates.

python examples/pick_backbone.py [MILLIONS_OF_MACS] [RESOLUTION]
"""

import sys

import mobilecalc

ALPHAS = [step / 20 for step in range(40, 0, -1)]


def widest(model: str, budget: float, resolution: int) -> mobilecalc.Profile | None:
    """The profile at the largest alpha whose MACs are within the budget, if there is one."""
    profiles = (mobilecalc.profile(model, alpha=a, resolution=resolution) for a in ALPHAS)
    return next((profile for profile in profiles if profile.macs <= budget), None)


def main(millions: float = 150, resolution: float = 192) -> None:
    """Print the widest V1 and V2 within the budget, and how much of it they use."""
    for model in ("v1", "v2"):
        profile = widest(model, millions * 1e6, int(resolution))
        if profile is None:
            print(f"{model}: none within {millions:g} M MACs at {resolution:g} pixels")
            continue
        used = profile.macs / (millions * 1e6)
        print(f"{profile.origin}: {used:.1%} of the budget, {profile.parameters} parameters")


if __name__ == "__main__":
    main(*map(float, sys.argv[1:3]))
