// keys.mjs: a supporter's keys after the first day, made by the desk's own modules: lost and made anew with the coordinator's yes, or changed
// while the old ones are known.
import { fromB64u, sha256, toB64u, toHex } from '../../client/bytes.js';
import { makePayload } from '../../client/code.js';
import { RESET, ROTATE, checkLog, keyId, makeEntry } from '../../client/keylog.js';
import { deriveKeys, makeMaster } from '../../client/keys.js';
import { memoryOf } from '../../client/log-watch.js';
import { makeSupporterKeys } from '../../client/node/make-keys.js';
import { get, put, sealVault } from '../../client/vault.js';
import { KIND_RECOVERY, makeWrap } from '../../client/wrap.js';
import { payloadOf } from '../histories/desk.mjs';
import { DAY, HOUR, dayOf } from './plan.mjs';

const noonOf = (ms) => Date.parse(`${dayOf(ms)}T12:00:00Z`);
const csrfOf = (page) => /data-csrf="([^"]+)"/.exec(page.text)[1];

async function tell(visitor, url, csrf, body) {
	const reply = await visitor.request(url, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', 'makker-csrf': csrf } });
	if (reply.status >= 300)
		throw new Error(`POST ${url}: ${reply.status} ${reply.text.slice(0, 200)}`);
}

/** She asks, the coordinator says yes some hours later, she makes new ones: what she had goes on to others. */
export async function loseKeys(life, supporter, d) {
	const { hospital } = life;
	supporter.locked = true;
	const visitor = await hospital.enter({ program: 'haven', person: supporter });
	await tell(visitor, `${hospital.haven}/s/keys/ask`, csrfOf(await visitor.get(`${hospital.haven}/s/desk`)), {});
	life.at(life.now + d.between(1, 20) * HOUR, 'the coordinator says yes to new keys', async () => {
		const coordinator = await hospital.enter(hospital.who('coordinator'));
		const page = await coordinator.get(`${hospital.haven}/s/programme`);
		await coordinator.submit(page, {}, { which: (f) => f.action.endsWith('/s/programme/keys') });
		life.at(life.now + d.between(1, 8) * HOUR, 'a supporter makes new keys', () => newKeys(life, supporter));
	});
}

async function newKeys(life, supporter) {
	const { hospital } = life;
	if (supporter.ended)
		return;
	const visitor = await hospital.enter({ program: 'haven', person: supporter });
	const csrf = csrfOf(await visitor.get(`${hospital.haven}/s/desk`));
	const seen = JSON.parse((await visitor.get(`${hospital.haven}/s/desk/keys`)).text);
	const made = await makeSupporterKeys({ kind: RESET, inst: seen.inst, supporterId: seen.supporter.id, keylog: seen.keylog.map((e) => fromB64u(e, 256)), now: noonOf(life.now) });
	await tell(visitor, `${hospital.haven}/s/keys/reset`, csrf, made.body);
	supporter.payload = payloadOf(made.recoveryCode);
	supporter.locked = false;
	life.begins(supporter);
	/* What was sealed to the old ones alone is lost; what others hold too goes on. */
	for (const said of life.answers.filter((a) => a.at > life.now - 15 * DAY && (life.held.get(a.one)?.has(supporter.number) || a.kind === 'other')))
		said.lost = true;
	await hospital.settle();
	await life.receive();
}

/** New keys, signed for by the old ones, which open what was sealed to them for 15 days more. */
export async function rotateKeys(life, supporter) {
	const { hospital } = life, desk = life.desks.get(supporter.number);
	if (supporter.locked || supporter.ended)
		return;
	desk.visitor = await hospital.enter({ program: 'haven', person: supporter });
	await desk.unlock(life.now, life.hours, life.isWorthTrying);
	const { inst, supporter: id, vault, keys: old } = desk, payload = makePayload(), mk = makeMaster();
	const recovery = await makeWrap({ kind: KIND_RECOVERY, mk, inst, supporter: id, secret: { payload } });
	const keys = await deriveKeys(mk); /* and mk is wiped */
	const entries = JSON.parse((await desk.visitor.get(`${hospital.haven}/s/desk/keys`)).text).keylog.map((e) => fromB64u(e, 256));
	const { head } = await checkLog(entries), now = life.now;
	const entry = await makeEntry({ kind: ROTATE, n: head.n + 1, prev: head.h, supporter: id, sign: keys.sign, hpkePub: keys.hpke.raw, day: Math.floor(noonOf(now) / DAY), previousSign: old.sign });
	const next = structuredClone(vault);
	put(next, `old:${toHex(await keyId(old.hpke.raw))}`, { mk: toB64u(desk.mk), until: dayOf(now + 15 * DAY) }, now);
	put(next, 'own', [...get(vault, 'own'), toHex(await sha256(entry))], now);
	put(next, 'log', memoryOf(await checkLog([...entries, entry]), get(vault, 'log').r ?? 0), now);
	next.n++;
	const blob = await sealVault({ vault: next, key: keys.vault, inst, supporter: id });
	await tell(desk.visitor, `${hospital.haven}/s/keys/rotate`, desk.csrf, { entry: toB64u(entry), wraps: [toB64u(recovery)], vault: toB64u(blob), replaces: desk.h });
	supporter.payload = payload;
	life.begins(supporter, { olds: [{ pair: old.hpke, until: now + 15 * DAY }] });
	await hospital.settle();
	await life.receive();
}
