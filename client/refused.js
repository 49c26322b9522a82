/* refused.js: what cannot be done, with the key of the text that says why. */

export class Refused extends Error {
	constructor(text) {
		super(text);
		this.text = text;
	}
}
