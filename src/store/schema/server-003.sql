-- Enrolment, check-in, instructions, heads of the devices' logs.

-- One-time codes, by hash. A code is for one device, and makes it known when
-- it is not.
CREATE TABLE enrolment_codes (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	code_sha256 BLOB NOT NULL UNIQUE CHECK (length(code_sha256) = 32),
	device TEXT NOT NULL CHECK (length(device) BETWEEN 1 AND 64
		AND device NOT GLOB '*[^a-z0-9.-]*'),
	title TEXT NOT NULL DEFAULT '',
	serial_number TEXT NOT NULL DEFAULT '',
	made_at INTEGER NOT NULL,
	made_by TEXT NOT NULL,
	expires_at INTEGER NOT NULL,
	ended_at INTEGER NOT NULL DEFAULT 0, -- used or withdrawn; 0 = open
	-- issued for it, so that a device that lost the answer gets it again
	certificate TEXT NOT NULL DEFAULT '',
	key_sha256 TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX enrolment_codes_by_device ON enrolment_codes (device, id);

-- How a certificate came to be, and its bytes (new ones only).
ALTER TABLE certificates ADD COLUMN origin TEXT NOT NULL DEFAULT 'added'
	CHECK (origin IN ('added', 'enrolled', 'renewed'));
ALTER TABLE certificates ADD COLUMN pem TEXT NOT NULL DEFAULT '';
CREATE TABLE certificate_revocations (
	sha256 TEXT NOT NULL PRIMARY KEY REFERENCES certificates (sha256),
	at INTEGER NOT NULL,
	by TEXT NOT NULL,
	reason TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE TRIGGER certificate_revocations_fixed
BEFORE UPDATE ON certificate_revocations
BEGIN
	SELECT RAISE(ABORT, 'a revocation is never changed');
END;
CREATE TRIGGER certificate_revocations_stay
BEFORE DELETE ON certificate_revocations
BEGIN
	SELECT RAISE(ABORT, 'a revocation is never taken back');
END;

-- The last check-in of a device. checkin_interval 0 = it never checked in.
ALTER TABLE devices ADD COLUMN checkin_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE devices ADD COLUMN checkin_interval INTEGER NOT NULL DEFAULT 0;
ALTER TABLE devices ADD COLUMN checkin_least INTEGER NOT NULL DEFAULT 0;
ALTER TABLE devices ADD COLUMN checkin_most INTEGER NOT NULL DEFAULT 0;
-- when the next one is expected at the latest, UTC; 0 = never said
ALTER TABLE devices ADD COLUMN checkin_expected INTEGER NOT NULL DEFAULT 0;
-- wanted for this device; 0 = as the configuration says
ALTER TABLE devices ADD COLUMN wanted_interval INTEGER NOT NULL DEFAULT 0;
ALTER TABLE devices ADD COLUMN client_version TEXT NOT NULL DEFAULT '';
-- the device's clock less ours at that check-in, seconds
ALTER TABLE devices ADD COLUMN clock_ahead INTEGER NOT NULL DEFAULT 0;
-- How many check-ins, and entries of the ledger that it caused, in an hour;
-- the hours since 1970.
ALTER TABLE devices ADD COLUMN checkins_hour INTEGER NOT NULL DEFAULT 0;
ALTER TABLE devices ADD COLUMN checkins INTEGER NOT NULL DEFAULT 0;
ALTER TABLE devices ADD COLUMN causes_hour INTEGER NOT NULL DEFAULT 0;
ALTER TABLE devices ADD COLUMN causes INTEGER NOT NULL DEFAULT 0;
-- How many bytes were stored of it in a day, and the last day on which more was
-- refused; the days since 1970.
ALTER TABLE devices ADD COLUMN stored_day INTEGER NOT NULL DEFAULT 0;
ALTER TABLE devices ADD COLUMN stored INTEGER NOT NULL DEFAULT 0;
ALTER TABLE devices ADD COLUMN stored_refused_day INTEGER NOT NULL DEFAULT -1;

-- Signed when they are made. outcome is what the device reported.
CREATE TABLE instructions (
	device TEXT NOT NULL REFERENCES devices (id),
	number INTEGER NOT NULL CHECK (number > 0),
	kind TEXT NOT NULL,
	note TEXT NOT NULL CHECK (note <> ''),
	made_at INTEGER NOT NULL,
	made_by TEXT NOT NULL,
	expires_at INTEGER NOT NULL,
	fetched_at INTEGER NOT NULL DEFAULT 0,
	result TEXT NOT NULL DEFAULT '', -- '' = not reported yet
	outcome TEXT NOT NULL DEFAULT '',
	reported_at INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (device, number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER instructions_in_order BEFORE INSERT ON instructions
WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM instructions
	WHERE device = NEW.device)
BEGIN
	SELECT RAISE(ABORT, 'instructions only grow at their end');
END;
CREATE TRIGGER instructions_fixed BEFORE UPDATE ON instructions
WHEN NEW.device IS NOT OLD.device OR NEW.number IS NOT OLD.number
	OR NEW.kind IS NOT OLD.kind OR NEW.note IS NOT OLD.note
	OR NEW.made_at IS NOT OLD.made_at OR NEW.made_by IS NOT OLD.made_by
	OR NEW.expires_at IS NOT OLD.expires_at
BEGIN
	SELECT RAISE(ABORT, 'an instruction is never changed');
END;
CREATE TRIGGER instructions_no_delete BEFORE DELETE ON instructions
BEGIN
	SELECT RAISE(ABORT, 'an instruction is never changed');
END;

-- Rows of a device's log that an instruction asked for.
CREATE TABLE ledger_reports (
	device TEXT NOT NULL REFERENCES devices (id),
	sequence INTEGER NOT NULL CHECK (sequence >= 0),
	leaf TEXT NOT NULL CHECK (length(leaf) = 64),
	kind TEXT NOT NULL,
	transaction_id TEXT NOT NULL DEFAULT '',
	bytes INTEGER NOT NULL DEFAULT 0,
	sha256 TEXT NOT NULL DEFAULT '',
	result TEXT NOT NULL DEFAULT '',
	reported_at INTEGER NOT NULL,
	PRIMARY KEY (device, sequence)
) STRICT, WITHOUT ROWID;

-- The newest head of each device's log that was proved to have only grown.
CREATE TABLE witnessed (
	device TEXT NOT NULL PRIMARY KEY REFERENCES devices (id),
	size INTEGER NOT NULL CHECK (size > 0),
	root BLOB NOT NULL CHECK (length(root) = 32),
	note TEXT NOT NULL CHECK (note <> ''),
	at INTEGER NOT NULL,
	-- a head that did not grow out of this one, as it came; '' = none
	conflict TEXT NOT NULL DEFAULT '',
	conflict_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
-- The last time that a head of a log was refused, with an entry of the ledger,
-- while none was kept of that log.
CREATE TABLE heads_refused (
	device TEXT NOT NULL PRIMARY KEY REFERENCES devices (id),
	at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER witnessed_grows BEFORE UPDATE ON witnessed
WHEN NEW.size < OLD.size
	OR (NEW.size = OLD.size AND NEW.root IS NOT OLD.root)
BEGIN
	SELECT RAISE(ABORT, 'a log only grows');
END;

-- Where the log of a device did not go on from the head that was kept: that
-- head, what stood against it, and who said what to that. Rows stay for ever.
CREATE TABLE log_breaks (
	number INTEGER PRIMARY KEY AUTOINCREMENT,
	device TEXT NOT NULL REFERENCES devices (id),
	-- the head that was kept, and the one that did not fit it
	kept_size INTEGER NOT NULL CHECK (kept_size > 0),
	kept_note TEXT NOT NULL CHECK (kept_note <> ''),
	kept_at INTEGER NOT NULL,
	conflict TEXT NOT NULL,
	conflict_at INTEGER NOT NULL,
	-- signed by the device; '' = it was enrolled again with another log
	statement TEXT NOT NULL,
	size INTEGER NOT NULL DEFAULT 0, -- in it: where the log goes on
	root BLOB NOT NULL DEFAULT x'',
	stated_at INTEGER NOT NULL DEFAULT 0, -- by the device's clock
	came_at INTEGER NOT NULL,
	accepted_at INTEGER NOT NULL DEFAULT 0, -- 0 = waits for staff
	accepted_by TEXT NOT NULL DEFAULT '',
	CHECK ((statement = '') = (size = 0)),
	CHECK ((accepted_at = 0) = (accepted_by = ''))
) STRICT;
CREATE INDEX log_breaks_by_device ON log_breaks (device, number);
CREATE TRIGGER log_breaks_way BEFORE UPDATE ON log_breaks
WHEN OLD.accepted_at <> 0 OR NEW.number IS NOT OLD.number
	OR NEW.device IS NOT OLD.device OR NEW.kept_size IS NOT OLD.kept_size
	OR NEW.kept_note IS NOT OLD.kept_note OR NEW.kept_at IS NOT OLD.kept_at
	OR NEW.conflict IS NOT OLD.conflict
	OR NEW.conflict_at IS NOT OLD.conflict_at
	OR NEW.statement IS NOT OLD.statement OR NEW.size IS NOT OLD.size
	OR NEW.root IS NOT OLD.root OR NEW.stated_at IS NOT OLD.stated_at
	OR NEW.came_at IS NOT OLD.came_at
BEGIN
	SELECT RAISE(ABORT, 'evidence is never changed');
END;
CREATE TRIGGER log_breaks_stay BEFORE DELETE ON log_breaks
BEGIN
	SELECT RAISE(ABORT, 'evidence is never deleted');
END;
-- Another head in its place only when it is kept there.
CREATE TRIGGER witnessed_stays BEFORE DELETE ON witnessed
WHEN NOT EXISTS (SELECT 1 FROM log_breaks WHERE device = OLD.device
	AND kept_note = OLD.note AND accepted_at <> 0)
BEGIN
	SELECT RAISE(ABORT, 'a log only grows');
END;
