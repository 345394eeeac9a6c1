"""What the Python peers share: the list of URLs, and the line that tells how it went."""

import json
import time

try:
    import resource

    # Each connection is a descriptor.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
except (ImportError, ValueError, OSError):
    pass  # Too low a limit shows in the rows that it stops.


def urls(arguments):
    origin, pages, concurrency, delay, size = arguments
    targets = (f"{origin}/page/{page}?delay={delay}&size={size}" for page in range(int(pages)))
    return list(targets), int(concurrency)


class Tally:
    """Counts what is done. The work begins when it is made; the clock is one for all processes."""

    def __init__(self):
        self.done = []  # of which append is one step, whichever thread it is
        self.why = None
        self.began = time.monotonic_ns()

    def arrived(self):
        self.done.append(None)

    def failed(self, error):
        self.why = self.why or f"{type(error).__name__}: {error}"[:200]

    def tell(self, **more):
        report = {"began": self.began, "ended": time.monotonic_ns(), "done": len(self.done)}
        print(json.dumps(report | {"why": self.why} | more))
