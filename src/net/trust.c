/*
 * PEM files to what BearSSL wants: trust anchors (name, key, that it is an
 * authority) and the own chain. Nothing is verified here but that the parts
 * fit together; verifying the server is done in tls_client.c by BearSSL, each
 * time, against these anchors alone. The private key is read by
 * crypto/keyfile, which refuses files that others can read.
 */
#include "net/trust.h"

#include <string.h>

#include "base/buf.h"
#include "base/files.h"
#include "base/mem.h"
#include "crypto/keyfile.h"
#include "formats/certs.h"

#define ANCHOR_WORDS "The server's root certificate"
#define CHAIN_WORDS "The device's certificate"

static void put_name(void *ctx, const void *data, size_t len)
{
	buf_put(ctx, data, len);
}

static void anchor_clear(br_x509_trust_anchor *anchor)
{
	mem_free(anchor->dn.data);
	mem_free(anchor->pkey.key.ec.q);
}

/* One certificate to one anchor, with own memory. */
static bool anchor_make(const struct buf *der, br_x509_trust_anchor *anchor,
			struct err *err)
{
	struct buf name = BUF_INIT;
	name.max = TRUST_FILE_MAX;
	br_x509_decoder_context decoder;
	br_x509_decoder_init(&decoder, put_name, &name);
	br_x509_decoder_push(&decoder, der->data, der->len);
	const br_x509_pkey *key = br_x509_decoder_get_pkey(&decoder);
	bool ok = false;
	if (key == NULL) {
		err_set(err, ERR_INVALID,
			ANCHOR_WORDS " cannot be read (code %d).",
			br_x509_decoder_last_error(&decoder));
		goto out;
	}
	if (key->key_type != BR_KEYTYPE_EC) {
		err_set(err, ERR_INVALID,
			ANCHOR_WORDS " has an RSA key; it must have an ECDSA "
				     "key.");
		goto out;
	}
	if (!br_x509_decoder_isCA(&decoder)) {
		err_set(err, ERR_INVALID,
			ANCHOR_WORDS " is not one of an authority (CA).");
		goto out;
	}
	memset(anchor, 0, sizeof(*anchor));
	anchor->flags = BR_X509_TA_CA;
	anchor->dn.len = name.len;
	anchor->dn.data = (unsigned char *)buf_take_str(&name);
	anchor->pkey.key_type = BR_KEYTYPE_EC;
	anchor->pkey.key.ec.curve = key->key.ec.curve;
	anchor->pkey.key.ec.qlen = key->key.ec.qlen;
	anchor->pkey.key.ec.q = mem_alloc(key->key.ec.qlen);
	memcpy(anchor->pkey.key.ec.q, key->key.ec.q, key->key.ec.qlen);
	ok = true;
out:
	buf_clear(&name);
	return ok;
}

/*
 * The next certificate of a PEM text. *end = there is none any more; blocks
 * with other labels are refused, because a private key in such a file is a
 * mistake that should be seen.
 */
static bool next_certificate(struct reader *pem, const char *words,
			     struct buf *der, bool *end, struct err *err)
{
	char label[CERTS_LABEL_SIZE];
	struct err why = { .kind = ERR_NONE };
	*end = false;
	if (certs_pem_next(pem, label, der, &why)) {
		if (strcmp(label, "CERTIFICATE") == 0) {
			return true;
		}
		return err_set(err, ERR_INVALID,
			       "%s: the file holds a block \"%s\".", words,
			       label);
	}
	if (why.kind == ERR_NOT_FOUND) {
		*end = true;
		return true;
	}
	return err_set(err, why.kind, "%s: %s", words, why.text);
}

static bool read_anchors(struct trust *trust, const void *data, size_t len,
			 struct err *err)
{
	struct reader pem = reader_of(data, len);
	for (;;) {
		struct buf der = BUF_INIT;
		bool end = false;
		bool ok = next_certificate(&pem, ANCHOR_WORDS, &der, &end, err);
		if (ok && !end) {
			ok = trust->anchors_count < TRUST_ANCHORS_MAX
				     ? anchor_make(
					       &der,
					       &trust->anchors
							[trust->anchors_count],
					       err)
				     : err_set(err, ERR_LIMIT,
					       ANCHOR_WORDS
					       ": more than %d in the "
					       "file.",
					       TRUST_ANCHORS_MAX);
			trust->anchors_count += ok ? 1 : 0;
		}
		buf_clear(&der);
		if (!ok) {
			return false;
		}
		if (end) {
			break;
		}
	}
	if (trust->anchors_count == 0) {
		return err_set(err, ERR_INVALID,
			       ANCHOR_WORDS ": there is no certificate in the "
					    "file.");
	}
	return true;
}

static bool read_chain(struct trust *trust, const void *data, size_t len,
		       struct err *err)
{
	struct reader pem = reader_of(data, len);
	for (;;) {
		struct buf der = BUF_INIT;
		bool end = false;
		if (!next_certificate(&pem, CHAIN_WORDS, &der, &end, err)) {
			buf_clear(&der);
			return false;
		}
		if (end) {
			return true;
		}
		if (trust->chain_count == TRUST_CHAIN_MAX) {
			buf_clear(&der);
			return err_set(err, ERR_LIMIT,
				       CHAIN_WORDS ": more than %d in the "
						   "chain.",
				       TRUST_CHAIN_MAX);
		}
		br_x509_certificate *link = &trust->chain[trust->chain_count++];
		link->data_len = der.len;
		link->data = (unsigned char *)buf_take_str(&der);
	}
}

/* The leaf must hold our key, else the server could not know us. */
static bool check_leaf(struct trust *trust, struct err *err)
{
	if (trust->chain_count == 0) {
		return err_set(err, ERR_INVALID,
			       CHAIN_WORDS ": there is no certificate in the "
					   "file.");
	}
	const br_x509_certificate *leaf = &trust->chain[0];
	uint8_t point[P256_POINT_SIZE];
	int64_t not_after;
	if (!certs_public_point(leaf->data, leaf->data_len, point, err) ||
	    !certs_validity(leaf->data, leaf->data_len, &trust->time_floor,
			    &not_after, err)) {
		return err_prefix(err, CHAIN_WORDS);
	}
	if (memcmp(point, trust->key.public_point, sizeof(point)) != 0) {
		return err_set(err, ERR_INVALID,
			       CHAIN_WORDS
			       " was made for another key. It must "
			       "be made from this device's own request.");
	}
	return true;
}

bool trust_new(const void *anchor_pem, size_t anchor_len, const void *chain_pem,
	       size_t chain_len, const struct p256_key *key,
	       struct trust **trust, struct err *err)
{
	struct trust *t = mem_zalloc(sizeof(*t));
	t->key = *key;
	t->private_key.curve = BR_EC_secp256r1;
	t->private_key.x = t->key.private_key;
	t->private_key.xlen = P256_PRIVATE_SIZE;
	if (!read_anchors(t, anchor_pem, anchor_len, err) ||
	    !read_chain(t, chain_pem, chain_len, err) || !check_leaf(t, err)) {
		trust_free(t);
		return false;
	}
	*trust = t;
	return true;
}

bool trust_new_anonymous(const void *anchor_pem, size_t anchor_len,
			 struct trust **trust, struct err *err)
{
	struct trust *t = mem_zalloc(sizeof(*t));
	if (!read_anchors(t, anchor_pem, anchor_len, err)) {
		trust_free(t);
		return false;
	}
	*trust = t;
	return true;
}

bool trust_load(const char *anchor_path, const char *chain_path,
		const char *key_path, struct trust **trust, struct err *err)
{
	struct buf anchor = BUF_INIT, chain = BUF_INIT;
	struct p256_key key;
	bool ok = false;
	if (!files_read(anchor_path, TRUST_FILE_MAX, &anchor, err) ||
	    !files_read(chain_path, TRUST_FILE_MAX, &chain, err) ||
	    !keyfile_read_p256(key_path, &key, err)) {
		goto out;
	}
	ok = trust_new(anchor.data, anchor.len, chain.data, chain.len, &key,
		       trust, err);
	mem_burn(&key, sizeof(key));
out:
	buf_clear(&chain);
	buf_clear(&anchor);
	return ok;
}

bool trust_check_anchor(const void *anchor_pem, size_t len, struct err *err)
{
	struct trust *t = NULL;
	bool ok = trust_new_anonymous(anchor_pem, len, &t, err);
	trust_free(t);
	return ok;
}

void trust_free(struct trust *trust)
{
	if (trust == NULL) {
		return;
	}
	for (size_t i = 0; i < trust->anchors_count; i++) {
		anchor_clear(&trust->anchors[i]);
	}
	for (size_t i = 0; i < trust->chain_count; i++) {
		mem_free(trust->chain[i].data);
	}
	mem_burn_free(trust, sizeof(*trust));
}
