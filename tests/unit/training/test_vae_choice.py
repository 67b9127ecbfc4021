"""A training keeps the VAE of its base if that VAE reconstructs the pictures well enough."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from training.autoencoder import psnr_of
from training.errors import TrainingError
from training.papercut.drawing import draw_panorama
from training.pictures import Picture
from training.pretrained import load_autoencoder
from training.vae_choice import CHOICE, ENOUGH, VaeChoice, choose_vae, middle, reconstruction

PAPERCUT = Path(__file__).parents[3] / "models" / "papercut"


def pictures(*pixels: np.ndarray) -> list[Picture]:
    return [Picture(f"{index}.png", "a picture", one[None]) for index, one in enumerate(pixels)]


def drawings(count: int = 8) -> list[Picture]:
    return pictures(*(draw_panorama(910_000_000 + seed).pixels for seed in range(count)))


def grainy(strength: float) -> list[Picture]:
    """Return pictures whose details are of all sizes, as in photographs: the amplitude of a frequency is proportional
    to its wavelength."""
    stream = np.random.default_rng(0)
    across = np.hypot(np.fft.fftfreq(128)[:, None], np.fft.fftfreq(128)[None, :])
    spectrum = np.where(across > 0, 1 / np.maximum(across, 1 / 128), 0.0)
    made = []
    for _ in range(8):
        waves = np.fft.ifft2(
            spectrum[..., None] * np.fft.fft2(stream.normal(size=(128, 128, 3)), axes=(0, 1)), axes=(0, 1)
        )
        made.append(np.clip(128 + strength * waves.real / waves.real.std(), 0, 255).astype(np.uint8))
    return pictures(*made)


def noise() -> list[Picture]:
    return pictures(*np.random.default_rng(0).integers(256, size=(8, 128, 128, 3), dtype=np.uint8))


def below(psnr: float) -> str:
    """Return a number with one decimal, rounded down."""
    return f"{int(10 * psnr) / 10:.1f}"


def test_pictures_like_those_of_the_base_keep_its_vae(tmp_path: Path) -> None:
    choice = choose_vae(drawings(), PAPERCUT, tmp_path, None)
    assert choice.keep
    assert choice.psnr > ENOUGH + 2
    assert choice.reason("papercut") == (
        f"The model keeps the VAE of papercut, which reconstructs these pictures at {below(choice.psnr)} dB: at least "
        f"{ENOUGH:g} dB are enough."
    )


@pytest.mark.parametrize("given", [noise, lambda: grainy(60.0)], ids=["noise", "details of all sizes"])
def test_pictures_that_the_vae_cannot_hold_get_a_new_one(tmp_path: Path, given: Callable[[], list[Picture]]) -> None:
    choice = choose_vae(given(), PAPERCUT, tmp_path, None)
    assert not choice.keep
    assert "gets a VAE of its own in place of that of papercut" in choice.reason("papercut")
    assert f"{below(choice.psnr)} dB: less than {ENOUGH:g} dB is not enough." in choice.reason("papercut")


def test_a_number_below_the_bound_is_shown_below_it() -> None:
    choice = VaeChoice(keep=False, psnr=ENOUGH - 0.04, asked=False)
    assert choice.reason("papercut").endswith("at 24.4 dB: less than 24.5 dB is not enough.")


def test_a_few_pictures_that_the_vae_cannot_hold_decide_for_all(tmp_path: Path) -> None:
    assert not choose_vae([*drawings(8), *noise()[:2]], PAPERCUT, tmp_path, None).keep


@pytest.mark.parametrize(("given", "keep"), [(noise, True), (lambda: drawings(2), False)])
def test_the_user_goes_before_the_measurement(tmp_path: Path, given: Callable[[], list[Picture]], keep: bool) -> None:
    choice = choose_vae(given(), PAPERCUT, tmp_path, keep)
    assert (choice.keep, choice.asked) == (keep, True)
    assert choice.reason("papercut").endswith(f"because {'--keep-vae' if keep else '--new-vae'} was given.")


def test_a_resumed_training_keeps_its_choice_and_refuses_the_other(tmp_path: Path) -> None:
    (tmp_path / CHOICE).write_text(VaeChoice(keep=True, psnr=30.0, asked=False).model_dump_json())
    for asked in (None, True):
        assert choose_vae(noise(), PAPERCUT, tmp_path, asked).keep
    with pytest.raises(TrainingError, match="keeps the VAE of its base model"):
        choose_vae(noise(), PAPERCUT, tmp_path, False)


def test_the_measurement_is_over_the_middles_of_all_pictures() -> None:
    vae, shown = load_autoencoder(PAPERCUT), drawings(3)
    expected = psnr_of(vae, np.concatenate([one.pixels[:, :, 192:320] for one in shown]), batch=3)
    assert reconstruction(vae, shown) == pytest.approx(expected, abs=0.01)
    assert middle(shown[0].pixels).shape == (1, 128, 128, 3)
