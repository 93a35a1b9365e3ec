/* A vendor with lists of recipients. */
#include "tests/support/vendor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/text.h"

#define HOUR_S (60 * 60)
#define DAY_S (24 * HOUR_S)

const char *const vendor_recipient_keys[VENDOR_KEYS] = {
	"age1pygpw8399sen5s2gfat96ertwfucppuwjkw28243hzludnw5m03qpq9lj7",
	"age19qhnv02yfdf9jcr8de6hequ2jxvflf4dkjau9jws6l0wtm8nlgqsnyrfa0",
	"age1ga892hrrdfchslux3k2fhg4fkzmma3wv60dwr6807m7sgzcjrysqj8a0t3",
	"age1vekhg7uz3xgf08494jem4swgeltdme8t7tusqpcwz5wzx2338qlsng5eyj",
};

static void must(bool done, const struct err *err)
{
	if (!done) {
		fprintf(stderr, "vendor: %s\n", err->text);
		abort();
	}
}

static void key_of(uint8_t number, struct ed25519_key *key)
{
	uint8_t seed[ED25519_SEED_SIZE];

	memset(seed, number, sizeof(seed));
	ed25519_from_seed(seed, key);
}

static void verifier_of(uint8_t number, struct note_verifier *verifier)
{
	struct ed25519_key key;
	struct err err = { 0 };

	key_of(number, &key);
	must(note_verifier_of(VENDOR_NAME, key.public_key, verifier, &err),
	     &err);
}

void vendor_verifier(struct note_verifier *verifier)
{
	verifier_of(0x42, verifier);
}

void vendor_trust(const char *path)
{
	struct note_verifier vendor;
	struct buf text = BUF_INIT;
	struct err err = { 0 };

	vendor_verifier(&vendor);
	note_verifier_put(&text, &vendor);
	must(files_write(path, text.data, text.len, 0644, &err), &err);
	buf_clear(&text);
}

void vendor_other_verifier(struct note_verifier *verifier)
{
	verifier_of(0x43, verifier);
}

static void fill(struct recipient *r, const char *key, const char *name,
		 const char *role, int64_t until)
{
	must(text_copy(r->key, sizeof(r->key), key) &&
		     text_copy(r->name, sizeof(r->name), name) &&
		     text_copy(r->role, sizeof(r->role), role),
	     &(struct err){ .text = "a text is too long" });
	r->until = until;
}

void vendor_list(struct recipients *list, uint64_t number, int64_t now)
{
	memset(list, 0, sizeof(*list));
	(void)!text_copy(list->vendor, sizeof(list->vendor),
			 "Example Printers");
	list->number = number;
	list->issued = now - HOUR_S;
	list->until = now + 30 * DAY_S;
	list->count = 2;
	fill(&list->of[0], vendor_recipient_keys[0], "Colour desk",
	     "image quality", now + 20 * DAY_S);
	list->of[0].is_desk = true;
	fill(&list->of[1], vendor_recipient_keys[1], "Test Person",
	     "second level support", now + 10 * DAY_S);
}

static void sign(uint8_t number, const char *text, struct buf *note)
{
	struct ed25519_key key;
	struct err err = { 0 };
	const struct note_signer signer = { VENDOR_NAME, &key };

	key_of(number, &key);
	must(note_sign(text, &signer, 1, note, &err), &err);
}

void vendor_sign_text(const char *text, struct buf *note)
{
	sign(0x42, text, note);
}

static void sign_list(uint8_t number, const struct recipients *list,
		      struct buf *note)
{
	struct buf text = BUF_INIT;
	struct err err = { 0 };

	must(recipients_put(&text, list, &err), &err);
	sign(number, buf_str(&text), note);
	buf_clear(&text);
}

void vendor_sign(const struct recipients *list, struct buf *note)
{
	sign_list(0x42, list, note);
}

void vendor_other_sign(const struct recipients *list, struct buf *note)
{
	sign_list(0x43, list, note);
}
