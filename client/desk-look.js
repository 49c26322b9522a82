/* desk-look.js: how the desk looks for what is new: never twice at once, no press lost, and the next hours already on their way
   while one is being opened. */

/* → a function that starts the job. Called while one runs, it lets that one end early (`stale()` turns true) and starts once
   more after it, however often it was called. job(stale) throws nothing. */
export function oneLookAtATime(job) {
	let wanted = false;
	let running = null;
	async function run() {
		try {
			while (wanted) {
				wanted = false;
				await job(() => wanted);
			}
		} finally {
			running = null;
		}
	}
	return () => {
		wanted = true;
		running ??= run();
		return running;
	};
}

const AHEAD = 4; /* browsers hold six connections to one host; two stay free for what the supporter does meanwhile */

/* Each entry of the plan with its page, in order. A page that could not be had throws when its turn has come. */
export async function* pagesOf(plan, fetchHour) {
	const coming = [];
	const order = (entry) => {
		const page = fetchHour(entry.hour);
		page.catch(() => {}); /* told at its turn; nobody waits for it if the look ended before */
		coming.push([entry, page]);
	};
	for (const entry of plan.slice(0, AHEAD))
		order(entry);
	for (let i = 0; coming.length > 0; i++) {
		const [entry, page] = coming.shift();
		const bytes = await page;
		if (plan[i + AHEAD])
			order(plan[i + AHEAD]);
		yield [entry, bytes];
	}
}
