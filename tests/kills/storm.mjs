// What goes on while the programs are killed: a leader registers, the affected answer, and each program lives only until its next
// end. Everything that was acknowledged is remembered, so that it can be asked for afterwards.
import { fromHex, fromId, toB64u, systemRandom } from '../../client/bytes.js';
import { readEntry } from '../../client/keylog.js';
import { HEAD_LENGTH, SLOT_LENGTH, buildPost, openHour, work } from '../../client/ring.js';
import { unescape } from '../../tools/demo/visitor.mjs';
import { chance, fillForm, rest, sendForm, stranger } from './mill.mjs';

const LONGEST_LIFE = 2500; // ms after which a point that was not reached is given up, and a plain kill comes

/** Where a program is killed. Every stage of handing over a mail stands there once. */
const SMTP_STAGES = ['connect before', 'connect after', 'greeting reply', 'ehlo before', 'ehlo after', 'ehlo reply', 'mail before', 'mail after',
	'mail reply', 'rcpt before', 'rcpt after', 'rcpt reply', 'data before', 'data after', 'data reply', 'body before', 'body after',
	'dot before', 'dot after', 'dot reply'];

function* endings(luck, program) {
	let stages = [];
	for (;;) {
		const kind = luck.below(program === 'haven' ? 10 : 6);
		if (kind < 2)
			yield { random: 20 + luck.below(900) };
		else if (kind < 4)
			yield { die: `sync ${luck.one(['before', 'after'])} ${1 + luck.below(30)}` };
		else if (kind < 6)
			yield { die: `write ${luck.one(['before', 'after'])} ${1 + luck.below(60)}` };
		else {
			if (stages.length === 0)
				stages = SMTP_STAGES.map((s) => [luck.below(1 << 30), s]).sort((a, b) => a[0] - b[0]).map(([, s]) => s);
			const stage = stages.pop();
			yield { die: `${stage} ${/^(connect|greeting|ehlo)/.test(stage) ? 1 : 1 + luck.below(3)}` };
		}
	}
}

const attribute = (html, name) => unescape(new RegExp(`\\s${name}="([^"]*)"`).exec(html)?.[1] ?? '');

export class Storm {
	incidents = []; // { sentence, numbers, acknowledged }
	answers = [];   // { token, ref, rel, aid, kind, keys, acknowledged }
	kills = 0;
	cuts = 0;
	hit = new Map(); // named point → how often a program died there
	troubles = [];

	constructor(mill, seed) {
		this.mill = mill;
		this.seed = seed;
		this.luck = chance(seed);
		this.running = true;
	}

	// ---- the load ----

	async registering(pause) {
		for (let n = 1; this.running; n++) {
			const numbers = [...new Set(Array.from({ length: 1 + this.luck.below(4) }, () => this.luck.one(this.mill.people).number))];
			await this.registerOne(`Hendelse nummer ${n} i mølla`, numbers, this.luck.percent(15));
			await rest(this.luck.below(pause));
		}
	}

	/** fickle: gives up when the answer to "save" does not come. Otherwise presses until it is acknowledged. */
	async registerOne(sentence, numbers, fickle) {
		const incident = { sentence, numbers, acknowledged: false };
		let form;
		while (this.running && !form)
			form = await fillForm(this.mill, incident).catch(() => rest(50));
		if (!form)
			return;
		this.incidents.push(incident);
		while (this.running && !incident.acknowledged) {
			const answer = await sendForm(this.mill, form).catch(() => null);
			if (answer?.status === 303) {
				incident.acknowledged = true;
				incident.page = answer.headers.location;
			} else if (answer && answer.status < 500)
				return void this.troubles.push(`the form got ${answer.status}: ${answer.text.slice(0, 1500)}`);
			else if (fickle)
				return;
			else
				await rest(50);
		}
	}

	async answering() {
		const done = new Set();
		while (this.running) {
			for (const { token, to } of this.mill.offers())
				if (!done.has(token) && this.running) {
					done.add(token);
					await this.answerOne(token, to);
				}
			await rest(30);
		}
	}

	async answerOne(token, to) {
		let page;
		while (this.running && page?.status !== 200) {
			page = await stranger.request(`${this.mill.haven}/h/o/${token}`).catch(() => null);
			if (page && page.status !== 200 && page.status < 500)
				return void this.troubles.push(`the page of ${to} got ${page.status}`);
			if (page?.status !== 200)
				await rest(50);
		}
		const keys = JSON.parse(page && attribute(page.text, 'data-keys') || '[]');
		if (!keys.some((k) => k.pos === 0))
			return; // nobody could be found for this person yet
		const answer = { token, ref: fromId(attribute(page.text, 'data-ref')), rel: fromHex(attribute(page.text, 'data-rel'), 32), aid: systemRandom(16),
			kind: this.luck.one(['call', 'later', 'none', 'other']), keys, acknowledged: false };
		const other = keys.find((k) => k.pos === 3);
		if (answer.kind === 'other' && !other)
			answer.kind = 'call';
		const pub = (k) => readEntry(Buffer.from(k.entry, 'base64url')).hpkePub;
		const places = Object.fromEntries(keys.filter((k) => k.pos < 3).map((k) => [k.pos, pub(k)]));
		if (answer.kind === 'other')
			places[3] = pub(other);
		answer.reader = answer.kind === 'other' ? other.id : keys.find((k) => k.pos === 0).id;
		const body = await buildPost({ inst: this.mill.inst, door: fromId(attribute(page.text, 'data-door')), postId: systemRandom(16), rel: answer.rel,
			keys: places, answer: { ref: answer.ref, aid: answer.aid, t: 29000000, kind: answer.kind, phone: '+47 00 00 00 00', note: token,
				...(answer.kind === 'other' ? { to: other.id } : {}) } });
		answer.slot = body.slice(HEAD_LENGTH);
		this.answers.push(answer);
		const fickle = this.luck.percent(15);
		while (this.running && !answer.acknowledged) {
			const got = await stranger.request(`${this.mill.haven}/h/ring`, { method: 'POST', body: Buffer.from(body),
				headers: { 'content-type': 'application/octet-stream' } }).catch(() => null);
			answer.acknowledged = got?.status === 204;
			if (got?.status === 429)
				await work(body, Number(got.headers['makker-work']));
			else if (got && got.status < 500 && got.status !== 204)
				return void this.troubles.push(`an answer got ${got.status}`);
			else if (!answer.acknowledged && fickle)
				return;
			else if (!answer.acknowledged)
				await rest(50);
		}
	}

	// ---- the ends ----

	/** One program lives and is killed, `kills` times; `cuts` of them are power cuts. how: where each life ends. */
	async lives(program, kills, cuts, how = endings(this.luck, program)) {
		const { mill, luck } = this;
		const isCut = new Set();
		while (isCut.size < cuts)
			isCut.add(luck.below(kills));
		for (let n = 0; n < kills && this.troubles.length === 0; n++) {
			const end = how.next().value;
			const life = await mill.start(program, end.die);
			if (end.random && life.ended === null)
				await Promise.race([life.end, rest(end.random)]);
			else if (life.ended === null)
				await Promise.race([life.end, rest(LONGEST_LIFE)]);
			const went = life.ended !== null;
			if (!went)
				await mill.kill(program);
			else if (program === 'haven')
				await mill.markLife();
			if (end.die?.startsWith('fail ') ? life.said.includes('powercut: it fails now') : end.die && went)
				this.#count(end.die.split(' ').slice(0, 2).join(' '));
			if (life.trouble)
				this.troubles.push(life.trouble);
			this.kills++;
			if (isCut.has(n)) {
				mill.cut(program, this.seed * 1000 + n);
				this.cuts++;
			} else if (luck.percent(50))
				mill.settle(program);
		}
		await mill.start(program);
	}

	#count(point) {
		this.hit.set(point, (this.hit.get(point) ?? 0) + 1);
	}

	/** The workplace's hours pass: programs that start see the new time, one that runs is told. */
	async hours(pause) {
		for (;;) {
			for (let waited = 0; waited < pause && this.running; waited += 100)
				await rest(100);
			if (!this.running)
				return;
			await this.mill.hours(1).catch(() => {}); // killed meanwhile
		}
	}

	// ---- what an answer's reader finds ----

	/** Every closed hour of the ring as desks get it, slot by slot: the text of its bytes → its bytes. */
	async slots() {
		const { mill } = this, found = new Map(), visitor = await mill.atDesk(mill.supporters[0]);
		const { ring } = JSON.parse((await visitor.get(`${mill.haven}/s/desk/data`)).text);
		for (let hour = ring.to; hour > ring.to - 60 && hour >= ring.from; hour--) {
			const page = await visitor.request(`${mill.haven}/s/ring/${hour}`);
			for (let at = 0; page.status === 200 && at < page.body.length; at += SLOT_LENGTH) {
				const slot = page.body.subarray(at, at + SLOT_LENGTH);
				found.set(slot.toString('latin1'), new Uint8Array(slot));
			}
		}
		return found;
	}

	/** Whether the answer lies among the slots and opens with its reader's key as what it was. */
	async opens(slots, answer) {
		const { mill } = this, page = slots.get(Buffer.from(answer.slot).toString('latin1'));
		const reader = mill.supporters.find((s) => s.keyId === answer.reader);
		if (!page || !reader)
			return false;
		const other = answer.kind === 'other';
		const found = await openHour({ inst: mill.inst, pair: reader.pair, page, others: other,
			tasks: other ? [] : [{ id: answer.token, ref: answer.ref, rel: answer.rel, positions: [0] }] });
		return found.length === 1 && found[0].answer.aid === toB64u(answer.aid) && found[0].answer.kind === answer.kind;
	}
}
