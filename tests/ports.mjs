// Ports for programs that a test starts: free now, and below those that the system gives to outgoing connections, so that a
// program that was stopped finds its port again.
import { createServer } from 'node:net';

const FIRST = 20000, LAST = 32000;
let next = FIRST + process.pid * 37 % (LAST - FIRST);

const isFree = (port, host) => new Promise((done) => {
	const server = createServer();
	server.once('error', () => done(false));
	server.listen({ port, host }, () => server.close(() => done(true)));
});

/** n ports in a row, free at each of these addresses; other ones at each call. */
export async function freePorts(n, hosts = ['127.0.0.1']) {
	for (let tries = 0; tries < 1000; tries++) {
		if (next + n > LAST)
			next = FIRST;
		const ports = Array.from({ length: n }, (_, i) => next + i);
		next += n;
		if ((await Promise.all(ports.flatMap((port) => hosts.map((host) => isFree(port, host))))).every(Boolean))
			return ports;
	}
	throw new Error(`no ${n} ports in a row are free`);
}
