"""A stand-in for a service that answers questions, for a notebook that must run anywhere: it speaks OpenAI's dialect on this
machine, and a function of the notebook says what its models answer."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def serve(answer):
    """Serves as long as the program runs; returns the address.

    ``answer`` takes the model's name and the messages. It returns the actions of a call of the tool ``computer``, or words.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            said = answer(request["model"], request["messages"])
            message = {"role": "assistant", "content": said if isinstance(said, str) else None}
            if not isinstance(said, str):
                call = {"name": "computer", "arguments": json.dumps({"actions": said})}
                message["tool_calls"] = [{"id": "call_1", "type": "function", "function": call}]
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            told = {"id": "1", "object": "chat.completion", "created": 0, "model": request["model"], "choices": [choice]}
            body = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/v1"
