# SPDX-License-Identifier: MIT
"""A headless Chromium, driven over the pipe of its DevTools protocol
(chromedevtools.github.io/devtools-protocol), to see a page as a person does."""
import base64
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time

KEYS = {"Enter": ("\r", 13), "Escape": (None, 27), "ArrowDown": (None, 40), "ArrowUp": (None, 38),
        "End": (None, 35), "Home": (None, 36), "PageDown": (None, 34), "Tab": (None, 9), "/": ("/", 191)}


def find():
    """The program; None: it is not installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Browser:
    """One page. With `with`; what it asked of the network, unless its policy forbade that, is in `requests`, dialogs that it opened in
    `dialogs`, and what it complained of in `complaints`."""

    def __init__(self, width=1280, height=900, limit=60):
        self.limit = limit
        self.requests, self.dialogs, self.complaints = [], [], []
        self._sent = {}  # addresses by the number of the request
        self._last, self._rest, self._events, self._session = 0, b"", [], None
        self._folder = tempfile.TemporaryDirectory(prefix="thresh-browser-", ignore_cleanup_errors=True)
        to_read, self._to = os.pipe()
        self._from, to_write = os.pipe()
        ours = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10) for fd in (to_read, to_write)]

        def wire():  # the browser reads its descriptor 3 and writes to 4
            os.dup2(ours[0], 3)
            os.dup2(ours[1], 4)
        self._process = subprocess.Popen(
            [find(), "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu",
             "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-extensions", "--hide-scrollbars",
             "--force-color-profile=srgb", "--user-data-dir=" + self._folder.name,
             "--window-size=%d,%d" % (width, height), "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=wire, pass_fds=(3, 4), start_new_session=True)
        for fd in (to_read, to_write, *ours):
            os.close(fd)
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(domain + ".enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self._to)
        os.close(self._from)
        try:
            os.killpg(self._process.pid, signal.SIGKILL)  # the browser's own processes, in a session of theirs
        except ProcessLookupError:
            pass
        self._process.wait()
        self._folder.cleanup()

    # -- The protocol

    def _message(self, deadline):
        while b"\0" not in self._rest:
            if not select.select([self._from], [], [], max(0, deadline - time.monotonic()))[0]:
                raise TimeoutError("the browser does not answer")
            more = os.read(self._from, 1 << 16)
            if not more:
                raise EOFError("the browser ended")
            self._rest += more
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)

    def _note(self, message):
        method, params = message.get("method"), message.get("params", {})
        if method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
            self._sent[params["requestId"]] = params["request"]["url"]
        elif method == "Network.loadingFailed" and params.get("blockedReason") == "csp":
            self.requests.remove(self._sent[params["requestId"]])
        elif method == "Page.javascriptDialogOpening":
            self.dialogs.append(params["message"])
            self._send("Page.handleJavaScriptDialog", {"accept": False})
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(params["exceptionDetails"].get("exception", {}).get("description", str(params)))
        elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.complaints.append(params["entry"]["text"])
        self._events.append(method)

    def _send(self, method, params):
        self._last += 1
        message = {"id": self._last, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._to, data):]
        return self._last

    def call(self, method, **params):
        sent, deadline = self._send(method, params), time.monotonic() + self.limit
        while True:
            message = self._message(deadline)
            if message.get("id") == sent:
                if "error" in message:
                    raise RuntimeError("%s: %s" % (method, message["error"]["message"]))
                return message["result"]
            self._note(message)

    # -- What a person does

    def open(self, path):
        """Seconds until the page, with its script, is there."""
        self._events.clear()
        self.requests.clear()
        begun, deadline = time.monotonic(), time.monotonic() + self.limit
        self.call("Page.navigate", url=path if "://" in path else "file://" + path)
        while "Page.loadEventFired" not in self._events:
            self._note(self._message(deadline))
        return time.monotonic() - begun

    def js(self, expression):
        """The value of an expression, or of the promise that it is."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"]["exception"].get("description", "?"))
        return result["result"].get("value")

    def settle(self):
        """Waits until the page has drawn what it was asked for."""
        self.js("new Promise(done => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 120))")

    def click(self, selector):
        """The mouse, on the middle of the first element there is."""
        box = self.js("""(() => { const e = document.querySelector(%s); e.scrollIntoView({block: "center"});
            const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; })()"""
                      % json.dumps(selector))
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)
        self.settle()

    def press(self, key):
        text, code = KEYS[key]
        event = {"key": key, "code": "Slash" if key == "/" else key, "windowsVirtualKeyCode": code}
        self.call("Input.dispatchKeyEvent", type="keyDown", **event, **({"text": text} if text else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", **event)
        self.settle()

    def type(self, text):
        self.call("Input.insertText", text=text)
        self.settle()

    def light(self, scheme):
        """As the system has it: "light" or "dark"."""
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def size(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def screenshot(self, path, whole=False):
        data = self.call("Page.captureScreenshot", captureBeyondViewport=whole)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def pdf(self):
        return base64.b64decode(self.call("Page.printToPDF", printBackground=True)["data"])
