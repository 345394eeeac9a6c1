"""One job in, one job out."""

import asyncio
import sys

import nats


async def main(url):
    # ANCHOR: construct
    connection = await nats.connect(url)
    jetstream = connection.jetstream()
    await jetstream.add_stream(name="mails",
        subjects=["mails.jobs"], retention="workqueue")
    await jetstream.publish("mails.jobs", b"Dear Ada",
                            headers={"Nats-Msg-Id": "17"})
    workers = await jetstream.pull_subscribe(
        "mails.jobs", "workers")
    for job in await workers.fetch(1):
        id = job.headers["Nats-Msg-Id"]
        print(id, job.data.decode())
        await job.ack_sync()
    info = await jetstream.stream_info("mails")
    print(f"({info.state.messages}, 0)")
    # ANCHOR_END: construct
    await connection.close()


asyncio.run(main(sys.argv[1]))
