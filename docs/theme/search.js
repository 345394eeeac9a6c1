// Search over the sections of the book. `book` puts this in front of the sections, in the file that
// mdBook's own search loads: it asks `elasticlunr.Index.load` for an index, and gets this one.
'use strict';

{
    // Words that say nothing about what is asked.
    const STOP = new Set('a an and are as at be but by can do does for from get has have how i if in into is it its me my no not of on or out so than that the their them then there these they this to up use used using want was we what when where which who why will with without would you your mean means meaning difference between rust'.split(' '));

    // What askers say, and what the book says too. Each counts less than the word itself.
    const LIKE = [
        'hang freeze stuck block deadlock forever', 'slow slower slowly performance speed fast', 'limit bound throttle cap',
        'kill terminate abort stop cancel', 'zombie defunct', 'crash die death panic abort', 'settimeout sleep timer delay',
        'timeout deadline', 'queue channel', 'job task work', 'parallel parallelize', 'fetch download request url http',
        'child subprocess command', 'shutdown quit exit', 'memory ram leak', 'mutex lock', 'thread worker',
        'wakeup wake notify', 'order ordering', 'node nodejs javascript js', 'python py', 'allsettled all',
        'descriptor file open ulimit', 'stdout output print', 'lost lose missing', 'interrupt sigint ctrl signal',
    ].map(words => words.split(' '));

    const TITLE = 3, PAGE = 3, BODY = 1, PAIR = 1.5, SIMILAR = 0.3, FIRST = 1.3, WHOLE = 2;
    const K = 1.2, B = 0.6;

    /** Words in lower case; of `ThreadPoolExecutor`, `spawn_blocking` and `time-out` their parts as well. */
    const wordsOf = text => {
        const words = [];
        for (const [whole] of text.matchAll(/[\p{L}\p{N}_]+(?:[-'\u2019][\p{L}\p{N}_]+)*/gu)) {
            const parts = whole.split(/[-'\u2019]/);
            for (const part of parts) {
                const small = part.split(/_+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/).filter(Boolean);
                words.push({ word: part.toLowerCase(), parts: small.length > 1 ? small.map(word => word.toLowerCase()) : [] });
            }
            if (parts.length > 1) {
                words.at(-1).parts.push(parts.join('').toLowerCase());
            }
        }
        return words;
    };

    // mdBook's teasers print a word in bold if its stem begins with one that was asked for. What says
    // nothing gets a stem of its own each time, which none begins with.
    const stemmer = elasticlunr.stemmer;
    let stopped = 0;
    elasticlunr.stemmer = word => STOP.has(word) ? `=${stopped += 1}=` : stemmer(word);

    const stems = new Map();
    const stem = word => {
        if (!stems.has(word)) {
            stems.set(word, stemmer(word));
        }
        return stems.get(word);
    };

    /** The terms of a text: stems, their parts, and pairs of neighbours. */
    const termsOf = text => {
        const terms = [];
        let before = null;
        for (const { word, parts } of wordsOf(text)) {
            const now = stem(word);
            terms.push(now, ...parts.map(stem));
            if (before !== null) {
                terms.push(`${before} ${now}`);
            }
            before = now;
        }
        return terms;
    };

    /** The words that say something; all of them where none does. */
    const telling = words => {
        const found = words.filter(({ word }) => !STOP.has(word));
        return found.length > 0 ? found : words;
    };

    /** A term that only a title of just these words has. */
    const whole = text => `=${telling(wordsOf(text)).map(({ word }) => stem(word)).join(' ')}`;

    class Sections {
        constructor(sections) {
            this.sections = sections;
            this.postings = new Map(); // term: section: weight
            const lengths = sections.map(section => wordsOf(section.body).length + 20);
            const mean = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length);
            sections.forEach((section, at) => {
                const weights = new Map();
                const add = (text, weight) => termsOf(text).forEach(term => weights.set(term, (weights.get(term) ?? 0) + weight));
                const part = 1 - B + B * lengths[at] / mean;
                add(section.body, BODY / part);
                const own = wordsOf(section.title).length;
                add(section.title, TITLE * (0.7 + 1.4 / (own + 1)) * (section.page === section.title ? FIRST : 1));
                // A title as a whole, and what is before its colon: `Semaphore` of `Semaphore: limit …`.
                [section.title, section.title.split(/[:,] /)[0]].filter(Boolean).forEach(title => weights.set(whole(title), TITLE));
                if (section.page !== section.title) {
                    add(section.page, PAGE);
                }
                for (const [term, weight] of weights) {
                    if (!this.postings.has(term)) {
                        this.postings.set(term, new Map());
                    }
                    this.postings.get(term).set(at, weight);
                }
            });
        }

        /** The terms of a question, each with its weight. */
        asked(question) {
            const words = wordsOf(question);
            const asked = new Map();
            const ask = (term, weight) => asked.set(term, Math.max(asked.get(term) ?? 0, weight));
            for (const { word, parts } of telling(words)) {
                const known = stem(word);
                ask(known, 1);
                parts.forEach(part => STOP.has(part) || ask(stem(part), 0.5));
                if (!this.postings.has(known)) {
                    this.near(word, known).forEach(term => ask(term, 0.6));
                }
                for (const group of LIKE.filter(group => group.some(like => stem(like) === known))) {
                    group.forEach(like => ask(stem(like), stem(like) === known ? 1 : SIMILAR));
                }
            }
            ask(whole(question), WHOLE);
            words.forEach(({ word }, at) => {
                if (at > 0) {
                    const [one, two] = [words[at - 1].word, word];
                    ask(`${stem(one)} ${stem(two)}`, PAIR);
                    const joined = stem(one + two); // dead lock
                    if (this.postings.has(joined)) {
                        ask(joined, 1);
                    }
                }
            });
            return asked;
        }

        /** Terms for a word that nothing has: what it begins, two words in one, or one typed wrong. */
        near(word, known) {
            const single = [...this.postings.keys()].filter(term => !/[ =]/.test(term));
            const begun = single.filter(term => word.length > 2 && (term.startsWith(word) || term.startsWith(known)));
            if (begun.length > 0) {
                return begun.slice(0, 8);
            }
            for (let cut = 3; cut <= word.length - 3; cut += 1) {
                const parts = [word.slice(0, cut), word.slice(cut)].map(stem);
                if (parts.every(part => this.postings.has(part))) {
                    return parts;
                }
            }
            return word.length > 4 ? single.filter(term => isTypedWrong(known, term)).slice(0, 4) : [];
        }

        search(question) {
            const scores = new Map(), met = new Map();
            const asked = this.asked(question);
            let wanted = 0;
            for (const [term, weight] of asked) {
                const found = this.postings.get(term);
                const single = weight === 1 && !/[ =]/.test(term);
                wanted += single ? 1 : 0;
                if (!found) {
                    continue;
                }
                const rare = Math.log(1 + (this.sections.length - found.size + 0.5) / (found.size + 0.5));
                for (const [at, often] of found) {
                    scores.set(at, (scores.get(at) ?? 0) + weight * rare * often * (K + 1) / (often + K));
                    met.set(at, (met.get(at) ?? 0) + (single ? 1 : 0));
                }
            }
            const results = [...scores].map(([at, score]) => ({
                ref: at,
                score: score * (0.5 + (met.get(at) ?? 0) / Math.max(1, wanted)),
                doc: this.sections[at],
            }));
            return results.sort((one, two) => two.score - one.score);
        }
    }

    /** Whether one letter was left out, added, exchanged, or swapped with its neighbour. */
    const isTypedWrong = (typed, term) => {
        if (Math.abs(typed.length - term.length) > 1 || typed === term) {
            return false;
        }
        let at = 0;
        while (typed[at] === term[at]) {
            at += 1;
        }
        const rest = (word, from) => word.slice(from);
        return rest(typed, at + 1) === rest(term, at + 1) || rest(typed, at) === rest(term, at + 1) || rest(typed, at + 1) === rest(term, at)
            || (typed[at] === term[at + 1] && typed[at + 1] === term[at] && rest(typed, at + 2) === rest(term, at + 2));
    };

    elasticlunr.Index.load = sections => new Sections(sections);
}
