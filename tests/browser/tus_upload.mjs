#!/usr/bin/env node
// Another's tus client (npm tus-js-client) over mutual TLS, for
// tests/flows/sealed_interop.sh:
//   tus_upload.mjs URL CERT KEY CA FILE TRANSACTION
// Sends the file in small pieces, stops in the middle, and goes on from there
// as after a restart, knowing the address of the upload alone.
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import https from 'node:https';
import * as tus from 'tus-js-client';

const [, , url, cert, key, ca, file, transaction] = process.argv;
const pieceBytes = 100000;

const agent = new https.Agent({
	cert: readFileSync(cert),
	key: readFileSync(key),
	ca: readFileSync(ca),
	keepAlive: true,
	// The name of the certificate is not in any DNS.
	lookup: (host, options, done) => (options.all ?
		done(null, [{ address: '127.0.0.1', family: 4 }]) :
		done(null, '127.0.0.1', 4)),
});
const size = statSync(file).size;
const hash = createHash('sha256').update(readFileSync(file)).digest('base64');

function send(more, stopAt) {
	return new Promise((resolve, reject) => {
		const upload = new tus.Upload(createReadStream(file), {
			endpoint: url,
			httpStack: new tus.DefaultHttpStack({ agent }),
			chunkSize: pieceBytes,
			uploadSize: size,
			retryDelays: [0, 100, 200, 400],
			headers: {
				'Repr-Digest': `sha-256=:${hash}:`,
				'Idempotency-Key': `"${transaction}"`,
			},
			metadata: {
				transaction,
				type: 'application/vnd.sluice.sealed',
				purpose: 'stripes in cyan',
				recipients: 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p',
			},
			onError: reject,
			onSuccess: () => resolve(upload.url),
			onChunkComplete: (length, offset) => {
				if (stopAt && offset >= stopAt) {
					upload.abort().then(() => resolve(upload.url), reject);
				}
			},
			...more,
		});
		upload.start();
	});
}

const mode = process.argv[8];
if (mode === 'cancel') {
	const address = await send({}, size / 2);
	await tus.Upload.terminate(address,
		{ httpStack: new tus.DefaultHttpStack({ agent }) });
} else {
	const address = await send(
		{ uploadDataDuringCreation: mode === 'at-once' },
		mode === 'at-once' ? 0 : size / 2);
	if (mode !== 'at-once') {
		await send({ uploadUrl: address });
	}
	console.log(address);
}
agent.destroy();
