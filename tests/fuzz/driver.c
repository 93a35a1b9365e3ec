/*
 * Runs a fuzz harness over its corpus, for builds without libFuzzer: every
 * file of tests/fuzz/corpus/NAME, NAME being the program's own, or the files
 * that are named as arguments. Every input also runs cut at a few places and
 * with single bytes changed, always the same ones, so that a corpus of few
 * files still reaches the error paths.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"

#define INPUT_MAX_BYTES (1 << 20)
#define CUTS 64
#define CHANGES 256

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A copy of its very size, so that a step beyond it is seen. */
static void run_copy(const uint8_t *data, size_t size)
{
	uint8_t *copy = mem_alloc(size);
	if (size > 0) {
		memcpy(copy, data, size);
	}
	(void)LLVMFuzzerTestOneInput(copy, size);
	mem_free(copy);
}

static void run_input(const uint8_t *data, size_t size)
{
	run_copy(data, size);
	for (size_t i = 0; i < CUTS && size > 0; i++) {
		run_copy(data, size * i / CUTS);
	}
	uint32_t random = 1; /* the same in every run */
	uint8_t *changed = mem_alloc(size);
	for (size_t i = 0; i < CHANGES && size > 0; i++) {
		memcpy(changed, data, size);
		random = random * 1664525 + 1013904223;
		size_t place = (size_t)(random >> 8) % size;
		random = random * 1664525 + 1013904223;
		changed[place] = (uint8_t)(random >> 16);
		run_copy(changed, size);
	}
	mem_free(changed);
}

static bool run_file(const char *path)
{
	struct buf input = BUF_INIT;
	struct err err = { 0 };
	if (!files_read(path, INPUT_MAX_BYTES, &input, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return false;
	}
	run_input((const uint8_t *)buf_str(&input), input.len);
	buf_clear(&input);
	return true;
}

/* Every file of the folder; the number of them, -1 if one cannot be read. */
static int run_folder(const char *folder)
{
	DIR *dir = opendir(folder);
	if (dir == NULL) {
		fprintf(stderr, "%s: no such corpus\n", folder);
		return -1;
	}
	int count = 0;
	const struct dirent *entry;
	while (count >= 0 && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.') {
			continue;
		}
		char *path = files_join(folder, entry->d_name);
		count = run_file(path) ? count + 1 : -1;
		mem_free(path);
	}
	closedir(dir);
	return count;
}

int main(int argc, char **argv)
{
	if (argc > 1) {
		for (int i = 1; i < argc; i++) {
			if (!run_file(argv[i])) {
				return 1;
			}
		}
		return 0;
	}
	const char *top = getenv("abs_top_srcdir");
	const char *slash = strrchr(argv[0], '/');
	char *all = files_join(top != NULL ? top : ".", "tests/fuzz/corpus");
	char *folder = files_join(all, slash != NULL ? slash + 1 : argv[0]);
	run_copy((const uint8_t *)"", 0);
	int count = run_folder(folder);
	printf("%d inputs, each cut and changed\n", count);
	mem_free(folder);
	mem_free(all);
	return count > 0 ? 0 : 1;
}
