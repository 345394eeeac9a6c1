// Asks the search of a built book what readers ask, without a browser.
//
//     cargo run -p book -- build
//     node docs/browser/search.mjs target/book
//
// Every question must find one of its pages among the first five results; every trap and every
// message of *When it goes wrong*, typed as it is there, its own section; every error code too.
// Prints each that does not, and ends with 1 if there is one. With words behind the folder it
// prints what they find.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';

const docs = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const [book, ...words] = process.argv.slice(2);
if (!book) {
    console.error('usage: node docs/browser/search.mjs FOLDER [WORDS]');
    process.exit(2);
}

/** The book's own search, as a page loads it. */
function load(folder) {
    const named = start => readFileSync(join(folder, readdirSync(folder).find(name => name.startsWith(start) && name.endsWith('.js'))), 'utf8');
    const context = vm.createContext({ console });
    context.window = context;
    context.search = {};
    vm.runInContext(named('elasticlunr'), context);
    vm.runInContext(named('searchindex'), context);
    const { index, search_options, doc_urls } = context.search;
    const searcher = context.elasticlunr.Index.load(index);
    return question => searcher.search(question, search_options).map(({ ref }) => doc_urls[ref]);
}

const search = load(resolve(book));
if (words.length > 0) {
    search(words.join(' ')).slice(0, 10).forEach(url => console.log(url));
    process.exit(0);
}

const read = name => Object.entries(JSON.parse(readFileSync(join(docs, 'browser', name), 'utf8')));
const kinds = [
    ['words that readers type', read('questions.json')],
    ['questions that were asked in public', read('askers.json')],
    ['headings of traps and messages, typed as they are', []],
    ['error codes alone', []],
];

/** Headings as the reader sees them, each with its address. */
function headings(page) {
    const html = readFileSync(join(resolve(book), page), 'utf8');
    const main = html.slice(html.indexOf('<main>'), html.indexOf('</main>'));
    let above = '';
    return [...main.matchAll(/<h([23]) id="([^"]+)">(.*?)<\/h\1>/gs)].map(([, level, id, inner]) => {
        const text = inner.replace(/<[^>]+>/g, '').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&#39;|&#x27;/g, '\'').replace(/&amp;/g, '&');
        above = level === '2' ? text : above;
        return { level, text, above, url: `${page}#${id}` };
    });
}

const toc = readFileSync(join(resolve(book), 'toc.html'), 'utf8');
const codes = new Map();
/** Headings that several pages have, which nobody types. */
const common = new Set(['More traps', 'Others', 'In async code']);
for (const [, page] of toc.matchAll(/<a href="([^"]+)"/g)) {
    for (const { level, text, above, url } of headings(page)) {
        const message = page === 'wrong.html' || (level === '3' && above === 'Traps');
        if (message && level === '3' && !common.has(text)) {
            kinds[2][1].push([text, url]);
        }
        for (const [code] of text.matchAll(/\bE0\d{3}\b/g)) {
            codes.set(code, [...codes.get(code) ?? [], url]);
        }
    }
}
kinds[3][1].push(...codes);

let wrong = 0;
/** Questions whose pages are still to be written. */
const open = [];
for (const [kind, questions] of kinds) {
    let good = 0;
    for (const [question, answers] of questions) {
        if ([answers].flat().every(answer => !existsSync(join(resolve(book), answer.split('#')[0])))) {
            open.push(question);
            continue;
        }
        const found = search(question).slice(0, 5);
        const meets = (url, answer) => url === answer || url.split('#')[0] === answer;
        if ([answers].flat().some(answer => found.some(url => meets(url, answer)))) {
            good += 1;
        } else {
            console.log(`"${question}": ${answers} is not among ${found.join(', ') || 'no results'}`);
            wrong += 1;
        }
    }
    console.log(`${good} of ${questions.length} ${kind}`);
}
if (open.length > 0) {
    console.log(`${open.length} have no page yet: ${open.join(' · ')}`);
}
process.exit(wrong > 0 ? 1 : 0);
