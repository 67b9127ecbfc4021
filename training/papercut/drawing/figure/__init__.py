"""Paper-cut figures: a body in a pose, an outfit, and a face."""

from training.papercut.drawing.figure.figure import Figure, draw_figure, random_face
from training.papercut.drawing.figure.truth import UNSEEN, Face, FigureTruth, Unseen, is_unseen

__all__ = ["UNSEEN", "Face", "Figure", "FigureTruth", "Unseen", "draw_figure", "is_unseen", "random_face"]
