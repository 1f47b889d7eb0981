// OpenSSL's libcrypto as Swift sees it: real headers, and a function for each macro that is needed and nothing else.
#pragma once

// Engines are deprecated in OpenSSL 3, but Debian 12 has no PKCS#11 provider; they are used for tokens only.
#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/conf.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/engine.h>
#include <openssl/err.h>
#include <openssl/ess.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/objects.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// OPENSSL_free is a macro that adds file and line.
static inline void shim_OPENSSL_free(void *memory) { OPENSSL_free(memory); }

// BIO_get_mem_data is a macro over BIO_ctrl.
static inline long shim_BIO_get_mem_data(BIO *bio, char **data) { return BIO_get_mem_data(bio, data); }

// EVP_RSA_gen and EVP_EC_gen are macros over the variadic EVP_PKEY_Q_keygen.
static inline EVP_PKEY *shim_RSA_gen(size_t bits) { return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", bits); }
static inline EVP_PKEY *shim_EC_gen(const char *curve) { return EVP_PKEY_Q_keygen(NULL, NULL, "EC", curve); }
