"""A camera that gives MJPEG over HTTP, as a process of its own that can be killed and started again."""

import argparse
import itertools
import socket
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

KINDS = ("live", "frozen", "silent", "torn")


class Server:
    """The process, from the side of a test.

    Parameters
    ----------
    folder : Path
        JPEG files, given one after the other and again from the first.
    kind : str
        ``live`` gives them all, ``frozen`` the first one again and again, ``silent`` accepts and sends nothing, and
        ``torn`` closes in the middle of the tenth.
    rate : float
        Pictures per second.
    """

    def __init__(self, folder: Path, kind: str = "live", rate: float = 25) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/stream"
        self._command = [sys.executable, __file__, str(folder), str(port), "--kind", kind, "--rate", str(rate)]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Come back when it listens."""
        self.process = subprocess.Popen(self._command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"listening\n"

    def kill(self) -> None:
        """As if its plug was pulled; nothing if it does not run."""
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None


class _Pictures(BaseHTTPRequestHandler):
    """Gives the class's pictures to each who asks, for ever."""

    pictures: list[bytes]
    kind: str
    rate: float

    def do_GET(self) -> None:
        if self.kind == "silent":
            time.sleep(600)
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=picture")
        self.end_headers()
        try:
            for index, picture in enumerate(itertools.cycle(self.pictures)):
                head = f"--picture\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n\r\n".encode()
                if self.kind == "torn" and index == 9:
                    self.wfile.write(head + picture[: len(picture) // 2])
                    return
                self.wfile.write(head + picture + b"\r\n")
                time.sleep(1 / self.rate)
        except OSError:
            pass  # the other side has gone

    def log_message(self, *_: object) -> None:
        pass


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("port", type=int)
    parser.add_argument("--kind", choices=KINDS, default="live")
    parser.add_argument("--rate", type=float, default=25)
    given = parser.parse_args()
    pictures = [path.read_bytes() for path in sorted(given.folder.glob("*.jpg"))]
    _Pictures.pictures = pictures[:1] if given.kind == "frozen" else pictures
    _Pictures.kind, _Pictures.rate = given.kind, given.rate
    server = ThreadingHTTPServer(("127.0.0.1", given.port), _Pictures)
    print("listening", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
