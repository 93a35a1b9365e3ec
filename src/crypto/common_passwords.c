/*
 * The passwords that are guessed first: whole ones, words that people only
 * decorate, runs of the keyboard. The whole ones are common_passwords.txt, of
 * which the program holds short hashes only. The words are collected by hand
 * from what public lists of leaked passwords agree on; words of this product
 * added. The rules on length are password.c's, which refuses shorter ones
 * anyway.
 */
#include "crypto/common_passwords.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "base/mem.h"
#include "crypto/common_passwords_table.h"

/* Longer ones are looked at for repetition only. */
#define COMMON_MAX_LEN 64
#define COMMON_MAX_UNIT 4 /* "abcdabcdabcd" repeats four characters */

/* Refused alone, and with digits, signs or copies of itself around it. */
static const char *const common_words[] = {
	"access",        "account",   "admin",       "adminadmin",
	"administrator", "adobe",     "airplane",    "alexander",
	"alexandra",     "amanda",    "america",     "andrea",
	"andrew",        "angel",     "angela",      "angels",
	"anthony",       "apple",     "arsenal",     "asdf",
	"asdfgh",        "asdfghjk",  "asdfghjkl",   "ashley",
	"auditor",       "austin",    "autumn",      "azerty",
	"backup",        "bailey",    "banana",      "barcelona",
	"barney",        "baseball",  "basketball",  "batman",
	"beatles",       "blahblah",  "blessed",     "blink",
	"brandon",       "brother",   "buster",      "butterfly",
	"carlos",        "caroline",  "change",      "changeme",
	"charles",       "charlie",   "charlotte",   "cheese",
	"chelsea",       "chicken",   "chocolate",   "chopper",
	"christian",     "christine", "christopher", "claudia",
	"cocacola",      "coffee",    "command",     "compaq",
	"computer",      "cookie",    "copier",      "corvette",
	"cowboys",       "crystal",   "customer",    "dallas",
	"daniel",        "danielle",  "database",    "david",
	"default",       "demo",      "device",      "diamond",
	"disney",        "dolphin",   "dragon",      "eagles",
	"elephant",      "elizabeth", "emily",       "eminem",
	"enter",         "facebook",  "falcon",      "fall",
	"fender",        "ferrari",   "fiery",       "firebird",
	"fishing",       "flower",    "football",    "forever",
	"freedom",       "friend",    "friends",     "fuser",
	"garfield",      "gateway",   "george",      "ginger",
	"google",        "guest",     "guitar",      "gunner",
	"hammer",        "hannah",    "happy",       "harley",
	"heather",       "hello",     "hockey",      "hotmail",
	"hunter",        "iloveyou",  "internet",    "isabella",
	"jackson",       "jasmine",   "jennifer",    "jessica",
	"jesus",         "johnny",    "jordan",      "joseph",
	"joshua",        "july",      "june",        "junior",
	"justin",        "killer",    "kitty",       "knight",
	"ladybug",       "lakers",    "lauren",      "letmein",
	"liberty",       "linux",     "liverpool",   "login",
	"london",        "lovely",    "loveme",      "lovers",
	"madison",       "manager",   "marina",      "marlboro",
	"martin",        "master",    "matrix",      "matthew",
	"maverick",      "maxwell",   "melissa",     "mercedes",
	"merlin",        "metallica", "michael",     "michelle",
	"mickey",        "midnight",  "minecraft",   "monday",
	"monitor",       "monkey",    "monster",     "morgan",
	"motdepasse",    "mother",    "mustang",     "naruto",
	"natalie",       "nathan",    "network",     "newyork",
	"nicholas",      "nicole",    "nothing",     "november",
	"office",        "oliver",    "operator",    "orange",
	"pakistan",      "panther",   "paper",       "pass",
	"passw",         "passwd",    "password",    "passwort",
	"patrick",       "peanut",    "pepper",      "phoenix",
	"pokemon",       "princess",  "printer",     "printing",
	"private",       "public",    "purple",      "qazwsx",
	"qwer",          "qwert",     "qwerty",      "qwertyuiop",
	"qwertz",        "rachel",    "rainbow",     "ranger",
	"rebecca",       "redsox",    "remote",      "richard",
	"robert",        "rockyou",   "root",        "rosebud",
	"samantha",      "samsung",   "sandra",      "scanner",
	"scooter",       "scorpion",  "secret",      "secure",
	"security",      "server",    "service",     "shadow",
	"shannon",       "shorty",    "silver",      "simple",
	"slipknot",      "sluice",    "smokey",      "snoopy",
	"soccer",        "sophie",    "spider",      "spiderman",
	"spring",        "starwars",  "steelers",    "steven",
	"student",       "summer",    "sunflower",   "sunshine",
	"superman",      "superstar", "supervisor",  "support",
	"sysadmin",      "system",    "taylor",      "teacher",
	"techno",        "temp",      "test",        "tester",
	"testing",       "thomas",    "thunder",     "tigger",
	"tinkerbell",    "toner",     "toor",        "trustno",
	"twilight",      "user",      "vampire",     "vanessa",
	"versalink",     "victoria",  "viking",      "welcome",
	"whatever",      "william",   "willow",      "winner",
	"winston",       "winter",    "workcentre",  "xerox",
	"yankees",       "yellow",    "zaq",         "zxcvbn",
	"zxcvbnm",
};

/* Any stretch of these is a run, in both directions. */
static const char *const keyboard_runs[] = {
	"abcdefghijklmnopqrstuvwxyz",
	"01234567890",
	"qwertyuiop[]",
	"qwertzuiop",
	"azertyuiop",
	"asdfghjkl;",
	"zxcvbnm,./",
	"qwertyuiopasdfghjklzxcvbnm",
	"1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
	"1q2w3e4r5t6y7u8i9o0p",
	"qazwsxedcrfvtgbyhnujmikolp",
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool in_list(const char *text)
{
	uint64_t hash = 0;

	for (const char *at = text; *at != '\0'; at++) {
		hash = (hash * 257 + (uint8_t)*at) % COMMON_PASSWORDS_MODULUS;
	}
	uint16_t rest = (uint16_t)hash;
	size_t low = common_passwords_first[hash >> 16];
	size_t end = common_passwords_first[(hash >> 16) + 1];

	while (low < end && common_passwords_rest[low] < rest) {
		low++;
	}
	return low < end && common_passwords_rest[low] == rest;
}

/* The same few characters over and over? */
static bool repeats(const char *text, size_t len)
{
	for (size_t unit = 1; unit <= COMMON_MAX_UNIT; unit++) {
		if (len >= 2 * unit &&
		    memcmp(text, text + unit, len - unit) == 0) {
			return true;
		}
	}
	return false;
}

static bool is_keyboard_run(const char *text, size_t len)
{
	char back[COMMON_MAX_LEN + 1];

	for (size_t i = 0; i < len; i++) {
		back[i] = text[len - 1 - i];
	}
	back[len] = '\0';
	bool found = false;
	for (size_t i = 0; i < COUNT(keyboard_runs) && !found; i++) {
		found = strstr(keyboard_runs[i], text) != NULL ||
			strstr(keyboard_runs[i], back) != NULL;
	}
	mem_burn(back, sizeof(back));
	return found;
}

/* "p4$$w0rd" is "password". */
static char without_disguise(char c)
{
	static const char from[] = "@4301!$57";
	static const char to[] = "aaeoiisst";
	const char *at = c == '\0' ? NULL : strchr(from, c);

	return at == NULL ? c : to[at - from];
}

/* Is text a common word, once or several times? */
static bool is_word(const char *text, size_t len)
{
	for (size_t i = 0; i < COUNT(common_words); i++) {
		size_t unit = strlen(common_words[i]);
		if (len % unit == 0 && len > 0 &&
		    memcmp(text, common_words[i], unit) == 0 &&
		    memcmp(text, text + unit, len - unit) == 0) {
			return true;
		}
	}
	return false;
}

static bool is_decorated_word(const char *text, size_t len)
{
	char core[COMMON_MAX_LEN + 1];

	while (len > 0 && !isalpha((unsigned char)text[len - 1])) {
		len--;
	}
	for (size_t i = 0; i < len; i++) {
		core[i] = without_disguise(text[i]);
	}
	size_t skip = 0;
	while (skip < len && !isalpha((unsigned char)text[skip])) {
		skip++;
	}
	/* A sign in front may be decoration ("!admin") or disguise. */
	bool found = is_word(core, len) || is_word(core + skip, len - skip) ||
		     is_word(text + skip, len - skip);
	mem_burn(core, sizeof(core));
	return found;
}

bool common_password(const char *password)
{
	char lower[COMMON_MAX_LEN + 1];
	size_t len = strlen(password);

	if (repeats(password, len)) {
		return true;
	}
	if (len == 0 || len > COMMON_MAX_LEN) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		lower[i] = (char)tolower((unsigned char)password[i]);
	}
	lower[len] = '\0';
	bool found = repeats(lower, len) || is_keyboard_run(lower, len) ||
		     (len <= common_passwords_longest && in_list(lower)) ||
		     is_decorated_word(lower, len);
	mem_burn(lower, sizeof(lower));
	return found;
}
