/*
 * The certificate of the device's own pages: signed by its own key, for the
 * names and addresses under which a browser finds this machine. People see
 * its fingerprint at set-up. The device's identity towards the server is
 * identity.c's.
 */
#include "client/identity.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/files.h"
#include "base/mem.h"
#include "crypto/keyfile.h"
#include "formats/certs.h"

#define NAMES_MAX 32
#define VALID_S ((int64_t)3653 * 86400)
#define CLOCK_SLACK_S 86400 /* a browser's clock may be behind */
#define PEM_MAX (64 * 1024)
#define COMMON_NAME_MAX 64

/* Host names and addresses, sorted apart; ends with NULL each. */
struct names {
	char *dns[NAMES_MAX + 1];
	char *ips[NAMES_MAX + 1];
	size_t dns_count, ips_count;
};

static bool is_address(const char *name)
{
	unsigned char bytes[sizeof(struct in6_addr)];
	return inet_pton(AF_INET, name, bytes) == 1 ||
	       inet_pton(AF_INET6, name, bytes) == 1;
}

/* Names that are there already, and more than fit, are left out. */
static void add(struct names *names, const char *name)
{
	bool address = is_address(name);
	char **list = address ? names->ips : names->dns;
	size_t *count = address ? &names->ips_count : &names->dns_count;
	for (size_t i = 0; i < *count; i++) {
		if (strcasecmp(list[i], name) == 0) {
			return;
		}
	}
	if (*count < NAMES_MAX) {
		list[(*count)++] = mem_strdup(name);
	}
}

static void names_clear(struct names *names)
{
	for (size_t i = 0; i < names->dns_count; i++) {
		mem_free(names->dns[i]);
	}
	for (size_t i = 0; i < names->ips_count; i++) {
		mem_free(names->ips[i]);
	}
}

static void add_address(struct names *names, const struct sockaddr *at)
{
	char text[INET6_ADDRSTRLEN];
	if (at->sa_family == AF_INET) {
		struct sockaddr_in v4;
		memcpy(&v4, at, sizeof(v4));
		if (inet_ntop(AF_INET, &v4.sin_addr, text, sizeof(text))) {
			add(names, text);
		}
	} else if (at->sa_family == AF_INET6) {
		struct sockaddr_in6 v6;
		memcpy(&v6, at, sizeof(v6));
		/* Link-local addresses have no meaning without a scope. */
		if (!IN6_IS_ADDR_LINKLOCAL(&v6.sin6_addr) &&
		    inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof(text))) {
			add(names, text);
		}
	}
}

static void add_machine(struct names *names)
{
	char host[256];
	struct ifaddrs *all = NULL;
	if (gethostname(host, sizeof(host)) == 0) {
		host[sizeof(host) - 1] = '\0';
		if (host[0] != '\0') {
			add(names, host);
		}
	}
	add(names, "localhost");
	add(names, "127.0.0.1");
	add(names, "::1");
	if (getifaddrs(&all) != 0) {
		return;
	}
	for (struct ifaddrs *i = all; i != NULL; i = i->ifa_next) {
		if (i->ifa_addr != NULL && (i->ifa_flags & IFF_UP) != 0) {
			add_address(names, i->ifa_addr);
		}
	}
	freeifaddrs(all);
}

static bool make_certificate(const struct p256_key *key,
			     const struct names *names, int64_t now,
			     struct buf *der, struct err *err)
{
	const char *first =
		names->dns_count > 0 ? names->dns[0] : names->ips[0];
	const struct certs_names subject = {
		.common_name =
			strlen(first) <= COMMON_NAME_MAX ? first : "sluice",
		.dns = (const char *const *)names->dns,
		.ips = (const char *const *)names->ips,
	};
	return certs_self_signed(key, &subject, now - CLOCK_SLACK_S,
				 now + VALID_S, der, err);
}

/* Key first, then the certificate, in one file as lighttpd wants it. */
static bool write_both(const char *path, const struct p256_key *key,
		       const struct buf *der, struct err *err)
{
	struct buf pem = BUF_INIT;
	bool ok = keyfile_write_p256(path, key, err) &&
		  files_read(path, PEM_MAX, &pem, err);
	if (ok) {
		certs_pem_put(&pem, "CERTIFICATE", der->data, der->len);
		ok = files_write(path, pem.data, pem.len, 0600, err);
	}
	buf_burn(&pem);
	return ok;
}

bool identity_make_pages_certificate(const char *path, const char *const *names,
				     int64_t now, struct err *err)
{
	struct names list = { .dns_count = 0 };
	struct p256_key key;
	struct buf der = BUF_INIT;
	if (names == NULL) {
		add_machine(&list);
	}
	for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
		add(&list, names[i]);
	}
	bool ok = false;
	p256_generate(&key);
	if (list.dns_count + list.ips_count == 0) {
		err_set(err, ERR_INVALID,
			"A certificate needs a name or an address.");
		goto out;
	}
	ok = make_certificate(&key, &list, now, &der, err) &&
	     write_both(path, &key, &der, err);
out:
	mem_burn(&key, sizeof(key));
	buf_clear(&der);
	names_clear(&list);
	return ok;
}

static void put_fingerprint(const struct buf *der,
			    char out[IDENTITY_FINGERPRINT_SIZE])
{
	uint8_t hash[SHA256_SIZE];
	certs_fingerprint(der->data, der->len, hash);
	for (size_t i = 0; i < SHA256_SIZE; i++) {
		(void)snprintf(out + 3 * i, 4, "%02X%s", hash[i],
			       i + 1 < SHA256_SIZE ? ":" : "");
	}
}

bool identity_fingerprint(const char *path, char out[IDENTITY_FINGERPRINT_SIZE],
			  struct err *err)
{
	struct buf pem = BUF_INIT, der = BUF_INIT;
	char label[CERTS_LABEL_SIZE] = "";
	bool ok = files_read(path, PEM_MAX, &pem, err);
	struct reader r = reader_of(pem.data, pem.len);
	while (ok && strcmp(label, "CERTIFICATE") != 0) {
		buf_burn(&der); /* a private key may stand before it */
		ok = certs_pem_next(&r, label, &der, err);
	}
	if (ok) {
		put_fingerprint(&der, out);
	}
	buf_burn(&der);
	buf_burn(&pem);
	return ok;
}
