"""The networks of the zoo: a file a family, each of which adds its own to `BLUEPRINTS`."""
