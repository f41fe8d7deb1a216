# SPDX-License-Identifier: MIT
"""What the servers of these tests have in common: who comes is served in a thread of his own."""
import socket
import threading


class Loopback:
    """`serve(connection)` is the heir's, who calls listen() when he is ready."""

    def listen(self):
        self.connections = 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()
