// What the browser tests share: the demo they run on, people with a browser of
// their own, and the list of what was checked.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

export class Checks {
	passed = 0;
	failed = 0;

	check(name, ok, detail = '') {
		if (ok) {
			this.passed++;
			console.log(`ok - ${name}`);
		} else {
			this.failed++;
			console.log(`not ok - ${name}${detail ? `\n    ${detail}` : ''}`);
		}
		return ok;
	}

	// Runs a step; an exception is a failure with its first lines.
	async step(name, run) {
		try {
			await run();
			return true;
		} catch (e) {
			const lines = String(e.stack ?? e).split('\n').slice(0, 12);
			return this.check(name, false, lines.join('\n    '));
		}
	}
}

// A whole demo: printer, server, device. Ends with stop().
export class Demo {
	static async start(top, build) {
		const demo = new Demo();
		demo.dir = mkdtempSync(join(tmpdir(), 'sluice-browser.'));
		demo.process = spawn(join(top, 'tools/demo'),
			['--no-setup', '--provisioned', '--build', build,
				'--dir', demo.dir],
			{ stdio: ['ignore', 'pipe', 'inherit'] });
		await new Promise((resolve, reject) => {
			let text = '';
			demo.process.stdout.on('data', (piece) => {
				text += piece;
				const device = /Device: +(\S+) +set-up code (\S+)/.exec(text);
				const console_ = /Console: +(\S+) +set-up code (\S+)/.exec(text);
				if (device && console_ && text.includes('Running.')) {
					demo.device = device[1].replace(/\/$/, '');
					demo.deviceCode = device[2];
					demo.console = console_[1].replace(/\/$/, '');
					demo.consoleCode = console_[2];
					resolve();
				}
			});
			demo.process.once('exit', (code) =>
				reject(new Error(`the demo ended with ${code}:\n${text}`)));
		});
		return demo;
	}

	async stop() {
		const ended = new Promise((resolve) =>
			this.process.once('exit', resolve));
		this.process.kill('SIGTERM');
		await ended;
		rmSync(this.dir, { recursive: true, force: true });
	}
}

export async function launchBrowser() {
	return chromium.launch({
		executablePath: process.env.CHROMIUM,
		args: ['--no-sandbox', '--disable-gpu', '--disable-quic',
			'--no-proxy-server', '--disable-dev-shm-usage',
			'--no-first-run', '--disable-background-networking',
			'--disable-component-update', '--disable-sync'],
	});
}

// One person: a browser context with cookies of its own.
export class Person {
	constructor(name, password) {
		this.name = name;
		this.password = password;
		this.troubles = [];
		this.requests = [];
	}

	async sit(browser, base, options = {}) {
		this.base = base;
		this.context = await browser.newContext({
			ignoreHTTPSErrors: true, acceptDownloads: true, ...options,
		});
		this.page = await this.context.newPage();
		this.page.setDefaultTimeout(120000);
		this.page.on('console', (m) => {
			// A refused page is what some tests want to see.
			if (m.type() === 'error' && !/status of 4\d\d/.test(m.text())) {
				this.troubles.push(m.text());
			}
		});
		this.page.on('pageerror', (e) => this.troubles.push(String(e)));
		this.page.on('request', (r) => this.requests.push(r.url()));
		return this;
	}

	async open(path) {
		return this.page.goto(this.base + path);
	}

	async press(name, scope = this.page) {
		await scope.getByRole('button', { name, exact: true }).first().click();
		await this.page.waitForLoadState('load');
	}

	async follow(name) {
		await this.page.getByRole('link', { name, exact: true }).first().click();
		await this.page.waitForLoadState('load');
	}

	async signIn() {
		await this.open('/login');
		await this.page.getByLabel('Name').fill(this.name);
		await this.page.getByLabel('Password').fill(this.password);
		await this.press('Sign in');
	}

	async text() {
		return this.page.locator('main').innerText();
	}

	// The value beside a term in a list of facts.
	async fact(term) {
		const text = await this.page.locator(
			`dt:text-is("${term}") + dd`).first().innerText();
		return text.trim();
	}
}

// Rows of a page table in C: path, methods, template.
export function pageTable(file) {
	const text = readFileSync(file, 'utf8');
	const table = text.slice(text.search(/const struct page \w+\[\]/));
	return [...table.matchAll(/\{ \.path = "([^"]+)"([^}]*)\}/g)].map((m) => ({
		path: m[1],
		get: /\.methods = [^,]*GET/.test(m[2]),
		template: /\.template = "(\w+)"/.exec(m[2])?.[1] ?? null,
	}));
}

// Which row of the table serves this path: exact first, then "/x/*".
export function rowOf(table, path) {
	return table.find((row) => row.path === path) ??
		table.find((row) => row.path.endsWith('/*') &&
			path.startsWith(row.path.slice(0, -1)) &&
			!path.slice(row.path.length - 1).includes('/'));
}
