"""EfficientNet-Lite0 down to 1/16, for two regressors and a classifier that begin with what ImageNet taught.

Tan & Le's EfficientNet (2019) in the form made for small devices: no squeeze-and-excitation, whose mean over the whole
input would let a tile see other things than the frame does, and ReLU6. What comes after 1/16 is left out: three
quarters of the weights, and it sees 200 px further, which large frames would pay for at each tile's border.
"""

from collections.abc import Iterator
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from inspector.networks.rising import normed

STEM = 32

STAGES = ((16, 3, 1, 1, 1), (24, 3, 2, 6, 2), (40, 5, 2, 6, 2), (80, 3, 2, 6, 3), (112, 5, 1, 6, 3))
"""Channels, kernel, stride, expansion and depth of each stage."""

WIDTHS = {2: 16, 4: 24, 8: 40, 16: 112}
"""Channels of what it gives at 1/2, 1/4, 1/8 and 1/16: of the last stage there."""

HELD = 2
"""Stages that `LiteEncoder.hold` holds: down to 1/4 of what it sees, the frame or the frame at half its size."""

_normed = partial(normed, epsilon=1e-3)  # as the weights were learned with


class _Inverted(nn.Module):
    """Wider by 1x1, each channel convolved by itself, and narrow again; beside it the identity where it fits."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = inputs * expansion
        self.expand = _normed(inputs, wide, 1) if expansion > 1 else None
        self.each = _normed(wide, wide, kernel, stride, groups=wide)
        self.project = _normed(wide, outputs, 1)
        self.same = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        wide = x if self.expand is None else F.relu6(self.expand(x))
        y: Tensor = self.project(F.relu6(self._each(wide)))
        return x + y if self.same else y

    def _each(self, x: Tensor) -> Tensor:
        if x.device.type == "cpu" and x.dtype is torch.bfloat16:
            with torch.autocast("cpu", enabled=False):  # in bfloat16 the way back takes up to seven times as long
                return self._convolve(x.float())
        return self._convolve(x)

    def _convolve(self, x: Tensor) -> Tensor:
        convolved: Tensor = self.each(x)
        return convolved


class LiteEncoder(nn.Module):
    """The way down: (N, channels, H, W) prepared pixels -> features at 1/2, 1/4, 1/8 and 1/16 as of `WIDTHS`.

    Parameters
    ----------
    channels : int
        Of the pixels.
    step : int
        Px that the first convolution goes at once: 2, as published, or 4. With 4 it is the published one stretched to
        twice its size, which gives what that one gives on the frame at half its size: features at 1/4 to 1/32.
        H and W are multiples of 8 steps.
    """

    held: bool = False

    def __init__(self, channels: int, step: int = 2) -> None:
        super().__init__()
        self.stem = _normed(channels, STEM, 3 * step // 2, step)
        self.stages = nn.ModuleList()
        inputs = STEM
        for outputs, kernel, stride, expansion, depth in STAGES:
            first = _Inverted(inputs, outputs, kernel, stride, expansion)
            others = [_Inverted(outputs, outputs, kernel, 1, expansion) for _ in range(depth - 1)]
            self.stages.append(nn.Sequential(first, *others))
            inputs = outputs

    def hold(self) -> None:
        """Keep the weights down to 1/4 as they are from now on, in training too.

        Edges and grain look alike on all surfaces. Learned from a few frames anew they get no better, and it takes a
        third of a step's time.
        """
        self.held = True
        for part in self._early():
            part.requires_grad_(False)
        self.train(self.training)

    def train(self, mode: bool = True) -> "LiteEncoder":
        """As of any module; but what is held keeps its statistics too."""
        super().train(mode)
        if self.held:
            for part in self._early():
                part.eval()
        return self

    def _early(self) -> Iterator[nn.Module]:
        yield self.stem
        yield from self.stages[:HELD]

    def forward(self, x: Tensor) -> list[Tensor]:
        features: list[Tensor] = []
        x = F.relu6(self.stem(x))
        for stage, (_, _, stride, _, _) in zip(self.stages, STAGES, strict=True):
            x = stage(x)
            if features and stride == 1:
                features.pop()  # of each resolution the last
            features.append(x)
        return features


class LiteClassifier(nn.Module):
    """(N, planes, 64, 64) windows -> logits (N, classes)."""

    def __init__(self, planes: int, classes: int) -> None:
        super().__init__()
        self.down = LiteEncoder(planes)
        self.head = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(WIDTHS[16], classes)
        )

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.head(self.down(x)[-1])
        return logits


_PUBLISHED = {
    "expand": ("_expand_conv", "_bn0"),
    "each": ("_depthwise_conv", "_bn1"),
    "project": ("_project_conv", "_bn2"),
}
"""Names in the published weights of a block's convolutions and batch normalisations."""


def published_names() -> Iterator[tuple[str, str]]:
    """The modules of `LiteEncoder` that hold weights: the name here, and the one in the published state dict."""
    yield from (("stem.0", "_conv_stem"), ("stem.1", "_bn0"))
    block = 0
    for stage, (_, _, _, expansion, depth) in enumerate(STAGES):
        for number in range(depth):
            for part, names in _PUBLISHED.items():
                if part != "expand" or expansion > 1:
                    here = f"stages.{stage}.{number}.{part}"
                    yield from ((f"{here}.{place}", f"_blocks.{block}.{name}") for place, name in enumerate(names))
            block += 1
