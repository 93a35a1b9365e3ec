/*
 * Certificates for tests, made by the product's own writers, since OpenSSL at
 * the other end of each connection reads them too.
 */
#include "tests/support/pki.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"
#include "crypto/keyfile.h"
#include "formats/certs.h"
#include "tests/support/folder.h"

#define QUARTER_S 900

struct authority {
	struct p256_key key;
	struct buf der;
};

char *pki_path(const struct pki *pki, const char *name)
{
	return files_join(pki->dir, name);
}

static void write_file(const struct pki *pki, const char *name,
		       const void *data, size_t len)
{
	char *path = pki_path(pki, name);
	assert_true(files_write(path, data, len, 0600, NULL));
	mem_free(path);
}

static void write_pem(const struct pki *pki, const char *name,
		      const struct buf *der)
{
	struct buf pem = BUF_INIT;
	certs_pem_put(&pem, "CERTIFICATE", der->data, der->len);
	write_file(pki, name, pem.data, pem.len);
	buf_clear(&pem);
}

static void write_key(const struct pki *pki, const char *name,
		      const struct p256_key *key)
{
	char *path = pki_path(pki, name);
	assert_true(keyfile_write_p256(path, key, NULL));
	mem_free(path);
}

static void make_authority(const struct pki *pki, const char *file,
			   const char *name, struct authority *authority)
{
	p256_generate(&authority->key);
	authority->der = (struct buf)BUF_INIT;
	assert_true(certs_authority(
		&authority->key, name, pki->now - 100 * PKI_DAY_S,
		pki->now + 100 * PKI_DAY_S, &authority->der, NULL));
	write_pem(pki, file, &authority->der);
}

static void issue(const struct pki *pki, const char *file,
		  const struct authority *authority,
		  const struct certs_order *order)
{
	struct buf der = BUF_INIT;
	assert_true(certs_issue(&authority->key, authority->der.data,
				authority->der.len, order, &der, NULL));
	write_pem(pki, file, &der);
	buf_clear(&der);
}

static void make_server(const struct pki *pki,
			const struct authority *authority,
			const struct authority *other)
{
	struct p256_key key;
	p256_generate(&key);
	write_key(pki, "server.key", &key);
	static const char *const dns[] = { PKI_NAME, NULL };
	static const char *const other_dns[] = { "other.test", NULL };
	struct certs_order order = {
		.use = CERTS_SERVER,
		.public_point = key.public_point,
		.names = { .common_name = PKI_NAME, .dns = dns },
		.not_before = pki->now - PKI_DAY_S,
		.not_after = pki->now + pki->ahead_s + PKI_DAY_S,
	};
	issue(pki, "server.pem", authority, &order);
	issue(pki, "impostor.pem", other, &order);
	order.not_after = pki->now - 10;
	issue(pki, "expired.pem", authority, &order);
	order.not_before = pki->now + PKI_DAY_S;
	order.not_after = pki->now + 2 * PKI_DAY_S;
	issue(pki, "future.pem", authority, &order);
	order.not_before = pki->now - PKI_DAY_S;
	order.names.common_name = "other.test";
	order.names.dns = other_dns;
	issue(pki, "misnamed.pem", authority, &order);
}

static void make_device(struct pki *pki, const struct authority *authority,
			const struct authority *other)
{
	p256_generate(&pki->device);
	write_key(pki, "identity.key", &pki->device);
	const struct certs_order order = {
		.use = CERTS_CLIENT,
		.public_point = pki->device.public_point,
		.names = { .common_name = PKI_DEVICE },
		.serial_number = "SN-7",
		.not_before = pki->now - PKI_DAY_S,
		.not_after = pki->now + pki->ahead_s + PKI_DAY_S,
	};
	issue(pki, "identity.pem", authority, &order);
	issue(pki, "stranger.pem", other, &order);
}

static void make_receipt_key(struct pki *pki)
{
	static const char name[] = PKI_NAME "/receipts";
	ed25519_generate(&pki->receipt);
	char *path = pki_path(pki, "receipt.key");
	assert_true(keyfile_write_ed25519(path, name, &pki->receipt, NULL));
	mem_free(path);
	assert_true(note_verifier_of(name, pki->receipt.public_key,
				     &pki->verifier, NULL));
	struct buf text = BUF_INIT;
	note_verifier_put(&text, &pki->verifier);
	buf_put_char(&text, '\n');
	write_file(pki, "receipt.verifier", text.data, text.len);
	buf_clear(&text);
}

/*
 * What is counted by the month begins anew with the next one; no test runs
 * over its end by chance.
 */
static int64_t out_of_the_month(int64_t now)
{
	char here[CLOCK_TEXT_SIZE], later[CLOCK_TEXT_SIZE];
	clock_format(here, now);
	clock_format(later, now + QUARTER_S);
	return memcmp(here, later, strlen("2026-11")) == 0 ? 0 : QUARTER_S;
}

void pki_make(struct pki *pki)
{
	memset(pki, 0, sizeof(*pki));
	folder_make(pki->dir, sizeof(pki->dir));
	pki->now = clock_utc_now();
	pki->ahead_s = out_of_the_month(pki->now);
	struct authority server, other, devices, other_devices;
	make_authority(pki, "server-anchor.pem", "Server Root", &server);
	make_authority(pki, "other-anchor.pem", "Inspecting Proxy Root",
		       &other);
	make_authority(pki, "device-ca.pem", "Device Root", &devices);
	write_key(pki, "device-ca.key", &devices.key);
	make_authority(pki, "other-device-ca.pem", "Other Device Root",
		       &other_devices);
	make_server(pki, &server, &other);
	make_device(pki, &devices, &other_devices);
	make_receipt_key(pki);
	buf_clear(&server.der);
	buf_clear(&other.der);
	buf_clear(&devices.der);
	buf_clear(&other_devices.der);
}

void pki_remove(struct pki *pki)
{
	folder_remove(pki->dir);
}

int pki_set_up(void **state)
{
	pki_make(*state);
	return 0;
}

int pki_tear_down(void **state)
{
	pki_remove(*state);
	return 0;
}
