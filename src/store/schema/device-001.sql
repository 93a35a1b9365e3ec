-- What the device keeps beside common-001.sql: decisions, transmissions,
-- requests to the daemon. Hashes are lower-case hex unless they are blobs.

-- The machine this client serves.
CREATE TABLE machines (
	id TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 64),
	make_and_model TEXT NOT NULL DEFAULT '',
	serial_number TEXT NOT NULL DEFAULT '',
	collected_at INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Decisions to allow. service 0 is remote services as a whole. One row a
-- grant; its end is written once.
CREATE TABLE grants (
	number INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE CHECK (length(id) = 36),
	service INTEGER NOT NULL CHECK (service BETWEEN 0 AND 31),
	granted_at INTEGER NOT NULL,
	granted_by TEXT NOT NULL CHECK (granted_by <> ''),
	text_sha256 TEXT NOT NULL CHECK (length(text_sha256) IN (0, 64)),
	catalogue_sha256 TEXT NOT NULL
		CHECK (length(catalogue_sha256) IN (0, 64)),
	ended_at INTEGER,
	ended_by TEXT,
	end_reason TEXT CHECK (end_reason IN ('withdrawn', 'renewed')),
	CHECK ((ended_at IS NULL) = (ended_by IS NULL)
		AND (ended_at IS NULL) = (end_reason IS NULL))
) STRICT;
CREATE UNIQUE INDEX grants_standing ON grants (service)
	WHERE ended_at IS NULL;
CREATE INDEX grants_by_service ON grants (service, number);

CREATE TRIGGER grants_once BEFORE INSERT ON grants
WHEN NEW.ended_at IS NOT NULL
	OR EXISTS (SELECT 1 FROM grants WHERE number = NEW.number
		OR id = NEW.id
		OR (service = NEW.service AND ended_at IS NULL))
BEGIN
	SELECT RAISE(ABORT, 'a grant is written once and starts standing');
END;
CREATE TRIGGER grants_end_once BEFORE UPDATE ON grants
WHEN OLD.ended_at IS NOT NULL
	OR NEW.ended_at IS NULL
	OR NEW.number IS NOT OLD.number
	OR NEW.id IS NOT OLD.id
	OR NEW.service IS NOT OLD.service
	OR NEW.granted_at IS NOT OLD.granted_at
	OR NEW.granted_by IS NOT OLD.granted_by
	OR NEW.text_sha256 IS NOT OLD.text_sha256
	OR NEW.catalogue_sha256 IS NOT OLD.catalogue_sha256
BEGIN
	SELECT RAISE(ABORT, 'a grant only ends, once');
END;
CREATE TRIGGER grants_no_delete BEFORE DELETE ON grants
BEGIN
	SELECT RAISE(ABORT, 'grants are never deleted');
END;

-- Uploads and their way (outbox.c). services are bits, 1 << service.
CREATE TABLE transmissions (
	number INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE CHECK (length(id) = 36),
	state TEXT NOT NULL CHECK (state IN ('sample', 'staged', 'queued',
		'sending', 'sent', 'failed', 'cancelled')),
	stage INTEGER NOT NULL CHECK (stage BETWEEN 1 AND 6),
	services INTEGER NOT NULL CHECK (services > 0),
	grants TEXT NOT NULL,
	sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
	bytes INTEGER NOT NULL CHECK (bytes > 0),
	created_at INTEGER NOT NULL,
	created_by TEXT NOT NULL,
	approved_at INTEGER NOT NULL DEFAULT 0,
	approved_by TEXT NOT NULL DEFAULT '',
	approved_sha256 TEXT NOT NULL DEFAULT '',
	attempts INTEGER NOT NULL DEFAULT 0,
	next_try_at INTEGER NOT NULL DEFAULT 0,
	problem TEXT NOT NULL DEFAULT '',
	received_at INTEGER NOT NULL DEFAULT 0,
	peer TEXT NOT NULL DEFAULT '',
	CHECK (state IN ('sample', 'cancelled') OR grants <> ''),
	CHECK (state NOT IN ('queued', 'sending', 'sent')
		OR (approved_at > 0 AND approved_sha256 = sha256))
) STRICT;
CREATE INDEX transmissions_by_state ON transmissions (state, number);
CREATE INDEX transmissions_received ON transmissions (received_at)
	WHERE state = 'sent';

-- The same table of legal ways as in outbox.c, once more where no program
-- can pass it.
CREATE TRIGGER transmissions_start BEFORE INSERT ON transmissions
WHEN NEW.state NOT IN ('sample', 'staged')
	OR EXISTS (SELECT 1 FROM transmissions
		WHERE number = NEW.number OR id = NEW.id)
BEGIN
	SELECT RAISE(ABORT, 'a transmission starts as sample or staged');
END;
CREATE TRIGGER transmissions_way BEFORE UPDATE OF state ON transmissions
WHEN OLD.state IS NOT NEW.state
	AND OLD.state || '>' || NEW.state NOT IN (
		'sample>cancelled',
		'staged>queued', 'staged>cancelled',
		'queued>sending', 'queued>failed', 'queued>cancelled',
		'sending>sent', 'sending>queued', 'sending>failed')
BEGIN
	SELECT RAISE(ABORT, 'a transmission cannot change that way');
END;
CREATE TRIGGER transmissions_fixed BEFORE UPDATE ON transmissions
WHEN NEW.number IS NOT OLD.number
	OR NEW.id IS NOT OLD.id
	OR NEW.services IS NOT OLD.services
	OR NEW.grants IS NOT OLD.grants
	OR NEW.sha256 IS NOT OLD.sha256
	OR NEW.bytes IS NOT OLD.bytes
	OR NEW.created_at IS NOT OLD.created_at
	OR NEW.created_by IS NOT OLD.created_by
	OR OLD.state IN ('sent', 'failed', 'cancelled')
BEGIN
	SELECT RAISE(ABORT, 'what a transmission holds is fixed');
END;
CREATE TRIGGER transmissions_no_delete BEFORE DELETE ON transmissions
BEGIN
	SELECT RAISE(ABORT, 'transmissions are never deleted');
END;

-- The exact bytes, by content. Retention deletes rows; transmissions stay.
CREATE TABLE bodies (
	sha256 TEXT NOT NULL PRIMARY KEY CHECK (length(sha256) = 64),
	body BLOB NOT NULL,
	stored_at INTEGER NOT NULL
) STRICT;

CREATE TABLE withheld (
	transmission TEXT NOT NULL REFERENCES transmissions (id),
	number INTEGER NOT NULL CHECK (number >= 0),
	document TEXT NOT NULL,
	path TEXT NOT NULL,
	class INTEGER NOT NULL,
	reason TEXT NOT NULL,
	count INTEGER NOT NULL CHECK (count >= 0),
	PRIMARY KEY (transmission, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE receipts (
	transmission TEXT NOT NULL PRIMARY KEY REFERENCES transmissions (id),
	note TEXT NOT NULL CHECK (note <> '')
) STRICT, WITHOUT ROWID;

-- What pages and commands ask of the daemon.
CREATE TABLE requests (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 2),
	state INTEGER NOT NULL DEFAULT 1 CHECK (state BETWEEN 1 AND 4),
	services INTEGER NOT NULL,
	actor TEXT NOT NULL,
	key TEXT CHECK (length(key) BETWEEN 1 AND 64),
	asked_at INTEGER NOT NULL,
	finished_at INTEGER NOT NULL DEFAULT 0,
	transaction_id TEXT NOT NULL DEFAULT '',
	problem TEXT NOT NULL DEFAULT '',
	problem_kind INTEGER NOT NULL DEFAULT 0,
	UNIQUE (actor, key)
) STRICT;
CREATE INDEX requests_by_state ON requests (state, id);
