// A function is told to stop by an AbortSignal. Nothing stops one that ignores it.

function work(signal) {
  console.log("working");
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

async function cleanUp() {
  await null; // says goodbye to a server
  console.log("cleaned up");
}

// ANCHOR: construct
async function job(signal) {
  try {
    await work(signal);
  } catch {
    console.log("cancelled");
  } finally {
    await cleanUp();
  }
}

const controller = new AbortController();
const running = job(controller.signal);
controller.abort();
await running;
// ANCHOR_END: construct
