"""Work beside the rest, in a thread of its own."""
import threading


class Background:
    """Does `work` from the beginning of a `with` to its end, where what went wrong is raised: a thread has nobody to tell.

    `work` returns soon after `ended` is set.
    """

    def __init__(self):
        self.ended, self.error = threading.Event(), None
        self.thread = threading.Thread(target=self.guarded)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, kind, *_):
        self.ended.set()
        self.thread.join()
        if self.error and kind is None:
            raise self.error

    def guarded(self):
        try:
            self.work()
        except Exception as error:
            self.error = error
