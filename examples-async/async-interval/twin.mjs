// Three jobs, one every period.

// ANCHOR: construct
function every(period, job) {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (job()) return;
      clearInterval(timer);
      resolve();
    }, period);
  });
}
// ANCHOR_END: construct

let count = 0;
await every(20, () => {
  count += 1;
  console.log(`job ${count}`);
  return count < 3;
});
