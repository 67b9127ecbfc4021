"""Paper-cut figures: a body in a pose, an outfit, and a face."""
