// A blocking call in a worker: it must be code of its own, because a worker shares no functions.

import { Worker } from "node:worker_threads";

const blocking = `
const { parentPort } = require("node:worker_threads");
const never = new Int32Array(new SharedArrayBuffer(4));
Atomics.wait(never, 0, 0, 50);
parentPort.postMessage("the call has returned");
`;

// ANCHOR: construct
async function heartbeat() {
  console.log("a task runs meanwhile");
}

const call = new Promise((resolve, reject) => {
  const worker = new Worker(blocking, { eval: true });
  worker.once("message", resolve);
  worker.once("error", reject);
});
const [result] = await Promise.all([call, heartbeat()]);
console.log(result);
// ANCHOR_END: construct
