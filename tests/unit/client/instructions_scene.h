#ifndef SLUICE_TESTS_INSTRUCTIONS_SCENE_H
#define SLUICE_TESTS_INSTRUCTIONS_SCENE_H

#include "client/instructions.h"
#include "domain/instructions.h"
#include "tests/support/device.h"
#include "tests/support/fault.h"
#include "tests/unit/domain/people.h"

/*
 * A device that allows metering and knows the key of tests/support/vendor.h as
 * the one that signs instructions, and a server that gives out files.
 */
struct instructions_scene {
	struct device device;
	struct fault server; /* pid 0 = not started */
	char texts[96];      /* folder of what it gives out */
};

int instructions_scene_begin(void **state);
int instructions_scene_end(void **state);

/* One of the kind for this device, "metering" for SEND, good for a week. */
struct instruction scene_instruction(uint64_t number,
				     enum instruction_kind kind);
void scene_sign(const struct instruction *is, struct buf *note);

/* What the server gives out under a number. */
void scene_give(struct instructions_scene *scene, uint64_t number,
		const void *text, size_t len);
void scene_give_instruction(struct instructions_scene *scene, uint64_t number,
			    const struct instruction *is);
/* Signs any text as an instruction. */
void scene_give_text(struct instructions_scene *scene, uint64_t number,
		     const char *text);

/* Starts the server with faults of tests/support/tus_server.c besides. */
void scene_serve(struct instructions_scene *scene, const char *faults);

/* One fetch up to this number; err is what it says. */
bool scene_fetch(struct instructions_scene *scene, uint64_t number,
		 struct err *err);
/* The server says that it has outcomes up to this number. */
bool scene_catch_up(struct instructions_scene *scene, uint64_t number,
		    struct err *err);
void scene_fetch_well(struct instructions_scene *scene, uint64_t number);

/* Taken as the client does, without a server. */
enum instruction_state scene_take(struct instructions_scene *scene,
				  const struct instruction *is);
/* One round; gives how many ended. */
unsigned scene_round(struct instructions_scene *scene);
struct instruction_row scene_row(struct instructions_scene *scene,
				 uint64_t number);

/* Transmissions that were ever staged; *newest (may be NULL) is the last. */
size_t scene_items(struct instructions_scene *scene,
		   struct outbox_item *newest);

/* What the one collector does from now on. */
void scene_collector(struct instructions_scene *scene, const char *script);

#endif
