"""A headless Chromium, driven through the pipes of its DevTools protocol."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def chromium():
    """Path of a Chromium on this machine; None if there is none."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


class Browser:
    """One page of a headless Chromium, and everything that its console has said.

    Parameters
    ----------
    path
        The file to open.
    width, height
        Size of the window in CSS pixels.
    """

    def __init__(self, path, width=1200, height=900):
        self.console, self.requests = [], []
        self._events, self._number = [], 0
        self._profile = tempfile.mkdtemp()
        to_read, self._write = os.pipe()
        self._read, to_write = os.pipe()

        def place_pipes():  # Chromium reads commands from 3, and answers on 4
            read, write = os.dup(to_read), os.dup(to_write)
            os.dup2(read, 3)
            os.dup2(write, 4)

        command = [chromium(), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                   "--remote-debugging-pipe", f"--user-data-dir={self._profile}"]  # fmt: skip
        self._process = subprocess.Popen(
            command, close_fds=False, stdin=subprocess.DEVNULL,
            preexec_fn=place_pipes,  # noqa: PLW1509 - there are no threads
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(to_read)
        os.close(to_write)
        self._buffer = b""
        self._session = None
        target = self._send("Target.createTarget", url="about:blank")["targetId"]
        attached = self._send("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._send(f"{domain}.enable")
        self.resize(width, height)
        self._send("Page.navigate", url=Path(path).absolute().as_uri())
        self._wait("Page.loadEventFired")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        os.close(self._read)
        os.close(self._write)
        shutil.rmtree(self._profile, ignore_errors=True)

    def resize(self, width, height):
        self._send("Emulation.setDeviceMetricsOverride", width=width, height=height,
                   deviceScaleFactor=1, mobile=False)  # fmt: skip

    def value(self, expression):
        """The value of an expression in JavaScript, when the page has drawn what it had to."""
        frame = "new Promise(done => requestAnimationFrame(() => setTimeout(done, 30)))"
        found = self._send("Runtime.evaluate", expression=f"{frame}.then(() => ({expression}))",
                           awaitPromise=True, returnByValue=True)  # fmt: skip
        if "exceptionDetails" in found:
            raise AssertionError(found["exceptionDetails"])
        return found["result"].get("value")

    def hover(self, x, y):
        self._send("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def press(self, key, code=None):
        for kind in ("rawKeyDown", "keyUp"):
            self._send("Input.dispatchKeyEvent", type=kind, key=key, code=code or key,
                       windowsVirtualKeyCode=KEYS.get(key, 0))  # fmt: skip

    def picture(self, path, *, whole=True):
        """A picture of the page as PNG."""
        shot = self._send("Page.captureScreenshot", captureBeyondViewport=whole)
        Path(path).write_bytes(base64.b64decode(shot["data"]))

    def _send(self, method, **parameters):
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']}")
                return answer["result"]

    def _wait(self, event):
        while event not in self._events:
            self._receive()

    def _receive(self):
        while b"\0" not in self._buffer:
            piece = os.read(self._read, 1 << 20)
            if not piece:
                raise AssertionError("the browser has ended")
            self._buffer += piece
        text, _, self._buffer = self._buffer.partition(b"\0")
        message = json.loads(text)
        method = message.get("method")
        if method:
            self._events.append(method)
            if method in {"Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"}:
                self.console.append(message["params"])
            if method == "Network.requestWillBeSent":
                self.requests.append(message["params"]["request"]["url"])
        return message


KEYS = {"Tab": 9, "End": 35, "Home": 36, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39,
        "ArrowDown": 40, " ": 32}  # fmt: skip
"""Key codes of the keys that tests press."""
