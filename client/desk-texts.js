/* desk-texts.js: the keys of every text the desk shows; texts.json has the texts. A test holds the two, and the code, together. */

export const TEXTS = [
	'wait.look', 'wait.keys', 'wait.send', 'wait.unlock', 'setup.title', 'setup.lead', 'setup.why',
	'setup.button', 'passphrase.new', 'passphrase.new.help', 'passphrase.again', 'passphrase.short',
	'passphrase.differs', 'code.title', 'code.lead', 'code.label', 'code.print', 'code.keep',
	'code.written', 'code.first', 'code.go', 'code.error.character', 'code.error.length',
	'code.error.line', 'locked.title', 'locked.passphrase', 'locked.button', 'locked.forgot',
	'locked.by-you', 'locked.idle', 'device.title', 'device.lead', 'device.code', 'device.code.help',
	'device.button', 'device.back', 'lost.title', 'lost.text', 'log-bad.title', 'log-bad.text',
	'vault-bad.title', 'vault-bad.text', 'vault-old.text', 'open.none', 'open.one', 'open.many',
	'open.again', 'open.lock', 'open.delay', 'open.promise', 'scan.start', 'scan.busy', 'scan.done',
	'task.incident', 'task.noemail', 'task.taken', 'task.call', 'task.nophone', 'task.reached',
	'task.tried', 'task.notreached', 'task.passon', 'task.passed', 'tries.one', 'tries.many',
	'outcome.reached', 'outcome.not-reached', 'outcome.undo', 'answer.silent', 'answer.call',
	'answer.other', 'answer.later', 'answer.none', 'closed.call', 'said.phone', 'said.when', 'said.note', 'other.title',
	'other.noname', 'other.text', 'other.done', 'trouble.title', 'trouble.offline', 'trouble.server',
	'trouble.signed-out', 'trouble.conflict', 'trouble.gone', 'trouble.passphrase-wrong',
	'trouble.code-wrong', 'trouble.keys-other', 'trouble.full', 'trouble.signin', 'trouble.again',
];
