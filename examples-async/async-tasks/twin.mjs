// Promise.all rejects at the first error, but cancels nothing: the other functions run on.

async function load(page) {
  await null; // the request
  if (page === 2) {
    throw new Error(`page ${page} is missing`);
  }
  return page;
}

// ANCHOR: construct
for (const last of [2, 3]) {
  const promises = [];
  for (let page = 0; page < last; page += 1) {
    promises.push(load(page)); // starts it
  }
  try {
    const pages = await Promise.all(promises);
    console.log(`[${pages.join(", ")}]`);
  } catch (error) {
    console.log(error.message); // the others run on
  }
}
// ANCHOR_END: construct
