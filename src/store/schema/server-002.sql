-- Sealed job data: what is on its way here, what is here, and what its sender
-- is told of it. The bytes lie in files, STATE/sealed/DEVICE/ID.part while
-- they come in and ID.age when they are whole, and never in this database.

-- Uploads that are not complete. How much of one is here is the size of its
-- file.
CREATE TABLE upload_pieces (
	device TEXT NOT NULL REFERENCES devices (id),
	id TEXT NOT NULL CHECK (length(id) = 36), -- transaction
	sha256 TEXT NOT NULL CHECK (length(sha256) = 64), -- of the whole
	bytes INTEGER NOT NULL CHECK (bytes > 0),         -- of the whole
	purpose TEXT NOT NULL CHECK (purpose <> ''),
	recipients TEXT NOT NULL CHECK (recipients <> ''), -- age keys
	created_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL, -- moves on while bytes come
	PRIMARY KEY (device, id)
) STRICT, WITHOUT ROWID;

-- Received and answered with a receipt. The rows stay when the file is gone.
CREATE TABLE sealed (
	number INTEGER PRIMARY KEY,
	device TEXT NOT NULL REFERENCES devices (id),
	id TEXT NOT NULL CHECK (length(id) = 36), -- transaction
	sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
	bytes INTEGER NOT NULL CHECK (bytes > 0),
	purpose TEXT NOT NULL CHECK (purpose <> ''),
	recipients TEXT NOT NULL CHECK (recipients <> ''),
	received_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	certificate TEXT NOT NULL REFERENCES certificates (sha256),
	receipt TEXT NOT NULL CHECK (receipt <> ''), -- signed note
	ledger_index INTEGER NOT NULL CHECK (ledger_index >= 0),
	deleted_at INTEGER NOT NULL DEFAULT 0, -- 0 = the file is here
	deleted_by TEXT NOT NULL DEFAULT '',   -- '' = by its date
	UNIQUE (device, id)
) STRICT;
CREATE INDEX sealed_due ON sealed (expires_at) WHERE deleted_at = 0;

-- What a device is told of its sealed files, numbered from 1 for each device.
CREATE TABLE notices (
	device TEXT NOT NULL REFERENCES devices (id),
	number INTEGER NOT NULL CHECK (number > 0),
	kind TEXT NOT NULL CHECK (kind IN ('opened', 'expired', 'deleted')),
	id TEXT NOT NULL CHECK (length(id) = 36), -- transaction
	at INTEGER NOT NULL,
	who TEXT NOT NULL, -- '' = nobody: by its date
	PRIMARY KEY (device, number),
	FOREIGN KEY (device, id) REFERENCES sealed (device, id),
	CHECK ((kind = 'expired') = (who = ''))
) STRICT, WITHOUT ROWID;

CREATE TRIGGER upload_pieces_fixed BEFORE UPDATE ON upload_pieces
WHEN NEW.device IS NOT OLD.device OR NEW.id IS NOT OLD.id
	OR NEW.sha256 IS NOT OLD.sha256 OR NEW.bytes IS NOT OLD.bytes
	OR NEW.purpose IS NOT OLD.purpose
	OR NEW.recipients IS NOT OLD.recipients
	OR NEW.created_at IS NOT OLD.created_at
BEGIN
	SELECT RAISE(ABORT, 'of an upload only its end moves');
END;
CREATE TRIGGER sealed_fixed BEFORE UPDATE ON sealed
WHEN OLD.deleted_at <> 0 OR NEW.deleted_at = 0
	OR NEW.number IS NOT OLD.number
	OR NEW.device IS NOT OLD.device OR NEW.id IS NOT OLD.id
	OR NEW.sha256 IS NOT OLD.sha256 OR NEW.bytes IS NOT OLD.bytes
	OR NEW.purpose IS NOT OLD.purpose
	OR NEW.recipients IS NOT OLD.recipients
	OR NEW.received_at IS NOT OLD.received_at
	OR NEW.expires_at IS NOT OLD.expires_at
	OR NEW.certificate IS NOT OLD.certificate
	OR NEW.receipt IS NOT OLD.receipt
	OR NEW.ledger_index IS NOT OLD.ledger_index
BEGIN
	SELECT RAISE(ABORT, 'a sealed file is only deleted, once');
END;
CREATE TRIGGER sealed_stays BEFORE DELETE ON sealed
BEGIN
	SELECT RAISE(ABORT, 'the row of a sealed file stays');
END;
CREATE TRIGGER notices_in_order BEFORE INSERT ON notices
WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM notices
	WHERE device = NEW.device)
BEGIN
	SELECT RAISE(ABORT, 'notices only grow at their end');
END;
CREATE TRIGGER notices_no_update BEFORE UPDATE ON notices
BEGIN
	SELECT RAISE(ABORT, 'a notice is never changed');
END;
CREATE TRIGGER notices_no_delete BEFORE DELETE ON notices
BEGIN
	SELECT RAISE(ABORT, 'a notice is never changed');
END;

-- A transaction is of one kind only: its receipt has one address.
CREATE TRIGGER transmissions_one_kind BEFORE INSERT ON transmissions
WHEN EXISTS (SELECT 1 FROM upload_pieces
		WHERE device = NEW.device AND id = NEW.id)
	OR EXISTS (SELECT 1 FROM sealed
		WHERE device = NEW.device AND id = NEW.id)
BEGIN
	SELECT RAISE(ABORT, 'the transaction is one of sealed data');
END;
CREATE TRIGGER upload_pieces_one_kind BEFORE INSERT ON upload_pieces
WHEN EXISTS (SELECT 1 FROM transmissions
		WHERE device = NEW.device AND id = NEW.id)
	OR EXISTS (SELECT 1 FROM sealed
		WHERE device = NEW.device AND id = NEW.id)
BEGIN
	SELECT RAISE(ABORT, 'the transaction was received');
END;
