/*
 * Makes X.509 certificates: self-signed ones for our pages, an authority's
 * own, and those that it issues. Version 3, P-256, ecdsa-with-SHA256, serial
 * numbers of 16 random bytes. Looking into certificates is certs_read.c's.
 * Source: RFC 5280, section 4.
 */
#include "formats/certs.h"

#include <arpa/inet.h>
#include <string.h>

#include "crypto/random.h"
#include "formats/certs_parts.h"

#define CERTS_SERIAL_SIZE 16
#define CERTS_KEY_ID_SIZE 20
#define CERTS_DNS_MAX 253
#define CERTS_DNS_LABEL_MAX 63

#define OID_SUBJECT_KEY_ID "2.5.29.14"
#define OID_KEY_USAGE "2.5.29.15"
#define OID_CONSTRAINTS "2.5.29.19"
#define OID_AUTHORITY_KEY_ID "2.5.29.35"
#define OID_EXTENDED_USE "2.5.29.37"
#define OID_SERVER_AUTH "1.3.6.1.5.5.7.3.1"
#define OID_CLIENT_AUTH "1.3.6.1.5.5.7.3.2"

#define DNS_LETTERS \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"

/* What goes between serial number and signature. */
struct parts {
	struct buf issuer;  /* Name */
	struct buf subject; /* Name */
	struct buf extensions;
	const uint8_t *point;
	int64_t not_before, not_after;
};

static void parts_clear(struct parts *p)
{
	buf_clear(&p->issuer);
	buf_clear(&p->subject);
	buf_clear(&p->extensions);
}

static void put_extension(struct buf *out, const char *oid, bool critical,
			  const struct buf *value)
{
	struct buf content = BUF_INIT;

	der_put_oid(&content, oid);
	if (critical) {
		der_put_bool(&content, true);
	}
	der_put_buf(&content, DER_OCTET_STRING, value);
	der_put_buf(out, DER_SEQUENCE, &content);
	buf_clear(&content);
}

/* RFC 7093, section 2, method 1: the first 160 bits of SHA-256. */
static void key_id(const uint8_t *point, uint8_t id[CERTS_KEY_ID_SIZE])
{
	uint8_t hash[SHA256_SIZE];

	sha256_bytes(point, P256_POINT_SIZE, hash);
	memcpy(id, hash, CERTS_KEY_ID_SIZE);
}

static void put_key_ids(struct buf *out, const uint8_t *point,
			const uint8_t *authority_point)
{
	uint8_t id[CERTS_KEY_ID_SIZE];
	struct buf value = BUF_INIT;

	key_id(point, id);
	der_put(&value, DER_OCTET_STRING, id, sizeof(id));
	put_extension(out, OID_SUBJECT_KEY_ID, false, &value);
	if (authority_point != NULL) {
		struct buf inner = BUF_INIT;
		key_id(authority_point, id);
		der_put(&inner, DER_CONTEXT(0), id, sizeof(id));
		buf_reset(&value);
		der_put_buf(&value, DER_SEQUENCE, &inner);
		put_extension(out, OID_AUTHORITY_KEY_ID, false, &value);
		buf_clear(&inner);
	}
	buf_clear(&value);
}

/* keyUsage from its first byte, and basicConstraints. */
static void put_constraints(struct buf *out, uint8_t usage, unsigned unused,
			    bool authority)
{
	struct buf inner = BUF_INIT;
	struct buf value = BUF_INIT;

	if (authority) {
		der_put_bool(&inner, true);
		der_put_small_integer(&inner, 0); /* no authority below */
	}
	der_put_buf(&value, DER_SEQUENCE, &inner);
	put_extension(out, OID_CONSTRAINTS, true, &value);
	buf_reset(&value);
	der_put_bits(&value, unused, &usage, 1);
	put_extension(out, OID_KEY_USAGE, true, &value);
	buf_clear(&inner);
	buf_clear(&value);
}

static void put_use(struct buf *out, const char *oid)
{
	struct buf inner = BUF_INIT;
	struct buf value = BUF_INIT;

	der_put_oid(&inner, oid);
	der_put_buf(&value, DER_SEQUENCE, &inner);
	put_extension(out, OID_EXTENDED_USE, false, &value);
	buf_clear(&inner);
	buf_clear(&value);
}

static bool dns_valid(const char *name)
{
	size_t left = strlen(name);

	if (left == 0 || left > CERTS_DNS_MAX) {
		return false;
	}
	for (;;) {
		size_t label = strspn(name, DNS_LETTERS);
		if (label == 0 || label > CERTS_DNS_LABEL_MAX ||
		    name[0] == '-' || name[label - 1] == '-') {
			return false;
		}
		if (name[label] == '\0') {
			return true;
		}
		if (name[label] != '.') {
			return false;
		}
		name += label + 1;
	}
}

static bool put_alt_names(struct buf *out, const struct certs_names *names,
			  struct err *err)
{
	struct buf inner = BUF_INIT;
	struct buf value = BUF_INIT;
	bool ok = true;

	for (size_t i = 0; ok && names->dns && names->dns[i]; i++) {
		ok = dns_valid(names->dns[i]) ||
		     err_set(err, ERR_INVALID, "\"%.100s\" is no host name",
			     names->dns[i]);
		der_put(&inner, DER_CONTEXT(2), names->dns[i],
			strlen(names->dns[i]));
	}
	for (size_t i = 0; ok && names->ips && names->ips[i]; i++) {
		uint8_t address[16];
		if (inet_pton(AF_INET, names->ips[i], address) == 1) {
			der_put(&inner, DER_CONTEXT(7), address, 4);
		} else if (inet_pton(AF_INET6, names->ips[i], address) == 1) {
			der_put(&inner, DER_CONTEXT(7), address, 16);
		} else {
			ok = err_set(err, ERR_INVALID,
				     "\"%.100s\" is no IP address",
				     names->ips[i]);
		}
	}
	if (ok && inner.len > 0) {
		der_put_buf(&value, DER_SEQUENCE, &inner);
		put_extension(out, CERTS_OID_ALT_NAME, false, &value);
	}
	buf_clear(&inner);
	buf_clear(&value);
	return ok;
}

static void put_serial(struct buf *out)
{
	uint8_t serial[CERTS_SERIAL_SIZE];

	random_bytes(serial, sizeof(serial));
	serial[0] = (uint8_t)((serial[0] & 0x7f) | 0x40); /* 16 bytes always */
	der_put_integer(out, serial, sizeof(serial));
}

/* Puts the parts together in the order of TBSCertificate and signs. */
static bool finish(const struct parts *p, const struct p256_key *key,
		   struct buf *der, struct err *err)
{
	struct buf content = BUF_INIT;
	struct buf inner = BUF_INIT;
	struct buf tbs = BUF_INIT;

	if (p->not_before < 0 || p->not_after <= p->not_before ||
	    p->not_after > INT64_C(253402300799)) { /* end of year 9999 */
		return err_set(err, ERR_INVALID,
			       "the times of a certificate are out of order");
	}
	der_put_small_integer(&inner, 2); /* version 3 */
	der_put_buf(&content, DER_EXPLICIT(0), &inner);
	put_serial(&content);
	certs_put_algorithm(&content);
	buf_put(&content, p->issuer.data, p->issuer.len);
	buf_reset(&inner);
	der_put_time(&inner, p->not_before);
	der_put_time(&inner, p->not_after);
	der_put_buf(&content, DER_SEQUENCE, &inner);
	buf_put(&content, p->subject.data, p->subject.len);
	certs_put_public_key(&content, p->point);
	buf_reset(&inner);
	der_put_buf(&inner, DER_SEQUENCE, &p->extensions);
	der_put_buf(&content, DER_EXPLICIT(3), &inner);
	der_put_buf(&tbs, DER_SEQUENCE, &content);
	bool ok = certs_put_signed(der, &tbs, key, err);
	buf_clear(&content);
	buf_clear(&inner);
	buf_clear(&tbs);
	return ok;
}

bool certs_self_signed(const struct p256_key *key,
		       const struct certs_names *names, int64_t not_before,
		       int64_t not_after, struct buf *der, struct err *err)
{
	struct parts p = { .issuer = BUF_INIT,
			   .subject = BUF_INIT,
			   .extensions = BUF_INIT,
			   .point = key->public_point,
			   .not_before = not_before,
			   .not_after = not_after };

	put_constraints(&p.extensions, 0x80, 7, false);
	put_use(&p.extensions, OID_SERVER_AUTH);
	put_key_ids(&p.extensions, key->public_point, NULL);
	bool ok = certs_put_name(&p.issuer, names->common_name, NULL, err) &&
		  certs_put_name(&p.subject, names->common_name, NULL, err) &&
		  put_alt_names(&p.extensions, names, err) &&
		  finish(&p, key, der, err);
	parts_clear(&p);
	return ok;
}

bool certs_authority(const struct p256_key *key, const char *common_name,
		     int64_t not_before, int64_t not_after, struct buf *der,
		     struct err *err)
{
	struct parts p = { .issuer = BUF_INIT,
			   .subject = BUF_INIT,
			   .extensions = BUF_INIT,
			   .point = key->public_point,
			   .not_before = not_before,
			   .not_after = not_after };

	/* keyCertSign is bit 5, cRLSign bit 6. */
	put_constraints(&p.extensions, 0x06, 1, true);
	put_key_ids(&p.extensions, key->public_point, NULL);
	bool ok = certs_put_name(&p.issuer, common_name, NULL, err) &&
		  certs_put_name(&p.subject, common_name, NULL, err) &&
		  finish(&p, key, der, err);
	parts_clear(&p);
	return ok;
}

bool certs_issue(const struct p256_key *authority_key,
		 const uint8_t *authority_der, size_t authority_len,
		 const struct certs_order *order, struct buf *der,
		 struct err *err)
{
	uint8_t point[P256_POINT_SIZE];
	struct parts p = { .issuer = BUF_INIT,
			   .subject = BUF_INIT,
			   .extensions = BUF_INIT,
			   .point = order->public_point,
			   .not_before = order->not_before,
			   .not_after = order->not_after };

	if (!certs_public_point(authority_der, authority_len, point, err)) {
		return err_prefix(err, "certificate of the authority");
	}
	if (memcmp(point, authority_key->public_point, sizeof(point)) != 0) {
		return err_set(err, ERR_INVALID,
			       "the authority's certificate and key do not "
			       "belong together");
	}
	if (order->use != CERTS_SERVER && order->use != CERTS_CLIENT) {
		return err_set(err, ERR_INVALID,
			       "a certificate is for a server or a client");
	}
	bool server = order->use == CERTS_SERVER;
	put_constraints(&p.extensions, 0x80, 7, false);
	put_use(&p.extensions, server ? OID_SERVER_AUTH : OID_CLIENT_AUTH);
	put_key_ids(&p.extensions, order->public_point, point);
	bool ok =
		certs_subject_der(authority_der, authority_len, &p.issuer,
				  err) &&
		certs_put_name(&p.subject, order->names.common_name,
			       order->serial_number, err) &&
		(!server || put_alt_names(&p.extensions, &order->names, err)) &&
		finish(&p, authority_key, der, err);
	parts_clear(&p);
	return ok;
}
