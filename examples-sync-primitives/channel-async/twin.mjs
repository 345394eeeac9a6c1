// Each listener gets each event, as with broadcast. But emit calls them one after the other, before
// it returns: no queue, no capacity, and no listener can miss an event.

import { EventEmitter } from "node:events";

// ANCHOR: construct
const events = new EventEmitter();
for (const name of ["a", "b"]) {
  events.on("event", (number) => {
    console.log(`${name} received ${number}`);
  });
}
events.emit("event", 1);
events.emit("event", 2);
// ANCHOR_END: construct
