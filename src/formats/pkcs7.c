/*
 * Takes the certificates out of a "certs-only" message. DER alone, as
 * RFC 8951 has it: indefinite lengths are refused. What else lies in the
 * message (content, lists of revoked certificates, signers) is passed over.
 * Nothing is verified, and the order means nothing: the caller knows the key
 * that he asked for.
 */
#include "formats/pkcs7.h"

#include "formats/der.h"

#define OID_SIGNED_DATA "1.2.840.113549.1.7.2"

/* Lists of revoked certificates, which may be missing, and signers. */
static bool pass_rest(struct reader *message)
{
	struct der_item item;
	return der_next(message, &item) &&
	       (item.tag != DER_EXPLICIT(1) || der_next(message, &item)) &&
	       item.tag == DER_SET && message->left == 0;
}

/* Source: RFC 5652, sections 3 and 5.1. Gives what is in "certificates". */
static bool find_certificates(const void *data, size_t len,
			      struct reader *certificates)
{
	struct reader input = reader_of(data, len);
	struct reader info, explicit, message;
	struct der_item type, skipped;

	return der_enter(&input, DER_SEQUENCE, &info) && input.left == 0 &&
	       der_next(&info, &type) && der_is_oid(&type, OID_SIGNED_DATA) &&
	       der_enter(&info, DER_EXPLICIT(0), &explicit) && info.left == 0 &&
	       der_enter(&explicit, DER_SEQUENCE, &message) &&
	       explicit.left == 0 &&
	       der_expect(&message, DER_INTEGER, &skipped) &&
	       der_expect(&message, DER_SET, &skipped) &&
	       der_expect(&message, DER_SEQUENCE, &skipped) &&
	       der_enter(&message, DER_EXPLICIT(0), certificates) &&
	       pass_rest(&message);
}

/* Of those choices that are certificates of X.509. -1 = broken. */
static int count_certificates(struct reader certificates)
{
	struct der_item item;
	int count = 0;
	while (certificates.left > 0) {
		if (!der_next(&certificates, &item)) {
			return -1;
		}
		count += item.tag == DER_SEQUENCE ? 1 : 0;
	}
	return count;
}

bool pkcs7_certificates(const void *data, size_t len,
			bool (*each)(void *ctx, const uint8_t *der,
				     size_t der_len, struct err *err),
			void *ctx, struct err *err)
{
	struct reader certificates;
	struct der_item item;

	if (len > PKCS7_MAX_BYTES) {
		return err_set(err, ERR_LIMIT,
			       "the message with certificates is too big");
	}
	int count = find_certificates(data, len, &certificates)
			    ? count_certificates(certificates)
			    : -1;
	if (count <= 0) {
		return err_set(err, ERR_INVALID,
			       "this is no PKCS #7 message with certificates");
	}
	if (count > PKCS7_CERTIFICATES_MAX) {
		return err_set(err, ERR_LIMIT,
			       "the message holds more than %d certificates",
			       PKCS7_CERTIFICATES_MAX);
	}
	while (der_next(&certificates, &item)) {
		if (item.tag == DER_SEQUENCE &&
		    !each(ctx, item.raw, item.raw_len, err)) {
			return false;
		}
	}
	return true;
}
