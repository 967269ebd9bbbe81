"""The web process: gunicorn with one gevent worker, started from Python.

One process holds the hub and every stream, so that a thousand screens cost one greenlet each and no thread. The worker
patches the standard library before it makes the application: nothing is connected and no thread runs before that.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from flask import Flask

GRACE_SECONDS = 3
_MOST_CONNECTIONS = 10_000
_DEAD_PEER_MS = 30_000
_PR_SET_PDEATHSIG = 1

T = TypeVar("T")


def apart(work: Callable[[], T]) -> T:
    """The `Apart` of this server: runs in a real thread, while everybody else is served."""
    from gevent import get_hub  # noqa: PLC0415 - importing gevent's hub belongs to the worker, after its patching

    def outcome() -> tuple[T | None, Exception | None]:
        # What is raised in its thread gevent prints as a fault of its own, however well the caller deals with it.
        try:
            return work(), None
        except Exception as error:
            return None, error

    result, error = get_hub().threadpool.apply(outcome)
    if error is not None:
        raise error
    return cast("T", result)


def serve(
    create: Callable[[], Flask],
    host: str,
    port: int,
    cert: Path | None,
    key: Path | None,
    ready: Callable[[str], None],
) -> None:
    """Serves until SIGTERM or SIGINT, or until the thread that started this process is gone; does not return.

    `create` makes the application, in the worker; SIGHUP has it made anew. `port` 0 picks one. With `cert` and `key`
    (PEM files) TLS is spoken. `ready(url)` is called in the worker whenever one is able to answer, so also after a
    crash, then with the same address. Raises OSError where the address cannot be had.
    """
    _die_with_parent(signal.SIGTERM)
    listener = _bind(host, port)
    scheme, name = "https" if cert else "http", f"[{host}]" if ":" in host else host
    url = f"{scheme}://{name}:{listener.getsockname()[1]}"
    settings = {
        # gunicorn closes it: it is no longer ours.
        "bind": f"fd://{listener.detach()}",
        "workers": 1,
        "worker_connections": _MOST_CONNECTIONS,
        "graceful_timeout": GRACE_SECONDS,
        "timeout": 60,
        "keepalive": 75,
        "certfile": cert and str(cert),
        "keyfile": key and str(key),
        # Forwarding headers are judged by our own middleware: gunicorn believes nobody.
        "forwarded_allow_ips": "",
        "control_socket_disable": True,
        "loglevel": "warning",
        "post_fork": lambda _arbiter, _worker: _die_with_parent(signal.SIGKILL),
        "post_worker_init": lambda _worker: ready(url),
    }
    _run(create, settings)


def _die_with_parent(how: signal.Signals) -> None:
    """Linux sends this process a signal when its parent is gone, however that died; elsewhere nothing happens."""
    parent = os.getppid()
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, how)
    except (OSError, AttributeError):
        return
    if os.getppid() != parent:
        os.kill(os.getpid(), how)


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            # Inherited by every connection: a phone that went out of reach does not hold its stream for ever.
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _DEAD_PEER_MS)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    return listener


def _run(create: Callable[[], Flask], settings: dict[str, Any]) -> None:
    # Imported here: 100 ms that other commands need not wait for.
    import gevent  # noqa: PLC0415
    from gunicorn.app.base import BaseApplication  # noqa: PLC0415
    from gunicorn.workers.ggevent import GeventWorker  # noqa: PLC0415

    class Worker(GeventWorker):  # type: ignore[misc]  # gunicorn has no types
        busy = 0

        def run(self) -> None:
            self.main = gevent.getcurrent()
            super().run()

        def handle_request(self, *request: Any) -> Any:
            self.busy += 1
            try:
                return super().handle_request(*request)
            finally:
                self.busy -= 1

        def handle_exit(self, sig: int, frame: object) -> None:
            super().handle_exit(sig, frame)
            gevent.spawn(self.end)

        def end(self) -> None:
            # gunicorn would wait for streams, which never end, and for connections that are merely kept open.
            self.wsgi.extensions["close"]()
            deadline = time.monotonic() + GRACE_SECONDS
            while self.busy and time.monotonic() < deadline:
                gevent.sleep(0.02)
            gevent.kill(self.main, SystemExit)

    class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
        def load_config(self) -> None:
            self.cfg.set("worker_class", Worker)
            for name, value in settings.items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            return create()

    Server().run()
