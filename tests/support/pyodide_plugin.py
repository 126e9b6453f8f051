"""For pytest on Pyodide (`pyodide.mjs` loads it): what WebAssembly has not.

A test that asks for it is skipped at that point, for the reason given here; what it
asserts before is asserted there too.
"""

import asyncio
import faulthandler
import os
import subprocess
import threading
import time
import tracemalloc
from collections.abc import Coroutine
from typing import Any, NoReturn

import pytest


def _skips(reason: str) -> Any:
    def lacking(*_: object, **__: object) -> NoReturn:
        pytest.skip(f"WebAssembly has no {reason}")

    return lacking


class _Loop(asyncio.BaseEventLoop):
    """That of asyncio, without the sockets that it wakes itself up by."""

    class _selector:
        @staticmethod
        def select(timeout: "float | None") -> "tuple[()]":
            if timeout is None:
                raise RuntimeError("a task waits for what can't come")
            time.sleep(timeout)
            return ()

    def _process_events(self, _: object) -> None:
        pass

    def _write_to_self(self) -> None:
        pass


def _run(main: "Coroutine[Any, Any, Any]") -> Any:
    # Pyodide's own loop is Node's: it runs already, and can't wait within Python.
    nodes = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    loop = _Loop()
    try:
        return loop.run_until_complete(main)
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
        asyncio._set_running_loop(nodes)


def pytest_configure() -> None:
    patch = pytest.MonkeyPatch()
    patch.setattr(subprocess, "Popen", _skips("processes"))
    patch.setattr(os, "fork", _skips("processes"))
    patch.setattr(threading.Thread, "start", _skips("threads"))  # and so no servers
    patch.setattr(tracemalloc, "start", _skips("tracemalloc that counts"))
    # A watchdog is a thread too, but without it a test asserts the same.
    patch.setattr(faulthandler, "dump_traceback_later", lambda *_, **__: None)
    patch.setattr(asyncio, "run", _run)
