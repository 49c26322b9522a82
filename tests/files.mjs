// The files below a folder. Not by readdir's `recursive`, which in Node 18 takes a socket for a folder.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** → names of plain files, from the folder on. What is neither a file nor a folder (a socket) is left out. */
export function filesBelow(folder) {
	return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
		entry.isDirectory() ? filesBelow(join(folder, entry.name)).map((name) => join(entry.name, name)) : entry.isFile() ? [entry.name] : []);
}
