"""DAGM2007's own layout: ClassN/{Train,Test}/NNNN.PNG, and Label/NNNN_label.PNG beside each defective image."""

from pathlib import Path

from inspector.dataset import Dataset, MaskFile, Sample
from inspector.errors import InspectorError
from inspector.types import BACKGROUND


def is_dagm(folder: Path) -> bool:
    """Whether a folder holds at least one class of DAGM2007, or is one."""
    return any(folder.glob("Class*/*/Label")) or any(folder.glob("*/Label/*_label.PNG"))


def read_dagm(folder: Path) -> Dataset:
    """Open DAGM2007 or one of its classes; each class is a kind, as its surface has one defect.

    Raises
    ------
    InspectorError
        If no image is found.
    """
    roots = sorted((p for p in folder.glob("Class*") if p.is_dir()), key=lambda p: (len(p.name), p.name)) or [folder]
    splits: dict[str, tuple[Sample, ...]] = {}
    for split in ("Train", "Test"):
        samples = []
        for kind, root in enumerate(roots, start=1):
            for image in sorted((root / split).glob("*.PNG")):
                label = image.parent / "Label" / f"{image.stem}_label.PNG"
                mask = MaskFile(label, kind) if label.exists() else None
                samples.append(Sample(f"{root.name}-{image.stem}", image, mask))
        splits[split.lower()] = tuple(samples)
    if not any(splits.values()):
        raise InspectorError(f"{folder} looks like DAGM2007 but holds no ClassN/Train or ClassN/Test images")
    return Dataset(folder.name, (BACKGROUND, *(root.name for root in roots)), splits)
