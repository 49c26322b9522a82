// desk.mjs: a supporter at her desk, without a browser: the same requests in the same order as client/desk.js makes them,
// by the same modules. What a browser would keep in IndexedDB is kept in this object; she comes in by her recovery code.
import '../../client/node/crypto.js';
import { fromB64u, fromHex, fromId, systemRandom, toB64u, toHex } from '../../client/bytes.js';
import { parseCode } from '../../client/code.js';
import { outcomesDue, positionsOf, scanPlan, scanned, takeIn } from '../../client/desk-rules.js';
import { checkLog, checkOwn, extendsHead, keyId } from '../../client/keylog.js';
import { deriveKeys } from '../../client/keys.js';
import { openHour } from '../../client/ring.js';
import { get, hashOf, list, openVault, prune, put, sealVault } from '../../client/vault.js';
import { KIND_RECOVERY, openWrap, readWrap } from '../../client/wrap.js';

export class Desk {
	/** visitor: signed in. payload: the 33 digits of the recovery code. all: hours that are not tried are fetched all the same. olds: pairs
	    of keys before the present ones. */
	constructor({ visitor, haven, email, payload, all = true, olds = [] }) {
		Object.assign(this, { visitor, haven, email, payload, all, olds, tasks: [], today: '' });
	}

	async #ask(path, { method = 'GET', json, bytes, also, headers = {} } = {}) {
		const page = await this.visitor.request(`${this.haven}/s${path}`, {
			method, body: bytes ? Buffer.from(bytes) : json && JSON.stringify(json),
			headers: method === 'GET' ? {} : { 'makker-csrf': this.csrf,
				'content-type': bytes ? 'application/octet-stream' : 'application/json', ...headers },
		});
		if (page.status >= 300 && page.status !== also)
			throw new Error(`${this.email}: ${method} ${path}: ${page.status} ${page.text.slice(0, 200)}`);
		return page;
	}

	async #write() {
		this.vault.n++;
		const blob = await sealVault({ vault: this.vault, key: this.keys.vault, inst: this.inst, supporter: this.supporter });
		await this.#ask('/vault', { method: 'POST', bytes: blob, headers: { 'if-match': `"${this.h}"` } });
		this.h = await hashOf(blob);
	}

	async #sendOutcomes() {
		const outcomes = outcomesDue(this.tasks, this.today, this.vault);
		if (outcomes.length === 0)
			return;
		const reply = await this.#ask('/tasks/outcomes', { method: 'POST', json: { outcomes }, also: 409 });
		if (reply.status === 409) /* the tasks are others by now: look again, say it at the next occasion */
			this.tasks = JSON.parse((await this.#ask('/desk/data')).text).tasks;
		else
			this.told = outcomes;
	}

	async #writeAndTell() {
		await this.#write();
		await this.#sendOutcomes();
	}

	/** Opens the desk. now: the workplace's, in ms. hours: the ring hours worth trying (the rest is fetched, not tried: who
	    answered when is known to the test, and trial opening is the client's own tests' subject). worth: (hour, task, or null for whoever
	    chose her) → whether it is. */
	async unlock(now, hours = new Set(), worth = () => true) {
		const page = await this.visitor.get(`${this.haven}/s/desk`);
		this.csrf = /data-csrf="([^"]+)"/.exec(page.text)?.[1];
		const seen = JSON.parse((await this.#ask('/desk/keys')).text);
		this.inst = fromId(seen.inst);
		this.supporter = fromId(seen.supporter.id);
		if (!this.keys) {
			const row = seen.wraps.map((w) => fromB64u(w, 92)).find((w) => readWrap(w)?.kind === KIND_RECOVERY);
			const mk = await openWrap({ row, inst: this.inst, supporter: this.supporter, secret: { payload: this.payload } });
			this.mk = mk.slice();
			this.keys = await deriveKeys(mk);
		}
		this.vault = await openVault({ blob: fromB64u(seen.vault.blob), key: this.keys.vault, inst: this.inst, supporter: this.supporter });
		this.h = seen.vault.h;
		const log = await checkLog(seen.keylog.map((e) => fromB64u(e, 256)));
		const head = get(this.vault, 'log'), own = get(this.vault, 'own');
		if (log.error || !extendsHead(log, { n: head.n, h: fromHex(head.h, 32) }) ||
		    checkOwn(log, this.supporter, this.keys, own.map((h) => fromHex(h, 32))) !== 'ok')
			throw new Error(`${this.email}: the key log does not hold`);
		await this.#write();
		const data = JSON.parse((await this.#ask('/desk/data')).text);
		this.tasks = data.tasks;
		this.today = data.today;
		prune(this.vault, new Set(data.tasks.map((task) => task.id)), now);
		await this.#ask('/tasks/seen', { method: 'POST', json: { tasks: data.tasks.map((task) => task.id) } });
		await this.#sendOutcomes();
		await this.#scan(data.ring, now, hours, worth);
	}

	async #scan(ring, now, hours, worth) {
		const pair = this.keys.hpke;
		const own = await Promise.all([pair, ...this.olds].map(async ({ raw }) => toHex(await keyId(raw))));
		for (const { hour, tasks, others } of scanPlan(this.tasks, ring, this.vault)) {
			if (!this.all && !hours.has(hour))
				continue;
			const page = await this.visitor.request(`${this.haven}/s/ring/${hour}`);
			if (page.status !== 200 && page.status !== 404)
				throw new Error(`${this.email}: ring hour ${hour}: ${page.status}`);
			if (page.status !== 200 || !hours.has(hour))
				continue;
			const found = await openHour({
				inst: this.inst, pair, olds: this.olds, page: new Uint8Array(page.body), others: others && worth(hour, null),
				tasks: tasks.filter((task) => worth(hour, task)).map((task) => ({
					id: task.id, ref: fromId(task.ref), rel: fromHex(task.rel, 32), positions: positionsOf(task) })),
			});
			takeIn(this.vault, hour, found, now, own);
		}
		scanned(this.vault, this.tasks, ring, now);
	}

	/** What whoever chose her herself has written to her. */
	others() {
		return list(this.vault, 'other:').map(([, said]) => said);
	}

	/** What was answered to a task, or null. */
	answer(task) {
		return get(this.vault, `answer:${task.id}`);
	}

	/** The tasks that are hers now, without opening the desk. visitor: signed in. */
	async tasksNow(visitor) {
		return JSON.parse((await visitor.get(`${this.haven}/s/desk/data`)).text).tasks;
	}

	tried(task, now) {
		put(this.vault, `try:${toB64u(systemRandom(16))}`, { task: task.id, t: Math.floor(now / 60000) }, now);
	}

	/** She presses a closing button. It leaves the vault only on the day on which all outcomes do. */
	async outcome(task, value, now) {
		put(this.vault, `outcome:${task.id}`, value, now);
		if (outcomesDue(this.tasks, this.today, this.vault).some((o) => o.task === task.id))
			await this.#writeAndTell();
	}

	async passOn(task) {
		await this.#ask(`/tasks/${encodeURIComponent(task.id)}/pass-on`, { method: 'POST', json: {} });
		this.tasks = this.tasks.filter((other) => other !== task);
	}

	/** client.test.mjs holds the desk in the browser to the same order. */
	async lock() {
		await this.#writeAndTell();
		this.tasks = [];
	}
}

export const payloadOf = (code) => parseCode([code].flat().join(' ')).payload;
