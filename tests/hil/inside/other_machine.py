"""Plays another machine in the simulated device: a server of OpenAI's chat API that always says the same.

While the file SLOW is there, it takes a request and does not answer. ASKED counts the requests.
"""

from __future__ import annotations

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PORT = 8123
SLOW, ASKED = Path("/run/hil-other-machine-slow"), Path("/run/hil-other-machine-asked")
ANSWER = {"choices": [{"message": {"role": "assistant", "content": "A dog runs."}, "finish_reason": "stop"}]}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        ASKED.write_text(str(int(ASKED.read_text()) + 1))
        while SLOW.exists():
            time.sleep(0.1)
        body = json.dumps(ANSWER).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    ASKED.write_text("0")
    ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
