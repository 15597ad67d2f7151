"""A name, and the model that it stands for."""
