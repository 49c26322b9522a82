// What a phone must fetch before a page is whole: the page itself, its style, script, drawings and faces, as they come over the line.
import assert from 'node:assert/strict';

/** Most bytes of a colleague's first page, everything together (compressed where the server compresses). */
export const FIRST_PAGE_MOST = 30000;

/** Opens the address in a browser that has nothing in store. → { sent: bytes over the line, whole: bytes unpacked, parts }. */
export async function weigh(page, address) {
	const answers = [];
	const note = (answer) => answers.push(answer);
	page.on('response', note);
	await page.goto(address, { waitUntil: 'networkidle' });
	page.off('response', note);
	const parts = [];
	for (const answer of answers.filter((a) => /^https?:/.test(a.url()))) {
		assert.ok(!answer.fromServiceWorker());
		const { responseBodySize: sent } = await answer.request().sizes();
		parts.push({ path: new URL(answer.url()).pathname, kind: answer.request().resourceType(), sent,
			whole: answer.status() < 300 ? (await answer.body()).length : 0 });
	}
	const sum = (what) => parts.reduce((n, part) => n + part[what], 0);
	return { sent: sum('sent'), whole: sum('whole'), parts };
}

/** The page is light enough, and what makes it a page was counted. `kinds` are resource types, as the browser calls them. */
export async function isLight(page, address, kinds) {
	const weight = await weigh(page, address);
	const told = weight.parts.map((p) => `${p.sent} of ${p.whole} ${p.kind}`).join(', ');
	for (const kind of kinds)
		assert.ok(weight.parts.some((p) => p.kind === kind && p.sent > 0 && p.whole >= p.sent), `${kind} is counted: ${told}`);
	assert.ok(weight.sent <= FIRST_PAGE_MOST, `${weight.sent} bytes: ${told}`);
	return `${weight.sent} bytes over the line: ${told}`;
}
