"""Colours: a hand-picked set for each biome, and the light of each time of day and weather."""

from dataclasses import dataclass

from training.papercut.drawing.truth import Biome, Time, Weather

Colour = tuple[int, int, int]


def from_hex(code: str) -> Colour:
    """Return the colour of six hexadecimal digits."""
    return int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Mix `share` (0 to 1) of `second` into `first`."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def tint(colour: Colour, gain: tuple[float, float, float]) -> Colour:
    """Return the colour under a coloured light."""
    red, green, blue = (min(255, round(c * g)) for c, g in zip(colour, gain, strict=True))
    return red, green, blue


@dataclass(frozen=True)
class Light:
    """A time of day: its sky bands from top to horizon, and its effect on all colours below the sky."""

    sky: tuple[Colour, Colour]
    gain: tuple[float, float, float]
    haze: Colour
    haze_share: float
    disc: Colour
    cloud: Colour


LIGHTS: dict[Time, Light] = {
    "day": Light(
        sky=(from_hex("63B4E4"), from_hex("E4F3F3")),
        gain=(1.0, 1.0, 1.0),
        haze=from_hex("E6F2F4"),
        haze_share=0.28,
        disc=from_hex("FFD84D"),
        cloud=from_hex("FFFFFF"),
    ),
    "sunset": Light(
        sky=(from_hex("7A4A8C"), from_hex("FFB36B")),
        gain=(0.98, 0.72, 0.68),
        haze=from_hex("FFA36A"),
        haze_share=0.30,
        disc=from_hex("FFEDA6"),
        cloud=from_hex("F7A59A"),
    ),
    "night": Light(
        sky=(from_hex("0C1538"), from_hex("35508A")),
        gain=(0.46, 0.48, 0.68),
        haze=from_hex("32407C"),
        haze_share=0.22,
        disc=from_hex("FFF6D6"),
        cloud=from_hex("5A6FA6"),
    ),
}

# The colours of the ground layers in daylight, from far to near.
GROUNDS: dict[Biome, tuple[Colour, Colour, Colour, Colour]] = {
    "desert": (from_hex("E8A56B"), from_hex("F0C27E"), from_hex("E3A455"), from_hex("C97F3B")),
    "sea": (from_hex("6FC3D8"), from_hex("3FA0C6"), from_hex("2581AE"), from_hex("17608F")),
    "forest": (from_hex("8CC59A"), from_hex("4F9E6A"), from_hex("2A7350"), from_hex("3D6B36")),
    "mountains": (from_hex("9FB0D6"), from_hex("7482B3"), from_hex("4E7D74"), from_hex("5F9460")),
    "meadow": (from_hex("B9DB86"), from_hex("98CB5C"), from_hex("79B540"), from_hex("5C9C31")),
    "snow": (from_hex("D3E2F1"), from_hex("E6F0F8"), from_hex("F1F6FB"), from_hex("FFFFFF")),
    "city": (from_hex("B9AFC4"), from_hex("94869F"), from_hex("6B6480"), from_hex("8A8792")),
}

# The share of grey that each weather mixes into the scene.
OVERCAST: dict[Weather, float] = {"clear": 0.0, "clouds": 0.08, "rain": 0.42, "snow": 0.28, "fog": 0.30}
GREYS: dict[Time, Colour] = {"day": from_hex("A9B5BF"), "sunset": from_hex("A87F86"), "night": from_hex("2C3650")}

SHADE = from_hex("2A2340")
MOONLIT_SNOW = from_hex("B9C8EC")

NAMED: dict[str, Colour] = {
    "red": from_hex("D8392F"),
    "blue": from_hex("2F6FD0"),
    "yellow": from_hex("F4C430"),
    "white": from_hex("F8F4EA"),
    "green": from_hex("4F9C4B"),
    "orange": from_hex("F08A24"),
    "purple": from_hex("8A4FB0"),
}
PAPER_DULLNESS = 0.35
"""The share of the weather's grey that things take on."""


@dataclass(frozen=True)
class Palette:
    """The colours of one panorama: those of its biome, under its light and weather."""

    biome: Biome
    time: Time
    weather: Weather
    warmth: float

    @property
    def light(self) -> Light:
        return LIGHTS[self.time]

    def dull(self, colour: Colour, share: float = 1.0) -> Colour:
        """Return the colour, greyed by the weather."""
        return mix(colour, GREYS[self.time], OVERCAST[self.weather] * share)

    def sky(self, height: float) -> Colour:
        """Return the sky's colour at a height from 0 (top) to 1 (horizon)."""
        top, horizon = self.light.sky
        return self._warm(self.dull(mix(top, horizon, height)))

    def ground(self, layer: int, nearer: int = 0) -> Colour:
        """Return the colour of ground layer 0 (far) to 3 (near). `nearer`: the number of rows in front of layer 3."""
        lit = tint(mix(GROUNDS[self.biome][layer], SHADE, 0.09 * nearer), self.light.gain)
        if self.biome == "snow" and self.time == "night":
            lit = mix(lit, MOONLIT_SNOW, 0.45)
        hazed = mix(lit, self.light.haze, self.light.haze_share * (3 - layer) / 3)
        return self._warm(self.dull(hazed, 0.7))

    def paper(self, colour: Colour) -> Colour:
        """Return a thing's own colour under this light. Light changes things less than it changes the ground."""
        return self.dull(tint(colour, self.paper_gain), PAPER_DULLNESS)

    @property
    def paper_gain(self) -> tuple[float, float, float]:
        """The factors by which the light changes the red, green and blue of things."""
        red, green, blue = self.light.gain
        return 0.52 + 0.48 * red, 0.52 + 0.48 * green, 0.52 + 0.48 * blue

    @property
    def lamp(self) -> Colour:
        """Return the colour of a window: lit after dark, glass by day."""
        return from_hex("FFD56B") if self.time != "day" else from_hex("BFE3F2")

    @property
    def disc(self) -> Colour:
        return self.dull(self.light.disc, 0.5)

    @property
    def cloud(self) -> Colour:
        return self.dull(self.light.cloud, 0.9)

    def _warm(self, colour: Colour) -> Colour:
        """Shift a colour by the panorama's warmth, towards warm or cool."""
        return tint(colour, (1 + self.warmth, 1.0, 1 - self.warmth))
