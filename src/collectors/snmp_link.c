/*
 * The only file that knows the net-snmp library: opens a session and carries
 * questions. The library is made to do just that; left alone it reads MIBs
 * and configurations from half a dozen folders and writes state to another.
 * What is asked is snmp_reading.c's.
 */
#include "collectors/snmp_link.h"

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define NOWHERE "/dev/null" /* no folder, whatever is below it */

struct snmp_link {
	enum snmp_level level;
	void *session;
	unsigned answers; /* so far */
};

struct protocol {
	const oid *name;
	size_t len;
};

#define PROTOCOL(name)                                   \
	{                                                \
		(name), sizeof(name) / sizeof((name)[0]) \
	}

static const struct protocol auth_protocols[SNMP_AUTH_COUNT] = {
	[SNMP_AUTH_SHA] = PROTOCOL(usmHMACSHA1AuthProtocol),
	[SNMP_AUTH_SHA224] = PROTOCOL(usmHMAC128SHA224AuthProtocol),
	[SNMP_AUTH_SHA256] = PROTOCOL(usmHMAC192SHA256AuthProtocol),
	[SNMP_AUTH_SHA384] = PROTOCOL(usmHMAC256SHA384AuthProtocol),
	[SNMP_AUTH_SHA512] = PROTOCOL(usmHMAC384SHA512AuthProtocol),
};

static const struct protocol priv_protocols[SNMP_PRIV_COUNT] = {
	[SNMP_PRIV_AES] = PROTOCOL(usmAESPrivProtocol),
#ifdef NETSNMP_DRAFT_BLUMENTHAL_AES_04
	[SNMP_PRIV_AES192] = PROTOCOL(usmAES192PrivProtocol),
	[SNMP_PRIV_AES256] = PROTOCOL(usmAES256PrivProtocol),
#endif
};

/* No files, no signals, no words on the terminal. */
static void quieten(void)
{
	static const int on[] = {
		NETSNMP_DS_LIB_DONT_READ_CONFIGS,
		NETSNMP_DS_LIB_DONT_PERSIST_STATE,
		NETSNMP_DS_LIB_DISABLE_PERSISTENT_LOAD,
		NETSNMP_DS_LIB_DISABLE_PERSISTENT_SAVE,
		NETSNMP_DS_LIB_DONT_LOAD_HOST_FILES,
		NETSNMP_DS_LIB_ALARM_DONT_USE_SIG,
	};

	for (size_t i = 0; i < sizeof(on) / sizeof(on[0]); i++) {
		netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, on[i], 1);
	}
	/* It also looks for certificates, and makes a folder for their index. */
	set_configuration_directory(NOWHERE);
	set_persistent_directory(NOWHERE);
	setenv("MIBS", "", 1);
	setenv("MIBDIRS", "", 1);
	netsnmp_register_loghandler(NETSNMP_LOGHANDLER_NONE, LOG_DEBUG);
	init_snmp("sluice-collect-snmp");
}

static bool tell_silence(const struct snmp_link *link, struct err *err)
{
	if (link->answers > 0) {
		return err_set(err, ERR_RETRY,
			       "it stopped answering in the middle");
	}
	return err_set(err, ERR_RETRY,
		       "it does not answer; is SNMP on there, and %s",
		       link->level == SNMP_LEVEL_COMMUNITY
			       ? "is it the right community?"
			       : "are user and passwords right?");
}

/* Why the library failed, as one of our errors. */
static bool tell(const struct snmp_link *link, int code, const char *text,
		 struct err *err)
{
	switch (code) {
	case SNMPERR_TIMEOUT:
		return tell_silence(link, err);
	case SNMPERR_BAD_ADDRESS:
		return err_set(err, ERR_RETRY,
			       "no address is known for it; check its name");
	case SNMPERR_UNKNOWN_USER_NAME:
	case SNMPERR_USM_UNKNOWNSECURITYNAME:
		return err_set(err, ERR_DENIED, "it does not know this user");
	case SNMPERR_UNSUPPORTED_SEC_LEVEL:
	case SNMPERR_USM_UNSUPPORTEDSECURITYLEVEL:
		return err_set(err, ERR_DENIED,
			       "it wants another --level for this user");
	case SNMPERR_AUTHENTICATION_FAILURE:
	case SNMPERR_USM_AUTHENTICATIONFAILURE:
		return err_set(err, ERR_DENIED,
			       "it refuses; check the password in --auth-file "
			       "and --auth-protocol");
	case SNMPERR_DECRYPTION_ERR:
	case SNMPERR_USM_DECRYPTIONERROR:
		return err_set(err, ERR_DENIED,
			       "it refuses; check the password in --priv-file "
			       "and --priv-protocol");
	default:
		return err_set(err, ERR_RETRY, "it cannot be asked: %s",
			       text != NULL ? text : "no reason");
	}
}

static bool make_key(const struct protocol *hash, const struct buf *secret,
		     u_char *key, size_t *len, struct err *err)
{
	return generate_Ku(hash->name, (u_int)hash->len, secret->data,
			   secret->len, key, len) == SNMPERR_SUCCESS ||
	       err_set(err, ERR_INVALID,
		       "this net-snmp library cannot make a key with that "
		       "protocol; choose another");
}

/* The session only borrows the OIDs; older headers lack the const. */
static oid *protocol_name(const struct protocol *protocol)
{
	oid *name;

	memcpy(&name, &protocol->name, sizeof(name));
	return name;
}

static bool set_user(netsnmp_session *s, const struct snmp_target *t,
		     struct err *err)
{
	static const int levels[] = {
		[SNMP_LEVEL_NO_AUTH] = SNMP_SEC_LEVEL_NOAUTH,
		[SNMP_LEVEL_AUTH] = SNMP_SEC_LEVEL_AUTHNOPRIV,
		[SNMP_LEVEL_PRIV] = SNMP_SEC_LEVEL_AUTHPRIV,
	};
	const struct protocol *auth = &auth_protocols[t->auth];
	const struct protocol *priv = &priv_protocols[t->priv];

	s->version = SNMP_VERSION_3;
	s->securityLevel = levels[t->level];
	if (t->level >= SNMP_LEVEL_AUTH) {
		s->securityAuthProto = protocol_name(auth);
		s->securityAuthProtoLen = auth->len;
		s->securityAuthKeyLen = sizeof(s->securityAuthKey);
		if (!make_key(auth, &t->auth_secret, s->securityAuthKey,
			      &s->securityAuthKeyLen, err)) {
			return false;
		}
	}
	if (t->level < SNMP_LEVEL_PRIV) {
		return true;
	}
	if (priv->name == NULL) {
		return err_set(err, ERR_INVALID,
			       "this net-snmp library has not that "
			       "--priv-protocol; choose AES");
	}
	s->securityPrivProto = protocol_name(priv);
	s->securityPrivProtoLen = priv->len;
	s->securityPrivKeyLen = sizeof(s->securityPrivKey);
	return make_key(auth, &t->priv_secret, s->securityPrivKey,
			&s->securityPrivKeyLen, err);
}

/*
 * Over one family of addresses. code gets the library's, 0 = opened. The
 * library copies what it needs.
 */
static void *open_session(netsnmp_session *s, const struct snmp_link *link,
			  const struct snmp_target *t, bool v6, int *code,
			  struct err *err)
{
	char peer[300];
	char *text = NULL;

	snprintf(peer, sizeof(peer),
		 t->is_v6 ? "udp6:[%s]:%u"
		 : v6     ? "udp6:%s:%u"
			  : "udp:%s:%u",
		 t->host, t->port);
	s->peername = peer;
	void *session = snmp_sess_open(s);
	s->peername = NULL;
	*code = 0;
	if (session == NULL) {
		snmp_error(s, NULL, code, &text);
		if (*code != SNMPERR_BAD_ADDRESS || v6) {
			tell(link, *code, text, err);
		}
		free(text);
	}
	return session;
}

struct snmp_link *snmp_link_open(const struct snmp_target *target,
				 struct err *err)
{
	struct snmp_link *link = mem_zalloc(sizeof(*link));
	/* The library's fields are not const and are not written through. */
	char *user = mem_strdup(target->user);
	char *context = mem_strdup(target->context);
	netsnmp_session s;
	int code = 0;

	link->level = target->level;
	quieten();
	snmp_sess_init(&s);
	s.version = SNMP_VERSION_2c;
	s.retries = (int)target->retries;
	/* All tries of one question take at most half of the time. */
	s.timeout = (long)(target->timeout_s * 1000000 /
			   (2 * (target->retries + 1)));
	s.community = target->community.data;
	s.community_len = target->community.len;
	s.securityName = user;
	s.securityNameLen = strlen(user);
	s.contextName = context;
	s.contextNameLen = strlen(context);
	if (target->level == SNMP_LEVEL_COMMUNITY ||
	    set_user(&s, target, err)) {
		link->session = open_session(&s, link, target, target->is_v6,
					     &code, err);
		if (link->session == NULL && code == SNMPERR_BAD_ADDRESS &&
		    !target->is_v6) {
			link->session = open_session(&s, link, target, true,
						     &code, err);
		}
	}
	mem_burn(s.securityAuthKey, sizeof(s.securityAuthKey));
	mem_burn(s.securityPrivKey, sizeof(s.securityPrivKey));
	mem_free(context);
	mem_free(user);
	if (link->session == NULL) {
		snmp_link_close(link);
		return NULL;
	}
	return link;
}

void snmp_link_close(struct snmp_link *link)
{
	if (link != NULL) {
		if (link->session != NULL) {
			snmp_sess_close(link->session);
		}
		mem_free(link);
	}
}

static bool copy_name(struct snmp_name *dst, const oid *steps, size_t len)
{
	dst->len = 0;
	for (size_t i = 0; i < len; i++) {
		if (steps[i] > UINT32_MAX ||
		    !snmp_name_add(dst, (uint32_t)steps[i])) {
			return false;
		}
	}
	return true;
}

static void take_bytes(struct snmp_found *found, const void *bytes, size_t len)
{
	found->bytes = mem_strndup(bytes != NULL ? bytes : "",
				   bytes != NULL ? len : 0);
	found->len = bytes != NULL ? len : 0;
}

static void take_counter64(struct snmp_found *found,
			   const struct counter64 *counter)
{
	uint64_t value = (uint64_t)(uint32_t)counter->high << 32 |
			 (uint32_t)counter->low;

	found->kind = value <= INT64_MAX ? SNMP_KIND_NUMBER : SNMP_KIND_OTHER;
	found->number = value <= INT64_MAX ? (int64_t)value : 0;
}

static void take_name(struct snmp_found *found, const oid *steps, size_t len)
{
	struct snmp_name name;
	char text[SNMP_NAME_TEXT];

	found->kind = SNMP_KIND_OTHER;
	if (copy_name(&name, steps, len) && snmp_name_text(text, &name)) {
		found->kind = SNMP_KIND_NAME;
		take_bytes(found, text, strlen(text));
	}
}

static void take_value(struct snmp_found *found,
		       const netsnmp_variable_list *var)
{
	switch (var->type) {
	case SNMP_NOSUCHOBJECT:
	case SNMP_NOSUCHINSTANCE:
	case SNMP_ENDOFMIBVIEW:
	case ASN_NULL:
		found->kind = SNMP_KIND_NONE;
		break;
	case ASN_INTEGER:
		found->kind = SNMP_KIND_NUMBER;
		found->number = *var->val.integer;
		break;
	case ASN_COUNTER:
	case ASN_GAUGE:
	case ASN_TIMETICKS:
	case ASN_UINTEGER:
		found->kind = SNMP_KIND_NUMBER;
		found->number = (uint32_t)*var->val.integer;
		break;
	case ASN_COUNTER64:
		take_counter64(found, var->val.counter64);
		break;
	case ASN_OCTET_STR:
		found->kind = SNMP_KIND_BYTES;
		take_bytes(found, var->val.string, var->val_len);
		break;
	case ASN_OBJECT_ID:
		take_name(found, var->val.objid, var->val_len / sizeof(oid));
		break;
	default:
		found->kind = SNMP_KIND_OTHER;
		break;
	}
}

static bool take_answer(const netsnmp_pdu *pdu, struct snmp_answer *answer,
			struct err *err)
{
	answer->count = 0;
	answer->status = pdu->errstat;
	if (pdu->command != SNMP_MSG_RESPONSE) {
		return err_set(err, ERR_INVALID,
			       "it answers with something else");
	}
	if (answer->status != SNMP_STATUS_GOOD) {
		return true;
	}
	for (const netsnmp_variable_list *var = pdu->variables; var != NULL;
	     var = var->next_variable) {
		struct snmp_found *found = &answer->found[answer->count];
		if (answer->count == SNMP_ANSWER_MAX) {
			return err_set(
				err, ERR_INVALID,
				"it answers with more than it was asked");
		}
		memset(found, 0, sizeof(*found));
		if (!copy_name(&found->name, var->name, var->name_length)) {
			return err_set(err, ERR_INVALID,
				       "it answers with a name that is none");
		}
		take_value(found, var);
		answer->count++;
	}
	return true;
}

static netsnmp_pdu *make_pdu(const struct snmp_question *question)
{
	static const int commands[] = {
		[SNMP_ASK_THESE] = SNMP_MSG_GET,
		[SNMP_ASK_NEXT] = SNMP_MSG_GETNEXT,
		[SNMP_ASK_BULK] = SNMP_MSG_GETBULK,
	};
	netsnmp_pdu *pdu = snmp_pdu_create(commands[question->ask]);

	if (pdu == NULL) {
		return NULL;
	}
	if (question->ask == SNMP_ASK_BULK) {
		pdu->non_repeaters = 0;
		pdu->max_repetitions = (long)question->repeat;
	}
	for (size_t i = 0; i < question->count; i++) {
		oid steps[SNMP_NAME_STEPS];
		const struct snmp_name *name = &question->names[i];
		for (size_t n = 0; n < name->len; n++) {
			steps[n] = name->step[n];
		}
		snmp_add_null_var(pdu, steps, name->len);
	}
	return pdu;
}

bool snmp_link_carry(void *data, const struct snmp_question *question,
		     struct snmp_answer *answer, struct err *err)
{
	struct snmp_link *link = data;
	netsnmp_pdu *pdu = make_pdu(question), *response = NULL;
	bool ok = false;

	if (pdu == NULL) {
		return err_set(err, ERR_LIMIT, "a question cannot be made");
	}
	/* Takes pdu, whatever happens. */
	int state = snmp_sess_synch_response(link->session, pdu, &response);
	if (state == STAT_SUCCESS && response != NULL) {
		ok = take_answer(response, answer, err);
		link->answers++;
	} else if (state == STAT_TIMEOUT) {
		tell(link, SNMPERR_TIMEOUT, NULL, err);
	} else {
		char *text = NULL;
		int code = 0;
		snmp_sess_error(link->session, NULL, &code, &text);
		tell(link, code, text, err);
		free(text);
	}
	if (!ok) {
		snmp_answer_clear(answer);
	}
	if (response != NULL) {
		snmp_free_pdu(response);
	}
	return ok;
}
