// Every page that people can reach, in light and dark, at 1280 and 320 px: no
// violation by axe-core, no sideways scroll, valid HTML, few requests and none
// to strangers. A page of the table that nobody reached is a failure.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { rowOf } from './lib.mjs';

const require = createRequire(import.meta.url);
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const vnuJar = join(require.resolve('vnu-jar/package.json'),
	'../build/dist/vnu.jar');

const everything = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',
	'best-practice'];
// Dark pages differ in nothing but colours.
const colours = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };
const views = [
	{ name: 'light-1280', width: 1280, height: 900, scheme: 'light',
		rules: everything },
	{ name: 'dark-1280', width: 1280, height: 900, scheme: 'dark',
		rules: colours },
	{ name: 'light-320', width: 320, height: 800, scheme: 'light',
		rules: everything },
	{ name: 'dark-320', width: 320, height: 800, scheme: 'dark',
		rules: colours },
];

function stemOf(row) {
	return row.path === '/' ? 'home' :
		row.path.slice(1).replace('/*', '-one').replaceAll('/', '-');
}

export class EveryPage {
	constructor(checks, side, table, shots) {
		this.checks = checks;
		this.side = side;
		this.table = table;
		this.shots = shots;
		this.templates = new Set();
		this.html = mkdtempSync(join(tmpdir(), 'sluice-html.'));
	}

	async axe(page, rules) {
		const result = await page.evaluate((runOnly) =>
			globalThis.axe.run(document, { runOnly }), rules);
		return result.violations.map((v) =>
			`${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
	}

	// Looks at the page that the person has open now.
	async look(person, name) {
		const page = person.page;
		const label = `${this.side}-${name}`;
		writeFileSync(join(this.html, `${label}.html`), await page.content());
		await page.evaluate(axeSource);
		for (const view of views) {
			await page.setViewportSize({ width: view.width, height: view.height });
			await page.emulateMedia({ colorScheme: view.scheme });
			const faults = await this.axe(page, view.rules);
			const sideways = await page.evaluate(() =>
				document.scrollingElement.scrollWidth -
				document.scrollingElement.clientWidth);
			await page.screenshot({
				path: join(this.shots, `${label}-${view.name}.png`),
				fullPage: true,
			});
			this.checks.check(`${label}, ${view.name}: accessible, no sideways scroll`,
				faults.length === 0 && sideways <= 0,
				[...faults, sideways > 0 ? `${sideways} px sideways` : '']
					.join('\n    '));
		}
		this.checks.check(`${label}: no box is ticked that would let more out`,
			await page.locator('form:is([action^="/services"], ' +
				'[action^="/privacy"], [action^="/preview"], ' +
				'[action^="/send"]) input:checked').count() === 0);
		await page.setViewportSize({ width: 1280, height: 900 });
		await page.emulateMedia({ colorScheme: 'light' });
		this.templates.add(name);
	}

	// Follows links from a start page; looks at one page of each row of the
	// table that nobody looked at before. seen: rows that were looked at.
	async crawl(person, start = '/', seen = new Set()) {
		const queue = [start];
		const visited = new Set();
		while (queue.length > 0) {
			const path = queue.shift();
			const row = rowOf(this.table, path.split('?')[0]);
			if (!row || !row.get || visited.has(row.path)) {
				continue;
			}
			visited.add(row.path);
			person.requests.length = 0;
			const answer = await person.open(path).catch(() => null);
			if (answer === null) {
				continue; // a download
			}
			const ended = new URL(person.page.url()).pathname;
			if (rowOf(this.table, ended) === row && row.template &&
				!seen.has(row.path)) {
				seen.add(row.path);
				this.checks.check(`${this.side} ${path} opens`, answer.ok(),
					`status ${answer.status()}`);
				this.few(person, path);
				await this.look(person, stemOf(row));
			}
			const links = await person.page.locator('a[href^="/"]')
				.evaluateAll((all) => all.map((a) => a.getAttribute('href')));
			queue.push(...links.map((l) => l.split('#')[0]));
		}
		return seen;
	}

	few(person, path) {
		const own = person.requests.every((u) => u.startsWith(person.base));
		this.checks.check(
			`${this.side} ${path}: at most 5 requests, none to a stranger`,
			own && person.requests.length <= 5, person.requests.join(' '));
	}

	// Nothing in the table stays unseen.
	complete(seen) {
		for (const row of this.table) {
			if (row.get && row.template && !seen.has(row.path)) {
				this.checks.check(`${this.side} ${row.path} was looked at`, false);
			}
		}
	}

	// May go on beside other steps: nothing is looked at after it began.
	async validHtml() {
		const text = await promisify(execFile)('java',
			['-Xss2m', '-jar', vnuJar, '--errors-only', '--format', 'gnu',
				'--exit-zero-always', '--stdout', this.html],
			{ encoding: 'utf8', maxBuffer: 1 << 24 })
			.then((done) => done.stdout, String);
		this.checks.check(`${this.side}: ${this.templates.size} pages are valid HTML`,
			text.trim() === '', text.slice(0, 4000));
		rmSync(this.html, { recursive: true, force: true });
	}
}
