/* duty-live.js: the counts of an incident follow while its leader looks.

   Asks for what has changed and waits for the answer, which comes with the change, a second or two after it; not at all
   while nobody looks at the page, so that pages in the background hold no connection. Only texts and attributes change, so focus stays where it is. When she has been signed
   out the page says so and stops asking; it asks once more when she comes back to it, since she may have signed in beside. */

const PAUSE = 1500; /* between an answer and the next question: many changes in a row are one */
const WAIT = 25; /* seconds that the server may wait with "nothing new" */
const LATER = 10000; /* after no answer */

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
	/* What is to be said of the session for all of them is drawn by the server too. */
	return showNeeds(state.needs) && state.group === (root.dataset.group ?? state.group);
}

export function startLive(root) {
	const url = new URL(root.dataset.state, location.href);
	let timer, asking = null;
	const again = (pause) => {
		clearTimeout(timer);
		timer = setTimeout(look, pause);
	};
	async function look() {
		if (document.hidden || asking)
			return;
		url.searchParams.set('have', root.dataset.version);
		url.searchParams.set('wait', WAIT);
		asking = new AbortController();
		let pause = PAUSE;
		try {
			const answer = await fetch(url, { headers: { Accept: 'application/json' }, redirect: 'error', signal: asking.signal });
			const state = answer.status === 200 ? await answer.json() : null;
			if (answer.ok)
				root.querySelector('[data-signed-out]').hidden = !state?.signedOut;
			else
				pause = LATER;
			if (state?.signedOut || answer.status === 403 || answer.status === 404)
				return;
			if (state && !show(root, state))
				return location.reload();
		} catch {
			pause = LATER; /* No network just now: what stands here stays, with its time beside it. */
		} finally {
			asking = null;
		}
		again(pause);
	}
	document.addEventListener('visibilitychange', () => {
		if (document.hidden)
			asking?.abort();
		else
			again(0);
	});
	again(PAUSE);
}
