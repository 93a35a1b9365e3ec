// The server's console as service staff use it: set up, sign in, find the
// device, read what it sent.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Person } from './lib.mjs';

export async function consoleJob(checks, browser, demo, sent) {
	const staff = await new Person('service-desk', 'a desk with 3 phones')
		.sit(browser, demo.console);
	await staff.open('/setup');
	await staff.page.getByLabel('Set-up code').fill(demo.consoleCode);
	await staff.page.getByLabel(/name for signing in/i).fill(staff.name);
	for (const box of await staff.page.locator('input[type=password]').all()) {
		await box.fill(staff.password);
	}
	await staff.page.locator('main form button').first().click();
	await staff.page.waitForLoadState('load');
	if (new URL(staff.page.url()).pathname === '/login') {
		await staff.signIn();
	}
	await staff.open('/devices');
	await staff.page.locator('main a[href^="/devices/"], main a[href^="/device/"]')
		.first().click();
	await staff.page.waitForLoadState('load');
	const text = await staff.text();
	for (const one of sent) {
		checks.check('the console lists the transaction that the device sent',
			text.includes(one.transaction));
	}
	await staff.page.locator(`main a[href*="${sent[0].transaction}"]`)
		.first().click();
	await staff.page.waitForLoadState('load');
	const page = await staff.text();
	checks.check('the console shows the same hash as preview and receipt',
		page.includes(sent[0].hash));
	checks.check('the console shows the exact bytes',
		page.includes('urn:sluice:transmission:1'));
	return staff;
}

// A code for a new device, withdrawn afterwards.
export async function consoleEnrol(checks, staff, pages) {
	await staff.open('/enrol');
	await staff.page.getByLabel('Id of the device').fill('ex7-000900');
	await staff.page.getByLabel('What staff call it').fill('Second floor');
	await staff.page.getByRole('button', { name: 'Make the code' }).click();
	await staff.page.waitForLoadState('load');
	const code = await staff.page.locator('#code').textContent();
	checks.check('a code is shown, in groups of five',
		/^([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}$/.test(code));
	await pages.look(staff, 'enrol-code');
	await staff.open('/enrol');
	checks.check('the list shows that there is a code, and not which',
		/Second floor/.test(await staff.text()) &&
		!(await staff.text()).includes(code));
	await pages.look(staff, 'enrol-open');
	await staff.page.getByRole('button', { name: /^Withdraw/ }).click();
	await staff.page.waitForLoadState('load');
	checks.check('a code is withdrawn with one click',
		/The code is withdrawn/.test(await staff.text()));
}

// Somebody with the role job-data, made at the server by command line: sees
// what was sealed and for whom.
export async function consoleDesk(checks, browser, demo, build) {
	const desk = await new Person('desk-1', 'a sealed envelope 4')
		.sit(browser, demo.console);
	execFileSync(join(build, 'sluice-server'), ['staff', 'add', desk.name,
		'--conf', join(demo.dir, 'server/server.conf'), '--role', 'job-data'],
	{ input: `${desk.password}\n`, stdio: ['pipe', 'ignore', 'inherit'] });
	await desk.signIn();
	await desk.open('/jobdata');
	await desk.page.locator('main a[href^="/jobdata/"]').first().click();
	await desk.page.waitForLoadState('load');
	checks.check('the desk sees purpose and recipient, and no name of a job',
		/age1/.test(await desk.text()) && !/Example job/.test(await desk.text()));
	return desk;
}
