#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""notify.py PROGRAM: the real daemon, started as systemd starts it, says that it serves, lives, reloads and stops."""
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile

CONFIG = {
    "exporter": "source: {url: 'http://127.0.0.1:1', timeout: 1s}\ntick: 1s\nsignals: {presets: [node_exporter]}\n",
    "webhook": """
source: {url: 'http://127.0.0.1:1', timeout: 1s}
journal: {path: FOLDER/journal.db}
kill_switch: {file: FOLDER/kill-switch}
hypervisors: [{name: here, uri: 'test:///default'}]
policies: {default: {mode: observe, steps: [memory], verify: {expr: 'up{domain="$domain"}'}}}
""",
    "reverter": "hypervisors: [{name: here, uri: 'test:///default'}, {name: there, uri: 'test:///default'}]\n",
}
PATIENCE = 30  # s


class Manager:
    """Listens where NOTIFY_SOCKET says."""

    def __init__(self, folder):
        self.path = str(folder / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.settimeout(PATIENCE)

    def wait_for(self, wanted):
        """Passes over heartbeats, unless they are what is waited for."""
        while True:
            try:
                said = self.socket.recv(4096).decode().split("\n")[0]
            except socket.timeout:
                sys.exit(f"nothing for {PATIENCE} s, but {wanted} was expected")
            if said == wanted:
                print(said)
                return
            if said != "WATCHDOG=1":
                sys.exit(f"{said} instead of {wanted}")


def main():
    program = pathlib.Path(sys.argv[1])
    kind = program.name.removeprefix("forewarn-")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        manager = Manager(folder)
        (folder / "config.yaml").write_text(CONFIG[kind].replace("FOLDER", name))
        environment = {**os.environ, "NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "1000000"}
        arguments = [program, f"--config.file={folder}/config.yaml", "--web.listen-address=127.0.0.1:0"]
        with subprocess.Popen(arguments, env=environment) as daemon:
            try:
                manager.wait_for("READY=1")
                manager.wait_for("WATCHDOG=1")
                manager.wait_for("WATCHDOG=1")
                if kind != "reverter":
                    daemon.send_signal(signal.SIGHUP)
                    manager.wait_for("RELOADING=1")
                    manager.wait_for("READY=1")
                    manager.wait_for("WATCHDOG=1")
                daemon.send_signal(signal.SIGTERM)
                manager.wait_for("STOPPING=1")
                code = daemon.wait(PATIENCE)
            finally:
                daemon.kill()
        if code != 0:
            sys.exit(f"exit code {code}")


if __name__ == "__main__":
    main()
