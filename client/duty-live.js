/* duty-live.js: the counts of an incident follow while its leader looks.

   Asks for what has changed every two seconds while a message is on its way, then every half minute, and not at all
   while nobody looks at the page. Only texts and attributes change, so focus stays where it is. When she has been signed
   out the page says so and stops asking; it asks once more when she comes back to it, since she may have signed in beside. */

const SOON = 2000;
const LATER = 30000;

function setText(root, selector, text) {
	const element = root.querySelector(selector);
	if (element && element.textContent !== text)
		element.textContent = text;
}

function showSeat(seat) {
	const item = document.querySelector(`[data-seat="${CSS.escape(seat.id)}"]`);
	const row = document.querySelector(`[data-row="${CSS.escape(seat.id)}"]`);
	if (item) {
		setText(item, '[data-when]', seat.when);
		item.toggleAttribute('data-open', seat.open);
		item.toggleAttribute('data-wait', !seat.open && !seat.offered);
		item.querySelector('[data-mark="offered"]').toggleAttribute('hidden', !seat.offered);
		item.querySelector('[data-mark="open"]').toggleAttribute('hidden', !seat.open);
	}
	if (row) {
		setText(row, '[data-sent]', seat.sent);
		setText(row, '[data-reached]', seat.reached);
		setText(row, '[data-in-person]', seat.inPerson);
	}
}

/* Boxes that are no longer due are hidden. A new one is drawn by the server: the page is asked for again. */
function showNeeds(ids) {
	const there = new Map([...document.querySelectorAll('[data-need]')].map((box) => [box.dataset.need, box]));
	for (const [id, box] of there)
		box.hidden = !ids.includes(id);
	return ids.every((id) => there.has(id));
}

function show(root, state) {
	const before = root.querySelector('[data-offered]').textContent;
	setText(root, '[data-offered]', state.offered);
	setText(root, '[data-sent-count]', state.sent);
	setText(root, '[data-reached-count]', state.reached);
	setText(root, '[data-as-of]', state.asOf);
	state.seats.forEach(showSeat);
	if (before !== state.offered)
		setText(root, '[data-told]', state.offered);
	root.dataset.version = state.version;
	root.dataset.waiting = state.waiting ? 'yes' : 'no';
	return showNeeds(state.needs);
}

export function startLive(root) {
	const url = new URL(root.dataset.state, location.href);
	let timer;
	const again = () => {
		clearTimeout(timer);
		timer = setTimeout(look, root.dataset.waiting === 'yes' ? SOON : LATER);
	};
	async function look() {
		if (document.hidden)
			return;
		url.searchParams.set('have', root.dataset.version);
		try {
			const answer = await fetch(url, { headers: { Accept: 'application/json' }, redirect: 'error' });
			const state = answer.status === 200 ? await answer.json() : null;
			if (answer.ok)
				root.querySelector('[data-signed-out]').hidden = !state?.signedOut;
			if (state?.signedOut || answer.status === 403)
				return;
			if (state && !show(root, state))
				return location.reload();
		} catch {
			/* No network just now: what stands here stays, with its time beside it. */
		}
		again();
	}
	document.addEventListener('visibilitychange', () => {
		if (!document.hidden)
			look();
	});
	again();
}
