import inspector.networks.vision  # noqa: F401 -- torchmetrics imports torchvision, which may need this first
