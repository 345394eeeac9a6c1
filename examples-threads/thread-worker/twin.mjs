// A Worker of Node: what postMessage copies, what it transfers, and what a late message does.
import { once } from "node:events";
import { Worker, isMainThread, parentPort } from "node:worker_threads";

// ANCHOR: construct
if (!isMainThread) {
  parentPort.on("message", (buffer) => {
    const bytes = new Uint8Array(buffer);
    const sum = bytes.reduce((a, b) => a + b);
    parentPort.postMessage(sum);
  });
} else {
  const worker = new Worker(new URL(import.meta.url));
  const buffer = new Uint8Array([1, 2, 3]).buffer;
  worker.postMessage(buffer, [buffer]); // transfers it
  const [sum] = await once(worker, "message");
  console.log(`sum: ${sum}`);
  console.log(`left here: ${buffer.byteLength} bytes`);
  await worker.terminate();
}
// ANCHOR_END: construct

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url));
  const copied = new Uint8Array([1, 2, 3]).buffer;
  worker.postMessage(copied); // without a transfer list
  console.log(`after a copy: ${copied.byteLength} bytes`);

  const moved = new Uint8Array([4]).buffer;
  worker.postMessage(moved, [moved]);
  try {
    new Uint8Array(moved);
  } catch (error) {
    console.log(`after a transfer: ${error.name}: ${error.message}`);
  }
  try {
    worker.postMessage({ call: () => 1 });
  } catch (error) {
    console.log(`a function: ${error.name}`);
  }

  const sums = [];
  worker.on("message", (sum) => sums.push(sum));
  worker.postMessage(new ArrayBuffer(0)); // reduce of nothing throws
  const [error] = await once(worker, "error");
  console.log(`sums in order: ${sums}`);
  console.log(`the worker failed: ${error.name}`);
  console.log(`a late postMessage returns: ${worker.postMessage(copied)}`);
}
