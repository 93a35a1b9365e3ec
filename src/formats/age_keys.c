/*
 * The keys of the age format as people see them: age1... of a recipient,
 * AGE-SECRET-KEY-1... of an identity. Files of identities are read by those
 * who have them (cli/identity_file.c).
 */
#include "formats/age.h"

#include <string.h>

#include "base/mem.h"
#include "crypto/random.h"
#include "crypto/x25519.h"
#include "formats/bech32.h"

#define RECIPIENT_PREFIX "age"
#define IDENTITY_PREFIX "AGE-SECRET-KEY-"

_Static_assert(AGE_RECIPIENT_TEXT_SIZE ==
		       BECH32_SIZE(sizeof(RECIPIENT_PREFIX) - 1, AGE_KEY_SIZE),
	       "AGE_RECIPIENT_TEXT_SIZE is wrong");
_Static_assert(AGE_IDENTITY_TEXT_SIZE ==
		       BECH32_SIZE(sizeof(IDENTITY_PREFIX) - 1, AGE_KEY_SIZE),
	       "AGE_IDENTITY_TEXT_SIZE is wrong");
_Static_assert(AGE_KEY_SIZE == X25519_SIZE, "age keys are X25519");

bool age_recipient_parse(const char *text, struct age_recipient *recipient,
			 struct err *err)
{
	struct age_recipient read;

	if (!bech32_decode(text, RECIPIENT_PREFIX, read.key, AGE_KEY_SIZE,
			   err)) {
		return err_prefix(err, "This is no key of a recipient");
	}
	if (x25519_low_order(read.key)) {
		return err_set(err, ERR_INVALID,
			       "Everybody could open what is sealed to this "
			       "key; ask the recipient for another one.");
	}
	*recipient = read;
	return true;
}

void age_recipient_format(const struct age_recipient *recipient,
			  char text[AGE_RECIPIENT_TEXT_SIZE])
{
	bech32_encode(RECIPIENT_PREFIX, recipient->key, AGE_KEY_SIZE, text);
}

bool age_identity_parse(const char *text, struct age_identity *identity,
			struct err *err)
{
	uint8_t secret[AGE_KEY_SIZE];

	if (!bech32_decode(text, IDENTITY_PREFIX, secret, AGE_KEY_SIZE, err)) {
		return err_prefix(err, "This is no secret key");
	}
	memcpy(identity->secret, secret, AGE_KEY_SIZE);
	x25519_public(identity->secret, identity->recipient.key);
	mem_burn(secret, sizeof(secret));
	return true;
}

void age_identity_format(const struct age_identity *identity,
			 char text[AGE_IDENTITY_TEXT_SIZE])
{
	bech32_encode(IDENTITY_PREFIX, identity->secret, AGE_KEY_SIZE, text);
}

void age_identity_make(struct age_identity *identity)
{
	random_bytes(identity->secret, AGE_KEY_SIZE);
	x25519_public(identity->secret, identity->recipient.key);
}
