// What mdBook's stock page lacks, mended here so that its templates need no copies of ours.
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
    const boxes = document.querySelectorAll('pre > code, .table-wrapper');
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
}
