// colleague.mjs: somebody who was affected, with her personal link: looks, answers with JavaScript or without.
import '../../client/node/crypto.js';
import { equal, fromB64u, fromHex, fromId, systemRandom, toHex } from '../../client/bytes.js';
import { checkEntry, keyId } from '../../client/keylog.js';
import { buildPost } from '../../client/ring.js';
import { Visitor, formsOf, wordsOf } from '../../tools/demo/visitor.mjs';

const isOffer = (form) => form.attributes.id === 'offer';

/** Her page, and what offer.js reads on it. */
async function open(house, link) {
	const visitor = new Visitor({ machine: house.address });
	const page = await visitor.get(link);
	const form = formsOf(page.text, page.url).find(isOffer);
	if (!form)
		throw new Error(`${link} shows no offer: ${wordsOf(page.text).slice(0, 300)}`);
	if (page.headers['set-cookie'])
		throw new Error('a personal page sets a cookie');
	return { visitor, page, form };
}

/** Opens the link and does nothing: also what a link scanner does. */
export const openOnly = async (house, link) => void await open(house, link);

/** said: { kind, phone?, note? }; for `other` the last of those who can be chosen. Where contact is over, the page only
    asks whom to be called by: whoever wants no call leaves it, the others choose.
    → the page's number, under which it was sealed (`ref`, as hex); undefined: nothing was said. */
export async function answer(house, link, said, { script, phone }) {
	const { visitor, page, form } = await open(house, link);
	if (form.fields.some((f) => f.name === 'kind' && f.kind === 'hidden')) {
		if (said.kind === 'none' || said.kind === 'later')
			return;
		said = { kind: 'other', phone };
	}
	const keys = JSON.parse(form.attributes['data-keys']);
	const to = said.kind === 'other' ? keys.at(-1).id : '';
	const words = { ...said, ...(to ? { to } : {}) };
	const d = (name) => form.attributes[`data-${name}`];
	if (!script) {
		const fields = Object.fromEntries(Object.entries(words).filter(([name]) => name !== 'kind' || form.fields.some((f) => f.name === 'kind' && f.kind === 'radio')));
		const after = await visitor.submit(page, fields, { which: isOffer });
		if (formsOf(after.text, after.url).some(isOffer))
			throw new Error(`the answer was not taken: ${wordsOf(after.text).slice(0, 400)}`);
		return toHex(fromId(d('ref')));
	}
	const places = {};
	for (const { id, pos, entry } of keys) {
		const read = await checkEntry(fromB64u(entry, 256));
		if (!read || !equal(await keyId(read.hpkePub), fromHex(id, 8)))
			throw new Error('a key on the page does not hold');
		if (pos < 3)
			places[pos] = read.hpkePub;
		if (id === to)
			places[3] = read.hpkePub;
	}
	const body = await buildPost({
		inst: fromId(d('inst')), door: fromId(d('door')), postId: systemRandom(16), rel: fromHex(d('rel'), 32), keys: places,
		answer: { ...words, ref: fromId(d('ref')), aid: systemRandom(16), t: Math.floor(house.now / 60000) },
	});
	const reply = await visitor.request(new URL(d('ring'), page.url).href,
		{ method: 'POST', body: Buffer.from(body), headers: { 'content-type': 'application/octet-stream' } });
	if (reply.status !== 204)
		throw new Error(`the ring answered ${reply.status}`);
	return toHex(fromId(d('ref')));
}
