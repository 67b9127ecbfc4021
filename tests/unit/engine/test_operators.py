import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.engine.graphs import control, operators
from worker.engine.errors import GraphError
from worker.engine.operators import Composite, Crop, Identity, ObservationOperator, Part, Window


def dense(operator: ObservationOperator) -> torch.Tensor:
    """The operator's matrix over one channel of all its controls, by observing every unit vector."""
    columns = []
    for parent in operator.parents:
        for cell in range(parent.shape.height * parent.shape.width):
            unit = {other.name: torch.zeros(1, *other.shape[1:], dtype=torch.float64) for other in operator.parents}
            unit[parent.name].view(-1)[cell] = 1
            columns.append(operator.forward(unit).flatten())
    return torch.stack(columns, dim=1)


@given(operator=operators(), seed=st.integers(0, 999))
@settings(deadline=None, max_examples=150)
def test_adjoint_is_the_transpose(operator: ObservationOperator, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)

    def draw(shape) -> torch.Tensor:
        return torch.randn(2, *shape, generator=generator, dtype=torch.float64)

    controls = {parent.name: draw(parent.shape) for parent in operator.parents}
    view = draw(operator.shape)
    seen = operator.forward(controls)
    assert seen.shape == view.shape
    given_back = operator.adjoint(view)
    assert {name: value.shape for name, value in given_back.items()} == {
        name: value.shape for name, value in controls.items()
    }
    left = (seen * view).sum()
    right = sum((controls[name] * given_back[name]).sum() for name in controls)
    torch.testing.assert_close(left, right, rtol=1e-12, atol=1e-12)


@given(operator=operators())
@settings(deadline=None, max_examples=80)
def test_gain_and_selection_are_what_the_matrix_says(operator: ObservationOperator) -> None:
    matrix = dense(operator)
    gain = torch.as_tensor(operator.gain, dtype=torch.float64).expand(operator.shape[1:])
    torch.testing.assert_close(matrix @ matrix.T, torch.diag(gain.flatten()), rtol=1e-12, atol=1e-12)
    selection = bool(((matrix == 0) | (matrix == 1)).all() and (matrix.sum(1) == 1).all())
    assert operator.selects == selection


def test_a_crop_over_the_edge_reads_the_other_side() -> None:
    row = {"x": torch.arange(5.0).view(1, 1, 5)}
    crop = Crop(control(channels=1, height=1, width=5, wrap="x"), Window(4, 0, 3, 1))
    assert crop.forward(row).flatten().tolist() == [4, 0, 1]


def test_a_composite_shows_each_control_where_its_mask_is_one() -> None:
    inside = torch.tensor([[1.0, 0.0, 0.0]])
    parts = (Part(Identity(control("box", 1, 1, 3)), inside), Part(Identity(control("rest", 1, 1, 3)), 1 - inside))
    seen = Composite(parts).forward({"box": torch.full((1, 1, 3), 7.0), "rest": torch.full((1, 1, 3), 2.0)})
    assert seen.flatten().tolist() == [7, 2, 2]


@pytest.mark.parametrize(
    ("window", "sentence"),
    [
        (Window(3, 0, 3, 3), "leaves control 'x', whose width is 5 cells and does not wrap"),
        (Window(0, -1, 2, 2), "leaves control 'x', whose height is 3 cells and does not wrap"),
        (Window(0, 0, 6, 3), "A window of width 6 does not fit control 'x', 5 cells"),
        (Window(0, 0, 0, 3), "A window of width 0 does not fit"),
    ],
)
def test_a_window_must_lie_on_its_control(window: Window, sentence: str) -> None:
    with pytest.raises(GraphError, match=sentence):
        Crop(control(), window)


def test_a_composite_is_refused_by_name() -> None:
    ones = torch.ones(3, 5)
    with pytest.raises(GraphError, match="must sum to 1"):
        Composite((Part(Identity(control("a")), ones), Part(Identity(control("b")), ones)))
    with pytest.raises(GraphError, match="'a' has 2 channels of 5x3 cells and that of 'b' has 4 channels"):
        Composite((Part(Identity(control("a")), ones), Part(Identity(control("b", channels=4)), 0 * ones)))
    with pytest.raises(GraphError, match="mask of 'b'"):
        Composite((Part(Identity(control("a")), ones), Part(Identity(control("b")), torch.zeros(2, 5))))
    with pytest.raises(GraphError, match="different controls"):
        Composite((Part(Identity(control("a")), ones), Part(Identity(control("a")), 0 * ones)))
