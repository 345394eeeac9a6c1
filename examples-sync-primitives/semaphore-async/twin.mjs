// The same in JavaScript, which has no semaphore: what the package p-limit does, in a few lines.

import { setImmediate as giveWay, setTimeout as sleep } from "node:timers/promises";

const REQUESTS = 12;
const PERMITS = 3;
const ANSWER = 20;

function limitTo(atATime) {
  let free = atATime;
  const line = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise((turn) => line.push(turn));
    try {
      return await work();
    } finally {
      const next = line.shift();
      if (next) next(); // the place goes from hand to hand, without being free in between
      else free += 1;
    }
  };
}

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

async function orderOfTheLine() {
  const limit = limitTo(1);
  const order = [];
  const held = limit(giveWay);
  const tasks = [1, 2, 3, 4, 5].map((name) => limit(async () => order.push(name)));
  await Promise.all([held, ...tasks]);
  return order.join(" ");
}

console.log(`${REQUESTS} requests, ${PERMITS} permits.`);
console.log(`  no limit:                       ${await withoutLimit()}`);
console.log(`  permit taken inside each task:  ${await insideEachTask()}`);
console.log(`  permit taken before the start:  ${await beforeTheStart()}`);
console.log("Five tasks come for one permit, in the order 1 2 3 4 5.");
console.log(`  they get it in the order:       ${await orderOfTheLine()}`);
// A promise cannot be cancelled: who is in line stays there.
