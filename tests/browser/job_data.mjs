// Job data as people send it: permission, choosing, confirming with the
// password, following, the record; a file from the browser without JavaScript;
// a second person who agrees.
import { readFileSync } from 'node:fs';
import { Person } from './lib.mjs';

async function makeSender(checks, browser, demo, customer, name, password,
	options = {}) {
	const person = new Person(name, password);
	await customer.open('/users');
	await customer.page.getByLabel('Name for signing in').fill(name);
	await customer.page.getByLabel('First password').fill(password);
	await customer.page.locator('input[name=role][value=job-data]').check();
	await customer.press('Make the account');
	await person.sit(browser, demo.device, options);
	await person.signIn();
	await person.open('/jobdata');
	checks.check(`${name}: without permission no job is shown`,
		(await person.text()).includes('No job can be sent') &&
		await person.page.locator('input[name=job]').count() === 0);
	return person;
}

async function choose(person, label, purpose) {
	await person.open('/jobdata');
	await person.page.getByLabel(label, { exact: true }).check();
	await person.page.getByLabel('Print quality desk', { exact: true }).check();
	await person.page.getByLabel('3. What they shall do with it').fill(purpose);
	await person.press('Go on');
	return new URL(person.page.url()).pathname;
}

async function confirm(person, button = 'Send', password = person.password) {
	await person.page.getByLabel('Your password').fill(password);
	await person.press(button);
}

// Refreshes as a person would, until the order is over.
async function follow(person, path) {
	for (let i = 0; i < 360; i++) {
		await person.open(path);
		if (await person.page.getByRole('link', { name: 'Save this record' }).count() > 0) {
			return person.text();
		}
		await person.page.waitForTimeout(500);
	}
	return person.text();
}

// How a button looks, as far as it can weigh more than its neighbour.
async function weight(person, name) {
	const button = person.page.getByRole('button', { name, exact: true });
	await person.page.mouse.move(0, 0); // what it stands on looks otherwise
	const box = await button.boundingBox();
	const style = await button.evaluate((b) => {
		const s = getComputedStyle(b);
		return [s.color, s.backgroundColor, s.borderTopColor, s.fontWeight,
			s.fontSize, s.boxShadow].join(' ');
	});
	return `${style} ${Math.round(box.width)} ${Math.round(box.height)}`;
}

async function permit(checks, customer, pages) {
	await customer.open('/privacy/job-data');
	checks.check('the permission for job data is off, and both answers are there',
		await customer.page.locator(
			'button[value=withdraw][aria-pressed=true]').count() === 1);
	await customer.press('Allow');
	checks.check('it ends with the next send unless somebody chooses otherwise',
		(await customer.text()).includes('It ends with the next send'));
	await pages.look(customer, 'privacy-job-data');
}

async function sendJob(checks, sender, pages) {
	await sender.open('/jobdata');
	checks.check('nothing is ticked for anybody',
		await sender.page.locator('input:checked').count() === 0);
	await pages.look(sender, 'jobdata-choice');
	await sender.page.getByLabel('3. What they shall do with it').fill('kept');
	await sender.press('Go on');
	checks.check('what is missing is said, what was typed is kept',
		(await sender.page.title()).startsWith('Error: ') &&
		await sender.page.getByLabel('3. What they shall do with it')
			.inputValue() === 'kept');
	await pages.look(sender, 'jobdata-problem');
	const path = await choose(sender, 'Example job.txt', 'Streaks on page 1');
	checks.check('the confirmation shows job, recipient and purpose',
		/Example job\.txt[\s\S]*Print quality desk[\s\S]*Streaks on page 1/
			.test(await sender.text()));
	checks.check("Send and Don't send weigh the same",
		await weight(sender, 'Send') === await weight(sender, "Don't send"));
	await pages.look(sender, 'jobdata-confirm');
	await confirm(sender, 'Send', 'not my password');
	checks.check('a wrong password sends nothing',
		(await sender.text()).includes('The password is not right'));
	await pages.look(sender, 'jobdata-password');
	await confirm(sender);
	checks.check('the right one leads to the order',
		new URL(sender.page.url()).pathname === path);
	const text = await follow(sender, path);
	checks.check('it ends with a receipt', text.includes('Sent and confirmed'),
		text);
	await pages.look(sender, 'jobdata-over');
	return path;
}

async function record(checks, sender, path) {
	await sender.open(path);
	const [download] = await Promise.all([
		sender.page.waitForEvent('download'),
		sender.page.getByRole('link', { name: 'Save this record' }).click(),
	]);
	const text = readFileSync(await download.path(), 'utf8');
	checks.check('the record names recipient, hash and receipt',
		/Print quality desk/.test(text) && /SHA-256 +[0-9a-f]{64}/.test(text) &&
		/sluice\.receipt\/v1/.test(text) && !/Example job/.test(text));
	await sender.open(path);
	await sender.press('Ask the server');
	checks.check('the server can be asked',
		(await sender.text()).includes('The server is asked.'));
}

async function othersSee(checks, customer, path, pages) {
	await customer.open(path);
	const text = await customer.text();
	checks.check('another person sees how many and by whom, and no more',
		/1 job, sent by sender-1/.test(text) &&
		!/Example job|Print quality desk|Streaks/.test(text));
	await pages.look(customer, 'jobdata-summary');
}

async function permitUntilADay(checks, customer, sender) {
	await sender.open('/jobdata');
	checks.check('the permission ended with its send',
		(await sender.text()).includes('No job can be sent'));
	await customer.open('/privacy/job-data');
	await customer.press('3 months');
	checks.check('a day can be chosen instead',
		(await customer.text()).includes('It ends by itself on'));
}

// The second sender has no JavaScript.
async function sendFile(checks, sender) {
	const path = await choose(sender, 'A file from this computer', 'A scan');
	await confirm(sender);
	checks.check('then the file is asked for',
		await sender.page.getByLabel('File', { exact: true }).count() === 1);
	await sender.page.getByLabel('File', { exact: true }).setInputFiles({
		name: 'scan.pdf', mimeType: 'application/pdf',
		buffer: Buffer.alloc(3000000, 'a page of a scan '),
	});
	await sender.press('Send this file');
	const text = await follow(sender, path);
	checks.check('a file goes without JavaScript, with its receipt',
		text.includes('Sent and confirmed') && text.includes('3,000,000 bytes') &&
		!text.includes('scan.pdf'), text);
}

// Looked at by the one whose browser can run the checks, then not sent.
async function lookAtFile(sender, pages) {
	await choose(sender, 'A file from this computer', 'Only to look');
	await confirm(sender);
	await pages.look(sender, 'jobdata-file');
	await sender.press("Don't send");
	await pages.look(sender, 'jobdata-dropped');
}

async function twoPeople(checks, customer, first, second, pages) {
	await customer.open('/settings#job-data');
	await customer.press('Two people');
	const path = await choose(first, 'Example job.txt', 'Both of us');
	await confirm(first);
	checks.check('the first waits for a second person',
		(await first.text()).includes('Waits for a second person'));
	await pages.look(first, 'jobdata-waiting');
	await second.open('/');
	await second.page.getByRole('link', { name: /Look and decide/ }).click();
	await second.page.waitForLoadState('load');
	checks.check('the second finds it on Home',
		new URL(second.page.url()).pathname === path &&
		(await second.text()).includes('Example job.txt'));
	await confirm(second, 'Agree and send');
	const text = await follow(first, path);
	checks.check('two people send it', text.includes('Sent and confirmed') &&
		text.includes('with sender-2'), text);
	await customer.open('/settings#job-data');
	await customer.press('One person');
}

export async function jobDataJob(checks, browser, demo, customer, pages) {
	const first = await makeSender(checks, browser, demo, customer, 'sender-1',
		'toner dust on paper');
	const second = await makeSender(checks, browser, demo, customer, 'sender-2',
		'two sheets at once', { javaScriptEnabled: false });
	await customer.open('/services');
	await customer.page.locator(
		'li[id="remote"] button[value=allow]').click();
	await customer.page.waitForLoadState('load');
	await permit(checks, customer, pages);
	const path = await sendJob(checks, first, pages);
	await record(checks, first, path);
	await othersSee(checks, customer, path, pages);
	await permitUntilADay(checks, customer, first);
	await sendFile(checks, second);
	await lookAtFile(first, pages);
	await twoPeople(checks, customer, first, second, pages);
	return [first, second];
}
