"""Three jobs, one every period."""

import asyncio

# ANCHOR: construct
def every(period, job):
    loop = asyncio.get_running_loop()
    ended = loop.create_future()

    def run(due):
        if job():
            due += period  # not now + period: it drifts
            loop.call_at(due, run, due)
        else:
            ended.set_result(None)

    run(loop.time())
    return ended
# ANCHOR_END: construct


count = 0


def job():
    global count
    count += 1
    print(f"job {count}")
    return count < 3


async def main():
    await every(0.02, job)


asyncio.run(main())
