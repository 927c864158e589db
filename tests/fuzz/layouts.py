"""Tiny datasets in every layout that people have, as files by their paths."""

import json
from functools import cache

import numpy as np
from fuzz.pictures import saved

SHAPE = (24, 32)
_FRAME = np.random.default_rng(0).integers(60, 120, SHAPE, np.uint8)
_MARKED = np.zeros(SHAPE, np.uint8)
_MARKED[6:12, 8:20] = 1
_OUTLINE = [8.0, 6.0, 20.0, 6.0, 20.0, 12.0, 8.0, 12.0]

Files = dict[str, bytes]


@cache
def layouts() -> dict[str, Files]:
    """Files of each layout: a frame or more with a defect, and one without."""
    return {
        "native": _native(),
        "colours": _colours(),
        "dagm": _dagm(),
        "mvtec": _mvtec(),
        "labelme": _labelme(),
        "coco": _coco("train.json", _OUTLINE) | _coco("val.json", _runs()),
    }


def _text(content: object) -> bytes:
    return json.dumps(content, indent=1).encode()


def _png(pixels: np.ndarray = _FRAME) -> bytes:
    return saved("PNG", pixels)


def _native() -> Files:
    meta = {
        "name": "tiles",
        "classes": ["background", "crack"],
        "splits": {"train": ["a", "b"], "val": ["c"], "test": []},
        "groups": {"a": "part-1", "b": "part-1"},
    }
    images = {"images/a.png": _png(), "images/b.jpg": saved("JPEG", _FRAME), "images/c.bmp": saved("BMP", _FRAME)}
    return {"dataset.json": _text(meta), **images, "masks/a.png": _png(_MARKED), "masks/c.png": _png(_MARKED > 0)}


def _colours() -> Files:
    colours = {"#000000": "background", "#FF0000": "crack", "#808080": "ignore"}
    marked = np.zeros((*SHAPE, 3), np.uint8)
    marked[6:12, 8:20, 0] = 255
    index = _text({"colours": colours, "splits": {"train": ["a"], "val": ["b"]}, "groups": {"a": "1"}})
    return {"classes.json": index, "images/a.png": _png(), "images/b.png": _png(), "masks/a.png": _png(marked)}


def _dagm() -> Files:
    files = {f"Class{k}/{split}/0001.PNG": _png() for k in (1, 2) for split in ("Train", "Test")}
    return files | {"Class1/Train/Label/0001_label.PNG": _png(_MARKED * 255)}


def _mvtec() -> Files:
    scratches = {f"test/scratch/{k}.png": _png() for k in range(4)}
    masks = {f"ground_truth/scratch/{k}_mask.png": _png(_MARKED * 255) for k in range(4)}
    return {"train/good/0.png": _png(), "test/good/0.png": _png(), **scratches, **masks}


def _labelme() -> Files:
    points = np.reshape(_OUTLINE, (-1, 2)).tolist()
    kinds = {"polygon": 4, "rectangle": 2, "circle": 2, "line": 2, "linestrip": 3, "point": 1}
    shapes = [
        {"label": "crack", "points": points[:count], "shape_type": kind, "group_id": None, "flags": {}}
        for kind, count in kinds.items()
    ]
    content = {
        "version": "5.4.1",
        "flags": {},
        "shapes": shapes,
        "imagePath": "a.png",
        "imageData": None,
        "imageHeight": SHAPE[0],
        "imageWidth": SHAPE[1],
    }
    return {"a.png": _png(), "a.json": _text(content), "b.png": _png()}


def _runs() -> dict[str, object]:
    down = _MARKED.T.ravel()
    changes = np.flatnonzero(np.diff(down)) + 1
    return {"size": list(SHAPE), "counts": np.diff([0, *changes, down.size]).tolist()}


def _coco(name: str, segmentation: object) -> Files:
    image = f"of-{name.removesuffix('.json')}.png"
    content = {
        "images": [{"id": 1, "file_name": image, "height": SHAPE[0], "width": SHAPE[1]}],
        "annotations": [
            {
                "id": 1,
                "image_id": 1,
                "category_id": 3,
                "segmentation": segmentation if isinstance(segmentation, dict) else [segmentation],
                "iscrowd": 0,
            }
        ],
        "categories": [{"id": 3, "name": "crack"}],
    }
    return {name: _text(content), image: _png()}
