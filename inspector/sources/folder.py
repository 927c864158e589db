"""Frames from image files."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from inspector.errors import InspectorError
from inspector.images import SUFFIXES, read_image
from inspector.paths import is_there
from inspector.sources.address import Address
from inspector.sources.part_names import ImageFile, PartNames, in_order, in_unicode, is_image
from inspector.types import Frame, Unreadable


class FolderSource:
    """The images of a folder in natural order, or one image file; each is a part of its own.

    Where the folder has none itself, each of its sub-folders with images is a part, and these are its frames.

    Parameters
    ----------
    path : Path
    limit : int
        Take only the first so many; 0 takes all.
    part : str
        Names the parts otherwise; see `PartNames`.

    Raises
    ------
    InspectorError
        If the path is missing or holds no image, or `part` is malformed.
    """

    def __init__(self, path: Path, limit: int = 0, *, part: str = "") -> None:
        self.name = in_unicode(str(path))
        self._closed = threading.Event()
        try:
            files = _files(path, PartNames(part))
        except OSError as error:
            raise InspectorError(f"source {self.name} can't be read: {error.strerror}; check the path") from error
        if not files:
            endings = ", ".join(sorted(SUFFIXES))
            raise InspectorError(f"folder {self.name} holds no images ({endings}), nor do its sub-folders")
        self._files = in_order(files)[: limit or None]

    def __len__(self) -> int:
        return len(self._files)

    def __iter__(self) -> Iterator[Frame | Unreadable]:
        """See `Source`; files that vanish meanwhile are unreadable frames."""
        for index, file in enumerate(self._files):
            if self._closed.is_set():
                return
            try:
                pixels = read_image(file.path)
            except InspectorError as error:
                yield Unreadable(index, file.name, in_unicode(str(error)), file.part)
            else:
                yield Frame(pixels, index, file.name, file.part, datetime.now(UTC))

    def close(self) -> None:
        """See `Source`."""
        self._closed.set()

    def discard(self, in_hand: int) -> bool:
        """See `Source`: a file waits as long as it has to."""
        return False


def _files(path: Path, parts: PartNames) -> list[ImageFile]:
    if path.is_file():
        return [parts.of(path)]
    if own := [parts.of(file) for file in path.iterdir() if is_image(file.name)]:
        return own
    if (path / "dataset.json").exists():  # its masks are images too, and no parts
        raise InspectorError(f"folder {path} is a dataset; give {path / 'images'} to inspect its images")
    folders = [folder for folder in path.iterdir() if folder.is_dir() and not folder.name.startswith(".")]
    return [parts.of(file, folder.name) for folder in folders for file in folder.iterdir() if is_image(file.name)]


def open_folder(address: Address, frames: int) -> FolderSource:
    """The folder, or image, of an address."""
    path = Path(address.target)
    if not is_there(path):
        raise InspectorError(f"no source {path}: give a folder of images or an image file that exists")
    return FolderSource(path, limit=frames, part=address.options.get("part", ""))
