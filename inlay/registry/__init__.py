"""Adding models and adapters to the folder of models: recognise, check, convert and describe them."""
