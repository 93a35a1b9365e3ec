#ifndef SLUICE_DOMAIN_LEDGER_H
#define SLUICE_DOMAIN_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "formats/merkle.h"
#include "formats/uuid.h"
#include "store/db.h"

/*
 * The transaction history log: append-only entries under an RFC 6962 Merkle
 * tree. Tables ledger (canonical text and the columns that are searched),
 * ledger_nodes (hashes of complete subtrees), ledger_checkpoints (signed
 * heads). ledger.c specifies the canonical text byte by byte.
 */
enum ledger_kind {
	LEDGER_UNSET = 0,
	LEDGER_SETUP, /* the device or server was initialised, first account made */
	LEDGER_ACCOUNT, /* account made or changed */
	LEDGER_SIGN_IN,
	LEDGER_SIGN_OUT,
	LEDGER_REFUSED, /* sign-in, code, role, CSRF, instruction: what was refused and why */
	LEDGER_GRANT,
	LEDGER_WITHDRAWAL,
	LEDGER_STAGED,   /* a transmission was prepared */
	LEDGER_WITHHELD, /* summary of what it leaves out */
	LEDGER_APPROVED, /* a person pressed Send for exactly this hash */
	LEDGER_SENT,     /* the first byte is about to leave */
	LEDGER_RECEIVED, /* device: valid receipt; server: committed */
	LEDGER_FAILED,   /* a try failed; text says whether it is tried again */
	LEDGER_CANCELLED,     /* by a person, or purged by a withdrawal */
	LEDGER_CONFIGURATION, /* settings, certificates */
	LEDGER_DEVICE,        /* server: device added, changed */
	LEDGER_READ,          /* server: staff looked at a device's data */
	LEDGER_EXPIRED,       /* a grant ended by its date, or with its send */
	LEDGER_CHECK_IN,      /* device: one begins, or failed */
	LEDGER_INSTRUCTION,   /* what the server asks, and what became of it */
	LEDGER_ENROLMENT, /* certificates: asked for, issued, renewed, ended */
	LEDGER_TEST,      /* device: the connection was tested */
	LEDGER_CONTINUED, /* a log goes on after a loss, and who said so */
	LEDGER_KINDS
};

/* "grant", for text and URLs */
const char *ledger_kind_name(enum ledger_kind kind);
/* "Allowed", for people */
const char *ledger_kind_title(enum ledger_kind kind);
enum ledger_kind ledger_kind_by_name(const char *name);

/* NULL or "" or 0 = the entry has none of it. All borrowed on append. */
struct ledger_entry {
	int64_t sequence; /* from 0; set by append */
	int64_t at;       /* UTC seconds */
	enum ledger_kind kind;
	const char *transaction; /* UUID */
	/*
	 * account name, "daemon", "server", "command line: root", or an
	 * address for a stranger
	 */
	const char *actor;
	const char *service; /* "metering supplies" */
	const char *grant;   /* UUIDs, space between */
	const char *peer;    /* SHA-256 of the peer's certificate, hex */
	uint64_t bytes;
	const char *sha256; /* of the transmission, hex */
	const char *result; /* "ok", "refused", "waiting", "failed" */
	/* one line for people; control characters are replaced */
	const char *text;
};

/*
 * Appends one entry and its tree nodes inside the caller's transaction (or its
 * own). entry->sequence is set.
 */
MUST_USE bool ledger_append(struct db *db, struct ledger_entry *entry,
			    struct err *err);

/*
 * Appends that somebody changed something: a LEDGER_CONFIGURATION that ended
 * well. service may be NULL.
 */
MUST_USE bool ledger_configuration(struct db *db, const char *actor,
				   const char *service, const char *text,
				   int64_t now, struct err *err);

/* The canonical text of an entry, whose SHA-256(0x00 || text) is the leaf. */
void ledger_entry_put(struct buf *out, const struct ledger_entry *entry);

struct ledger_head {
	uint64_t size;
	uint8_t root[32];
};
MUST_USE bool ledger_head(struct db *db, struct ledger_head *head,
			  struct err *err);

/*
 * The proof that the log of size entries grew out of that of old_size
 * (1 <= old_size <= size <= that of now). Errors: INVALID (sizes, damaged).
 */
MUST_USE bool ledger_consistency(struct db *db, uint64_t old_size,
				 uint64_t size, struct merkle_proof *proof,
				 struct err *err);

/*
 * Filters; 0 or NULL = any. Newest first; before = smallest sequence already
 * shown (0 = from the newest), a stable cursor.
 */
struct ledger_filter {
	enum ledger_kind kind;
	const char *transaction;
	const char *actor;
	const char *service; /* one name */
	const char *result;
	int64_t since, until; /* UTC seconds, until exclusive */
	int64_t before;       /* sequence, exclusive; 0 = none */
	bool oldest_first;    /* for exports; then "before" is not looked at */
};

/*
 * Calls row for at most limit entries (0 = all); the entry's texts are
 * borrowed during the call. row returns false to stop (then that error is
 * passed on).
 */
MUST_USE bool
ledger_each(struct db *db, const struct ledger_filter *filter, size_t limit,
	    bool (*row)(void *ctx, const struct ledger_entry *entry,
			struct err *err),
	    void *ctx, struct err *err);

/* One entry; its texts live in *text (caller buf_clear()s). NOT_FOUND. */
MUST_USE bool ledger_get(struct db *db, int64_t sequence,
			 struct ledger_entry *entry, struct buf *text,
			 struct err *err);

/*
 * Recomputes everything: columns against canonical text, leaves, nodes, root,
 * every checkpoint against the tree and its signature. verifier is the text
 * of the device's (or server's) verifier key.
 * true: *report holds what was checked. false with INVALID: the text names
 * the first entry or node that is wrong.
 */
struct ledger_report {
	uint64_t entries;
	uint64_t checkpoints; /* signed heads that were checked */
	/* size of the newest signed head, 0 = none */
	uint64_t signed_size;
	struct ledger_head head;
};
MUST_USE bool ledger_verify(struct db *db, const char *verifier,
			    struct ledger_report *report, struct err *err);

/*
 * Checkpoints: C2SP tlog-checkpoint note text (origin, size, base64 root). The
 * daemon signs; the store keeps. now is not kept: the newest entry that a head
 * covers says when.
 */
void ledger_checkpoint_text(struct buf *out, const char *origin,
			    const struct ledger_head *head);
MUST_USE bool ledger_checkpoint_save(struct db *db,
				     const struct ledger_head *head,
				     const char *note, int64_t now,
				     struct err *err);
/* Newest; NOT_FOUND if none. */
MUST_USE bool ledger_checkpoint_last(struct db *db, struct ledger_head *head,
				     struct buf *note, struct err *err);

#endif
