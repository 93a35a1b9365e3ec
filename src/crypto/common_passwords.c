/*
 * The passwords that are guessed first: whole ones, words that people only
 * decorate, runs of the keyboard. Collected by hand from what public lists
 * of leaked passwords agree on; words of this product added. The rules on
 * length are password.c's, which refuses shorter ones anyway.
 */
#include "crypto/common_passwords.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "base/mem.h"

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

/* Refused as they stand; lower case, eight or more characters. */
static const char *const common_whole[] = {
	"00000000",     "0987654321",   "1029384756",
	"11111111",     "11223344",     "112233445566",
	"12121212",     "123123123",    "123321123",
	"12344321",     "123454321",    "1234554321",
	"1234qwer",     "123abc123",    "123qwe123",
	"123qweasd",    "13131313",     "147258369",
	"147852369",    "159357456",    "159753456",
	"1q2w3e4r",     "1q2w3e4r5t",   "1q2w3e4r5t6y",
	"1qaz2wsx",     "1qaz2wsx3edc", "1qazxsw2",
	"22222222",     "321321321",    "456456456",
	"55555555",     "66666666",     "69696969",
	"741852963",    "77777777",     "789456123",
	"8675309a",     "88888888",     "987456321",
	"99999999",     "a12345678",    "a1b2c3d4",
	"a1b2c3d4e5",   "aa123456",     "abc12345",
	"abcd1234",     "alexande",     "anderson",
	"argentina",    "arsenal1",     "asdf1234",
	"asdfasdf",     "asdfjkl;",     "asshole1",
	"australia",    "babyboy1",     "babygirl",
	"barcelona1",   "baseball1",    "basketball1",
	"batman123",    "bayern123",    "beautiful",
	"beckham7",     "benjamin",     "bigdaddy",
	"birthday",     "blackberry",   "blackjack",
	"blowjobs",     "bluebird",     "brasil123",
	"brooklyn",     "bubblegum",    "buffalo1",
	"bulldogs",     "bullshit",     "california",
	"cameron1",     "campbell",     "cardinal",
	"carebear",     "catwoman",     "chandler",
	"chelsea1",     "chevelle",     "chevrolet",
	"christmas",    "christop",     "clifford",
	"climbing",     "colombia",     "colorado",
	"contrasena",   "contrasenya",  "correcthorsebatterystaple",
	"cosworth",     "courtney",     "creative",
	"cristiano",    "crusader",     "daredevil",
	"darkness",     "darkstar",     "december",
	"deutschland",  "dolphins",     "dominic1",
	"dortmund",     "download",     "dragonball",
	"drowssap",     "eastside",     "edward123",
	"einstein",     "engineer",     "england1",
	"enterprise",   "explorer",     "february",
	"fernando",     "fireball",     "firebird1",
	"firefire",     "fireman1",     "firewall",
	"flamingo",     "florida1",     "football1",
	"fortnite",     "francis1",     "francisco",
	"freedom1",     "fuckoff1",     "fuckyou1",
	"fuckyou2",     "gabriel1",     "gabriela",
	"gamecube",     "geheim123",    "germany1",
	"giovanni",     "gladiator",    "godisgood",
	"godzilla",     "goldberg",     "goldfish",
	"graphics",     "gregory1",     "guillermo",
	"halloween",    "hardcore",     "hasloslo",
	"hellokitty",   "helloworld",   "highland",
	"homepage",     "honeybee",     "houston1",
	"hurricane",    "idontknow",    "ihateyou",
	"ilovegod",     "iloveme1",     "iloveyou",
	"iloveyou1",    "iloveyou2",    "indigo12",
	"inferno1",     "infinity",     "insanity",
	"intrepid",     "jamesbond",    "jellybean",
	"jeremiah",     "jesuschrist",  "jonathan",
	"juventus",     "katherine",    "kawasaki",
	"keyboard",     "kimberly",     "kingkong",
	"knights1",     "labrador",     "lawrence",
	"letmein1",     "letmein2",     "letmeinnow",
	"lifehack",     "lightning",    "liverpool1",
	"lollipop",     "losangeles",   "louisiana",
	"love1234",     "lovelove",     "macintosh",
	"magician",     "manchester",   "mancity1",
	"marathon",     "margaret",     "marshall",
	"maryjane",     "mastermind",   "mazda626",
	"melbourne",    "mercedes1",    "michigan",
	"microsoft",    "midnight1",    "millions",
	"minecraft1",   "mistress",     "mitchell",
	"mohammed",     "monalisa",     "monopoly",
	"montana1",     "moonlight",    "motorola",
	"mountain",     "muhammad",     "mynameis",
	"mypassword",   "nascar24",     "ncc1701d",
	"ncc1701e",     "newyork1",     "nicholas1",
	"nintendo",     "nirvana1",     "nopassword",
	"november",     "november1",    "october1",
	"octopus1",     "offspring",    "olivetti",
	"openopen",     "opensesame",   "overlord",
	"p@55w0rd",     "p@ssword",     "pa$$word",
	"panasonic",    "paradise",     "parola123",
	"passport",     "password1",    "password12",
	"password123",  "patricia",     "patriots",
	"peekaboo",     "penelope",     "phillips",
	"pineapple",    "platinum",     "playboy1",
	"playstation",  "plymouth",     "pokemon1",
	"poohbear",     "porsche911",   "portland",
	"portugal",     "potatoes",     "precious",
	"predator",     "presario",     "pretty12",
	"princess1",    "producer",     "prometheus",
	"punisher",     "q1234567",     "q1w2e3r4",
	"q1w2e3r4t5",   "qazwsxedc",    "qazwsxedcrfv",
	"qwaszx12",     "qwer1234",     "qwert123",
	"qwerty12",     "raiders1",     "rainbow1",
	"rangers1",     "realmadrid",   "redskins",
	"redwings",     "renegade",     "robinson",
	"roblox123",    "robotech",     "rodrigo1",
	"rolltide",     "ronaldo7",     "rush2112",
	"russell1",     "sailboat",     "salasana",
	"salvador",     "sandman1",     "santiago",
	"satan666",     "saturday",     "scarface",
	"scorpio1",     "scotland",     "scotland1",
	"sebastian",    "security1",    "semperfi",
	"senha123",     "senhasenha",   "sentinel",
	"september",    "service1",     "shadow12",
	"sherlock",     "simpsons",     "skateboard",
	"skywalker",    "snickers",     "snowball",
	"snowboard",    "somethin",     "sommer2024",
	"southern",     "spiderman1",   "spitfire",
	"sporting",     "squirrel",     "starfish",
	"stargate",     "startrek",     "starwars1",
	"stephanie",    "stephen1",     "stingray",
	"stonecold",    "strawberry",   "sullivan",
	"summertime",   "sunnyday",     "sunshine1",
	"superfly",     "superman1",    "surfing1",
	"svetlana",     "sweetheart",   "sweetpea",
	"swordfish",    "sylvester",    "tarheels",
	"teddybear",    "temporary",    "temppass",
	"terminator",   "testing1",     "testtest",
	"texas123",     "thailand",     "thepassword",
	"thompson",     "thumper1",     "thursday",
	"thx1138a",     "tiffany1",     "titanic1",
	"tomorrow",     "toshiba1",     "training",
	"triangle",     "tropical",     "trouble1",
	"trustno1",     "universe",     "vacation",
	"valentine",    "venezuela",    "veronica",
	"viewsonic",    "vikings1",     "vincent1",
	"virginia",     "vladimir",     "volkswagen",
	"volleyball",   "wachtwoord",   "warcraft",
	"warrior1",     "washington",   "wednesday",
	"welcomeback",  "welcomehome",  "westside",
	"whatever1",    "whocares",     "wildcats",
	"windows1",     "windows7",     "windsurf",
	"wolfgang",     "wolverine",    "woodland",
	"yamahar1",     "yankees1",     "yourmom1",
	"yourpassword", "zachary1",     "zaq12wsx",
	"zaq1xsw2",     "zaq1zaq1",     "zeppelin",
	"zxcv1234",     "zxcvbnm1",
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

static bool in_table(const char *const *table, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(table[i], text) == 0) {
			return true;
		}
	}
	return false;
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
		     in_table(common_whole, COUNT(common_whole), lower) ||
		     is_decorated_word(lower, len);
	mem_burn(lower, sizeof(lower));
	return found;
}
