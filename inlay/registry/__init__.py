"""Adds models and adapters to the folder of models: reads, checks, converts and describes them."""
