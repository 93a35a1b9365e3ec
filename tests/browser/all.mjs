// Runs all browser tests on one demo. The order is the order of a first day.
import { join } from 'node:path';
import { consoleDesk, consoleEnrol, consoleJob } from './console.mjs';
import { jobDataJob } from './job_data.mjs';
import { EveryPage } from './every_page.mjs';
import { Checks, Demo, Person, launchBrowser, pageTable } from './lib.mjs';
import { networkJob, networkOff } from './network.mjs';
import {
	allow, audit, bothWays, keyboardOnly, makeAccounts, preview,
	sampleAndWithdrawal, send, setUp, withdrawEverything, withoutScript,
} from './main_job.mjs';

const [top, build, shots] = process.argv.slice(2);
const checks = new Checks();
const demo = await Demo.start(top, build);
const browser = await launchBrowser();

const devicePages = new EveryPage(checks, 'device',
	pageTable(join(top, 'cgi/device/pages.c')), shots);
const consolePages = new EveryPage(checks, 'console',
	pageTable(join(top, 'cgi/server/pages.c')), shots);

const validating = [];

async function device() {
	const stranger = await new Person('stranger', '').sit(browser, demo.device);
	const seen = await devicePages.crawl(stranger, '/setup');
	const customer = await setUp(checks, browser, demo);
	await devicePages.crawl(stranger, '/login', seen);
	const [operator, auditor] = await makeAccounts(checks, browser, demo, customer);
	await networkOff(checks, customer, devicePages);
	await allow(checks, customer);
	await bothWays(checks, customer);
	const seenData = await preview(checks, operator, 'metering', true);
	await devicePages.look(operator, 'preview-made');
	await operator.open(`/send/${seenData.transaction}`);
	await devicePages.look(operator, 'send-confirm');
	await operator.open(`/preview/${seenData.transaction}`);
	await send(checks, operator, seenData, true);
	await devicePages.look(operator, 'receipt');
	await audit(checks, auditor, seenData);
	await devicePages.look(auditor, 'refused');
	await keyboardOnly(checks, browser, demo, customer);
	const noScript = await withoutScript(checks, browser, demo, operator);
	await sampleAndWithdrawal(checks, customer, operator);
	const senders = await jobDataJob(checks, browser, demo, customer,
		devicePages);
	await networkJob(checks, demo, build, customer, devicePages);
	for (const person of [customer, operator, auditor, ...senders]) {
		await devicePages.crawl(person, '/', seen);
	}
	await operator.open('/no-such-page');
	await devicePages.look(operator, 'not-found');
	devicePages.complete(seen);
	validating.push(devicePages.validHtml());
	await withdrawEverything(checks, customer);
	await customer.press('Sign out');
	checks.check('Sign out ends the session on the device',
		new URL((await customer.open('/services'), customer.page.url()))
			.pathname === '/login');
	for (const person of [stranger, customer, operator, auditor,
		...senders]) {
		checks.check(`${person.name}: no script error, nothing blocked by the policy`,
			person.troubles.length === 0, person.troubles.join('\n    '));
	}
	return [seenData, noScript];
}

async function server(sent) {
	const stranger = await new Person('stranger', '').sit(browser, demo.console);
	const seen = await consolePages.crawl(stranger, '/setup');
	const staff = await consoleJob(checks, browser, demo, sent);
	await consoleEnrol(checks, staff, consolePages);
	await consolePages.crawl(staff, '/', seen);
	const desk = await consoleDesk(checks, browser, demo, build);
	await consolePages.crawl(desk, '/jobdata', seen);
	await consolePages.crawl(stranger, '/login', seen);
	await staff.open('/no-such-page');
	await consolePages.look(staff, 'not-found');
	consolePages.complete(seen);
	validating.push(consolePages.validHtml());
	checks.check('console: no script error, nothing blocked by the policy',
		staff.troubles.length === 0, staff.troubles.join('\n    '));
}

let sent = [];
await checks.step('the device, by three people', async () => {
	sent = await device();
});
if (sent.length > 0) {
	await checks.step('the console, by service staff', () => server(sent));
}
await Promise.all(validating);
await browser.close();
await demo.stop();
console.log(`${checks.passed} passed, ${checks.failed} failed`);
process.exit(checks.failed === 0 && checks.passed > 0 ? 0 : 1);
