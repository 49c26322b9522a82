// Debian's Chromium, and what every page is looked at for: nothing for axe to find, no complaint of the policy, no sideways
// scroll at 320 pixels or with twice as large letters.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const LOCALES = { nb: 'nb-NO', sv: 'sv-SE', da: 'da-DK', en: 'en-GB' };

/** A Chromium without a window; `more` are words of its command line. */
export const launch = (...more) => chromium.launch({
	executablePath: '/usr/bin/chromium', headless: true,
	args: ['--no-sandbox', '--headless', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
		'--disable-component-update', '--disable-sync', ...more],
});

/** Every breach of the page's policy becomes an error in the console. */
export const tellBreaches = (page) => page.addInitScript(() => document.addEventListener('securitypolicyviolation',
	(e) => console.error(`CSP ${e.violatedDirective} ${e.blockedURI} ${e.sample}`)));

export class Screen {
	#contexts = [];

	static async open() {
		const screen = new Screen();
		screen.browser = await launch();
		return screen;
	}

	/** A browser of somebody's own. → the page; page.complaints are errors of scripts and of the policy. */
	async person({ language = 'nb', javaScript = true, width = 360, height = 740 } = {}) {
		const context = await this.browser.newContext({ locale: LOCALES[language], javaScriptEnabled: javaScript, viewport: { width, height } });
		context.setDefaultTimeout(20000);
		this.#contexts.push(context);
		const page = await context.newPage();
		page.complaints = [];
		page.on('console', (m) => m.type() === 'error' && page.complaints.push(`${page.url()}: ${m.text()}`));
		page.on('pageerror', (e) => page.complaints.push(`${page.url()}: ${e}`));
		if (javaScript)
			await tellBreaches(page);
		return page;
	}

	/** What the open pages say, for the message of a test that failed. */
	async words() {
		const texts = [];
		for (const page of this.#contexts.flatMap((context) => context.pages()))
			texts.push(`${page.url()}\n${(await page.locator('body').innerText({ timeout: 2000 }).catch(String)).slice(0, 1500)}`);
		return texts.join('\n---\n');
	}

	async close() {
		for (const context of this.#contexts)
			await context.close();
		await this.browser.close();
	}
}

/** What sticks out of the window, if the page scrolls sideways. */
const wide = (page) => page.evaluate(() => {
	const room = document.documentElement.clientWidth;
	if (document.documentElement.scrollWidth <= room)
		return [];
	return [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > room + 1)
		.slice(0, 5).map((e) => `${e.outerHTML.slice(0, 120)} reaches ${Math.round(e.getBoundingClientRect().right)} of ${room}`);
});

/** What axe finds. Run from outside the page's policy, as an extension would be. */
export async function violations(page, kept = null) {
	const session = kept ?? await page.context().newCDPSession(page);
	try {
		const { frameTree } = await session.send('Page.getFrameTree');
		const { executionContextId } = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id, worldName: 'axe' });
		await session.send('Runtime.evaluate', { expression: axe, contextId: executionContextId });
		const { result } = await session.send('Runtime.evaluate', {
			contextId: executionContextId, awaitPromise: true, returnByValue: true,
			expression: 'axe.run(document).then((r) => r.violations.map((v) => v.id + ": " + v.nodes.map((n) => n.html).join(" | ")))',
		});
		assert.ok(Array.isArray(result.value), 'axe ran');
		return result.value;
	} finally {
		/* Chromium takes a page's virtual authenticators away with any session that ends. */
		if (!kept)
			await session.detach();
	}
}

/** Everything that every page must stand. `name` is for the message. */
export async function inspect(page, name) {
	const before = page.viewportSize();
	for (const width of [360, 1280]) {
		await page.setViewportSize({ width, height: before.height });
		assert.deepEqual(await violations(page), [], `${name} at ${width}: axe`);
	}
	await page.setViewportSize({ width: 320, height: before.height });
	assert.deepEqual(await wide(page), [], `${name}: sideways scroll at 320 pixels`);
	await page.setViewportSize({ width: 640, height: before.height });
	await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
	assert.deepEqual(await wide(page), [], `${name}: sideways scroll with the root font at 200 %`);
	await page.evaluate(() => { document.documentElement.style.fontSize = ''; });
	await page.setViewportSize(before);
	assert.deepEqual(page.complaints, [], `${name}: complaints in the console`);
}

/** Tab until the element has focus, and the focus can be seen. */
export async function tabTo(page, selector, most = 120) {
	for (let i = 0; i < most; i++) {
		await page.keyboard.press('Tab');
		const seen = await page.evaluate((s) => {
			const at = document.activeElement;
			if (!at?.matches(s))
				return null;
			const box = at.getBoundingClientRect(), label = at.labels?.[0]?.getBoundingClientRect();
			const style = getComputedStyle(at);
			const shown = (b) => b && b.width > 0 && b.height > 0 && b.bottom > 0 && b.top < innerHeight;
			return { shown: shown(box) || shown(label), ring: style.outlineStyle !== 'none' || style.boxShadow !== 'none' ||
				(at.labels?.[0] && getComputedStyle(at.labels[0]).outlineStyle !== 'none') };
		}, selector);
		if (seen) {
			assert.ok(seen.shown, `${selector} has the focus out of sight`);
			assert.ok(seen.ring, `${selector} shows no focus`);
			return;
		}
	}
	throw new Error(`${most} times Tab do not reach ${selector}`);
}
