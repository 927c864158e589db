"""Surfaces of the simulated line.

A texture draws its grain: float64 (SIZE, SIZE) grey values around 0 with a standard deviation of about 6 to 14.
Everything is computed in float64: rounding differs between processors in the last bits only, too little to
change a grey value, so that a part looks the same on every platform.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from numpy.random import Generator

SIZE = 512
"""Height and width of a simulated frame in pixels."""

Field = npt.NDArray[np.float64]

_FY: Field = np.asarray(np.fft.fftfreq(SIZE)[:, None], np.float64)
_FX: Field = np.asarray(np.fft.rfftfreq(SIZE)[None, :], np.float64)


def filtered_noise(rng: Generator, gain: Field) -> Field:
    """Gaussian noise of mean 0 and standard deviation 1 with the given amplitude spectrum.

    Parameters
    ----------
    gain : float64 (SIZE, SIZE // 2 + 1)
        Amplitude over the frequencies of a real 2-D Fourier transform; the mean is ignored.
    """
    spectrum = rng.standard_normal((2, *gain.shape))
    spectrum *= gain
    field: Field = np.fft.irfft2(spectrum[0] + 1j * spectrum[1], s=(SIZE, SIZE))
    field -= field.mean()
    field /= field.std()
    return field


def _rotated(angle: float) -> tuple[Field, Field]:
    """Frequencies along and across a direction, in cycles per pixel."""
    along = np.cos(angle) * _FX + np.sin(angle) * _FY
    across = np.cos(angle) * _FY - np.sin(angle) * _FX
    return along, across


def _band(frequency: Field, wavelength: float, width: float = 0.4) -> Field:
    """A bell around one wavelength in pixels; `width` is relative to its frequency."""
    centre = 1 / wavelength
    band: Field = np.exp(-(((np.abs(frequency) - centre) / (width * centre)) ** 2))
    return band


def _isotropic() -> Field:
    return np.hypot(_FX, _FY)


def _streaks(rng: Generator, angle: float, length: float, finest: float, coarsest: float) -> Field:
    """Fine lines in one direction, between two widths in pixels across it."""
    along, across = _rotated(angle)
    gain = np.exp(-((along * length) ** 2) - (across * finest) ** 2) * (1 - np.exp(-((across * coarsest) ** 2)))
    return filtered_noise(rng, gain)


def brushed_metal(rng: Generator) -> Field:
    """Fine brushing in any direction with a faint sheen along it."""
    angle = rng.uniform(0, np.pi)
    lines = _streaks(rng, angle, rng.uniform(40, 90), 2.2, 11)
    sheen = _streaks(rng, angle, 400, 50, 120)
    return rng.uniform(8, 12) * lines + rng.uniform(1, 3) * sheen


def rolled_steel(rng: Generator) -> Field:
    """Long rolling lines, nearly upright, over a mottled skin."""
    lines = _streaks(rng, np.pi / 2 + rng.normal(0, 0.02), 250, 3, 16)
    along, across = _rotated(np.pi / 2)
    skin = filtered_noise(rng, 1 / (np.hypot(1.5 * along, across) + 0.015) ** 1.5)
    return rng.uniform(6, 9) * lines + rng.uniform(3, 5) * skin


def cast_metal(rng: Generator) -> Field:
    """A blasted casting: fine grain lit from one side."""
    along, _ = _rotated(rng.uniform(0, np.pi))
    relief = filtered_noise(rng, _band(_isotropic(), rng.uniform(6, 9), 0.5) * np.abs(along))
    return rng.uniform(8, 12) * (relief + 0.25 * (relief**2 - 1))


def woven_textile(rng: Generator) -> Field:
    """Plain weave or twill of slightly uneven threads."""
    period = rng.uniform(7, 11)
    drift = filtered_noise(rng, _band(_isotropic(), 120, 0.6))
    y, x = np.ogrid[:SIZE, :SIZE]
    warp = (x + 1.2 * drift) / period
    weft = (y - 1.2 * drift.T) / period
    column, row = np.floor(warp), np.floor(weft)
    over = (column + row) % 2 < 1 if rng.random() < 0.5 else (column + row) % 4 < 2
    rounded = np.where(over, np.cos(2 * np.pi * warp), np.cos(2 * np.pi * weft))
    threads = rng.normal(0, 1, (2, SIZE))
    uneven = np.where(over, threads[0][column.astype(int)], threads[1][row.astype(int)])
    step = np.where(over, 1.0, -1.0)
    cloth: Field = rng.uniform(8, 12) * -rounded + rng.uniform(2, 3) * uneven + rng.uniform(3, 6) * step
    return cloth


def leather(rng: Generator) -> Field:
    """Grains between creases."""
    radius = _isotropic()
    cells = filtered_noise(rng, _band(radius, rng.uniform(15, 21), 0.35))
    bumps = filtered_noise(rng, _band(radius, 8, 0.4))
    creases = np.exp(-((cells / 0.35) ** 2))
    return rng.uniform(22, 32) * (0.29 - creases) + 3.5 * bumps


def concrete(rng: Generator) -> Field:
    """Grain of all sizes with fine pores."""
    radius = _isotropic()
    radius[0, 0] = 1
    grain = filtered_noise(rng, np.exp(-((radius * 3) ** 2)) / (radius + 0.02))
    pores = filtered_noise(rng, _band(radius, 7, 0.5))
    return rng.uniform(6, 9) * grain - rng.uniform(14, 22) * np.clip(pores - 1.9, 0, 1)


def wood(rng: Generator) -> Field:
    """Slowly waving year rings with short pores along them."""
    angle = np.pi / 2 + rng.normal(0, 0.1)
    along, across = _rotated(angle)
    wave = filtered_noise(rng, np.exp(-((along * 260) ** 2) - (across * 60) ** 2))
    pores = filtered_noise(rng, np.exp(-((along * 22) ** 2)) * _band(across, 5, 0.6))
    y, x = np.ogrid[:SIZE, :SIZE]
    ring = (np.sin(angle) * x - np.cos(angle) * y) / rng.uniform(26, 40) + 0.7 * wave
    rings: Field = rng.uniform(4, 6) * np.sin(2 * np.pi * ring)
    return rings + rng.uniform(5, 8) * (pores - 0.3 * (pores**2 - 1))


TEXTURES: dict[str, Callable[[Generator], Field]] = {
    "brushed metal": brushed_metal,
    "rolled steel": rolled_steel,
    "cast metal": cast_metal,
    "woven textile": woven_textile,
    "leather": leather,
    "concrete": concrete,
    "wood": wood,
}
"""Every surface by its name."""
