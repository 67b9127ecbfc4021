from collections.abc import Callable

import greenlet
import pytest
import torch
from torch import Tensor, nn

from worker.diffusion.errors import DiffusionError
from worker.diffusion.tiles import FAR_SIDE, MARGIN, SMALLEST, Room, Tile, Tiling, split

BEYOND = 2**50  # numbers: more than any machine has, so that torch really runs out of memory
UNIT = 2  # pixels a cell of the network below
SIZE = (40, 56)


@pytest.mark.parametrize("wraps", [(False, False), (False, True), (True, True)])
@pytest.mark.parametrize(("size", "limit"), [((64, 64), 4096), ((128, 1024), 4096), ((16, 500), 2000), ((9, 90), 784)])
def test_tiles_cover_the_canvas_once_and_see_no_more_than_the_limit(
    size: tuple[int, int], limit: int, wraps: tuple[bool, bool]
) -> None:
    tiles = split(size, wraps, limit)
    owned = torch.zeros(size, dtype=torch.int)
    for rows, columns in tiles:
        owned[rows.on_canvas(1), columns.on_canvas(1)] += 1
        assert rows.seen * columns.seen <= limit
        for span, side, wrapping in zip((rows, columns), size, wraps, strict=True):
            margin = FAR_SIDE if span[:2] == (0, side) else MARGIN
            assert span.before == (margin if wrapping else min(margin, span.start))
            assert span.after == (margin if wrapping else min(margin, side - span.stop))
    assert (owned == 1).all()


def test_a_small_canvas_is_one_tile_and_its_margin_only_where_it_wraps() -> None:
    assert split((64, 64), (False, False), 4096) == [((0, 64, 0, 0), (0, 64, 0, 0))]
    [(rows, columns)] = split((64, 32), (False, True), 4096)
    assert (rows.seen, columns.seen) == (64, 32 + 2 * FAR_SIDE)


def test_tiles_of_a_long_canvas_waste_little() -> None:
    """A tile as high as the canvas has margins at only two of its four sides."""
    tiles = split((16, 500), (False, False), 2000)
    assert len({tile.rows for tile in tiles}) == 1
    assert sum(tile.rows.seen * tile.columns.seen for tile in tiles) < 1.2 * 16 * 500


def test_no_tile_is_smaller_than_the_smallest() -> None:
    tiles = split((30, 30), (False, False), 1)
    assert len(tiles) == 16
    assert min(tile.rows.stop - tile.rows.start for tile in tiles) >= SMALLEST - 1


def network() -> nn.Sequential:
    """A small decoder with a single normalisation. Its input depends on no other normalisation, so two runs
    are exact."""
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(4, 8, 3, padding=1),
        nn.Upsample(scale_factor=UNIT),
        nn.Conv2d(8, 8, 3, padding=1),
        nn.GroupNorm(2, 8),
        nn.SiLU(),
        nn.Conv2d(8, 3, 3, padding=1),
    ).requires_grad_(False)


def canvas() -> Tensor:
    """A latent that changes from one end to the other, as from sky to ground."""
    drift = torch.linspace(-3, 3, SIZE[0])[:, None] + torch.linspace(-2, 4, SIZE[1])
    return drift + torch.randn(4, *SIZE, generator=torch.Generator().manual_seed(1))


Forward = Callable[[Tile], Tensor]


def shown(decoder: nn.Module, latent: Tensor) -> Forward:
    def forward(tile: Tile) -> Tensor:
        rows, columns = (span.cells(side, latent.device) for span, side in zip(tile, latent.shape[1:], strict=True))
        return decoder(latent[None, :, rows][..., columns])[0]

    return forward


def assembled(tiling: Tiling, forward: Forward, wraps: tuple[bool, bool] = (False, False)) -> Tensor:
    picture = torch.full((3, SIZE[0] * UNIT, SIZE[1] * UNIT), torch.nan)

    def keep(tile: Tile, decoded: Tensor) -> None:
        own = decoded[:, tile.rows.own(UNIT), tile.columns.own(UNIT)]
        picture[:, tile.rows.on_canvas(UNIT), tile.columns.on_canvas(UNIT)] = own

    tiling.run(SIZE, wraps, forward, keep)
    return picture


def test_tiles_come_out_as_the_whole_does() -> None:
    decoder = network()
    whole = decoder(canvas()[None])[0]
    tiled = assembled(Tiling(decoder, 32 * 32), shown(decoder, canvas()))
    torch.testing.assert_close(tiled, whole, rtol=0, atol=1e-5)
    alone = decoder(canvas()[None, :, :20])[0]
    assert (alone[:, :30] - whole[:, :30]).abs().mean() > 0.05


def deep() -> nn.Sequential:
    """A decoder whose second normalisation sees what the first one made, and whose convolutions see little more than a
    margin around a tile."""
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(4, 8, 3, padding=1),
        nn.GroupNorm(2, 8),
        nn.SiLU(),
        Flat(),
        nn.Upsample(scale_factor=UNIT),
        nn.Conv2d(8, 8, 3, padding=1),
        nn.GroupNorm(4, 8),
        nn.SiLU(),
        nn.Conv2d(8, 3, 3, padding=1),
    ).requires_grad_(False)


@pytest.mark.parametrize("wraps", [(False, False), (False, True)])
def test_tiles_in_step_are_exact_and_run_once(wraps: tuple[bool, bool]) -> None:
    decoder, runs = deep(), list[Tile]()
    expected = decoder(canvas()[None])[0] if wraps == (False, False) else None

    def counted(tile: Tile) -> Tensor:
        runs.append(tile)
        return shown(decoder, canvas())(tile)

    in_step = assembled(Tiling(decoder, 32 * 32, lambda: Room(0, 10**6)), counted, wraps)
    assert len(runs) == len(set(runs)) > 4
    twice = assembled(Tiling(decoder, 32 * 32), shown(decoder, canvas()), wraps)
    if expected is not None:
        torch.testing.assert_close(in_step, expected, rtol=0, atol=1e-5)
        assert (twice - expected).abs().max() > 10 * (in_step - expected).abs().max()
    assert (twice - in_step).abs().mean() < 0.1


def test_tiles_in_step_are_as_large_as_the_memory_beside_them_allows() -> None:
    decoder, sizes = deep(), list[int]()

    def counted(tile: Tile) -> Tensor:
        sizes.append(tile.rows.seen * tile.columns.seen)
        return shown(decoder, canvas())(tile)

    cells = SIZE[0] * SIZE[1]
    assembled(Tiling(decoder, 32 * 32, lambda: Room(cells - 1, 4 * cells)), counted)
    assert len(sizes) == 2
    assert 32 * 32 < max(sizes) <= 3 / 4 * cells


def test_a_canvas_that_the_memory_holds_is_one_piece() -> None:
    decoder, sizes = deep(), list[int]()

    def counted(tile: Tile) -> Tensor:
        sizes.append(tile.rows.seen * tile.columns.seen)
        return shown(decoder, canvas())(tile)

    assembled(Tiling(decoder, 32 * 32, lambda: Room(SIZE[0] * SIZE[1], 0)), counted)
    assert sizes == [SIZE[0] * SIZE[1]]


def test_when_memory_runs_out_the_next_way_needs_less() -> None:
    """First in one piece, then in step, and at last twice."""
    decoder, ways = deep(), list[str]()

    def short_of_memory(tile: Tile) -> Tensor:
        whole = tile.rows.seen * tile.columns.seen == SIZE[0] * SIZE[1]
        in_step = "forward" in vars(decoder[1]) and greenlet.getcurrent().parent is not None
        ways.append("whole" if whole else "in step" if in_step else "twice")
        return torch.empty(BEYOND) if ways[-1] != "twice" else shown(decoder, canvas())(tile)

    tiling = Tiling(decoder, 32 * 32, lambda: Room(10**6, 10**6))
    assembled(tiling, short_of_memory)
    assert list(dict.fromkeys(ways)) == ["whole", "in step", "twice"]
    assert tiling.limit == 32 * 32
    assert all("forward" not in vars(part) for part in decoder)
    ways.clear()
    assembled(tiling, short_of_memory)
    assert set(ways) == {"twice"}


class Flat(nn.Module):
    """A normalisation over positions in a row, like the one in diffusers' attention."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(2, 8)

    def forward(self, shown: Tensor) -> Tensor:
        return self.norm(shown.flatten(2)).unflatten(2, shown.shape[2:])


def test_normalisations_within_attention_are_over_the_whole_too() -> None:
    decoder = nn.Sequential(nn.Conv2d(4, 8, 3, padding=1), Flat(), nn.Upsample(scale_factor=UNIT), nn.Conv2d(8, 3, 1))
    decoder.requires_grad_(False)
    tiled = assembled(Tiling(decoder, 32 * 32), shown(decoder, canvas()))
    torch.testing.assert_close(tiled, decoder(canvas()[None])[0], rtol=0, atol=1e-5)


def test_tiles_meet_over_an_edge_that_wraps() -> None:
    decoder = network()
    for limit in (32 * 32, 10**6):
        tiling, rolled = Tiling(decoder, limit), torch.roll(canvas(), (7, 13), (1, 2))
        here, there = (assembled(tiling, shown(decoder, each), (True, True)) for each in (canvas(), rolled))
        apart = (torch.roll(here, (7 * UNIT, 13 * UNIT), (1, 2)) - there).abs().mean()
        assert apart < (1e-5 if limit == 32 * 32 else 0.05)  # a whole one counts the far side that it sees twice


def test_normalisations_are_left_as_they_were() -> None:
    decoder = network()
    before = decoder(canvas()[None])
    assembled(Tiling(decoder, 32 * 32), shown(decoder, canvas()))
    assert torch.equal(decoder(canvas()[None]), before)

    calls: list[Tile] = []

    def failing(tile: Tile) -> Tensor:
        calls.append(tile)
        if len(calls) == 4:
            raise KeyError("a broken network")
        return shown(decoder, canvas())(tile)

    for room in (Room(0, 0), Room(0, 10**6)):
        calls.clear()
        with pytest.raises(KeyError):
            assembled(Tiling(decoder, 32 * 32, lambda room=room: room), failing)
        assert torch.equal(decoder(canvas()[None]), before)


def test_when_memory_runs_out_tiles_become_smaller() -> None:
    decoder, sizes = network(), list[int]()

    def short_of_memory(tile: Tile) -> Tensor:
        sizes.append(tile.rows.seen * tile.columns.seen)
        return torch.empty(BEYOND) if sizes[-1] > 1000 else shown(decoder, canvas())(tile)

    tiling = Tiling(decoder, 10**6)
    whole = decoder(canvas()[None])[0]
    torch.testing.assert_close(assembled(tiling, short_of_memory), whole, rtol=0, atol=1e-5)
    assert sizes[0] == SIZE[0] * SIZE[1]
    assert tiling.limit <= 1000 < 2 * tiling.limit + 500
    sizes.clear()
    assembled(tiling, short_of_memory)
    assert max(sizes) <= 1000


def test_memory_too_small_for_the_smallest_tile_is_a_sentence() -> None:
    with pytest.raises(DiffusionError, match="ran out on a small part"):
        assembled(Tiling(network(), 32 * 32), lambda tile: torch.empty(BEYOND))
