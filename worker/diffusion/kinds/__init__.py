"""One file a kind of model: how its folder is read and what it can do."""
