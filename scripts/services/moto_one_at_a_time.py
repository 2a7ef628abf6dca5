"""The S3 server moto, which answers one request at a time.

moto looks whether an object exists and writes it in two steps, so that of racing conditional creates several may win.
S3 promises that one does, and the blob store builds on it. A request is read whole before it waits for its turn:
a slow client holds up nobody.

    python moto_one_at_a_time.py PORT
"""

import io
import sys
import threading

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import run_simple
from werkzeug.wsgi import get_input_stream


class OneAtATime:
    """A WSGI application whose requests are answered in turn."""

    def __init__(self, application):
        self.application = application
        self.turn = threading.Lock()

    def __call__(self, environ, start_response):
        body = get_input_stream(environ).read()
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        with self.turn:
            return list(self.application(environ, start_response))


if __name__ == "__main__":
    application = OneAtATime(DomainDispatcherApplication(create_backend_app))
    run_simple("127.0.0.1", int(sys.argv[1]), application, threaded=True, request_handler=MotoRequestHandler)
