// What mdBook's stock page lacks, added here so that its templates need no copies of ours.
'use strict';

{ // A scope of our own: the names are not the page's.
    // Copy: a whole file to the byte, its last newline included; of a terminal, only what one types.
    // mdBook's clipboard code asks this function of its own for the text.
    window.playground_text = pre => {
        const code = pre.querySelector('code');
        const lines = code.textContent.replace(/\n*$/, '\n');
        if (!code.classList.contains('language-console')) {
            return lines;
        }
        return lines.split('\n').filter(line => line.startsWith('$ ')).map(line => line.slice(2)).join('\n') + '\n';
    };

    // Keyboard: past the contents straight to the page.
    const main = document.querySelector('main');
    main.id = 'content';
    main.tabIndex = -1;
    const skip = document.createElement('a');
    skip.className = 'skip';
    skip.href = '#content';
    skip.textContent = 'Skip to the page';
    skip.addEventListener('click', event => { // By hand: on the 404 page <base> would lead a fragment away.
        event.preventDefault();
        main.focus();
        main.scrollIntoView();
    });
    document.body.prepend(skip);

    // The sidebar's switch is a <label>, which may neither be expanded nor reached by the keyboard:
    // a button takes its place and presses it.
    const label = document.getElementById('mdbook-sidebar-toggle');
    const toggle = document.createElement('button');
    toggle.type = 'button';
    toggle.className = label.className;
    toggle.title = label.title;
    toggle.innerHTML = label.innerHTML;
    toggle.setAttribute('aria-label', label.title);
    toggle.setAttribute('aria-controls', 'mdbook-sidebar');
    const tellState = () => toggle.setAttribute('aria-expanded', label.getAttribute('aria-expanded'));
    tellState();
    new MutationObserver(tellState).observe(label, { attributes: true });
    toggle.addEventListener('click', () => label.click());
    label.style.display = 'none';
    label.before(toggle);

    // The search box has no name, is described by an id that does not exist, and lies in no landmark.
    const search = document.getElementById('mdbook-searchbar');
    if (search) {
        search.setAttribute('aria-label', 'Search this book');
        search.setAttribute('aria-describedby', 'mdbook-searchresults-header');
    }
    // mdBook searches when a key is released; text that is pasted or dropped with the mouse has none.
    search?.addEventListener('input', () => search.dispatchEvent(new KeyboardEvent('keyup')));
    document.getElementById('mdbook-search-wrapper')?.setAttribute('role', 'search');
    document.getElementById('mdbook-searchresults-header')?.setAttribute('role', 'status');

    // The bar on top belongs to no landmark, and its title would be a second first heading.
    document.getElementById('mdbook-menu-bar').setAttribute('role', 'banner');
    document.querySelector('.menu-title').setAttribute('role', 'presentation');

    // Two themes, in words: ours are the light one and the dark one.
    document.getElementById('mdbook-theme-coal').textContent = 'Dark';
    for (const theme of ['rust', 'navy', 'ayu']) {
        document.getElementById(`mdbook-theme-${theme}`)?.parentElement.remove();
    }

    // What scrolls sideways must be reachable by keyboard, and there the arrows must scroll it: to
    // mdBook they mean the next page.
    const boxes = document.querySelectorAll('pre > code, .table-wrapper, p:has(> img), p:has(> .checkbox-label)');
    for (const box of boxes) {
        box.addEventListener('keydown', event => {
            if (['ArrowLeft', 'ArrowRight'].includes(event.key)) {
                event.stopPropagation();
            }
        });
    }
    const scrollable = () => {
        for (const box of boxes) {
            if (box.scrollWidth > box.clientWidth) {
                box.tabIndex = 0;
            } else {
                box.removeAttribute('tabindex');
            }
        }
    };
    scrollable();
    window.addEventListener('resize', scrollable);

    // A door to the search within a page.
    for (const door of document.querySelectorAll('[data-search]')) {
        door.addEventListener('click', () => {
            document.getElementById('mdbook-search-toggle').click();
            window.scrollTo(0, 0);
        });
    }

    // On paper nothing is folded; afterwards it is again.
    const opened = [];
    window.addEventListener('beforeprint', () => {
        for (const box of document.querySelectorAll('details:not([open])')) {
            box.open = true;
            opened.push(box);
        }
    });
    window.addEventListener('afterprint', () => opened.splice(0).forEach(box => { box.open = false; }));

    // A place within something folded is shown, also when a search or a link leads to it.
    const content = document.getElementById('mdbook-content');
    const place = () => document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const unfold = () => {
        for (let box = place()?.closest('details'); box; box = box.parentElement.closest('details')) {
            box.open = true;
        }
    };
    unfold();
    window.addEventListener('hashchange', unfold);

    // Who comes from a search sees the words in the section that was found, whole words alone: mdBook
    // marks them on the whole page, "a" in every word that has one.
    const marked = new URLSearchParams(location.search).get('highlight');
    if (marked && typeof Mark !== 'undefined') {
        new Mark(content).unmark();
        const start = place();
        const section = [];
        for (let box = start; box; box = box.nextElementSibling) {
            if (box !== start && /^H[123]$/.test(box.tagName)) {
                break; // The search cuts pages there, too.
            }
            section.push(box);
        }
        const little = /^(a|an|and|are|as|at|be|but|by|can|do|does|for|from|has|have|how|i|if|in|is|it|its|my|no|not|of|on|or|so|than|that|the|this|to|was|what|when|where|which|who|why|will|with|you)$/i;
        const words = marked.split(/[^\p{L}\p{N}_]+/u).filter(word => word && !little.test(word));
        new Mark(section.length > 0 ? section : content).mark(words, { accuracy: 'exactly', separateWordSearch: false, exclude: ['text', 'svg *'] });
    }
}
