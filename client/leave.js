/* leave.js: the quick exit. A click on any [data-exit] link, or Escape twice within one second: the page goes blank at once
   and is replaced, so that Back does not lead here. `before` runs first (the desk locks). */

const WITHIN_MS = 1000;

export function armExit(before = () => {}) {
	let last = -Infinity;
	const links = [...document.querySelectorAll('a[data-exit]')];
	const go = (href) => {
		document.documentElement.hidden = true;
		document.title = '';
		before();
		location.replace(href);
	};
	for (const link of links) {
		link.addEventListener('click', (event) => {
			event.preventDefault();
			go(link.href);
		});
	}
	document.addEventListener('keydown', (event) => {
		if (event.key !== 'Escape' || links.length === 0)
			return;
		if (event.timeStamp - last < WITHIN_MS)
			go(links[0].href);
		last = event.timeStamp;
	});
}
