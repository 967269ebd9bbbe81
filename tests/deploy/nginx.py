"""Debian's nginx with the configuration that is shipped, moved to free ports and to another certificate."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "deploy" / "nginx" / "leitstand.conf"
_LONGEST_SECONDS = 20.0

_AROUND = """
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log stderr warn;
{user}
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/leitstand.conf;
}}
"""


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


def moved(port: int, plain_port: int, upstream: int, certificate: Path, key: Path) -> str:
    """The shipped configuration with other places; raises where one of them is not in it exactly."""
    text = SHIPPED.read_text()
    for old, new, times in (
        ("    listen [::]:80;\n", "", 1),
        ("    listen [::]:443 ssl http2;\n", "", 1),
        ("listen 80;", f"listen 127.0.0.1:{plain_port};", 1),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{port} ssl http2;", 1),
        ("server 127.0.0.1:8080;", f"server 127.0.0.1:{upstream};", 1),
        ("server_name leitstand.example.org;", "server_name localhost;", 2),
        ("/etc/letsencrypt/live/leitstand.example.org/fullchain.pem", str(certificate), 1),
        ("/etc/letsencrypt/live/leitstand.example.org/privkey.pem", str(key), 1),
    ):
        assert text.count(old) == times, f"{SHIPPED} has {old!r} {text.count(old)} times"
        text = text.replace(old, new)
    return text


@contextmanager
def nginx(upstream: int, certificate: Path, key: Path) -> Iterator[tuple[str, str]]:
    """A running nginx before Leitstand on that port; gives its addresses with and without TLS."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program is not None, "nginx is not installed: `make servers`"
    folder = Path(tempfile.mkdtemp(prefix="leitstand-nginx-"))
    port, plain_port = free_port(), free_port()
    (folder / "leitstand.conf").write_text(moved(port, plain_port, upstream, certificate, key))
    # Started by root it would serve as `nobody`, who may not look into this folder.
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(_AROUND.format(folder=folder, user=user))
    with (folder / "said").open("w") as said:
        process = subprocess.Popen([program, "-p", folder, "-c", folder / "nginx.conf"], stdout=said, stderr=said)
    try:
        deadline = time.monotonic() + _LONGEST_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert process.poll() is None, (folder / "said").read_text()
                assert time.monotonic() < deadline, (folder / "said").read_text()
                time.sleep(0.05)
        yield f"https://localhost:{port}", f"http://localhost:{plain_port}"
        assert "[warn]" not in (folder / "said").read_text()
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder)
