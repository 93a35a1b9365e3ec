// The connection as people look after it: without permission nothing is sent;
// then a one-time code, a test, a check-in with its exact bytes, limits, and
// what the vendor asks: a message that is read, an instruction that is allowed
// and one that is refused.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const device = 'ex7-004211';

// A command at the vendor's; gives what it printed.
function vendor(demo, build, ...words) {
	return execFileSync(join(build, 'sluice-server'),
		[...words, '--conf', join(demo.dir, 'server/server.conf')],
		{ encoding: 'utf8' });
}

// Presses a button and follows until the page is no longer under way.
async function pressAndFollow(person, path, button) {
	await person.open(path);
	await person.press(button);
	for (let i = 0; i < 360; i++) {
		if (await person.page.locator('[data-watch]').count() === 0) {
			break;
		}
		await person.page.waitForTimeout(500);
	}
	return person.text();
}

// Opens a page again and again, as a person would, until it says so.
async function until(person, path, pattern) {
	let text = '';
	for (let i = 0; i < 360; i++) {
		await person.open(path);
		text = await person.text();
		if (pattern.test(text)) {
			return true;
		}
		await person.page.waitForTimeout(500);
	}
	console.log(`    ${path} says: ${text.slice(0, 1500)}`);
	return false;
}

// Before anything is allowed.
export async function networkOff(checks, admin, pages) {
	await admin.open('/network');
	checks.check('Network says that nothing is sent without permission',
		(await admin.text()).includes('Not connected, because nobody allowed') &&
		await admin.page.getByRole('button', { name: 'Check in now' })
			.count() === 0);
	await pages.look(admin, 'network-off');
	const text = await pressAndFollow(admin, '/network', 'Test connection');
	checks.check('a test without permission stays on the device',
		/the test looks only at the device itself/.test(text) &&
		/Name of the server\s+Left out/.test(text), text.slice(0, 2000));
	await admin.open('/network/certificate');
	checks.check('no code can be typed without permission',
		await admin.page.locator('input[name=code]').count() === 0);
}

async function enrol(checks, demo, build, admin, pages) {
	const type = async (code) => {
		await admin.open('/network/certificate');
		await admin.page.getByLabel('One-time code', { exact: true }).fill(code);
		await admin.press('Enrol');
	};
	await type('');
	checks.check('a code that is missing is asked for',
		(await admin.page.title()).startsWith('Error: '));
	await type('AAAAA-BBBBB-CCCCC-DDDDD');
	checks.check('a wrong code is refused, and why is told',
		await until(admin, '/network/certificate', /The code was refused\./));
	await pages.look(admin, 'network-code-refused');
	await admin.open('/network/certificate');
	const before = await admin.fact('SHA-256');
	const code = vendor(demo, build, 'code', 'make', device).split('\n')[0];
	await type(code);
	checks.check('a good code gets a certificate',
		await until(admin, '/network/certificate',
			new RegExp(`^(?![^]*(${before}|A one-time code waits))[^]*SHA-256`)));
	checks.check('the code stands nowhere on the page',
		!(await admin.page.content()).includes(code));
	checks.check('Renew now gets another one',
		await (async () => {
			const old = await admin.fact('SHA-256');
			await pressAndFollow(admin, '/network/certificate', 'Renew now');
			return until(admin, '/network/certificate',
				new RegExp(`^(?![^]*${old})[^]*SHA-256`));
		})());
}

async function testAndCheckIn(checks, admin, pages) {
	let text = await pressAndFollow(admin, '/network', 'Test connection');
	checks.check('the test goes all the way',
		/steps, all good/.test(text), text.slice(0, 3000));
	await pages.look(admin, 'network-tested');
	text = await pressAndFollow(admin, '/network', 'Check in now');
	checks.check('a check-in on a button', /The device has checked in\./.test(text),
		text.slice(0, 1000));
	checks.check('the state says so on every page of it',
		/Connected; last check-in (today|yesterday) \d\d:\d\d;/.test(text));
	await admin.page.locator('tbody a').first().click();
	await admin.page.waitForLoadState('load');
	text = await admin.text();
	checks.check('its page has the exact bytes of both ways',
		text.includes('urn:sluice:checkin:1') &&
		text.includes('sluice.checkin/v1'), text.slice(0, 2000));
	await pages.look(admin, 'network-checkin-bytes');
	await admin.open('/');
	checks.check('Home says that it is connected',
		/Connected; last check-in (today|yesterday) \d\d:\d\d;/.test(await admin.text()));
}

async function limits(checks, admin) {
	await admin.open('/network/limits');
	await admin.page.getByLabel('Megabytes', { exact: true }).fill('much');
	await admin.press('Save megabytes');
	checks.check('a limit that is none is explained and kept',
		(await admin.page.title()).startsWith('Error: ') &&
		await admin.page.getByLabel('Megabytes', { exact: true })
			.inputValue() === 'much');
	await admin.page.getByLabel('Megabytes', { exact: true }).fill('20');
	await admin.press('Save megabytes');
	checks.check('a limit is saved',
		(await admin.text()).includes('At most 20 MB wait'));
	await admin.open('/network/checkins');
	await admin.page.getByLabel('At least every').selectOption('1 hour');
	await admin.press('Save the limits');
	checks.check('the limits of check-ins are saved',
		(await admin.text()).includes('The limits are saved.'));
}

async function instructions(checks, demo, build, admin, pages) {
	vendor(demo, build, 'instruction', 'message', device,
		'We come on <b>Thursday</b> at nine.', '--reason', 'An appointment.');
	vendor(demo, build, 'instruction', 'ledger', device, '0', '3',
		'--reason', 'To compare both logs.');
	vendor(demo, build, 'instruction', 'interval', device, '1800',
		'--reason', 'A trial.');
	await pressAndFollow(admin, '/network/checkins', 'Check in now');
	checks.check('Home shows the words of the vendor as words',
		await until(admin, '/', /We come on <b>Thursday<\/b> at nine\./));
	checks.check('Home says what waits for a person',
		/Reports entries 0 to 3 of the log/.test(await admin.text()));
	await pages.look(admin, 'home-asked');
	await admin.page.getByRole('button', { name: /^Mark as read/ }).click();
	await admin.page.waitForLoadState('load');
	checks.check('what is marked as read is gone from Home',
		!(await admin.text()).includes('Thursday'));
	await admin.open('/instructions');
	await pages.look(admin, 'instructions-asked');
	const answer = async (sentence, button) => {
		await admin.open('/instructions');
		await admin.page.locator('li', { hasText: sentence })
			.getByRole('button', { name: button, exact: true }).click();
		await admin.page.waitForLoadState('load');
		return admin.text();
	};
	checks.check('Allow is one press',
		(await answer('Reports entries 0 to 3', 'Allow'))
			.includes('Allowed, this time.'));
	checks.check('Refuse is one press',
		(await answer('checks in every 30 minutes', 'Refuse'))
			.includes('The vendor is told'));
	checks.check('what is allowed is carried out',
		await until(admin, '/instructions', /Reports entries[^]*Done/));
	await pressAndFollow(admin, '/network/checkins', 'Check in now');
	checks.check('the vendor is told of all of them',
		await until(admin, '/instructions', /^(?![^]*not told yet)/));
	await pages.look(admin, 'instructions-history');
}

// With remote services allowed.
export async function networkJob(checks, demo, build, admin, pages) {
	await testAndCheckIn(checks, admin, pages);
	await enrol(checks, demo, build, admin, pages);
	await limits(checks, admin);
	await instructions(checks, demo, build, admin, pages);
}
