-- Job data: the permission that ends with its send, the vendor's list of
-- recipients, and what people decided to send. Nothing here names a job or
-- its owner.

ALTER TABLE grants ADD COLUMN ends_with_send INTEGER NOT NULL DEFAULT 0
	CHECK (ends_with_send IN (0, 1));
CREATE TRIGGER grants_ends_with_send BEFORE UPDATE ON grants
WHEN NEW.ends_with_send IS NOT OLD.ends_with_send
BEGIN
	SELECT RAISE(ABORT, 'a grant only ends, once');
END;

-- More kinds of requests: jobs of the sources, notices of the server.
CREATE TABLE requests_new (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 31),
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
INSERT INTO requests_new SELECT * FROM requests;
DROP TABLE requests;
ALTER TABLE requests_new RENAME TO requests;
CREATE INDEX requests_by_state ON requests (state, id);

-- Lists as the vendor signed them; the one with the highest number stands.
CREATE TABLE recipient_lists (
	number INTEGER PRIMARY KEY CHECK (number > 0),
	note TEXT NOT NULL CHECK (note <> ''),
	taken_at INTEGER NOT NULL
) STRICT;

CREATE TABLE job_orders (
	number INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE CHECK (length(id) = 36),
	state TEXT NOT NULL CHECK (state IN ('chosen', 'awaiting',
		'confirmed', 'over')),
	account INTEGER NOT NULL REFERENCES accounts (id),
	session INTEGER NOT NULL,
	actor TEXT NOT NULL CHECK (actor <> ''),
	second TEXT NOT NULL DEFAULT '',
	purpose TEXT NOT NULL CHECK (purpose <> ''),
	grant_id TEXT NOT NULL DEFAULT '',
	nonce TEXT NOT NULL CHECK (length(nonce) = 32),
	created_at INTEGER NOT NULL,
	confirmed_at INTEGER NOT NULL DEFAULT 0,
	over_at INTEGER NOT NULL DEFAULT 0,
	problem TEXT NOT NULL DEFAULT '',
	CHECK (state IN ('chosen', 'over')
		OR (confirmed_at > 0 AND grant_id <> ''))
) STRICT;
CREATE INDEX job_orders_open ON job_orders (number) WHERE state <> 'over';

CREATE TABLE job_recipients (
	order_id TEXT NOT NULL REFERENCES job_orders (id),
	number INTEGER NOT NULL,
	key TEXT NOT NULL,
	name TEXT NOT NULL,
	role TEXT NOT NULL,
	PRIMARY KEY (order_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE job_items (
	id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),
	order_id TEXT NOT NULL REFERENCES job_orders (id),
	number INTEGER NOT NULL CHECK (number > 0),
	source TEXT NOT NULL,
	job TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('waiting', 'sealed', 'sending',
		'sent', 'failed', 'cancelled')),
	plain_bytes INTEGER NOT NULL DEFAULT 0,
	plain_sha256 TEXT NOT NULL DEFAULT '',
	sealed_bytes INTEGER NOT NULL DEFAULT 0,
	sealed_sha256 TEXT NOT NULL DEFAULT '',
	uploaded INTEGER NOT NULL DEFAULT 0,
	attempts INTEGER NOT NULL DEFAULT 0,
	next_try_at INTEGER NOT NULL DEFAULT 0,
	problem TEXT NOT NULL DEFAULT '',
	peer TEXT NOT NULL DEFAULT '',
	received_at INTEGER NOT NULL DEFAULT 0,
	receipt TEXT NOT NULL DEFAULT '',
	UNIQUE (order_id, number),
	CHECK (state NOT IN ('sealed', 'sending', 'sent')
		OR (sealed_bytes > 0 AND length(sealed_sha256) = 64)),
	CHECK ((state = 'sent') = (receipt <> ''))
) STRICT, WITHOUT ROWID;
CREATE INDEX job_items_open ON job_items (next_try_at)
	WHERE state IN ('waiting', 'sealed', 'sending');

-- An order is confirmed from one of the steps before, never made so.
CREATE TRIGGER job_orders_start BEFORE INSERT ON job_orders
WHEN NEW.state <> 'chosen'
BEGIN
	SELECT RAISE(ABORT, 'an order starts as chosen');
END;
CREATE TRIGGER job_orders_way BEFORE UPDATE ON job_orders
WHEN OLD.state = 'over'
	OR NEW.id IS NOT OLD.id
	OR NEW.number IS NOT OLD.number
	OR NEW.account IS NOT OLD.account
	OR NEW.session IS NOT OLD.session
	OR NEW.actor IS NOT OLD.actor
	OR NEW.purpose IS NOT OLD.purpose
	OR NEW.created_at IS NOT OLD.created_at
	OR (OLD.state <> 'chosen' AND NEW.grant_id IS NOT OLD.grant_id)
	OR (NEW.second IS NOT OLD.second
		AND OLD.state || '>' || NEW.state <> 'awaiting>confirmed')
	OR (OLD.state = 'awaiting' AND NEW.state = 'confirmed'
		AND NEW.second = '')
	OR (OLD.state IS NOT NEW.state
		AND OLD.state || '>' || NEW.state NOT IN (
			'chosen>awaiting', 'chosen>confirmed',
			'awaiting>confirmed', 'chosen>over', 'awaiting>over',
			'confirmed>over'))
BEGIN
	SELECT RAISE(ABORT, 'an order cannot change that way');
END;
-- To whom and what is fixed with the choice.
CREATE TRIGGER job_recipients_start BEFORE INSERT ON job_recipients
WHEN (SELECT state FROM job_orders WHERE id = NEW.order_id) IS NOT 'chosen'
BEGIN
	SELECT RAISE(ABORT, 'recipients are chosen before they are confirmed');
END;
CREATE TRIGGER job_recipients_no_update BEFORE UPDATE ON job_recipients
BEGIN
	SELECT RAISE(ABORT, 'recipients of an order stay');
END;
CREATE TRIGGER job_recipients_no_delete BEFORE DELETE ON job_recipients
BEGIN
	SELECT RAISE(ABORT, 'recipients of an order stay');
END;
CREATE TRIGGER job_items_start BEFORE INSERT ON job_items
WHEN NEW.state <> 'waiting'
	OR (SELECT state FROM job_orders WHERE id = NEW.order_id)
		IS NOT 'chosen'
BEGIN
	SELECT RAISE(ABORT, 'a job starts as waiting, in a chosen order');
END;
CREATE TRIGGER job_items_confirmed BEFORE UPDATE ON job_items
WHEN NEW.state IN ('sealed', 'sending', 'sent')
	AND (SELECT state FROM job_orders WHERE id = NEW.order_id)
		IS NOT 'confirmed'
BEGIN
	SELECT RAISE(ABORT, 'nobody confirmed this order');
END;
CREATE TRIGGER job_items_way BEFORE UPDATE ON job_items
WHEN OLD.state IN ('sent', 'failed', 'cancelled')
	OR NEW.id IS NOT OLD.id
	OR NEW.order_id IS NOT OLD.order_id
	OR NEW.number IS NOT OLD.number
	OR NEW.source IS NOT OLD.source
	OR NEW.job IS NOT OLD.job
	OR (OLD.sealed_sha256 <> ''
		AND (NEW.sealed_sha256 IS NOT OLD.sealed_sha256
			OR NEW.sealed_bytes IS NOT OLD.sealed_bytes
			OR NEW.plain_sha256 IS NOT OLD.plain_sha256
			OR NEW.plain_bytes IS NOT OLD.plain_bytes))
	OR (OLD.state IS NOT NEW.state
		AND OLD.state || '>' || NEW.state NOT IN (
			'waiting>sealed', 'waiting>failed',
			'waiting>cancelled', 'sealed>sending',
			'sealed>failed', 'sealed>cancelled',
			'sending>sealed', 'sending>sent', 'sending>failed',
			'sending>cancelled'))
BEGIN
	SELECT RAISE(ABORT, 'a job cannot change that way');
END;
CREATE TRIGGER job_orders_no_delete BEFORE DELETE ON job_orders
BEGIN
	SELECT RAISE(ABORT, 'orders are never deleted');
END;
CREATE TRIGGER job_items_no_delete BEFORE DELETE ON job_items
BEGIN
	SELECT RAISE(ABORT, 'jobs that were sent are never deleted');
END;

-- What the server told of job data that it has.
CREATE TABLE job_notices (
	number INTEGER PRIMARY KEY CHECK (number > 0),
	kind TEXT NOT NULL CHECK (kind IN ('opened', 'expired', 'deleted')),
	transaction_id TEXT NOT NULL,
	at INTEGER NOT NULL,
	who TEXT NOT NULL
) STRICT;
CREATE INDEX job_notices_by_transaction ON job_notices (transaction_id, number);
