-- Grants get a language, an end and the time from which on they cover what
-- happens; the words and fields that were agreed to are kept, so that a
-- change can be shown. Grants from before have none of these: what they
-- agreed to is another version and is asked for again.

CREATE TABLE grants_new (
	number INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE CHECK (length(id) = 36),
	-- 0 = remote services as a whole, else enum service_id
	service INTEGER NOT NULL CHECK (service BETWEEN 0 AND 31),
	granted_at INTEGER NOT NULL,
	granted_by TEXT NOT NULL CHECK (granted_by <> ''),
	language TEXT NOT NULL CHECK (length(language) BETWEEN 2 AND 35),
	-- what happened from here on is covered; before granted_at when it
	-- renews one that stood until then
	since INTEGER NOT NULL CHECK (since <= granted_at),
	-- 0 = no end
	until INTEGER NOT NULL DEFAULT 0
		CHECK (until = 0 OR until > granted_at),
	text_sha256 TEXT NOT NULL CHECK (length(text_sha256) IN (0, 64)),
	catalogue_sha256 TEXT NOT NULL
		CHECK (length(catalogue_sha256) IN (0, 64)),
	ended_at INTEGER,
	ended_by TEXT,
	end_reason TEXT
		CHECK (end_reason IN ('withdrawn', 'renewed', 'expired')),
	CHECK ((ended_at IS NULL) = (ended_by IS NULL)
		AND (ended_at IS NULL) = (end_reason IS NULL))
) STRICT;
INSERT INTO grants_new (number, id, service, granted_at, granted_by, language,
	since, text_sha256, catalogue_sha256, ended_at, ended_by, end_reason)
	SELECT number, id, service, granted_at, granted_by, 'en', granted_at,
		text_sha256, catalogue_sha256, ended_at, ended_by, end_reason
	FROM grants;
DROP TABLE grants;
ALTER TABLE grants_new RENAME TO grants;
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
	OR NEW.language IS NOT OLD.language
	OR NEW.since IS NOT OLD.since
	OR NEW.until IS NOT OLD.until
	OR NEW.text_sha256 IS NOT OLD.text_sha256
	OR NEW.catalogue_sha256 IS NOT OLD.catalogue_sha256
BEGIN
	SELECT RAISE(ABORT, 'a grant only ends, once');
END;
CREATE TRIGGER grants_no_delete BEFORE DELETE ON grants
BEGIN
	SELECT RAISE(ABORT, 'grants are never deleted');
END;

-- Words and fields that were agreed to, by content hash.
CREATE TABLE agreed (
	sha256 TEXT NOT NULL PRIMARY KEY CHECK (length(sha256) = 64),
	text TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER agreed_no_update BEFORE UPDATE ON agreed
BEGIN
	SELECT RAISE(ABORT, 'what was agreed to is fixed');
END;
CREATE TRIGGER agreed_no_delete BEFORE DELETE ON agreed
BEGIN
	SELECT RAISE(ABORT, 'what was agreed to is never deleted');
END;

-- Which word stands for which name of the network (documents/pseudonym.h).
-- Never leaves the device.
CREATE TABLE pseudonyms (
	token TEXT NOT NULL PRIMARY KEY,
	value TEXT NOT NULL,
	first_at INTEGER NOT NULL,
	last_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
