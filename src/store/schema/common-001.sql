-- What both sides keep: people who sign in, the ledger, settings. Times are
-- UTC seconds since 1970. Migrations run once each; a released file is never
-- changed, a change is a new file.

CREATE TABLE settings (
	name TEXT NOT NULL PRIMARY KEY CHECK (name <> ''),
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- People. Roles are the bits of src/domain/roles.h.
CREATE TABLE accounts (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL COLLATE NOCASE UNIQUE
		CHECK (length(name) BETWEEN 1 AND 64
			AND name NOT GLOB '*[^A-Za-z0-9._-]*'),
	password TEXT NOT NULL CHECK (password GLOB '$argon2id$*'),
	roles INTEGER NOT NULL CHECK (roles >= 0),
	disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
	created_at INTEGER NOT NULL,
	last_sign_in_at INTEGER NOT NULL DEFAULT 0,
	failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0)
) STRICT;

-- Signed-in browsers. Only the SHA-256 of the token is kept; a session that
-- ended has no row.
CREATE TABLE sessions (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	token_sha256 BLOB NOT NULL UNIQUE CHECK (length(token_sha256) = 32),
	account INTEGER NOT NULL REFERENCES accounts (id),
	address TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	seen_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_account ON sessions (account, id);

-- Tries to sign in, counted by account name and by address (throttle.c).
CREATE TABLE sign_in_tries (
	scope TEXT NOT NULL CHECK (scope IN ('account', 'address')),
	subject TEXT NOT NULL,
	failures INTEGER NOT NULL CHECK (failures >= 0),
	last_at INTEGER NOT NULL,
	paused_until INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (scope, subject)
) STRICT, WITHOUT ROWID;

-- The one-time code of the first set-up; at most one row.
CREATE TABLE setup_code (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	code_sha256 BLOB NOT NULL CHECK (length(code_sha256) = 32),
	made_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	wrong_tries INTEGER NOT NULL DEFAULT 0,
	used_at INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The transaction history log (ledger.c). "entry" is the canonical text whose
-- hash is the leaf; the other columns repeat its fields for searching.
CREATE TABLE ledger (
	sequence INTEGER PRIMARY KEY CHECK (sequence >= 0),
	at INTEGER NOT NULL CHECK (at >= 0),
	kind TEXT NOT NULL,
	transaction_id TEXT NOT NULL,
	actor TEXT NOT NULL,
	service TEXT NOT NULL,
	grants TEXT NOT NULL,
	peer TEXT NOT NULL,
	bytes INTEGER NOT NULL CHECK (bytes >= 0),
	sha256 TEXT NOT NULL,
	result TEXT NOT NULL,
	text TEXT NOT NULL,
	entry TEXT NOT NULL
) STRICT;
CREATE INDEX ledger_by_kind ON ledger (kind, sequence);
CREATE INDEX ledger_by_transaction ON ledger (transaction_id, sequence)
	WHERE transaction_id <> '';

-- Hashes of complete subtrees: level 0 is the leaf, "place" counts among
-- those of its level.
CREATE TABLE ledger_nodes (
	level INTEGER NOT NULL CHECK (level BETWEEN 0 AND 63),
	place INTEGER NOT NULL CHECK (place >= 0),
	hash BLOB NOT NULL CHECK (length(hash) = 32),
	PRIMARY KEY (level, place)
) STRICT, WITHOUT ROWID;

-- Signed heads. When one was signed follows from the entries it covers.
CREATE TABLE ledger_checkpoints (
	size INTEGER NOT NULL CHECK (size >= 0),
	note TEXT NOT NULL,
	root BLOB NOT NULL CHECK (length(root) = 32),
	PRIMARY KEY (size, note)
) STRICT, WITHOUT ROWID;

-- Append-only, also for whoever opens the file with another tool.
CREATE TRIGGER ledger_in_order BEFORE INSERT ON ledger
WHEN NEW.sequence IS NOT
	(SELECT coalesce(max(sequence), -1) + 1 FROM ledger)
BEGIN
	SELECT RAISE(ABORT, 'the ledger only grows at its end');
END;
CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
BEGIN
	SELECT RAISE(ABORT, 'the ledger is append-only');
END;
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
BEGIN
	SELECT RAISE(ABORT, 'the ledger is append-only');
END;

CREATE TRIGGER ledger_nodes_once BEFORE INSERT ON ledger_nodes
WHEN EXISTS (SELECT 1 FROM ledger_nodes
	WHERE level = NEW.level AND place = NEW.place)
BEGIN
	SELECT RAISE(ABORT, 'the nodes of the ledger are append-only');
END;
CREATE TRIGGER ledger_nodes_no_update BEFORE UPDATE ON ledger_nodes
BEGIN
	SELECT RAISE(ABORT, 'the nodes of the ledger are append-only');
END;
CREATE TRIGGER ledger_nodes_no_delete BEFORE DELETE ON ledger_nodes
BEGIN
	SELECT RAISE(ABORT, 'the nodes of the ledger are append-only');
END;

CREATE TRIGGER ledger_checkpoints_once BEFORE INSERT ON ledger_checkpoints
WHEN EXISTS (SELECT 1 FROM ledger_checkpoints
	WHERE size = NEW.size AND note = NEW.note)
BEGIN
	SELECT RAISE(ABORT, 'the checkpoints of the ledger are append-only');
END;
CREATE TRIGGER ledger_checkpoints_no_update BEFORE UPDATE ON ledger_checkpoints
BEGIN
	SELECT RAISE(ABORT, 'the checkpoints of the ledger are append-only');
END;
CREATE TRIGGER ledger_checkpoints_no_delete BEFORE DELETE ON ledger_checkpoints
BEGIN
	SELECT RAISE(ABORT, 'the checkpoints of the ledger are append-only');
END;
