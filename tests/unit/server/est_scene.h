#ifndef SLUICE_TESTS_SERVER_EST_SCENE_H
#define SLUICE_TESTS_SERVER_EST_SCENE_H

#include "server/certificates.h"
#include "server/codes.h"
#include "server/est.h"
#include "tests/unit/server/memory_exchange.h"
#include "tests/unit/server/samples.h"

/* One client of enrolment, and the server that it talks to. */
struct est_scene {
	struct samples *s;
	struct est_server est;
	struct memory_exchange m;
	struct p256_key key;
	struct buf body; /* of requests */
	char code[CODE_SIZE];
};

/* Clocks that stand: at SAMPLES_NOW, and a day and a second later. */
extern const struct api_clock est_still, est_tomorrow;

void est_ask_at(struct est_scene *c, const char *method, const char *path,
		const struct api_clock *clock);
int est_ask(struct est_scene *c, const char *method, const char *path);
void est_set_body(struct est_scene *c, const void *data, size_t len);
/* A request by c->key. */
void est_set_request(struct est_scene *c, const char *name);
/* One without any subject, as other clients may make it. */
void est_set_nameless(struct est_scene *c);
void est_set_basic(struct est_scene *c, const char *user, const char *code);
void est_set_peer(struct est_scene *c, const char *pem);
void est_make_code(struct est_scene *c, const char *device);
/* A device "ex7-new" with a code, all of its request as it should be. */
void est_scene_open(struct est_scene *c, struct samples *s);
void est_scene_close(struct est_scene *c);
void est_expect_type(struct est_scene *c, const char *type);
/* The newest certificate of a device; PEM is the caller's to clear. */
void est_newest(struct est_scene *c, const char *device, struct buf *pem,
		struct certificate_row *row);
int64_t est_issued(struct est_scene *c, const char *device);
void est_expect_header(struct est_scene *c, const char *name, bool there);

#endif
