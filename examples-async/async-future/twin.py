"""A coroutine is driven by hand with send(None), as block_on drives a future with poll."""


class Pending:
    """Hands control to the code that drives the coroutine, this many times."""

    def __init__(self, times):
        self.times = times

    def __await__(self):
        for _ in range(self.times):
            yield


# ANCHOR: construct
async def add():
    print("first line")
    await Pending(1)
    return 1 + 2


coroutine = add()  # nothing runs yet
print("called")
while True:
    try:
        coroutine.send(None)  # the poll
        print("pending")
    except StopIteration as ready:
        print("ready:", ready.value)
        break
# ANCHOR_END: construct
