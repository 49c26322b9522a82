// Reads as much of a mail (RFC 5322, 2045, 2047) as a person needs to see: subject, sender, text.

const MOST_DEPTH = 5;

function splitHead(raw) {
	const at = /\r?\n\r?\n/.exec(raw);
	const head = at ? raw.slice(0, at.index) : raw;
	const headers = new Map();
	for (const line of head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
		const colon = line.indexOf(':');
		if (colon > 0 && !headers.has(line.slice(0, colon).toLowerCase()))
			headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
	}
	return { headers, body: at ? raw.slice(at.index + at[0].length) : '' };
}

function decode(latin1, charset) {
	try {
		return new TextDecoder(charset).decode(Buffer.from(latin1, 'latin1'));
	} catch {
		return latin1; // an unknown character set is shown as it came
	}
}

const hex = (text) => text.replace(/=([0-9A-Fa-f]{2})/g, (_, h) => String.fromCharCode(parseInt(h, 16)));

function decodeBody(body, encoding, charset) {
	if (/^base64$/i.test(encoding))
		return decode(Buffer.from(body, 'base64').toString('latin1'), charset);
	if (/^quoted-printable$/i.test(encoding))
		return decode(hex(body.replace(/=[ \t]*\r?\n/g, '')), charset);
	return decode(body, charset);
}

/** Encoded words; neighbours of one character set and encoding are joined before decoding, as a letter may be split. */
export function decodeHeader(value) {
	const joined = value.replace(/\?=\s+=\?/g, '?==?');
	return joined.replace(/(?:=\?[^?\s]+\?[BbQq]\?[^?\s]*\?=)+/g, (run) => {
		let bytes = '', charset = 'utf-8', out = '';
		for (const [, set, how, text] of run.matchAll(/=\?([^?*\s]+)(?:\*[^?]*)?\?([BbQq])\?([^?\s]*)\?=/g)) {
			if (set.toLowerCase() !== charset && bytes) {
				out += decode(bytes, charset);
				bytes = '';
			}
			charset = set.toLowerCase();
			bytes += /b/i.test(how) ? Buffer.from(text, 'base64').toString('latin1') : hex(text.replace(/_/g, ' '));
		}
		return out + decode(bytes, charset);
	});
}

const parameter = (type, name) =>
	new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^;\\s]+))`, 'i').exec(type)?.slice(1).find((v) => v !== undefined);

/** The first text/plain part, decoded; null if there is none. */
function plainText(raw, depth) {
	const { headers, body } = splitHead(raw);
	const type = headers.get('content-type') ?? 'text/plain';
	const boundary = parameter(type, 'boundary');
	if (/^multipart\//i.test(type) && boundary && depth < MOST_DEPTH) {
		const parts = `\n${body}`.split(`\n--${boundary}`).slice(1);
		for (const part of parts) {
			if (part.startsWith('--'))
				break;
			const text = plainText(part.replace(/^[ \t]*\r?\n/, ''), depth + 1);
			if (text !== null)
				return text;
		}
		return null;
	}
	if (!/^text\/plain/i.test(type))
		return null;
	return decodeBody(body, headers.get('content-transfer-encoding') ?? '', parameter(type, 'charset') ?? 'utf-8');
}

export function readMail(bytes) {
	const raw = bytes.toString('latin1');
	const { headers } = splitHead(raw);
	const words = (name) => decodeHeader(decode(headers.get(name) ?? '', 'utf-8'));
	return { subject: words('subject'), headerFrom: words('from'), messageId: headers.get('message-id') ?? '',
		text: (plainText(raw, 0) ?? '').replace(/\r\n/g, '\n') };
}
