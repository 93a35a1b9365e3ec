-- What the Communication Server keeps beside common-001.sql. Hashes are
-- lower-case hex.

-- Devices that may connect. What they report of themselves (serial number,
-- model) is that of their last transmission.
CREATE TABLE devices (
	id TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 64
		AND id NOT GLOB '*[^a-z0-9.-]*'),
	title TEXT NOT NULL DEFAULT '',
	serial_number TEXT NOT NULL DEFAULT '',
	make_and_model TEXT NOT NULL DEFAULT '',
	ledger_key TEXT NOT NULL DEFAULT '', -- note verifier key; '' = none yet
	added_at INTEGER NOT NULL,
	added_by TEXT NOT NULL,
	last_seen_at INTEGER NOT NULL DEFAULT 0, -- last upload; 0 = never
	revoked_at INTEGER NOT NULL DEFAULT 0 -- 0 = stands
) STRICT, WITHOUT ROWID;

-- Certificates that we issued: the only way from a connection to a device.
CREATE TABLE certificates (
	sha256 TEXT NOT NULL PRIMARY KEY CHECK (length(sha256) = 64),
	device TEXT NOT NULL REFERENCES devices (id),
	serial TEXT NOT NULL UNIQUE, -- hex
	not_before INTEGER NOT NULL,
	not_after INTEGER NOT NULL,
	issued_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX certificates_by_device ON certificates (device, issued_at);

-- What was received and answered with a receipt. number follows the order
-- of arrival. A transaction belongs to its device: two devices cannot take
-- each other's.
CREATE TABLE transmissions (
	number INTEGER PRIMARY KEY,
	device TEXT NOT NULL REFERENCES devices (id),
	id TEXT NOT NULL CHECK (length(id) = 36), -- transaction
	sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
	bytes INTEGER NOT NULL CHECK (bytes > 0),
	received_at INTEGER NOT NULL,
	collected_at INTEGER NOT NULL,
	reason TEXT NOT NULL,
	services TEXT NOT NULL, -- names, space between
	grants TEXT NOT NULL,   -- ids of the same, space between
	documents INTEGER NOT NULL, -- bits, 1 << enum document_kind
	certificate TEXT NOT NULL REFERENCES certificates (sha256),
	receipt TEXT NOT NULL CHECK (receipt <> ''), -- signed note
	ledger_index INTEGER NOT NULL CHECK (ledger_index >= 0),
	UNIQUE (device, id)
) STRICT;
CREATE INDEX transmissions_by_device ON transmissions (device, number);

-- The exact bytes.
CREATE TABLE transmission_bodies (
	transmission INTEGER PRIMARY KEY REFERENCES transmissions (number),
	body BLOB NOT NULL
) STRICT;

-- A received transmission is never changed; erasure deletes it whole.
CREATE TRIGGER transmissions_fixed BEFORE UPDATE ON transmissions
BEGIN
	SELECT RAISE(ABORT, 'a received transmission is never changed');
END;
CREATE TRIGGER transmission_bodies_fixed BEFORE UPDATE ON transmission_bodies
BEGIN
	SELECT RAISE(ABORT, 'a received transmission is never changed');
END;
CREATE TRIGGER certificates_fixed BEFORE UPDATE ON certificates
BEGIN
	SELECT RAISE(ABORT, 'a certificate is never changed');
END;
