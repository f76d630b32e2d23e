"""Runs app.py in several worker processes on one port: workers.py HOST PORT COUNT

Each worker has a listening socket of its own, among which the kernel distributes connections. `uvicorn --workers` shares one socket,
and the worker that wakes up first takes nearly all connections that come together, as a load generator's do: the others have nothing to do.
"""
import multiprocessing
import socket
import sys

import uvicorn


def work(host, port):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind((host, port))
    config = uvicorn.Config("app:app", loop="uvloop", http="httptools", access_log=False, log_level="warning")
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    host, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    workers = [multiprocessing.Process(target=work, args=(host, port)) for _ in range(count)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
