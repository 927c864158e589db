"""Alterations of training patches by chance: other positions of the part, other light on it (paper, section III-B)."""

from dataclasses import dataclass

import numpy as np
import torch

from inspector.dataset import IGNORE
from inspector.networks.input import InputScale
from inspector.networks.vision import tv_tensors, v2
from inspector.types import Pixels


@dataclass(frozen=True)
class Augment:
    """How much patches are altered. All chance comes from the generator that is given, so that a training can go on.

    Attributes
    ----------
    directed : bool
        The surface has a direction (grinding marks, a weave) that every part shares: patches are mirrored and tilted,
        but not turned.
    free : float
        Share of patches that are turned by any angle, or tilted, and resized and shifted by fractions of a px. That
        interpolates, which smooths what a station sees sharp; so the other patches are turned by quarters only.
    tilt : float
        Largest tilt of a directed surface, in degrees.
    smallest, largest : float
        Limits of the size relative to the patch as it is.
    shift : float
        Largest shift along each axis, in px.
    gain, contrast, falloff : float
        Standard deviations of the logarithm of the light's gain, of the contrast about the frame's mean, and of how
        the light changes from the middle of the patch to its border along each axis.
    noise : float
        Largest standard deviation of the noise that is added, in grey values.
    doubt : float
        Largest share by which the severities that the classifier sees are lowered.
    """

    directed: bool = False
    free: float = 0.5
    tilt: float = 8.0
    smallest: float = 0.9
    largest: float = 1.15
    shift: float = 4.0
    gain: float = 0.12
    contrast: float = 0.1
    falloff: float = 0.1
    noise: float = 3.0
    doubt: float = 0.4

    def __post_init__(self) -> None:
        if not 0 <= self.free <= 1 or not 0 <= self.doubt <= 1 or not 0 < self.smallest <= self.largest:
            raise ValueError("free and doubt are shares from 0 to 1, smallest is above 0 and at most largest")
        if min(self.tilt, self.shift, self.gain, self.contrast, self.falloff, self.noise) < 0:
            raise ValueError("tilt, shift, gain, contrast, falloff and noise are 0 or more")

    def geometry(self, pixels: Pixels, mask: Pixels, fill: int, rng: np.random.Generator) -> tuple[Pixels, Pixels]:
        """Mirror and turn a patch and its annotation together.

        Parameters
        ----------
        pixels : uint8 (S, S, C)
        mask : uint8 (S, S)
            Class ids; 255 ignore.
        fill : int
            Grey value of what comes from beyond the patch; its mask is 255.
        rng : numpy Generator

        Returns
        -------
        pixels, mask
            New arrays of the same shapes.
        """
        quarters = 0 if self.directed else int(rng.integers(4))
        image = tv_tensors.Image(np.rot90(pixels, quarters).transpose(2, 0, 1).copy())
        classes = tv_tensors.Mask(np.rot90(mask, quarters).copy())
        for flip in (v2.functional.horizontal_flip, v2.functional.vertical_flip):
            if rng.random() < 0.5:
                image, classes = flip(image), flip(classes)
        if rng.random() < self.free:
            reach = self.tilt if self.directed else 45.0
            motion = {
                "angle": rng.uniform(-reach, reach),
                "translate": rng.uniform(-self.shift, self.shift, 2).tolist(),
                "scale": rng.uniform(self.smallest, self.largest),
                "shear": [0.0, 0.0],
            }
            smooth = v2.InterpolationMode.BILINEAR
            image = v2.functional.affine(image, **motion, interpolation=smooth, fill=[float(fill)] * len(image))
            classes = v2.functional.affine(classes, **motion, fill=IGNORE)
        return np.ascontiguousarray(image.permute(1, 2, 0).numpy()), classes.numpy()

    def light(self, pixels: Pixels, scale: InputScale, rng: np.random.Generator) -> tuple[Pixels, InputScale]:
        """Other light on a patch: its strength, its contrast, and a side that it comes from.

        Labels are made of the pixels that this returns: a defect of more contrast is more severe.

        Parameters
        ----------
        pixels : uint8 (H, W, C)
        scale : InputScale
            Of the frame that the patch is from.
        rng : numpy Generator

        Returns
        -------
        pixels
            A new array of the same shape.
        scale : InputScale
            The frame's mean follows the gain. The input's gain stays, so that the network sees more contrast where the
            labels say more.
        """
        height, width, _ = pixels.shape
        gain, contrast = np.exp(rng.normal(0, (self.gain, self.contrast))).tolist()
        down, right = rng.normal(0, self.falloff, 2).tolist()
        rows, columns = (torch.linspace(-1, 1, side) for side in (height, width))
        light = gain * torch.outer(torch.exp(down * rows), torch.exp(right * columns))
        surface = torch.from_numpy(pixels.astype(np.float32)).sub_(scale.offset).mul_(contrast).add_(scale.offset)
        return _grey_values(surface.mul_(light[..., None])), scale._replace(offset=scale.offset * gain)

    def grain(self, pixels: Pixels, rng: np.random.Generator) -> Pixels:
        """The noise of a camera, after the labels are made: it is not the surface's.

        Parameters
        ----------
        pixels : uint8 (H, W, C)
        rng : numpy Generator

        Returns
        -------
        uint8 (H, W, C)
            A new array.
        """
        chance = torch.Generator().manual_seed(int(rng.integers(2**63)))  # much faster than numpy's
        noise = torch.randn(pixels.shape, generator=chance).mul_(rng.uniform(0, self.noise))
        return _grey_values(noise.add_(torch.from_numpy(pixels.astype(np.float32))))


def _grey_values(values: torch.Tensor) -> Pixels:
    pixels: Pixels = values.round_().clamp_(0, 255).byte().numpy()
    return pixels
