#ifndef SLUICE_TESTS_SUPPORT_VENDOR_H
#define SLUICE_TESTS_SUPPORT_VENDOR_H

#include <stdint.h>

#include "formats/note.h"
#include "formats/recipients.h"

/*
 * The vendor whose offline key signs lists of recipients. Its key is always
 * the same, so notes of test data open with it, too.
 */
#define VENDOR_NAME "vendor.example/recipients"
#define VENDOR_KEYS 4 /* of recipients that lists may name */

extern const char *const vendor_recipient_keys[VENDOR_KEYS];

void vendor_verifier(struct note_verifier *verifier);

/* Writes its key, as a device keeps it to trust it. Fails the test. */
void vendor_trust(const char *path);

/* Another key under the same name, for a vendor who changed it. */
void vendor_other_verifier(struct note_verifier *verifier);

/*
 * A list of one desk, "Colour desk", and one person, "Test Person", issued an
 * hour before now and good for 30 days; the person is over after 10.
 */
void vendor_list(struct recipients *list, uint64_t number, int64_t now);

/* Appends the note of a list; of any text. They fail the test. */
void vendor_sign(const struct recipients *list, struct buf *note);
void vendor_sign_text(const char *text, struct buf *note);
void vendor_other_sign(const struct recipients *list, struct buf *note);

#endif
