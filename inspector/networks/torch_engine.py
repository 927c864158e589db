"""The networks in torch, from the bundle's safetensors. Imported only where this engine is asked for."""

from pathlib import Path

import safetensors.torch
import torch

from inspector.networks.architectures import Regressor, build_regressor
from inspector.networks.backbones import build_classifier
from inspector.networks.input import Blocks
from inspector.networks.spec import KINDS_WEIGHTS, SEVERITY_WEIGHTS, ModelSpec
from inspector.types import FloatArray


class TorchEngine:
    """torch on the CPU, or on a GPU where there is one (an `Engine`).

    Parameters
    ----------
    folder : Path
        The bundle.
    spec : ModelSpec
    device : str or None
        A torch device; None takes the first GPU, else the CPU.
    """

    def __init__(self, folder: Path, spec: ModelSpec, device: str | None = None) -> None:
        self._device = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
        self._regressor = build_regressor(spec.architecture, spec.channels, spec.cell)
        self._regressor.load_state_dict(safetensors.torch.load_file(folder / SEVERITY_WEIGHTS))
        self._classifier = build_classifier(spec.backbone, spec.channels + 1, len(spec.classes))
        self._classifier.load_state_dict(safetensors.torch.load_file(folder / KINDS_WEIGHTS))
        for network in (self._regressor, self._classifier):
            network.eval().to(self._device)

    def severity(self, inputs: FloatArray, spread: float, blocks: Blocks | None = None) -> FloatArray:
        """See `Engine`."""
        return severities(self._regressor, inputs, spread, blocks)

    @torch.inference_mode()
    def kinds(self, windows: FloatArray) -> FloatArray:
        """See `Engine`."""
        logits: torch.Tensor = self._classifier(torch.from_numpy(windows).to(self._device))
        probabilities: FloatArray = logits.softmax(1).cpu().numpy()
        return probabilities


@torch.inference_mode()
def severities(regressor: Regressor, inputs: FloatArray, spread: float, blocks: Blocks | None = None) -> FloatArray:
    """What a regressor in evaluation mode gives, on the device where it is; see `Engine.severity`."""
    device = next(regressor.parameters()).device
    pixels, spreads = torch.from_numpy(inputs).to(device), torch.full((len(inputs), 1, 1, 1), spread, device=device)
    if blocks and regressor.late_halo < regressor.halo:
        severity = regressor(pixels, spreads, *(torch.tensor(part) for part in blocks))
    else:
        severity = regressor(pixels, spreads)
    given: FloatArray = severity[:, 0].cpu().numpy()
    return given
