// The same in JavaScript, which has no semaphore: what the package p-limit does, in a few lines.

import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";

const REQUESTS = 12;
const PERMITS = 3;
const ANSWER = 20;

// ANCHOR: construct
function limitTo(free) {
  const queue = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise((go) => queue.push(go));
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next) next(); // hands over its permit
      else free += 1;
    }
  };
}
// ANCHOR_END: construct

async function twelve(start) {
  let requests = 0, mostRequests = 0, mostTasks = 0;
  const tasks = new Set();
  const request = async () => {
    requests += 1;
    mostRequests = Math.max(mostRequests, requests);
    await sleep(ANSWER);
    requests -= 1;
  };
  for (let i = 0; i < REQUESTS; i++) {
    const task = (await start(request, tasks))().finally(() => tasks.delete(task));
    tasks.add(task);
    mostTasks = Math.max(mostTasks, tasks.size);
  }
  await Promise.all(tasks);
  return `${mostRequests} at a time, ${mostTasks} tasks`;
}

const withoutLimit = () => twelve(async (request) => request);

function insideEachTask() {
  const limit = limitTo(PERMITS);
  return twelve(async (request) => () => limit(request));
}

const beforeTheStart = () =>
  twelve(async (request, tasks) => {
    if (tasks.size === PERMITS) await Promise.race(tasks);
    return request;
  });

async function orderOfTheQueue() {
  const limit = limitTo(1);
  const order = [];
  const held = limit(nextTurn);
  const tasks = [1, 2, 3, 4, 5].map((name) => limit(async () => order.push(name)));
  await Promise.all([held, ...tasks]);
  return order.join(" ");
}

console.log(`${REQUESTS} requests share ${PERMITS} permits.`);
console.log(`  without a limit:             ${await withoutLimit()}`);
console.log(`  acquired inside each task:   ${await insideEachTask()}`);
console.log(`  acquired before spawn:       ${await beforeTheStart()}`);
console.log(
  "Five tasks ask for one permit, in the order 1 2 3 4 5. In which order is it granted?",
);
console.log(`  by hand:                     ${await orderOfTheQueue()}`);
// A promise cannot be cancelled, so it never leaves the queue.
