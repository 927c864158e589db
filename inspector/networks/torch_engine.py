"""The networks in torch, from the bundle's safetensors. Imported only where this engine is asked for."""

from pathlib import Path

import safetensors.torch
import torch

from inspector.networks.architectures import build_regressor
from inspector.networks.backbones import build_classifier
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

    @torch.inference_mode()
    def severity(self, inputs: FloatArray, spread: float) -> FloatArray:
        """See `Engine`."""
        spreads = torch.full((len(inputs), 1, 1, 1), spread, device=self._device)
        severity: FloatArray = self._regressor(torch.from_numpy(inputs).to(self._device), spreads)[:, 0].cpu().numpy()
        return severity

    @torch.inference_mode()
    def kinds(self, windows: FloatArray) -> FloatArray:
        """See `Engine`."""
        logits: torch.Tensor = self._classifier(torch.from_numpy(windows).to(self._device))
        probabilities: FloatArray = logits.softmax(1).cpu().numpy()
        return probabilities
