// The main job as three people do it: a customer who sets the device up and
// allows, an operator who looks and sends, an auditor who verifies. Then the
// same without JavaScript, by keyboard alone, and in reverse: withdrawal.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Person } from './lib.mjs';

export async function setUp(checks, browser, demo) {
	const customer = await new Person('frontdesk', 'correct horse 7 battery')
		.sit(browser, demo.device);
	await customer.open('/');
	checks.check('a new device leads to set-up',
		new URL(customer.page.url()).pathname === '/setup');
	const fill = async (code) => {
		await customer.page.getByLabel('Set-up code').fill(code);
		await customer.page.getByLabel('Your name for signing in')
			.fill(customer.name);
		const passwords = customer.page.locator('input[type=password]');
		await passwords.nth(0).fill(customer.password);
		await passwords.nth(1).fill(customer.password);
		await customer.press('Finish set-up');
	};
	await fill('AAAA-BBBB-CCCC');
	checks.check('a wrong set-up code is refused, and the name stays typed',
		(await customer.page.title()).startsWith('Error: ') &&
		await customer.page.getByLabel('Your name for signing in')
			.inputValue() === customer.name);
	await fill(demo.deviceCode);
	if (new URL(customer.page.url()).pathname === '/login') {
		await customer.signIn();
	}
	await customer.open('/');
	checks.check('a new device says that nothing is being sent',
		(await customer.text()).includes('Nothing is being sent'));
	for (const path of ['/services', '/services/metering', '/privacy',
		'/privacy/personal', '/preview', '/users']) {
		const opened = await customer.open(path);
		checks.check(`a new device: ${path} has no ticked box, nothing allowed`,
			opened.ok() &&
			await customer.page.locator('input:checked').count() === 0 &&
			await customer.page.locator(
				'button[value=allow][aria-pressed=true]').count() === 0);
	}
	await customer.open('/');
	checks.check('a new device shows what to do first',
		/First steps 0 of 8 done/.test(await customer.text()));
	return customer;
}

export async function makeAccounts(checks, browser, demo, customer) {
	const people = [
		[new Person('operator-1', 'a tray of A3 paper'), ['operator']],
		[new Person('auditor-1', 'ledger lines in ink'), ['auditor']],
	];
	for (const [person, roles] of people) {
		await customer.open('/users');
		await customer.page.getByLabel('Name for signing in').fill(person.name);
		await customer.page.getByLabel('First password').fill(person.password);
		for (const role of roles) {
			await customer.page.locator(
				`input[name=role][value=${role}]`).check();
		}
		await customer.press('Make the account');
		checks.check(`an account with role ${roles} is made`,
			(await customer.text()).includes(person.name));
		await person.sit(browser, demo.device);
		await person.signIn();
	}
	return people.map(([person]) => person);
}

// Each decision is one click on the page that has the control.
async function decide(person, service, decision, path = '/services') {
	await person.open(path);
	const row = person.page.locator(`li[id="${service}"]`);
	await row.getByRole('button', {
		name: decision === 'allow' ? 'Allow' : "Don't allow", exact: true,
	}).click();
	await person.page.waitForLoadState('load');
	return person.page.locator(
		`li[id="${service}"] button[value=${decision}][aria-pressed=true]`)
		.count();
}

export async function allow(checks, customer) {
	checks.check('the customer allows remote services as a whole with one click',
		await decide(customer, 'remote', 'allow') === 1);
	checks.check('allowing the whole allows no service',
		await customer.page.locator(
			'button[value=allow][aria-pressed=true]').count() === 1);
	checks.check('the customer allows Metering with one click',
		await decide(customer, 'metering', 'allow') === 1);
	await customer.open('/privacy');
	checks.check('allowing a service opens no gate',
		await customer.page.locator(
			'button[value=allow][aria-pressed=true]').count() === 0);
}

// How a button looks, as far as it can weigh more than its neighbour.
async function look(person, service, decision) {
	const button = person.page.locator(
		`li[id="${service}"] button[value=${decision}]`);
	await person.page.mouse.move(0, 0); // what it stands on looks otherwise
	const box = await button.boundingBox();
	const style = await button.evaluate((b) => {
		const s = getComputedStyle(b);
		return [s.color, s.backgroundColor, s.borderTopColor, s.borderTopWidth,
			s.boxShadow, s.fontSize, s.fontWeight, s.padding, s.opacity,
			s.cursor, s.textTransform].join(' ');
	});
	return [style, Math.round(box.width), Math.round(box.height)].join(' ');
}

// Giving and withdrawing: same place, one click each, equal weight, for a
// service and for a gate.
export async function bothWays(checks, customer) {
	for (const [name, path] of [['parts', '/services'],
		['personal', '/privacy'], ['job-data', '/privacy']]) {
		const given = await decide(customer, name, 'allow', path);
		const on = [await look(customer, name, 'allow'),
			await look(customer, name, 'withdraw')];
		const taken = await decide(customer, name, 'withdraw', path);
		const off = [await look(customer, name, 'withdraw'),
			await look(customer, name, 'allow')];
		checks.check(`${name}: one click to give, one to withdraw, same place`,
			given === 1 && taken === 1 &&
			new URL(customer.page.url()).pathname === path);
		checks.check(`${name}: both answers weigh the same`,
			on[0] === off[0] && on[1] === off[1],
			[...on, ...off].join('\n    '));
	}
}

// The last decision of all, in one press.
export async function withdrawEverything(checks, customer) {
	await customer.open('/privacy');
	await customer.follow('Withdraw everything');
	await customer.press('Withdraw everything');
	checks.check('everything is withdrawn in one press',
		/not allowed from now on/.test(await customer.text()) &&
		await customer.page.locator('[aria-pressed=true][value=allow]')
			.count() === 0);
	await customer.open('/services');
	checks.check('then no service is allowed either',
		await customer.page.locator('[aria-pressed=true][value=allow]')
			.count() === 0 &&
		(await customer.text()).includes('Nothing is being sent'));
}

// Makes a preview of a service; ends on its page.
export async function preview(checks, operator, service, scripted) {
	await operator.open('/preview');
	for (const box of await operator.page.locator('input[name=service]').all()) {
		await box.setChecked(await box.getAttribute('value') === service);
	}
	await operator.press('Make the preview');
	const ready = operator.page.locator('dt:text-is("SHA-256")');
	if (scripted) {
		await ready.waitFor();
	} else {
		for (let i = 0; i < 1200 && await ready.count() === 0; i++) {
			await operator.follow('Refresh');
		}
	}
	const hash = await operator.fact('SHA-256');
	const download = operator.page.waitForEvent('download');
	await operator.page.getByRole('link', { name: 'Download the exact bytes' })
		.click();
	const bytes = readFileSync(await (await download).path());
	checks.check(`${service}: the bytes shown have the hash shown`,
		createHash('sha256').update(bytes).digest('hex') === hash);
	checks.check(`${service}: the preview says what is withheld and why`,
		/Customer Info/.test(await operator.text()) &&
		/Personal data is not allowed/.test(await operator.text()));
	checks.check(`${service}: every value has its class`,
		await operator.page.locator(
			'#fields ~ .stack tbody tr:not(.group):not(:has(.tag))')
			.count() === 0);
	return { hash, transaction: await operator.fact('Transaction'), bytes };
}

export async function send(checks, operator, seen, scripted) {
	await operator.follow('Go on to Send');
	checks.check('the confirmation shows the hash of the preview',
		(await operator.text()).includes(seen.hash));
	await operator.press('Send now');
	const receipt = operator.page.locator('h2#receipt');
	if (scripted) {
		await receipt.waitFor();
	} else {
		for (let i = 0; i < 1200 && await receipt.count() === 0; i++) {
			await operator.follow('Refresh');
		}
	}
	const text = await operator.text();
	checks.check('the receipt names the hash of the preview',
		text.includes(`sha256 ${seen.hash}`));
	checks.check('it is called sent only with a receipt',
		/receipt checked/i.test(text));
	await operator.page.reload();
	checks.check('reloading sends nothing twice',
		(await operator.text()).includes(`sha256 ${seen.hash}`));
}

export async function audit(checks, auditor, seen) {
	await auditor.open(`/log?transaction=${seen.transaction}`);
	const text = await auditor.text();
	for (const what of ['Prepared', 'Approved', 'Sending began', 'Received']) {
		checks.check(`the log of the transaction has: ${what}`,
			new RegExp(what, 'i').test(text));
	}
	await auditor.page.locator('td[data-label=What] a').first().click();
	await auditor.page.waitForLoadState('load');
	checks.check('an entry shows the same hash',
		(await auditor.text()).includes(seen.hash));
	await auditor.open('/log/verify');
	checks.check('the auditor verifies the log',
		/none missing or changed|verifies|whole/i.test(await auditor.text()));
	const refused = await auditor.open('/users');
	checks.check('an auditor may not see the accounts', refused.status() === 403);
	const shown = await auditor.open(`/preview/${seen.transaction}`);
	checks.check('an auditor sees the preview, and can make none',
		shown.ok() && (await auditor.text()).includes(seen.hash) &&
		(await auditor.open('/preview')).ok() &&
		await auditor.page.getByRole('button', { name: 'Make the preview' })
			.count() === 0);
}

export async function keyboardOnly(checks, browser, demo, customer) {
	const person = await new Person(customer.name, customer.password)
		.sit(browser, demo.device);
	await person.open('/login');
	const keys = person.page.keyboard;
	const reach = async (selector) => {
		for (let i = 0; i < 60; i++) {
			await keys.press('Tab');
			if (await person.page.evaluate((s) =>
				document.activeElement?.matches(s), selector)) {
				return person.page.evaluate(() => {
					const s = getComputedStyle(document.activeElement);
					return s.outlineStyle !== 'none' && s.outlineWidth !== '0px';
				});
			}
		}
		throw new Error(`Tab does not reach ${selector}`);
	};
	await reach('#name');
	await keys.type(person.name);
	await reach('#password');
	await keys.type(person.password);
	await keys.press('Enter');
	await person.page.waitForURL((u) => u.pathname !== '/login');
	await person.open('/services');
	const visible = await reach('#supplies button[value=allow]');
	await keys.press('Enter');
	await person.page.locator(
		'#supplies button[value=allow][aria-pressed=true]').waitFor();
	checks.check('by keyboard alone: sign in and allow a service, focus in sight',
		visible);
	await person.context.close();
}

export async function withoutScript(checks, browser, demo, operator) {
	const person = await new Person(operator.name, operator.password)
		.sit(browser, demo.device, { javaScriptEnabled: false });
	await person.signIn();
	const seen = await preview(checks, person, 'supplies', false);
	await send(checks, person, seen, false);
	checks.check('the whole job works without JavaScript', true);
	await person.context.close();
	return seen;
}

export async function sampleAndWithdrawal(checks, customer, operator) {
	const sample = await preview(checks, operator, 'maintenance', true);
	checks.check('a service that is not allowed gives a sample only',
		/can never be sent/i.test(await operator.text()) &&
		await operator.page.getByRole('link', { name: 'Go on to Send' })
			.count() === 0);
	checks.check('the customer withdraws with one click, as he allowed',
		await decide(customer, 'metering', 'withdraw') === 1);
	await operator.open(`/send/${sample.transaction}`);
	checks.check('a sample has no Send button', await operator.page
		.getByRole('button', { name: 'Send now' }).count() === 0);
	await decide(customer, 'metering', 'allow');
}
