/* duty.js: what the employer's pages do more with JavaScript: search while one types, counts that follow.
   Every page works without it. */
import { startForm } from './duty-form.js';
import { startLive } from './duty-live.js';

const form = document.querySelector('#incident');
if (form)
	startForm(form);
const coverage = document.querySelector('#coverage');
if (coverage)
	startLive(coverage);
/* Work that goes on by itself: the page looks again. */
if (document.querySelector('#moving'))
	setTimeout(() => location.reload(), 1500);
