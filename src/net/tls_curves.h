#ifndef SLUICE_NET_TLS_CURVES_H
#define SLUICE_NET_TLS_CURVES_H

#include <bearssl.h>

/*
 * The curves that BearSSL has, with X25519 by crypto/x25519: several times
 * faster, and a point of low order ends the handshake (RFC 8422, section
 * 5.11). For br_ssl_engine_set_ec().
 */
extern const br_ec_impl tls_curves;

#endif
