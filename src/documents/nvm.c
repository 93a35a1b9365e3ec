/*
 * NVM: settings of the machine for image quality, paper and power. Only
 * settings in the list of Setting/Id leave, since the value of any other may
 * be a name, an address or a password. Those that lead into the network,
 * name a person or open something have groups of their own, so that they are
 * known and withheld.
 */
#include "documents/document.h"

#define SETTING_IDS                                                     \
	"print-quality-default printer-resolution-default "             \
	"print-color-mode-default print-content-optimize-default "      \
	"print-rendering-intent-default sides-default copies-default "  \
	"orientation-requested-default number-up-default "              \
	"finishings-default media-bottom-margin-default "               \
	"toner-density-black toner-density-cyan toner-density-magenta " \
	"toner-density-yellow fuser-temperature transfer-current "      \
	"registration-x registration-y paper-path-speed sleep-delay "   \
	"power-off-delay calibration-interval drum-cleaning-interval "  \
	"halftone-screen gloss-level"

#define NETWORK_IDS                                                         \
	"host-name domain-name ipv4-address ipv6-address ipv4-gateway "     \
	"dns-server ntp-server syslog-server smtp-server snmp-trap-target " \
	"proxy-server wifi-ssid"

/* An output bin too: a mail box is named after its owner. */
#define OWNER_IDS                                                      \
	"admin-mail scan-destination fax-number fax-header asset-tag " \
	"panel-text output-bin-default"

#define ACCESS_IDS                                                        \
	"admin-password snmp-community snmp-v3-password wifi-passphrase " \
	"smtp-password ldap-password scan-password"

static const struct field fields[] = {
	{ .path = "Setting",
	  .type = TYPE_GROUP,
	  .class = CLASS_MACHINE,
	  .repeats = true,
	  .source = "*-default attributes, collector",
	  .purpose = "Each setting of the list" },
	{ .path = "Setting/Id",
	  .type = TYPE_KEYWORD,
	  .class = CLASS_MACHINE,
	  .required = true,
	  .choices = SETTING_IDS,
	  .source = "*-default attributes, collector",
	  .purpose = "Which setting" },
	{ .path = "Setting/Group",
	  .type = TYPE_KEYWORD,
	  .class = CLASS_MACHINE,
	  .choices = "print-defaults image-quality media-handling power engine "
		     "calibration",
	  .source = "collector",
	  .purpose = "What it is for" },
	{ .path = "Setting/Value",
	  .type = TYPE_KEYWORD,
	  .class = CLASS_MACHINE,
	  .source = "*-default attributes, collector",
	  .purpose = "What it is set to" },
	{ .path = "Setting/Default",
	  .type = TYPE_KEYWORD,
	  .class = CLASS_MACHINE,
	  .source = "collector",
	  .purpose = "What it was when the machine left the factory" },
	{ .path = "Setting/Scale",
	  .type = TYPE_KEYWORD,
	  .class = CLASS_MACHINE,
	  .choices = "degreesCelsius volts microamperes micrometers seconds "
		     "minutes percent dpi steps none",
	  .source = "collector",
	  .purpose = "What it is counted in" },
	{ .path = "NetworkSetting",
	  .type = TYPE_GROUP,
	  .class = CLASS_MACHINE,
	  .repeats = true,
	  .source = "collector",
	  .purpose = "Each setting that leads into the network" },
	{ .path = "NetworkSetting/Id",
	  .type = TYPE_KEYWORD,
	  .class = CLASS_MACHINE,
	  .required = true,
	  .choices = NETWORK_IDS,
	  .source = "collector",
	  .purpose = "Which setting" },
	{ .path = "NetworkSetting/Value",
	  .type = TYPE_TEXT,
	  .class = CLASS_NETWORK,
	  .source = "collector",
	  .purpose = "A name or address in the network" },
	{ .path = "OwnerSetting",
	  .type = TYPE_GROUP,
	  .class = CLASS_MACHINE,
	  .repeats = true,
	  .source = "collector",
	  .purpose = "Each setting that may name a person" },
	{ .path = "OwnerSetting/Id",
	  .type = TYPE_KEYWORD,
	  .class = CLASS_MACHINE,
	  .required = true,
	  .choices = OWNER_IDS,
	  .source = "collector",
	  .purpose = "Which setting" },
	{ .path = "OwnerSetting/Value",
	  .type = TYPE_TEXT,
	  .class = CLASS_PERSONAL,
	  .source = "collector",
	  .purpose = "What somebody typed in" },
	{ .path = "AccessSetting",
	  .type = TYPE_GROUP,
	  .class = CLASS_SECRET,
	  .repeats = true,
	  .source = "collector",
	  .purpose = "Settings that open something; never leave the printer" },
	{ .path = "AccessSetting/Id",
	  .type = TYPE_KEYWORD,
	  .class = CLASS_MACHINE,
	  .required = true,
	  .choices = ACCESS_IDS,
	  .source = "collector",
	  .purpose = "Which setting" },
	{ .path = "AccessSetting/Value",
	  .type = TYPE_TEXT,
	  .class = CLASS_SECRET,
	  .source = "collector",
	  .purpose = "A password or key; never leaves the printer" },
	{ .path = NULL },
};

const struct document document_nvm = {
	.kind = DOCUMENT_NVM,
	.name = "Nvm",
	.title = "NVM",
	.purpose = "Settings for image quality, paper and power.",
	.fields = fields,
};
