#ifndef SLUICE_FORMATS_AGE_H
#define SLUICE_FORMATS_AGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * The age format, age-encryption.org/v1, with X25519 recipients: binary files
 * of any size, sealed and opened as a stream in constant memory. Text in
 * memory that holds plaintext or keys is locked and wiped.
 */
#define AGE_KEY_SIZE 32
#define AGE_RECIPIENT_TEXT_SIZE 63 /* "age1...", and NUL */
#define AGE_IDENTITY_TEXT_SIZE 75  /* "AGE-SECRET-KEY-1...", and NUL */
#define AGE_CHUNK (64 * 1024)      /* bytes of plaintext */
#define AGE_RECIPIENTS_MAX 20      /* of one file that we seal */

struct age_recipient {
	uint8_t key[AGE_KEY_SIZE]; /* X25519, public */
};

struct age_identity {
	uint8_t secret[AGE_KEY_SIZE];
	struct age_recipient recipient;
};

/*
 * Bech32 as age has it. Errors: INVALID (syntax, checksum, mixed case, other
 * kind or length, a low-order point).
 */
MUST_USE bool age_recipient_parse(const char *text,
				  struct age_recipient *recipient,
				  struct err *err);
void age_recipient_format(const struct age_recipient *recipient,
			  char text[AGE_RECIPIENT_TEXT_SIZE]);
MUST_USE bool age_identity_parse(const char *text,
				 struct age_identity *identity,
				 struct err *err);
void age_identity_format(const struct age_identity *identity,
			 char text[AGE_IDENTITY_TEXT_SIZE]); /* secret */
void age_identity_make(struct age_identity *identity);

/* Takes bytes in order; false ends the stream with this error. */
struct age_sink {
	bool (*write)(void *ctx, const void *data, size_t len, struct err *err);
	void *ctx;
};

/* ---- sealing ---- */

struct age_sealer; /* opaque */

/*
 * 1..AGE_RECIPIENTS_MAX recipients; their order stays. The header goes to the
 * sink at once; sink is copied. *sealer on success only.
 * Errors: INVALID (number, low-order point), those of the sink.
 */
MUST_USE bool age_sealer_new(const struct age_recipient *recipients,
			     size_t count, const struct age_sink *sink,
			     struct age_sealer **sealer, struct err *err);

/* Room for plaintext, never empty: fill some of it, then say how much. */
uint8_t *age_sealer_room(struct age_sealer *sealer, size_t *len);
MUST_USE bool age_sealer_filled(struct age_sealer *sealer, size_t len,
				struct err *err);

/* The last chunk. Without it the file cannot be opened. */
MUST_USE bool age_sealer_end(struct age_sealer *sealer, struct err *err);
void age_sealer_free(struct age_sealer *sealer); /* wipes; NULL is fine */

/* ---- opening ---- */

struct age_opener; /* opaque */

/*
 * Any of the identities opens it; they are copied. What the sink gets is not
 * to be used before age_opener_end() said true.
 */
struct age_opener *age_opener_new(const struct age_identity *identities,
				  size_t count, const struct age_sink *sink);
/*
 * The next bytes of the file. After false every later call fails too.
 * Errors: INVALID (no age file, malformed stanza, altered, goes on after its
 * end), DENIED (for none of the identities), LIMIT (header too long).
 */
MUST_USE bool age_opener_feed(struct age_opener *opener, const void *data,
			      size_t len, struct err *err);
/* The file is over. Errors: INVALID (cut short), those of feed. */
MUST_USE bool age_opener_end(struct age_opener *opener, struct err *err);
void age_opener_free(struct age_opener *opener); /* wipes; NULL is fine */

#endif
