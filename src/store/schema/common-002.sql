-- When and from where the last sign-in with the account's name failed, so
-- that its owner and administrators see it. 0 and '' = never, or before this
-- was kept.
ALTER TABLE accounts ADD COLUMN failed_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN failed_from TEXT NOT NULL DEFAULT '';
