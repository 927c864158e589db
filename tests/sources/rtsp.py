"""GStreamer's RTSP server as a camera, in a process of its own that can be killed and started again.

It runs in the system's Python, which Debian gives the bindings to; see packaging/system-packages.sh.
"""

import functools
import itertools
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

_PYTHON = "/usr/bin/python3"
_RATE = 25
_PICTURES = f"appsrc name=pictures is-live=true do-timestamp=true format=time caps=image/jpeg,framerate={_RATE}/1"
_CODECS = {
    "jpeg": "jpegparse ! rtpjpegpay name=pay0",
    "h264": f"jpegdec ! videoconvert ! openh264enc gop-size={_RATE} ! h264parse ! rtph264pay name=pay0",
}


@functools.cache
def missing() -> str:
    """Why no such server can be had here; empty where one can."""
    needed = ("appsrc", "jpegparse", "rtpjpegpay", "jpegdec", "openh264enc", "h264parse", "rtph264pay")
    lines = (
        "import gi; gi.require_version('Gst', '1.0'); gi.require_version('GstRtspServer', '1.0')",
        "from gi.repository import Gst, GstRtspServer; Gst.init(None)",
        f"raise SystemExit(not all(Gst.ElementFactory.find(name) for name in {needed}))",
    )
    if Path(_PYTHON).exists():
        found = subprocess.run([_PYTHON, "-c", "\n".join(lines)], capture_output=True, timeout=60)
        if found.returncode == 0:
            return ""
    return "no RTSP server is installed; on Debian: apt-get install python3-gi gir1.2-gst-rtsp-server-1.0"


class Server:
    """The process, from the side of a test.

    Parameters
    ----------
    folder : Path
        JPEG files 000.jpg, 001.jpg, ..., given one after the other and again from the first.
    codec : str
        ``jpeg`` or ``h264``.
    user, password : str
        What it asks for; nothing where there is no user.
    """

    def __init__(self, folder: Path, codec: str = "h264", user: str = "", password: str = "") -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.host = f"127.0.0.1:{port}"
        self._command = [_PYTHON, __file__, str(folder), str(port), codec, user, password]
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, user: str = "", password: str = "", path: str = "live") -> str:
        """Of the stream, as a person writes it."""
        login = f"{user}:{quote(password, safe='')}@" if user else ""
        return f"rtsp://{login}{self.host}/{path}"

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


def main() -> None:
    """Serve until killed."""
    import gi

    gi.require_version("Gst", "1.0")
    gi.require_version("GstRtsp", "1.0")
    gi.require_version("GstRtspServer", "1.0")
    from gi.repository import GLib, Gst, GstRtsp, GstRtspServer

    folder, port, codec, user, password = sys.argv[1:]
    Gst.init(None)
    pictures = [path.read_bytes() for path in sorted(Path(folder).glob("*.jpg"))]

    def feed(_: object, media: GstRtspServer.RTSPMedia) -> None:
        """Give a client all pictures, and again from the first, at the pace of a camera."""
        source, coming = media.get_element().get_child_by_name("pictures"), itertools.cycle(pictures)

        def push() -> bool:
            data = Gst.Buffer.new_wrapped(next(coming))
            return source.emit("push-buffer", data) is Gst.FlowReturn.OK  # until it has gone

        GLib.timeout_add(1000 // _RATE, push)

    server = GstRtspServer.RTSPServer(address="127.0.0.1", service=port)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(f"( {_PICTURES} ! {_CODECS[codec]} )")
    factory.connect("media-configure", feed)
    if user:
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "viewer")
        rights = "viewer, media.factory.access=true, media.factory.construct=true"
        factory.add_role_from_structure(Gst.Structure.new_from_string(rights))
        auth = GstRtspServer.RTSPAuth()
        auth.add_digest(user, password, token)
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        server.set_auth(auth)
    server.get_mount_points().add_factory("/live", factory)
    server.attach(None)
    print("listening", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
