"""The zoo: networks as data. `describe` turns a name and its settings into a network."""

from mobilecalc.networks.network import Network
from mobilecalc.networks.own_network import own
from mobilecalc.networks.rewrites import to_separable, to_standard
from mobilecalc.networks.settings import Settings, settings
from mobilecalc.networks.zoo import MOBILENETS, describe, standard_counterpart, zoo

__all__ = [
    "MOBILENETS",
    "Network",
    "Settings",
    "describe",
    "own",
    "settings",
    "standard_counterpart",
    "to_separable",
    "to_standard",
    "zoo",
]
