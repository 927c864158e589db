"""Pictures out of video files and streams, and whether they are grey."""

import os

import cv2
import numpy as np

from inspector.errors import InspectorError
from inspector.formats import jpeg
from inspector.sources.part_names import in_unicode
from inspector.types import Pixels

# What OpenCV and its FFMPEG write to stderr about a damaged file or a server that is away fills the terminal and
# helps nobody; what matters is said by an InspectorError. FFMPEG's level is read when it is first used.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

DAMAGED = "the picture is damaged or incomplete; check the network, or export the video anew"


class Tint:
    """Whether a source is grey: its first picture that shows anything decides, for good.

    OpenCV makes three channels of everything. They are equal where a camera or file is grey, and then one is enough.
    A picture of one grey value all over, as a camera gives before its first exposure, decides nothing yet.
    """

    def __init__(self) -> None:
        self._grey: bool | None = None

    def of(self, rgb: Pixels) -> Pixels:
        """uint8 (H, W, 3) RGB of a colour source as it is, of a grey one (H, W)."""
        if self._grey is None and rgb.min() < rgb.max():
            self._grey = np.array_equal(rgb[..., 0], rgb[..., 1]) and np.array_equal(rgb[..., 1], rgb[..., 2])
        if self._grey is False:
            return rgb
        grey: Pixels = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
        return grey


class Decoder:
    """A video file or stream, opened by FFMPEG and read by one thread.

    A JPEG picture of which a piece is missing is told. Of other codecs (H.264, MPEG-4) FFMPEG patches what is missing
    with older pictures, and nothing says so.

    Parameters
    ----------
    url : str
        Or an absolute path: of a relative one what stands before a colon is taken for a protocol.
    tint : Tint
    open_within, read_within : float
        Seconds, for streams; 0 waits as long as it takes.
    """

    def __init__(self, url: str, tint: Tint, open_within: float = 0, read_within: float = 0) -> None:
        parameters = (
            (cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, int(1000 * open_within)),
            (cv2.CAP_PROP_READ_TIMEOUT_MSEC, int(1000 * read_within)),
            (cv2.CAP_PROP_N_THREADS, 1),  # with n threads a picture comes out n - 1 pictures late
        )
        plain = in_unicode(url)  # OpenCV crashes on what is no valid Unicode
        self._capture = cv2.VideoCapture(plain, cv2.CAP_FFMPEG, [number for pair in parameters for number in pair])
        jpegs = self._capture.get(cv2.CAP_PROP_FOURCC) == cv2.VideoWriter.fourcc(*"MJPG")
        self._jpegs = jpegs and self._capture.set(cv2.CAP_PROP_FORMAT, -1)
        self._tint = tint

    @property
    def is_open(self) -> bool:
        """Whether it was found to be a video when it was opened; a stream that broke off stays open."""
        return bool(self._capture.isOpened())

    @property
    def count(self) -> int:
        """Frames that a file announces; 0 or less where it does not."""
        return int(self._capture.get(cv2.CAP_PROP_FRAME_COUNT))

    @property
    def milliseconds(self) -> float:
        """When the picture that was read last was taken, by the clock of the file or stream."""
        return float(self._capture.get(cv2.CAP_PROP_POS_MSEC))

    def read(self) -> Pixels | None:
        """The next picture; None at the end, after a broken connection, or for a packet that gives none.

        Raises
        ------
        InspectorError
            If a picture is there, but not whole; the next can be read.
        """
        there, picture = self._capture.read()
        if there and self._jpegs:
            try:
                whole = jpeg.whole(picture.tobytes())
            except Exception as error:  # each way of being damaged has its own kind of error
                raise InspectorError(DAMAGED) from error
            picture = cv2.imdecode(np.frombuffer(whole, np.uint8), cv2.IMREAD_COLOR)
            if picture is None:
                raise InspectorError(DAMAGED)
        return self._tint.of(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)) if there else None

    def close(self) -> None:
        """Free the file or connection; not while another thread reads."""
        self._capture.release()
