/*
 * Settings that the simulated printer keeps: those of the machine, those that
 * lead into the network, those that somebody typed in, and those that open
 * something. The passwords open nothing; they are here to stay here.
 */
#include "collectors/sim_parts.h"

#include <inttypes.h>
#include <stdio.h>

#include "collectors/sim_dice.h"

struct setting {
	const char *id, *group, *value, *preset, *scale;
	unsigned spread; /* value NULL: a number below this, of the machine */
};

static const struct setting settings[] = {
	{ "print-quality-default", "print-defaults", "normal", "normal", NULL,
	  0 },
	{ "printer-resolution-default", "print-defaults", "600x600", "600x600",
	  "dpi", 0 },
	{ "print-color-mode-default", "print-defaults", "auto", "color", NULL,
	  0 },
	{ "sides-default", "print-defaults", "two-sided-long-edge", "one-sided",
	  NULL, 0 },
	{ "copies-default", "print-defaults", "1", "1", NULL, 0 },
	{ "toner-density-black", "image-quality", NULL, "3", "steps", 7 },
	{ "toner-density-cyan", "image-quality", NULL, "3", "steps", 6 },
	{ "toner-density-magenta", "image-quality", NULL, "3", "steps", 5 },
	{ "toner-density-yellow", "image-quality", NULL, "3", "steps", 4 },
	{ "halftone-screen", "image-quality", "fine", "standard", NULL, 0 },
	{ "registration-x", "media-handling", "-120", "0", "micrometers", 0 },
	{ "registration-y", "media-handling", NULL, "0", "micrometers", 200 },
	{ "fuser-temperature", "engine", "184", "182", "degreesCelsius", 0 },
	{ "transfer-current", "engine", "21", "20", "microamperes", 0 },
	{ "sleep-delay", "power", "15", "10", "minutes", 0 },
	{ "power-off-delay", "power", "240", "240", "minutes", 0 },
	{ "calibration-interval", "calibration", "10080", "10080", "minutes",
	  0 },
};

struct private_setting {
	const char *id, *value;
};

static const struct private_setting network[] = {
	{ "host-name", "printer-7.example" },
	{ "domain-name", "office.example" },
	{ "ipv4-address", "192.0.2.17" },
	{ "ipv6-address", "2001:db8::17" },
	{ "ipv4-gateway", "192.0.2.1" },
	{ "dns-server", "192.0.2.53" },
	{ "smtp-server", "mail.office.example" },
	{ "snmp-trap-target", "198.51.100.9" },
	{ "wifi-ssid", "Specimen upstairs" },
	{ NULL, NULL },
};

static const struct private_setting owner[] = {
	{ "admin-mail", "robin.placeholder@office.example" },
	{ "scan-destination", "//files.office.example/kspecimen" },
	{ "fax-number", "+1-202-555-0187" },
	{ "fax-header", "Specimen and Placeholder, solicitors" },
	{ "asset-tag", "SPC-0042-NOBODY" },
	{ "output-bin-default", "Mail box of Kim Specimen" },
	{ "panel-text", "Ask Sascha Nobody, room 2.14" },
	{ NULL, NULL },
};

static const struct private_setting access[] = {
	{ "admin-password", "violet-anvil-73" },
	{ "snmp-community", "quiet-harbour" },
	{ "snmp-v3-password", "seven-lanterns-9" },
	{ "wifi-passphrase", "paper moon over Delft" },
	{ "smtp-password", "t0rnado!biscuit" },
	{ NULL, NULL },
};

static void put_private(const char *group, const struct private_setting *row,
			struct collected_writer *w)
{
	for (; row->id != NULL; row++) {
		collected_writer_group(w, group);
		sim_put_text(w, "Id", row->id);
		sim_put_text(w, "Value", row->value);
		collected_writer_group_end(w);
	}
}

static void put_setting(const struct sim_engine *e, const struct setting *s,
			struct collected_writer *w)
{
	char number[24];
	const char *value = s->value;

	if (value == NULL) {
		snprintf(number, sizeof(number), "%" PRIu64,
			 sim_dice_pick(e->seed, e->born_at, s->spread,
				       s->spread));
		value = number;
	}
	collected_writer_group(w, "Setting");
	sim_put_text(w, "Id", s->id);
	sim_put_text(w, "Group", s->group);
	sim_put_text(w, "Value", value);
	sim_put_text(w, "Default", s->preset);
	sim_put_text(w, "Scale", s->scale);
	collected_writer_group_end(w);
}

void sim_nvm_put(const struct sim_engine *e, struct collected_writer *w)
{
	collected_writer_document(w, DOCUMENT_NVM);
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		put_setting(e, &settings[i], w);
	}
	put_private("NetworkSetting", network, w);
	put_private("OwnerSetting", owner, w);
	put_private("AccessSetting", access, w);
}
