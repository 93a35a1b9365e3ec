/*
 * One request to the EST server: the Communication Server itself, or the one
 * that the configuration names in [enrol], with its own root. With a code the
 * device shows no certificate: the one that it may have could be over, or of
 * an authority that is no more, and is not needed.
 */
#include "client/enrol_parts.h"

#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "client/identity.h"
#include "client/link.h"
#include "crypto/keyfile.h"

bool enrol_may(struct client *client, struct err *err)
{
	return enrolment_may_ask(client->db, client->now(), err);
}

static bool going(void *ctx, struct err *err)
{
	return enrol_may(ctx, err);
}

/* Before there is any socket, too. */
static bool stage(void *ctx, enum upload_stage now,
		  const uint8_t peer[SHA256_SIZE], struct err *err)
{
	(void)peer;
	return now != UPLOAD_CONNECTING || enrol_may(ctx, err);
}

struct upload_watch enrol_watch(struct meter *meter)
{
	return (struct upload_watch){ .stage = stage,
				      .ctx = meter->client,
				      .stop_fd = meter->client->stop_fd,
				      .going = going,
				      .count = &meter->left };
}

void enrol_settle(struct meter *meter)
{
	struct err why = { .kind = ERR_NONE };
	if (!meter_settle(meter, &why)) {
		log_warn(meter->client->log, "%s", why.text);
	}
}

static bool is_ours(const struct device_config *config)
{
	return config->enrol_name[0] == '\0';
}

const char *enrol_server_name(const struct client *client)
{
	const struct device_config *config = client->config;
	return is_ours(config) ? config->server_name : config->enrol_name;
}

static struct upload_server find_server(const struct device_config *config)
{
	if (is_ours(config)) {
		return (struct upload_server){
			.name = config->server_name,
			.address = config->server_address,
			.port = config->server_port,
		};
	}
	return (struct upload_server){
		.name = config->enrol_name,
		.address = config->enrol_address,
		.port = config->enrol_port,
	};
}

static bool load_anonymous(const char *anchor_path, struct trust **trust,
			   struct err *err)
{
	struct buf anchor = BUF_INIT;
	bool ok = files_read(anchor_path, TRUST_FILE_MAX, &anchor, err) &&
		  trust_new_anonymous(anchor.data, anchor.len, trust, err);
	buf_clear(&anchor);
	return ok;
}

static bool load_trust(const struct device_config *config, bool anonymous,
		       struct trust **trust, struct err *err)
{
	const char *anchor =
		is_ours(config) ? config->server_anchor : config->enrol_anchor;
	if (anonymous) {
		return load_anonymous(anchor, trust, err);
	}
	char *chain = device_config_key_path(config, IDENTITY_CERTIFICATE_FILE);
	char *key = device_config_key_path(config, IDENTITY_KEY_FILE);
	bool ok = trust_load(anchor, chain, key, trust, err);
	mem_free(key);
	mem_free(chain);
	return ok;
}

static bool load_key(const struct device_config *config, struct p256_key *key,
		     struct err *err)
{
	char *path = device_config_key_path(config, IDENTITY_KEY_FILE);
	bool ok = keyfile_read_p256(path, key, err);
	mem_free(path);
	return ok;
}

static bool exchange(struct client *client, const struct upload_server *server,
		     const struct est_request *request,
		     struct est_answer *answer, struct err *err)
{
	struct meter meter = METER_INIT(client);
	const struct upload_watch watch = enrol_watch(&meter);
	struct ask_way way;
	const struct est est = { &way, client->config->enrol_path };
	if (!meter_book(&meter, ENROL_LEAVES_BYTES, err)) {
		return false;
	}
	ask_begin(&way, server, &watch, link_time(client));
	bool ok = est_enrol(&est, request, answer, err);
	ask_end(&way);
	enrol_settle(&meter);
	return ok;
}

bool enrol_ask(struct client *client, const char *code,
	       struct est_answer *answer, struct err *err)
{
	const struct device_config *config = client->config;
	struct upload_server server = find_server(config);
	struct trust *trust = NULL;
	struct p256_key key;
	struct est_request request = {
		.key = &key,
		.common_name = config->id,
		.serial_number = config->serial,
		.user = config->enrol_user[0] != '\0' ? config->enrol_user
						      : config->id,
		.password = code,
	};
	memset(answer, 0, sizeof(*answer));
	if (is_ours(config) && !identity_knows_server(config)) {
		return err_set(err, ERR_RETRY,
			       "This device does not know its server yet. Take "
			       "in what the vendor gave with \"sluice init "
			       "--provision\".");
	}
	if (!load_key(config, &key, err)) {
		return false;
	}
	bool ok = load_trust(config, code != NULL, &trust, err) &&
		  link_tell_time(client, trust, err);
	if (ok) {
		server.trust = trust;
		if (code == NULL) {
			request.renews = trust->chain[0].data;
			request.renews_len = trust->chain[0].data_len;
		}
		ok = exchange(client, &server, &request, answer, err);
	}
	trust_free(trust);
	mem_burn(&key, sizeof(key));
	return ok;
}
