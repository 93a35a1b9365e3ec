/*
 * Looks into X.509 certificates: validity, key, names, fingerprint. Does not
 * verify anything; TLS does. Making certificates is certs_issue.c's.
 */
#include "formats/certs.h"

#include <string.h>

#include "formats/certs_parts.h"

/* The parts of a TBSCertificate that we use. */
struct view {
	struct der_item issuer;
	struct der_item subject;
	struct reader validity;
	struct reader key; /* at SubjectPublicKeyInfo */
};

/* Source: RFC 5280, section 4.1. */
static bool look(const uint8_t *der, size_t len, struct view *v,
		 struct err *err)
{
	struct reader input = reader_of(der, len);
	struct reader whole;
	struct reader tbs;
	struct der_item skipped;

	if (len > CERTS_MAX_BYTES) {
		return err_set(err, ERR_LIMIT, "the certificate is too big");
	}
	bool ok = der_enter(&input, DER_SEQUENCE, &whole) && input.left == 0 &&
		  der_enter(&whole, DER_SEQUENCE, &tbs) &&
		  der_expect(&tbs, DER_EXPLICIT(0), &skipped) &&
		  der_expect(&tbs, DER_INTEGER, &skipped) &&
		  der_expect(&tbs, DER_SEQUENCE, &skipped) &&
		  der_expect(&tbs, DER_SEQUENCE, &v->issuer) &&
		  der_enter(&tbs, DER_SEQUENCE, &v->validity) &&
		  der_expect(&tbs, DER_SEQUENCE, &v->subject);
	if (!ok) {
		return err_set(err, ERR_INVALID,
			       "this is no X.509 version 3 certificate");
	}
	v->key = tbs;
	return true;
}

void certs_fingerprint(const void *der, size_t len, uint8_t out[SHA256_SIZE])
{
	sha256_bytes(der, len, out);
}

bool certs_validity(const uint8_t *der, size_t len, int64_t *not_before,
		    int64_t *not_after, struct err *err)
{
	struct view v;
	struct der_item item;
	int64_t first;
	int64_t last;

	if (!look(der, len, &v, err)) {
		return false;
	}
	if (!der_next(&v.validity, &item) || !der_read_time(&item, &first) ||
	    !der_next(&v.validity, &item) || !der_read_time(&item, &last) ||
	    v.validity.left != 0) {
		return err_set(err, ERR_INVALID,
			       "the certificate's times cannot be read");
	}
	*not_before = first;
	*not_after = last;
	return true;
}

bool certs_public_point(const uint8_t *der, size_t len,
			uint8_t point[P256_POINT_SIZE], struct err *err)
{
	struct view v;

	if (!look(der, len, &v, err)) {
		return false;
	}
	if (!certs_take_public_key(&v.key, point)) {
		return err_set(err, ERR_INVALID,
			       "the certificate's key is no P-256 key");
	}
	return true;
}

static bool name_text(const struct der_item *name, struct buf *out,
		      struct err *err)
{
	if (!certs_name_text(name, out)) {
		return err_set(err, ERR_INVALID,
			       "a name in the certificate cannot be read");
	}
	return true;
}

bool certs_subject_text(const uint8_t *der, size_t len, struct buf *out,
			struct err *err)
{
	struct view v;

	return look(der, len, &v, err) && name_text(&v.subject, out, err);
}

bool certs_issuer_text(const uint8_t *der, size_t len, struct buf *out,
		       struct err *err)
{
	struct view v;

	return look(der, len, &v, err) && name_text(&v.issuer, out, err);
}

bool certs_subject_der(const uint8_t *der, size_t len, struct buf *out,
		       struct err *err)
{
	struct view v;

	if (!look(der, len, &v, err)) {
		return false;
	}
	buf_put(out, v.subject.raw, v.subject.raw_len);
	return true;
}

bool certs_issuer_der(const uint8_t *der, size_t len, struct buf *out,
		      struct err *err)
{
	struct view v;

	if (!look(der, len, &v, err)) {
		return false;
	}
	buf_put(out, v.issuer.raw, v.issuer.raw_len);
	return true;
}

/* Unique identifiers may stand before the extensions. */
static bool find_extensions(struct reader tbs, struct reader *list)
{
	struct der_item item = { .tag = 0 };
	struct reader at;

	list->left = 0;
	while (tbs.left > 0) {
		if (!der_next(&tbs, &item)) {
			return false;
		}
		if (item.tag == DER_EXPLICIT(3)) {
			at = reader_of(item.content, item.len);
			return tbs.left == 0 &&
			       der_enter(&at, DER_SEQUENCE, list) &&
			       at.left == 0;
		}
	}
	return true;
}

bool certs_alt_names_der(const uint8_t *der, size_t len, struct buf *out,
			 struct err *err)
{
	struct view v;
	struct reader list;
	bool ok = look(der, len, &v, err);

	if (!ok) {
		return false;
	}
	ok = find_extensions(v.key, &list);
	while (ok && list.left > 0) {
		struct reader extension;
		struct der_item item, oid;
		ok = der_expect(&list, DER_SEQUENCE, &item);
		if (ok) {
			extension = reader_of(item.content, item.len);
			ok = der_next(&extension, &oid);
		}
		if (ok && der_is_oid(&oid, CERTS_OID_ALT_NAME)) {
			buf_put(out, item.raw, item.raw_len);
			return true; /* there is one at most */
		}
	}
	return ok || err_set(err, ERR_INVALID,
			     "the certificate's extensions cannot be read");
}
