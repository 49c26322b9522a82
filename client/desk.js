/* desk.js: the supporter's desk (§ 2.2, 2.3, 2.5, 3.4, 3.5, 8). Wiring: what is asked when, the clock that locks, what leaves the page.

   States: looking → set-up | locked | lost → open → locked. Locks after 10 idle minutes, when the page goes, on [data-lock] and
   on quick exit. Contract with the server: README.md. */

import { toB64u, systemRandom, fromHex, fromId } from './bytes.js';
import { Trouble, openApi } from './desk-api.js';
import { codePage, lockedPage, lostPage, newDevicePage, redPage, restoredPage, setUpPage, troublePage, waitPage } from './desk-closed.js';
import { readTexts } from './desk-dom.js';
import { openKeep } from './desk-keep.js';
import { oneLookAtATime, pagesOf } from './desk-look.js';
import { openMine } from './desk-mine.js';
import { openPage } from './desk-open.js';
import { openRing } from './desk-ring.js';
import { forgetTask, hourRead, outcomesDue, positionsOf, scanPlan, scanned, takeIn, whatStays } from './desk-rules.js';
import { Restored, argonBy, byCode, byPasskey, byPassphrase, hasPasskey, isRed, look, prepareFirst } from './desk-unlock.js';
import { TEXTS } from './desk-texts.js';
import { armExit } from './leave.js';
import { passkeysHere, usePasskey } from './passkey.js';
import { Refused } from './refused.js';
import { get, prune, put } from './vault.js';

const IDLE_MS = 10 * 60 * 1000;
const BEAT_MS = 60 * 1000;
const CHECK_MS = 5 * 1000;

const root = document.getElementById('desk');
const lockButtons = [...document.querySelectorAll('[data-lock]')];

/* Trusted Types: the only script addresses this page ever makes are the two the server wrote into it. */
function workerUrls({ argon, ringWorker }) {
	const known = [argon, ringWorker];
	const check = (url) => {
		if (!known.includes(url) || new URL(url, location.href).origin !== location.origin)
			throw new TypeError('not a worker of ours');
		return url;
	};
	const policy = globalThis.trustedTypes?.createPolicy('makker-worker', { createScriptURL: check });
	const make = (url) => policy?.createScriptURL(url) ?? check(url);
	return { argon: make(argon), ring: make(ringWorker) };
}

const t = readTexts(document.getElementById('texts'), TEXTS);
const api = openApi({ base: root.dataset.base, csrf: root.dataset.csrf });
const urls = workerUrls(root.dataset);
const argon = argonBy(urls.argon);

let open = null; /* { lock } while open */
let lastTouch = Date.now();

function show(page, focus = true) {
	root.replaceChildren(page);
	if (focus)
		page.querySelector('h1')?.focus();
}

/* ---- closed ---- */

async function start(message = null) {
	show(waitPage(t, 'wait.look', message), false);
	try {
		const [seen, can] = await Promise.all([look(api), passkeysHere()]);
		seen.passkeys = can !== 'no';
		closed(seen, message);
	} catch (e) {
		troubled(e);
	}
}

function troubled(e) {
	if (isRed(e))
		show(redPage(t, e.text));
	else
		show(troublePage(t, e.text ?? 'server', { signin: root.dataset.signin, again: () => start() }));
}

/* What the operator says of a shorter log stands on a page of its own; it goes away as an open desk does. */
function askRestored(e) {
	const away = (message, leaving) => {
		open = null;
		if (leaving)
			root.replaceChildren();
		else
			start(message);
	};
	open = { lock: away };
	lastTouch = Date.now();
	show(restoredPage(t, e, () => redOrForm(async () => opened(await e.accept()))));
}

/* The red page is for what cannot be mended by trying again, and who is signed out needs the way back in; the rest stands in
   the form. */
async function redOrForm(job) {
	try {
		await job();
	} catch (e) {
		if (e instanceof Restored)
			askRestored(e);
		else if (isRed(e) || e.text === 'signed-out')
			troubled(e);
		else
			throw e;
	}
}

function closed(seen, message, code = false) {
	const ask = async () => {
		await api.askReset();
		show(lostPage(t, { asked: true }, ask));
	};
	/* The page may have stood here for days: what is checked is the log of this moment. */
	const enter = (way) => redOrForm(async () => {
		const now = Object.assign(await look(api), { passkeys: seen.passkeys });
		if ((now.state !== 'locked' && now.state !== 'reset') || (seen.here && !code && !now.here))
			closed(now, null);
		else
			opened(await way(now));
	});
	/* Asked for first: the press must be hers still when the authenticator is. */
	const onPasskey = seen.passkeys && hasPasskey(seen) && (async () => {
		const { secret } = await usePasskey({ inst: seen.inst });
		await enter((now) => byPasskey(now, secret)).finally(() => secret.fill(0));
	});
	if (seen.state === 'lost') {
		show(lostPage(t, { asked: seen.reset === 'asked' }, ask));
	} else if (seen.state === 'forgotten') {
		show(redPage(t, 'log-bad'));
	} else if (seen.state === 'set-up' || seen.state === 'reset') {
		show(setUpPage(t, async (passphrase) => {
			const first = await prepareFirst(seen, passphrase, argon);
			show(codePage(t, first.payload, () => redOrForm(async () => opened(await first.confirm()))));
		}, {
			message: seen.state === 'reset' ? t('reset.approved') : seen.retired ? t('retire.done') : seen.knewMe ? t('restored.gone') : null,
			/* A yes to new keys takes no way in from whoever has one after all. */
			onWay: seen.wraps.length > 0 && (() => closed({ ...seen, state: 'locked' }, null)),
		}));
	} else if (seen.here && !code) {
		const onCode = () => closed(seen, null, true);
		show(lockedPage(t, { name: seen.name, onCode, onPasskey, message }, (passphrase) => enter((now) => byPassphrase(now, passphrase, argon))));
	} else {
		const onBack = seen.here && (() => closed(seen, null));
		const onLost = () => show(lostPage(t, { asked: seen.reset === 'asked', onBack: () => closed(seen, null, true) }, ask));
		const moved = seen.row.wrap && !seen.here && t('device.moved');
		show(newDevicePage(t, { onBack, onLost, onPasskey, message: moved }, (payload, passphrase) => enter((now) => byCode(now, payload, passphrase, argon))));
	}
}

/* ---- open ---- */

function opened(session) {
	const keep = openKeep({
		api, vault: session.vault, h: session.h, key: session.keys.vault, inst: session.inst,
		supporter: session.supporter, row: session.row, rowName: session.rowName, merged: () => alive && view.draw(),
		gone: () => alive && leave(t('keys.gone')),
	});
	const { vault } = keep;
	const { privateKey, publicKey } = session.keys.hpke;
	const ring = openRing(() => new Worker(urls.ring, { type: 'module' }), {
		inst: session.inst, pair: { privateKey, publicKey }, olds: session.olds.map(({ pair }) => pair),
	});
	const ids = [session.keyId, ...session.olds.map(({ id }) => id)];
	const desk = {
		name: session.name.split(/\s+/)[0], tasks: [], vault, warning: session.warning, today: '', ring: null,
	};
	let alive = true;
	/* What failed, and the text for it, until the same goes well: the vault by itself, the rest together. */
	const troubles = new Map();
	function heed(what, e = null) {
		if (e)
			troubles.set(what, e instanceof Trouble ? e.text : e instanceof RangeError ? 'full' : 'server');
		else
			troubles.delete(what);
		if (alive)
			view.trouble([...new Set(troubles.values())]);
	}
	const noted = () => keep.changed().catch((e) => heed('vault', e));
	const written = () => keep.write().then(() => heed('vault'), (e) => heed('vault', e));
	const complain = (e) => heed('desk', e);
	const calm = () => heed('desk');

	/* One after the other: the last list to arrive is the one that counts, so an older one must not overtake it. */
	let telling = Promise.resolve();
	const sendOutcomes = () => {
		const sent = telling.then(async () => {
			const outcomes = outcomesDue(desk.tasks, desk.today, vault);
			if (outcomes.length > 0)
				await api.outcomes(outcomes);
		});
		telling = sent.catch(() => {});
		return sent;
	};
	const writeAndTell = () => written().then(sendOutcomes);

	async function change(key, d, focus) {
		put(vault, key, d, Date.now());
		view.draw(focus);
		await noted();
	}

	const read = new Map(); /* what a look that ended early has opened: hourRead() */

	/* The only place where tasks come and go. One that went is forgotten here too: should it come back, it is read anew. */
	function nowHers(tasks) {
		if (desk.tasks.some((old) => !tasks.some((task) => task.id === old.id)))
			read.clear();
		desk.tasks = tasks;
	}
	const isHers = (id) => desk.tasks.some((task) => task.id === id);

	/* Ends early when the page is closed or something newer is asked for; the next look then goes on from there. */
	async function scan(ringHours, stale) {
		const { tasks } = desk;
		const plan = scanPlan(tasks, ringHours, vault, read);
		let left = plan.length;
		for await (const [entry, page] of pagesOf(plan, api.hour)) {
			if (!alive || stale())
				return;
			view.status(t('scan.busy', { n: left-- }));
			const found = await ring.hour(page, entry.tasks.map((task) => ({
				id: task.id, ref: fromId(task.ref), rel: fromHex(task.rel, 32), positions: positionsOf(task),
			})), entry.others);
			if (!alive)
				return;
			/* She may have passed a task on meanwhile. */
			const hers = found.filter(({ position, task }) => position === 3 || isHers(task));
			const fresh = takeIn(vault, entry.hour, hers, Date.now(), ids);
			hourRead(read, entry);
			if (fresh > 0) {
				view.draw();
				await noted();
			}
		}
		if (!alive)
			return;
		scanned(vault, tasks.filter((task) => isHers(task.id)), ringHours, Date.now());
		read.clear();
		await noted();
		view.status(t('scan.done'));
	}

	/* Everything in one answer, once: one look is one entry in the audit log. */
	async function fetchAll(stale) {
		view.status(t('scan.start'));
		const data = await api.data();
		if (!alive)
			return;
		nowHers(data.tasks);
		desk.today = data.today;
		desk.ring = data.ring;
		prune(vault, new Set(data.tasks.map((task) => task.id)), Date.now());
		view.draw();
		await api.seen(data.tasks.map((task) => task.id));
		await sendOutcomes();
		await scan(data.ring, stale);
		calm();
	}

	const again = oneLookAtATime((stale) => fetchAll(stale).catch((e) => {
		view.status('');
		complain(e);
	}));

	const view = openPage(t, desk, {
		signin: root.dataset.signin,
		lock: () => lock(),
		keys: () => mine(),
		again,
		tried: (task) => change(`try:${toB64u(systemRandom(16))}`,
			{ task: task.id, t: Math.floor(Date.now() / 60000) }, `[id="task-${task.id}"]`),
		async outcome(task, value) {
			await change(`outcome:${task.id}`, value, `[id="task-${task.id}"]`);
			if (outcomesDue(desk.tasks, desk.today, vault).some((o) => o.task === task.id))
				await writeAndTell().then(calm, complain);
		},
		async passOn(task) {
			try {
				await api.passOn(task.id);
			} catch (e) {
				if (e.status !== 404 && e.status !== 409) {
					complain(e);
					return;
				}
			}
			nowHers(desk.tasks.filter((other) => other.id !== task.id));
			forgetTask(vault, task.id, Date.now());
			view.draw('h1');
			view.status(t('task.passed'));
			await noted();
		},
		otherDone: (aid) => change(`other:${aid}`, { ...get(vault, `other:${aid}`), done: true }, 'h1'),
	});

	/* Nothing more is written with these keys. */
	function stop() {
		alive = false;
		open = null;
		clearInterval(beat);
		keep.stop();
		ring.end();
		for (const element of lockButtons)
			element.hidden = true;
	}
	/* Her keys are others now, or none. */
	function leave(message) {
		stop();
		start(message);
	}
	/* What is lost should she stop now, after one more look. */
	async function stays() {
		desk.ring = null;
		await again();
		return whatStays(vault, desk.ring);
	}
	const mine = openMine({
		leave, sync: () => keep.write(),
		t, api, argon, session, keep, lock: (message) => lock(message), back: () => alive && show(view.page),
		show: (page) => alive && show(page), troubled: (e) => alive && troubledOpen(e), stays,
	});
	function troubledOpen(e) {
		if (isRed(e)) {
			stop();
			troubled(e);
			return;
		}
		show(view.page);
		complain(e instanceof Refused ? new Trouble(e.text) : e);
	}

	const beat = setInterval(written, BEAT_MS);

	/* The page is closed at once; what she noted is sealed and on this device already. It is written before the outcomes are
	   said, so that what another device noted is among them. */
	function lock(message = t('locked.by-you'), leaving = false) {
		if (!alive)
			return;
		alive = false;
		open = null;
		clearInterval(beat);
		ring.end();
		for (const element of lockButtons)
			element.hidden = true;
		if (leaving) {
			root.replaceChildren();
			keep.last();
			return;
		}
		show(waitPage(t, 'wait.send', message));
		writeAndTell().catch(() => {}).then(() => {
			desk.tasks = [];
			start(message);
		});
	}

	open = { lock };
	lastTouch = Date.now();
	for (const element of lockButtons)
		element.hidden = false;
	show(view.page);
	written().then(again);
}

/* ---- locking by itself ---- */

for (const kind of ['pointerdown', 'keydown', 'touchstart', 'wheel'])
	addEventListener(kind, () => { lastTouch = Date.now(); }, { passive: true, capture: true });
const lockIfIdle = () => Date.now() - lastTouch >= IDLE_MS && open?.lock(t('locked.idle'));
setInterval(lockIfIdle, CHECK_MS);
document.addEventListener('visibilitychange', () => !document.hidden && lockIfIdle());
addEventListener('pagehide', () => open?.lock(null, true));
/* A page that comes back from the browser's cache is locked and looks anew. */
addEventListener('pageshow', (event) => event.persisted && start());
for (const element of lockButtons)
	element.addEventListener('click', () => open?.lock());
armExit(() => open?.lock(null, true));

/* "I am full" is saved beside the open desk: sending the form as a page would lock it. */
const fullForm = document.querySelector('form[data-full]');
fullForm?.addEventListener('submit', async (event) => {
	event.preventDefault();
	const saved = fullForm.querySelector('[data-saved]');
	saved.hidden = true;
	try {
		await api.full(fullForm.action, new URLSearchParams(new FormData(fullForm)));
		saved.hidden = false;
	} catch {
		fullForm.submit(); /* the page that comes says what is wrong; the desk locks itself on leaving */
	}
});

start();
