// Stops at SIGTERM and finishes its request.

import { setTimeout as sleep } from "node:timers/promises";

async function request() {
  process.kill(process.pid, "SIGTERM"); // as `docker stop` does
  await sleep(20);
  console.log("answered");
}

// ANCHOR: construct
const stop = new Promise((resolve) => {
  process.once("SIGINT", resolve);
  process.once("SIGTERM", resolve);
});
let left = 1;
const task = request().finally(() => left--);
await stop;
const grace = sleep(10_000, null, { ref: false });
await Promise.race([task, grace]);
console.log(left ? `Left(${left})` : "Clean");
// ANCHOR_END: construct
