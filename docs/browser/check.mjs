// Looks at the built book in a browser, as readers do: wide and narrow, light and dark.
//
//     cargo run -p book -- build
//     npm ci --prefix docs/browser
//     node docs/browser/check.mjs target/book [folder for screenshots]
//
// Instead of a folder it takes the address of a served book. Wants Chromium at /usr/bin/chromium,
// or where $CHROMIUM says. Prints every fault and ends with 1 if there is one.
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, extname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const docs = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const [book, shots] = process.argv.slice(2);
if (!book) {
    console.error('usage: node docs/browser/check.mjs FOLDER|URL [SCREENSHOTS]');
    process.exit(2);
}
const served = /^https?:/.test(book);
// Without a server: requests to this host are answered from the folder. Browsers trust *.localhost
// as they trust https, so that the clipboard works.
const origin = served ? new URL(book).origin : 'http://book.localhost';

const types = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml', '.png': 'image/png' };
const faults = [];
const fault = (where, what) => faults.push(`${where}: ${what}`);

function filesBelow(folder) {
    return readdirSync(folder).flatMap(name => {
        const path = join(folder, name);
        return statSync(path).isDirectory() ? filesBelow(path) : [path];
    });
}

/** Pages by their path in the book, each with its source. */
function pages() {
    const source = join(docs, 'src');
    return filesBelow(source)
        .filter(file => file.endsWith('.md') && !/generated|SUMMARY\.md|404\.md/.test(relative(source, file)))
        .map(file => ({ file, path: relative(source, file).replace(/\\/g, '/').replace(/\.md$/, '.html') }));
}

/** Files that a page includes whole as a code block of their own, also by a generated part. */
function wholeFiles({ file }) {
    const text = readFileSync(file, 'utf8');
    const parts = [...text.matchAll(/^\{\{#include (.*generated\/.*\.md)\}\}$/gm)].map(([, path]) => join(dirname(file), path));
    const whole = from => [...readFileSync(from, 'utf8').matchAll(/^```\w+\n\{\{#include ([^:}]+)\}\}\n```$/gm)].map(([, path]) => join(dirname(from), path));
    return [file, ...parts.filter(part => existsSync(part))].flatMap(whole);
}

async function open(browser, options) {
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
    if (!served) {
        await context.route(`${origin}/**`, route => {
            const path = decodeURIComponent(new URL(route.request().url()).pathname);
            const file = join(resolve(book), path.endsWith('/') ? `${path}index.html` : path);
            if (existsSync(file) && statSync(file).isFile()) {
                return route.fulfill({ body: readFileSync(file), contentType: types[extname(file)] ?? 'application/octet-stream' });
            }
            return route.fulfill({ status: 404, body: readFileSync(join(resolve(book), '404.html')), contentType: 'text/html' });
        });
    }
    context.setDefaultTimeout(60_000);
    const page = await context.newPage();
    const state = { page, context, where: '', expects404: false };
    page.on('console', message => {
        const expected = state.expects404 && /404/.test(message.text());
        if (['error', 'warning'].includes(message.type()) && !expected) {
            fault(state.where, `console: ${message.text()}`);
        }
    });
    page.on('pageerror', error => fault(state.where, `script: ${error.message}`));
    page.on('requestfailed', request => {
        // A page that is left cancels what it was still prefetching.
        if (request.failure()?.errorText !== 'net::ERR_ABORTED') {
            fault(state.where, `request failed: ${request.url()}`);
        }
    });
    page.on('request', request => {
        const url = new URL(request.url());
        if (url.origin !== origin && !['data:', 'blob:'].includes(url.protocol)) {
            fault(state.where, `asks for ${request.url()}`);
        }
    });
    page.on('response', response => {
        if (response.status() >= 400 && !state.expects404) {
            fault(state.where, `${response.status()} for ${response.url()}`);
        }
    });
    return state;
}

async function look(state, name) {
    const { page } = state;
    const wide = await page.evaluate(() => [document.documentElement, document.body, ...document.querySelectorAll('.page, .content, main')]
        .filter(box => box.scrollWidth > box.clientWidth + 1)
        .map(box => `${box.tagName} ${box.className}: ${box.scrollWidth} in ${box.clientWidth}`));
    wide.forEach(box => fault(state.where, `scrolls sideways: ${box}`));
    const blank = await page.evaluate(() => [...document.images].filter(image => !image.complete || image.naturalWidth === 0).map(image => image.src));
    blank.forEach(image => fault(state.where, `picture does not show: ${image}`));
    if (shots) {
        await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
    }
    await page.addScriptTag({ path: axe });
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    for (const { id, impact, nodes } of violations) {
        fault(state.where, `axe ${id} (${impact}), ${nodes.length} times, first ${nodes[0].html.slice(0, 160)} ${nodes[0].any[0]?.message ?? ''}`);
    }
}

/** On a concept's page the idea is in the first screen, the program within one and a half, the traps before the fifth. */
async function order(state) {
    const places = await state.page.evaluate(() => {
        const top = box => box ? box.getBoundingClientRect().top + scrollY : Infinity;
        const at = id => document.getElementById(id);
        if (!at('the-idea')) {
            return [];
        }
        const code = [...document.querySelectorAll('main pre > code.language-rust')].find(code => at('use-it').compareDocumentPosition(code) & Node.DOCUMENT_POSITION_FOLLOWING);
        return [['the idea', top(at('the-idea')), 1], ['the program to paste', top(code), 1.5], ['the first trap', top(at('traps')), 4]];
    });
    for (const [what, top, screens] of places) {
        if (top > screens * 900) {
            fault(state.where, `${what} begins on screen ${(top / 900 + 1).toFixed(1)}, not within the first ${screens}`);
        }
    }
}

async function copy(state, page) {
    const copied = [];
    // What is folded can be neither seen nor copied.
    await state.page.evaluate(() => document.querySelectorAll('details').forEach(box => { box.open = true; }));
    const buttons = await state.page.locator('pre .clip-button').all();
    for (const button of buttons) {
        await state.page.evaluate(() => navigator.clipboard.writeText('nothing copied'));
        await button.click();
        copied.push(await state.page.evaluate(() => navigator.clipboard.readText()));
    }
    if (copied.includes('nothing copied')) {
        fault(state.where, 'a copy button copies nothing');
    }
    for (const text of copied.filter(text => /^\$ /m.test(text))) {
        fault(state.where, `copies the prompt: ${text}`);
    }
    const files = wholeFiles(page);
    for (const file of files) {
        // As it was when the book was built.
        const kept = join(resolve(book), 'files', relative(join(docs, '..'), file));
        const text = readFileSync(!served && existsSync(kept) ? kept : file, 'utf8');
        // A page shows `main` without the visibility that only tests need.
        const plain = text.replaceAll(/pub\(crate\) (async )?fn main\(/g, '$1fn main(');
        if (![text, plain].some(text => copied.includes(text))) {
            fault(state.where, `no copy button yields exactly ${relative(docs, file)}`);
        }
    }
    return { buttons: buttons.length, files: files.length };
}

/** The box and its results; what is found is asked without a browser, by search.mjs. */
async function search(state) {
    const { page } = state;
    await page.goto(`${origin}/start.html`);
    await page.keyboard.press('/');
    await page.waitForFunction(() => document.activeElement?.id === 'mdbook-searchbar');
    const bar = page.locator('#mdbook-searchbar');
    const links = page.locator('#mdbook-searchresults a');
    state.where = 'search by keys';
    await bar.pressSequentially('PoisonError');
    await links.first().waitFor();
    state.where = 'search by pasting with the mouse';
    await bar.fill('');
    const pasted = 'a scoped thread panicked';
    await page.evaluate(text => {
        const bar = document.getElementById('mdbook-searchbar');
        bar.value = text;
        bar.dispatchEvent(new InputEvent('input', { inputType: 'insertFromPaste' }));
    }, pasted);
    await page.locator('#mdbook-searchresults-header').filter({ hasText: `'${pasted}'` }).waitFor();
    state.where = 'search results';
    await look(state, 'search');
    state.where = 'arrival from a search';
    const target = await links.first().getAttribute('href');
    await page.goto(new URL(target, `${origin}/start.html`).href);
    const marks = await page.locator('mark').allTextContents();
    if (marks.length === 0 || marks.length > 60 || marks.some(mark => mark.trim().toLowerCase() === 'a')) {
        fault(state.where, `marks ${marks.length} words at ${target}: ${marks.slice(0, 5)}`);
    }
}

async function theme(state) {
    const { page } = state;
    state.where = 'theme switch';
    await page.goto(`${origin}/start.html`);
    const colour = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await colour();
    const choose = async name => {
        await page.getByRole('button', { name: 'Change theme' }).click();
        const offered = await page.getByRole('menuitem').allTextContents();
        if (offered.join() !== 'Auto,Light,Dark') {
            fault(state.where, `offers ${offered}`);
        }
        await page.getByRole('menuitem', { name }).click();
    };
    await choose('Dark');
    const dark = await colour();
    await page.keyboard.press('Escape');
    await page.reload();
    if (dark === light || await colour() !== dark) {
        fault(state.where, `dark is ${dark}, light is ${light}, after a reload ${await colour()}`);
    }
    await choose('Auto');
    if (await colour() !== light) {
        fault(state.where, `Auto leaves ${await colour()}`);
    }
}

async function keyboard(state) {
    const { page } = state;
    state.where = 'keyboard';
    await page.goto(`${origin}/start.html`);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    const inside = await page.evaluate(() => document.querySelector('main').contains(document.activeElement));
    if (!inside) {
        fault(state.where, 'two Tabs and Enter do not reach the page');
    }
    await page.setViewportSize({ width: 360, height: 740 });
    await page.evaluate(() => dispatchEvent(new Event('resize')));
    const box = page.locator('pre > code[tabindex="0"]').first();
    await box.focus();
    await page.keyboard.press('ArrowRight');
    await page.waitForTimeout(300);
    if (!page.url().startsWith(`${origin}/start.html`) || await box.evaluate(box => box.scrollLeft) === 0) {
        fault(state.where, 'an arrow key does not scroll a wide code block');
    }
    await page.setViewportSize({ width: 1280, height: 900 });
    const toggle = page.getByRole('button', { name: 'Toggle Table of Contents' });
    const before = await toggle.getAttribute('aria-expanded');
    await toggle.focus();
    await page.keyboard.press('Enter');
    if (await toggle.getAttribute('aria-expanded') === before) {
        fault(state.where, 'Enter does not switch the sidebar');
    }
}

/** The whole book on one page. */
async function whole(state) {
    state.where = 'the whole book on one page';
    await state.page.goto(`${origin}/print.html`);
    const titles = await state.page.locator('main h1').count();
    if (titles < pages().length) {
        fault(state.where, `has ${titles} of ${pages().length} pages`);
    }
}

/** On paper: the page without its frame, nothing cut off, nothing folded. */
async function printed(state) {
    state.where = 'on paper';
    await state.page.goto(`${origin}/locks/mutex.html`);
    await state.page.emulateMedia({ media: 'print' });
    await state.page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    await state.page.setViewportSize({ width: 720, height: 1000 });
    const seen = await state.page.evaluate(() => [...document.querySelectorAll('#mdbook-sidebar, #mdbook-menu-bar, .buttons, .nav-wrapper, details:not([open])')]
        .filter(box => box.getClientRects().length > 0).map(box => box.id || box.className || box.tagName));
    seen.forEach(box => fault(state.where, `shows ${box}`));
    const cut = await state.page.evaluate(() => [...document.querySelectorAll('main pre > code, main .table-wrapper')]
        .filter(box => box.scrollWidth > box.clientWidth + 1).map(box => box.textContent.slice(0, 60)));
    cut.forEach(text => fault(state.where, `cuts off ${text}`));
    if (shots) {
        await state.page.pdf({ path: join(shots, 'mutex.pdf') });
    }
}

async function notFound(state) {
    state.where = '404 page';
    state.expects404 = true;
    const answer = await state.page.goto(`${origin}/no/such/page.html`);
    state.expects404 = false;
    if (answer.status() !== 404 || await state.page.locator('main h1').textContent() !== 'No such page') {
        fault(state.where, 'is not our own');
    }
    await look(state, '404');
    await state.page.locator('.sidebar a', { hasText: 'Choose' }).first().evaluate(link => link.click());
    await state.page.waitForURL(`${origin}/choose.html`);
}

if (!served) {
    const asked = spawnSync(process.execPath, [join(docs, 'browser/search.mjs'), book], { encoding: 'utf8' });
    process.stdout.write(asked.stdout);
    if (asked.status !== 0) {
        fault('search', `node docs/browser/search.mjs ${book} says what is not found ${asked.stderr}`);
    }
}
const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
if (shots) {
    mkdirSync(shots, { recursive: true });
}
const counts = { pages: 0, views: 0, buttons: 0, files: 0 };

/** Runs one step on a page of its own; what goes wrong in it is a fault, not the end. */
async function step(options, look) {
    const state = await open(browser, options);
    try {
        await look(state);
    } catch (error) {
        fault(state.where, error.message.split('\n')[0]);
    }
    await state.context.close();
}

/** Runs these a few at a time: each waits for the browser more than it computes. */
async function all(steps, atATime = 4) {
    const queue = steps.values();
    await Promise.all(Array.from({ length: atATime }, async () => {
        for (const run of queue) {
            await run();
        }
    }));
}

const views = [];
for (const colorScheme of ['light', 'dark']) {
    for (const width of [1280, 360]) {
        const options = { colorScheme, viewport: { width, height: width > 600 ? 900 : 740 } };
        for (const page of pages()) {
            views.push(() => step(options, async state => {
                state.where = `${page.path} at ${width}, ${colorScheme}`;
                await state.page.goto(`${origin}/${page.path}`);
                await look(state, `${page.path.replace(/\W+/g, '-')}-${width}-${colorScheme}`);
                counts.views += 1;
            }));
        }
        views.push(() => step(options, async state => {
            state.where = `sidebar at ${width}, ${colorScheme}`;
            await state.page.goto(`${origin}/choose.html`);
            await state.page.getByRole('button', { name: 'Toggle Table of Contents' }).click();
            await look(state, `sidebar-${width}-${colorScheme}`);
        }));
    }
}
await all(views);
const desk = { colorScheme: 'light', viewport: { width: 1280, height: 900 } };
// One after another, because they share the clipboard.
for (const page of pages()) {
    await step(desk, async state => {
        state.where = `${page.path}, copy buttons`;
        await state.page.goto(`${origin}/${page.path}`);
        await order(state);
        const { buttons, files } = await copy(state, page);
        counts.pages += 1;
        counts.buttons += buttons;
        counts.files += files;
    });
}
for (const part of [whole, printed]) {
    await step(desk, part);
}
for (const part of [search, theme, keyboard, notFound]) {
    await step(desk, part);
}
await step({ ...desk, javaScriptEnabled: false }, async state => {
    state.where = 'without JavaScript';
    await state.page.goto(`${origin}/`);
    if (!await state.page.locator('main h1').isVisible()) {
        fault(state.where, 'the page does not show');
    }
});
await browser.close();
faults.forEach(line => console.error(line));
console.log(`${counts.pages} pages seen ${counts.views} ways, ${counts.buttons} copy buttons pressed, ${counts.files} whole files compared, ${faults.length} faults`);
process.exit(faults.length > 0 ? 1 : 0);
