import subprocess
import sys
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import torch

from worker.diffusion.errors import DiffusionError
from worker.diffusion.memory import (
    Batches,
    Cache,
    budget_bytes,
    free_bytes,
    pass_bytes,
    total_bytes,
    under_container_limit,
)

CPU = torch.device("cpu")
BEYOND = 2**50  # numbers: more than any machine has, so that torch really runs out of memory


def doubled_below(room: int, sizes: list[int]) -> Callable[[Sequence[int]], torch.Tensor]:
    """Return a forward pass that runs out of memory for more than `room` items."""

    def forward(batch: Sequence[int]) -> torch.Tensor:
        sizes.append(len(batch))
        if len(batch) > room:
            return torch.empty(BEYOND)
        return 2 * torch.tensor(batch)

    return forward


def test_items_run_a_few_at_a_time_and_come_back_in_order() -> None:
    sizes: list[int] = []
    results = list(Batches(4).run(range(10), doubled_below(8, sizes)))
    assert [int(result) for result in results] == [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]
    assert sizes == [4, 3, 3], "batches of nearly equal size"


def test_when_memory_runs_out_the_batch_is_halved_and_the_run_goes_on() -> None:
    sizes: list[int] = []
    batches = Batches(16)
    results = list(batches.run(range(9), doubled_below(3, sizes)))
    assert [int(result) for result in results] == list(range(0, 18, 2))
    assert sizes == [9, 3, 3, 3]


def test_the_size_that_worked_is_remembered() -> None:
    sizes: list[int] = []
    batches = Batches(8)
    list(batches.run(range(8), doubled_below(2, sizes)))
    sizes.clear()
    list(batches.run(range(4), doubled_below(2, sizes)))
    assert sizes == [2, 2]
    assert batches.limit == 2


def test_memory_that_runs_out_late_loses_no_result() -> None:
    """The first batch succeeds. Only the items after it run again."""
    asked: list[int] = []

    def forward(batch: Sequence[int]) -> torch.Tensor:
        asked.extend(batch)
        return torch.empty(BEYOND) if asked.count(5) == 1 and 5 in batch else torch.tensor(batch)

    assert [int(result) for result in Batches(4).run(range(8), forward)] == list(range(8))
    assert asked == [0, 1, 2, 3, 4, 5, 6, 7, 4, 5, 6, 7]


def test_memory_too_small_for_one_item_is_a_sentence() -> None:
    with pytest.raises(DiffusionError, match="ran out on a single view"):
        list(Batches(4).run(range(4), doubled_below(0, [])))


def test_another_failure_is_not_taken_for_want_of_memory() -> None:
    sizes: list[int] = []

    def forward(batch: Sequence[int]) -> torch.Tensor:
        sizes.append(len(batch))
        return torch.ones(2) @ torch.ones(3)

    with pytest.raises(RuntimeError, match="size"):
        list(Batches(4).run(range(4), forward))
    assert sizes == [4]


def test_what_an_attempt_held_is_let_go_before_the_next() -> None:
    """The traceback of a failed attempt would keep its tensors alive while the smaller batch runs."""
    held = Model("first attempt")
    alive = weakref.ref(held)
    survivors: list[bool] = []

    def forward(batch: Sequence[int]) -> torch.Tensor:
        nonlocal held
        mine, held = held, Model("next")
        survivors.append(alive() is not None)
        return torch.empty(BEYOND) if mine.name == "first attempt" else torch.tensor(batch)

    list(Batches(2).run(range(2), forward))
    assert survivors == [True, False, False]


def test_batches_are_sized_from_free_memory() -> None:
    free = free_bytes(CPU)
    assert Batches.sized(free // 100, CPU, most=16).limit == 16
    assert 10 < Batches.sized(free // 100, CPU).limit <= 60
    assert Batches.sized(free // 10, CPU).limit < Batches.sized(free // 100, CPU).limit
    assert Batches.sized(2 * free, CPU).limit == 1


def test_a_batch_holds_at_least_one() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Batches(0)


class Model:
    """An object that can be loaded and freed."""

    def __init__(self, name: str) -> None:
        self.name = name


def loader(loads: list[str], name: str) -> Callable[[], Model]:
    def load() -> Model:
        loads.append(name)
        return Model(name)

    return load


def test_the_longest_unused_model_is_let_go() -> None:
    loads: list[str] = []
    cache: Cache[Model] = Cache(10, CPU)
    for name in "abac":
        assert cache.get(name, loader(loads, name), 5).name == name
    assert cache.kept() == {"a", "c"}
    assert loads == ["a", "b", "c"]
    cache.get("b", loader(loads, "b"), 5)
    assert loads == ["a", "b", "c", "b"]


def test_small_models_make_room_for_a_large_one() -> None:
    cache: Cache[Model] = Cache(10, CPU)
    for name in "abc":
        cache.get(name, loader([], name), 3)
    cache.get("large", loader([], "large"), 7)
    assert cache.kept() == {"c", "large"}


def test_a_model_in_use_is_not_loaded_twice() -> None:
    loads: list[str] = []
    cache: Cache[Model] = Cache(10, CPU)
    used = cache.get("a", loader(loads, "a"), 4)
    for name in "bc":
        cache.get(name, loader(loads, name), 4 if name == "b" else 2)
    assert cache.get("a", loader(loads, "a"), 4) is used
    assert loads == ["a", "b", "c"]


def test_models_in_use_count_although_they_were_let_go() -> None:
    cache: Cache[Model] = Cache(2**30, CPU)
    used = cache.get("a", loader([], "a"), 2**29)
    with pytest.raises(DiffusionError, match=r"'b' needs 0.75 GiB beside 0.5 GiB .*may take 1 GiB.*MEMORY_BUDGET"):
        cache.get("b", loader([], "b"), 3 * 2**28)
    del used
    assert cache.get("b", loader([], "b"), 3 * 2**28).name == "b"


def test_a_model_larger_than_the_budget_is_refused_before_it_is_loaded() -> None:
    loads: list[str] = []
    cache: Cache[Model] = Cache(2**30, CPU)
    with pytest.raises(DiffusionError, match=r"'a' needs 2 GiB, but"):
        cache.get("a", loader(loads, "a"), 2**31)
    assert loads == []


def test_a_failed_load_leaves_nothing_behind() -> None:
    cache: Cache[Model] = Cache(10, CPU)

    def broken() -> Model:
        raise DiffusionError("weights are missing")

    with pytest.raises(DiffusionError, match="missing"):
        cache.get("a", broken, 8)
    assert cache.kept() == frozenset()
    assert cache.get("a", loader([], "a"), 8).name == "a"


def test_the_budget_is_the_operators_or_a_share_of_the_device() -> None:
    assert budget_bytes(CPU, 7) == 7
    assert 0.5 * total_bytes(CPU) < budget_bytes(CPU, None) < total_bytes(CPU)


def test_a_pass_takes_memory_in_proportion_to_its_view() -> None:
    """At Stable Diffusion 1.5's native size and in half precision, a pass takes between 50 and 250 megabytes."""
    assert 50e6 < pass_bytes(320, 64 * 64, 2) < 250e6
    assert pass_bytes(320, 128 * 64, 4) == 4 * pass_bytes(320, 64 * 64, 2)


FREED_OF_HALF = """
import psutil, torch
from worker.diffusion.memory import compact

def freed_of_half():
    blocks = [torch.ones(2 * 2**20) for _ in range(32)]
    held = psutil.Process().memory_info().rss
    del blocks[::2]
    return held - psutil.Process().memory_info().rss

with compact():
    print(freed_of_half())
print(freed_of_half())
"""
"""A script that frees every other one of 32 blocks of 8 MiB, first inside `compact` and then after it, and prints how
many bytes the process returned to the system each time. It runs in a process of its own, because blocks that fit into
memory freed earlier are never returned."""


def test_compact_memory_is_given_back_although_blocks_between_are_held() -> None:
    told = subprocess.run([sys.executable, "-c", FREED_OF_HALF], check=True, capture_output=True, text=True).stdout
    within, afterwards = map(int, told.split())
    assert within > 100 * 2**20
    assert afterwards < 64 * 2**20


def test_the_limit_of_a_container_bounds_the_free_memory(tmp_path: Path) -> None:
    assert under_container_limit(tmp_path) == sys.maxsize
    (tmp_path / "memory.max").write_text("1000\n")
    (tmp_path / "memory.current").write_text("700\n")
    (tmp_path / "memory.stat").write_text("anon 500\ninactive_file 200\n")
    assert under_container_limit(tmp_path) == 1000 - 700 + 200
    (tmp_path / "memory.max").write_text("max\n")
    assert under_container_limit(tmp_path) == sys.maxsize


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux counts a process's data")
def test_the_limit_of_a_process_bounds_the_free_memory() -> None:
    script = (
        "import resource, psutil, torch; from worker.diffusion.memory import free_bytes; "
        "limit = psutil.Process().memory_info().data + 2**28; "
        "resource.setrlimit(resource.RLIMIT_DATA, (limit, limit)); "
        "free = free_bytes(torch.device('cpu')); assert 2**27 < free <= 2**28, free"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
