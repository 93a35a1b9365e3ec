-- What the Communication Server keeps beside common-001.sql.

-- Devices that may connect, bound by the hash of their certificate.
CREATE TABLE devices (
	id TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 64),
	serial_number TEXT NOT NULL DEFAULT '',
	make_and_model TEXT NOT NULL DEFAULT '',
	certificate_sha256 TEXT NOT NULL UNIQUE
		CHECK (length(certificate_sha256) = 64),
	ledger_key TEXT NOT NULL DEFAULT '', -- note verifier key; '' = none yet
	added_at INTEGER NOT NULL,
	added_by TEXT NOT NULL,
	revoked_at INTEGER NOT NULL DEFAULT 0 -- 0 = stands
) STRICT;

-- What was received and answered with a receipt. number follows the order
-- of arrival.
CREATE TABLE transmissions (
	number INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE CHECK (length(id) = 36), -- transaction
	device TEXT NOT NULL REFERENCES devices (id),
	sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
	bytes INTEGER NOT NULL CHECK (bytes > 0),
	received_at INTEGER NOT NULL,
	collected_at INTEGER NOT NULL DEFAULT 0,
	documents INTEGER NOT NULL DEFAULT 0, -- bits, 1 << enum document_kind
	body BLOB NOT NULL,
	receipt TEXT NOT NULL, -- signed note
	ledger_index INTEGER NOT NULL CHECK (ledger_index >= 0)
) STRICT;
CREATE INDEX transmissions_by_device ON transmissions (device, number);

-- The values of a transmission, one row each, in document order.
CREATE TABLE reported_values (
	transmission INTEGER NOT NULL REFERENCES transmissions (number),
	number INTEGER NOT NULL CHECK (number >= 0),
	device TEXT NOT NULL REFERENCES devices (id),
	document TEXT NOT NULL,
	path TEXT NOT NULL,
	value TEXT NOT NULL,
	unit TEXT NOT NULL DEFAULT '',
	source TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (transmission, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX reported_values_by_device
	ON reported_values (device, document, path, transmission);

-- A received transmission is never changed; erasure deletes it whole.
CREATE TRIGGER transmissions_fixed BEFORE UPDATE ON transmissions
BEGIN
	SELECT RAISE(ABORT, 'a received transmission is never changed');
END;
