"""A PostgreSQL server of the tests' own, on loopback, that can be stopped and started again."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import psycopg

_PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def programs() -> Path | None:
    """Folder of initdb and postgres; None if they are not installed."""
    found = shutil.which("postgres")
    return Path(found).parent if found else next(iter(_PLACES), None)


class Server:
    """A server with its data in `folder`; as it refuses to run as root, it then runs as the user postgres."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self._programs, self._data, self._user = programs, folder / "data", None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        folder.mkdir(parents=True)
        if os.getuid() == 0:
            self._user = "postgres"
            os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
        self._run(
            "initdb", "--pgdata", str(self._data), "--username", "tester", "--auth", "trust", "--encoding", "UTF8"
        )
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://tester@127.0.0.1:{self.port}/{database}"

    def new_database(self, name: str) -> str:
        """Make an empty database; returns its URL."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.url(name)

    def start(self) -> None:
        options = ["-p", str(self.port), "-h", "127.0.0.1", "-k", str(self._data)]
        command = [str(self._programs / "postgres"), "-D", str(self._data), *options]
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(command, user=self._user, stdout=quiet, stderr=quiet, cwd="/")
        until = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self.url(), connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT cuts every connection; SIGQUIT ends it at once, as a crash would."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(30)
            self._process = None

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self._programs / program), *arguments], user=self._user, check=True, capture_output=True, cwd="/"
        )
