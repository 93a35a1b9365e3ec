-- Identity, check-in, instructions, what of the connection is known.

-- The certificate of this device as people see it, and what is under way to
-- get one. One row from the first enrolment or look on.
CREATE TABLE enrolment (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	state TEXT NOT NULL CHECK (state IN ('none', 'asked', 'pending',
		'enrolled', 'refused')),
	-- typed on the page; '' once it was tried and has had its answer
	code TEXT NOT NULL DEFAULT '',
	asked_by TEXT NOT NULL DEFAULT '',
	asked_at INTEGER NOT NULL DEFAULT 0,
	attempts INTEGER NOT NULL DEFAULT 0,
	next_try_at INTEGER NOT NULL DEFAULT 0,
	problem TEXT NOT NULL DEFAULT '',
	-- of the certificate that is in use
	sha256 TEXT NOT NULL DEFAULT '' CHECK (length(sha256) IN (0, 64)),
	subject TEXT NOT NULL DEFAULT '',
	issuer TEXT NOT NULL DEFAULT '',
	not_before INTEGER NOT NULL DEFAULT 0,
	not_after INTEGER NOT NULL DEFAULT 0,
	-- how many days the last countdown entry told: 180, 90, 30, 7, 0
	countdown INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Check-ins with the exact bytes of both ways; old rows are deleted.
CREATE TABLE checkins (
	number INTEGER PRIMARY KEY,
	at INTEGER NOT NULL,
	reason TEXT NOT NULL CHECK (reason IN ('slot', 'person', 'outcome')),
	result TEXT NOT NULL CHECK (result IN ('begun', 'ok', 'failed')),
	problem TEXT NOT NULL DEFAULT '',
	bytes_out INTEGER NOT NULL DEFAULT 0,
	bytes_in INTEGER NOT NULL DEFAULT 0,
	request TEXT NOT NULL,
	answer TEXT NOT NULL DEFAULT ''
) STRICT;

-- What the server asked for, and what became of it. Old rows are deleted: only
-- those that are over and told, and their numbers never come again.
CREATE TABLE instructions (
	number INTEGER PRIMARY KEY CHECK (number > 0),
	kind TEXT NOT NULL, -- '' = it could not be read
	note TEXT NOT NULL, -- as it came; '' = none that could be kept
	asked_by TEXT NOT NULL DEFAULT '',
	reason TEXT NOT NULL DEFAULT '',
	issued_at INTEGER NOT NULL DEFAULT 0,
	expires_at INTEGER NOT NULL DEFAULT 0,
	taken_at INTEGER NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('asked', 'approved', 'done',
		'refused')),
	decided_by TEXT NOT NULL DEFAULT '',
	decided_at INTEGER NOT NULL DEFAULT 0,
	-- why refused: INSTRUCTION_REFUSALS of formats/instruction.h; '' = not
	refusal TEXT NOT NULL DEFAULT '',
	outcome TEXT NOT NULL DEFAULT '', -- one sentence for people
	ended_at INTEGER NOT NULL DEFAULT 0, -- done or refused
	reported INTEGER NOT NULL DEFAULT 0 CHECK (reported IN (0, 1)),
	-- marked as read on Home: what only shows something
	seen_by TEXT NOT NULL DEFAULT '',
	seen_at INTEGER NOT NULL DEFAULT 0,
	CHECK ((state = 'refused') = (refusal <> ''))
) STRICT;
CREATE INDEX instructions_open ON instructions (number)
	WHERE state IN ('asked', 'approved');
CREATE INDEX instructions_unreported ON instructions (number)
	WHERE reported = 0;

-- The highest number whose row was deleted: all up to it were taken.
CREATE TABLE instructions_gone (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	number INTEGER NOT NULL
) STRICT;
INSERT INTO instructions_gone (id, number) VALUES (1, 0);
CREATE TRIGGER instructions_gone_once BEFORE INSERT ON instructions_gone
BEGIN
	SELECT RAISE(ABORT, 'what was deleted is told by one row');
END;
CREATE TRIGGER instructions_gone_rises BEFORE UPDATE ON instructions_gone
WHEN NEW.id IS NOT OLD.id OR NEW.number < OLD.number
BEGIN
	SELECT RAISE(ABORT, 'a number that was taken stays taken');
END;
CREATE TRIGGER instructions_gone_stays BEFORE DELETE ON instructions_gone
BEGIN
	SELECT RAISE(ABORT, 'a number that was taken stays taken');
END;

CREATE TRIGGER instructions_start BEFORE INSERT ON instructions
WHEN NEW.state = 'done'
	OR NEW.number <= (SELECT number FROM instructions_gone)
	OR EXISTS (SELECT 1 FROM instructions WHERE number = NEW.number)
BEGIN
	SELECT RAISE(ABORT, 'an instruction comes once, and is not done yet');
END;
CREATE TRIGGER instructions_way BEFORE UPDATE ON instructions
WHEN NEW.number IS NOT OLD.number OR NEW.kind IS NOT OLD.kind
	OR NEW.note IS NOT OLD.note OR NEW.asked_by IS NOT OLD.asked_by
	OR NEW.reason IS NOT OLD.reason OR NEW.issued_at IS NOT OLD.issued_at
	OR NEW.expires_at IS NOT OLD.expires_at
	OR NEW.taken_at IS NOT OLD.taken_at
	OR (OLD.state IS NOT NEW.state
		AND OLD.state || '>' || NEW.state NOT IN (
			'asked>approved', 'asked>refused',
			'approved>done', 'approved>refused')
		-- nobody had said yes, and the customer now wants to be asked
		AND NOT (OLD.state = 'approved' AND NEW.state = 'asked'
			AND OLD.decided_by = 'policy'))
	OR (OLD.reported = 1 AND NEW.reported = 0
		AND OLD.state IS NEW.state)
BEGIN
	SELECT RAISE(ABORT, 'an instruction cannot change that way');
END;
CREATE TRIGGER instructions_end BEFORE DELETE ON instructions
WHEN OLD.state NOT IN ('done', 'refused') OR OLD.reported = 0
BEGIN
	SELECT RAISE(ABORT, 'what is open or not told is never deleted');
END;
CREATE TRIGGER instructions_forget AFTER DELETE ON instructions
BEGIN
	UPDATE instructions_gone SET number = max(number, OLD.number);
END;

-- What people decided about a kind of instruction, beside the presets.
CREATE TABLE instruction_policies (
	kind TEXT NOT NULL PRIMARY KEY,
	policy TEXT NOT NULL CHECK (policy IN ('never', 'ask', 'allow')),
	until INTEGER NOT NULL DEFAULT 0, -- of 'allow'; 0 = no end
	decided_by TEXT NOT NULL,
	decided_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The last test of the connection, step by step.
CREATE TABLE connection_test (
	number INTEGER PRIMARY KEY CHECK (number > 0),
	at INTEGER NOT NULL,
	step TEXT NOT NULL,
	title TEXT NOT NULL,
	result TEXT NOT NULL CHECK (result IN ('ok', 'failed', 'warning',
		'skipped')),
	text TEXT NOT NULL,
	remedy TEXT NOT NULL DEFAULT ''
) STRICT;

-- Heads that the server has countersigned.
CREATE TABLE witnessed (
	size INTEGER PRIMARY KEY CHECK (size > 0),
	note TEXT NOT NULL CHECK (note <> ''), -- checkpoint with both signatures
	at INTEGER NOT NULL
) STRICT;

-- The log goes on although the server keeps a head that it did not grow out
-- of: what the owner acknowledged. Rows stay for ever.
CREATE TABLE log_continuations (
	-- entries of this log, with the one about it as the last
	size INTEGER PRIMARY KEY CHECK (size > 0),
	root BLOB NOT NULL CHECK (length(root) = 32),
	had INTEGER NOT NULL CHECK (had > 0), -- entries that the server has
	head TEXT NOT NULL, -- the newest that it had countersigned; '' = none
	by TEXT NOT NULL CHECK (by <> ''),
	at INTEGER NOT NULL,
	note TEXT NOT NULL DEFAULT '', -- as the device signed it
	accepted_at INTEGER NOT NULL DEFAULT 0 -- by the server, its time
) STRICT;
CREATE TRIGGER log_continuations_way BEFORE UPDATE ON log_continuations
WHEN NEW.size IS NOT OLD.size OR NEW.root IS NOT OLD.root
	OR NEW.had IS NOT OLD.had OR NEW.head IS NOT OLD.head
	OR NEW.by IS NOT OLD.by OR NEW.at IS NOT OLD.at
	OR (OLD.note <> '' AND NEW.note IS NOT OLD.note)
	OR (OLD.accepted_at <> 0 AND NEW.accepted_at IS NOT OLD.accepted_at)
BEGIN
	SELECT RAISE(ABORT, 'what was acknowledged is never changed');
END;
CREATE TRIGGER log_continuations_stay BEFORE DELETE ON log_continuations
BEGIN
	SELECT RAISE(ABORT, 'what was acknowledged is never deleted');
END;

-- When a service was sent last, without reading all that ever was: the newest
-- receipt of each set of services, of which there are few (outbox.c).
CREATE INDEX transmissions_sent ON transmissions (services, received_at DESC)
	WHERE state = 'sent';
