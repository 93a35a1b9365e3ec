#!/usr/bin/env node
// Another's tus server (npm @tus/server) behind mutual TLS, for
// tests/unit/net/upload_interop.c; started as tests/support/tus_server is:
//   tus_server.mjs FAULTS CERT KEY CLIENT-CA RECEIPT-KEY DEVICE
// It knows no faults and signs nothing: the receipt is one line. It tells
// "port N" and "whole TRANSACTION SHA256 BYTES".
import { FileStore } from '@tus/file-store';
import { Server } from '@tus/server';
import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, readFileSync } from 'node:fs';
import https from 'node:https';
import path from 'node:path';

const uploads = '/v1/uploads';
const [, , , cert, key, clientCa] = process.argv;

const folder = mkdtempSync(path.join(path.dirname(cert), 'uploads-'));
// The test's end of it closes when the test is over.
process.stdin.on('end', () => process.exit(0)).resume();

function sha256(file) {
	return new Promise((resolve, reject) => {
		const hash = createHash('sha256');
		createReadStream(file)
			.on('data', (data) => hash.update(data))
			.on('error', reject)
			.on('end', () => resolve(hash.digest('hex')));
	});
}

const tus = new Server({
	path: uploads,
	relativeLocation: true,
	datastore: new FileStore({ directory: folder }),
	namingFunction: (request, metadata) => metadata.transaction,
	async onUploadFinish(request, upload) {
		const digest = await sha256(path.join(folder, upload.id));
		console.log(`whole ${upload.id} ${digest} ${upload.size}`);
		return {};
	},
});

const web = https.createServer({
	cert: readFileSync(cert),
	key: readFileSync(key),
	ca: readFileSync(clientCa),
	requestCert: true,
	rejectUnauthorized: true,
	minVersion: 'TLSv1.2',
	maxVersion: 'TLSv1.2',
}, (request, response) => {
	if (request.method === 'GET' && request.url.endsWith('/receipt')) {
		response.end('received\n');
		return;
	}
	tus.handle(request, response);
});
web.listen(0, '127.0.0.1', () => console.log(`port ${web.address().port}`));
