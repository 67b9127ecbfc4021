"""How models and adapters come into the folder of models: read, checked, converted, described, and put there whole."""
