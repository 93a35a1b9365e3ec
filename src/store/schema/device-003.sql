-- Automatic sends: what people decided about each service, and the faults and
-- levels that an alarm was or was not sent for.

-- A decision beside the preset, which is that a service sends by itself 24
-- hours after it was allowed. 'now' ends this wait and holds for the grant of
-- that time; 'never' holds until somebody decides otherwise.
CREATE TABLE automatic_services (
	service INTEGER NOT NULL PRIMARY KEY CHECK (service BETWEEN 1 AND 31),
	decision TEXT NOT NULL CHECK (decision IN ('now', 'never')),
	decided_at INTEGER NOT NULL,
	-- since when the service could be sent, as it was then
	since INTEGER NOT NULL
) STRICT;

-- What stands at the machine, or has stood within the last day.
CREATE TABLE alarms (
	key TEXT NOT NULL PRIMARY KEY CHECK (length(key) BETWEEN 1 AND 127),
	is_fault INTEGER NOT NULL CHECK (is_fault IN (0, 1)),
	text TEXT NOT NULL,
	stands INTEGER NOT NULL CHECK (stands IN (0, 1)),
	first_at INTEGER NOT NULL,
	-- as the machine says it; 0 = it does not
	began_at INTEGER NOT NULL DEFAULT 0,
	-- last time that documents were sent for it; 0 = never
	fired_at INTEGER NOT NULL DEFAULT 0,
	-- sends since window_at, to bound one that comes and goes
	fires INTEGER NOT NULL DEFAULT 0 CHECK (fires >= 0),
	window_at INTEGER NOT NULL DEFAULT 0,
	-- a level that is no longer told: since when; 0 = it is told
	missing_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
