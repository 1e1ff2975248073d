/* pem.c: private keys as text (RFC 7468 §10, §11; PKCS#1 of RFC 8017 §A.1.2; encryption of RFC 1421). See crypto.h.
 *
 * The block is looked for here, so that a public key, a certificate or a passphrase that is wanting get an error
 * that says so; what stands in it, OpenSSL reads. It is given a passphrase by a function of ours: left to itself
 * it would ask the terminal, and a server would hang.
 */
#include "crypto/openssl.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

enum {
    PEM_MOST = 65536,        /* a key of 8192 bits takes under 7,000 */
    PASSPHRASE_MOST = 1024,  /* as much as OpenSSL has room for when it reads */
    ITERATIONS = 600 * 1000, /* of PBKDF2 with HMAC-SHA-256: a third of a second */
};

/* ---- finding the block */

typedef enum pem_kind {
    PEM_OTHER, /* passed over: parameters, comments */
    PEM_PRIVATE,
    PEM_PUBLIC,
    PEM_CERTIFICATE,
    PEM_FOREIGN, /* a private key in a form that is not read */
} pem_kind;

typedef struct pem_label {
    const char *text;
    pem_kind kind;
} pem_label;

static const pem_label labels[] = {
    { "PRIVATE KEY", PEM_PRIVATE },
    { "ENCRYPTED PRIVATE KEY", PEM_PRIVATE },
    { "RSA PRIVATE KEY", PEM_PRIVATE },
    { "EC PRIVATE KEY", PEM_FOREIGN },
    { "DSA PRIVATE KEY", PEM_FOREIGN },
    { "OPENSSH PRIVATE KEY", PEM_FOREIGN },
    { "PUBLIC KEY", PEM_PUBLIC },
    { "RSA PUBLIC KEY", PEM_PUBLIC },
    { "CERTIFICATE", PEM_CERTIFICATE },
    { "TRUSTED CERTIFICATE", PEM_CERTIFICATE },
    { "CERTIFICATE REQUEST", PEM_CERTIFICATE },
};

typedef struct pem_block {
    pem_kind kind;
    ms_span label;
    ms_span whole; /* from -----BEGIN on, to the end of the END line where there is one */
    bool ended;
    bool encrypted;
} pem_block;

/* Where `what` starts in `text`, or NULL. */
static const char *find(ms_span text, ms_span what)
{
    return text.n < what.n ? NULL : memmem(text.p, text.n, what.p, what.n);
}

static pem_kind kind_of(ms_span label)
{
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        if (ms_span_eq(label, ms_span_str(labels[i].text)))
            return labels[i].kind;
    }
    return PEM_OTHER;
}

/* The first block in *text, which then starts behind it. */
static bool next_block(ms_span *text, pem_block *block)
{
    const ms_span begin = MS_LIT("-----BEGIN "), dashes = MS_LIT("-----"), end = MS_LIT("-----END ");
    const char *last = text->p + text->n, *start = find(*text, begin), *stop;

    if (start == NULL)
        return false;
    block->label.p = start + begin.n;
    stop = find(ms_span_of(block->label.p, (size_t)(last - block->label.p)), dashes);
    if (stop == NULL)
        return false;
    block->label.n = (size_t)(stop - block->label.p);
    block->kind = kind_of(block->label);
    stop = find(ms_span_of(stop, (size_t)(last - stop)), end);
    block->ended = stop != NULL;
    if (block->ended)
        stop += end.n;
    while (block->ended && stop < last && *stop != '\n')
        stop++;
    if (!block->ended)
        stop = last;
    block->whole = ms_span_of(start, (size_t)(stop - start));
    block->encrypted =
        ms_span_eq(block->label, MS_LIT("ENCRYPTED PRIVATE KEY")) || find(block->whole, MS_LIT("4,ENCRYPTED")) != NULL;
    *text = ms_span_of(stop, (size_t)(last - stop));
    return true;
}

/* The first private key; where there is none, the first block that tells what was given instead. */
static bool find_private(ms_span text, pem_block *found)
{
    pem_block block;
    bool any = false;

    while (next_block(&text, &block)) {
        if (block.kind != PEM_PRIVATE && (any || block.kind == PEM_OTHER))
            continue;
        *found = block;
        any = true;
        if (block.kind == PEM_PRIVATE)
            break;
    }
    return any;
}

static bool refuse(const pem_block *block, ms_error *error)
{
    if (block->kind == PEM_PUBLIC)
        return ms_fail(error, "key_public", "this is a public key; the private key is needed");
    if (block->kind == PEM_CERTIFICATE)
        return ms_fail(error, "key_certificate", "this is a certificate; the private key is needed");
    return ms_fail(error, "key_unsupported",
                   "\"%.*s\" is not read; DKIM wants an RSA or Ed25519 key in PKCS#8 or PKCS#1",
                   (int)(block->label.n < 40 ? block->label.n : 40), block->label.p);
}

static bool find_block(ms_span text, pem_block *block, ms_error *error)
{
    if (text.n > 1 && memcmp(text.p, "\x30\x82", 2) == 0)
        return ms_fail(error, "key_malformed", "this is DER; turn it into PEM: openssl pkey -inform DER -in FILE");
    if (!find_private(text, block))
        return ms_fail(error, "key_malformed",
                       "this is no private key in PEM: no line \"-----BEGIN PRIVATE KEY-----\"");
    if (block->kind != PEM_PRIVATE)
        return refuse(block, error);
    if (!block->ended || block->whole.n > PEM_MOST)
        return ms_fail(error, "key_malformed", "the private key is cut short: its END line is missing");
    return true;
}

/* ---- reading it */

/* What OpenSSL calls for the passphrase; -1 is "there is none". */
static int give_passphrase(char *room, int size, int writing, void *passphrase)
{
    const ms_span *given = passphrase;

    (void)writing;
    if (given->p == NULL || given->n > (size_t)size)
        return -1;
    memcpy(room, given->p, given->n);
    return (int)given->n;
}

/* Does OpenSSL not know the cipher (or keep it in its legacy provider)? */
static bool unknown_cipher(void)
{
    unsigned long e = ERR_peek_last_error();

    return ERR_GET_LIB(e) == ERR_LIB_EVP && ERR_GET_REASON(e) == ERR_R_UNSUPPORTED;
}

static void say_why(const pem_block *block, ms_error *error)
{
    if (ms_openssl_no_memory())
        ms_fail_memory(error);
    else if (block->encrypted && unknown_cipher())
        ms_fail(error, "key_unsupported",
                "the private key is encrypted with a cipher that OpenSSL does not offer here");
    else if (block->encrypted)
        ms_fail(error, "bad_passphrase", "the passphrase does not open this private key");
    else
        ms_fail(error, "key_malformed", "the private key is damaged: what stands between BEGIN and END is no key");
}

static EVP_PKEY *read_block(const pem_block *block, ms_span passphrase, ms_error *error)
{
    EVP_PKEY *pkey = NULL;
    BIO *bio;

    ERR_set_mark();
    bio = BIO_new_mem_buf(block->whole.p, (int)block->whole.n);
    if (bio != NULL)
        pkey = PEM_read_bio_PrivateKey(bio, NULL, give_passphrase, &passphrase);
    if (pkey == NULL)
        say_why(block, error);
    BIO_free(bio);
    ERR_pop_to_mark();
    return pkey;
}

ms_private_key *ms_private_key_load(ms_crypto *crypto, ms_span pem, ms_span passphrase, ms_error *error)
{
    pem_block block = { 0 };
    EVP_PKEY *pkey;

    (void)crypto;
    if (!find_block(pem, &block, error))
        return NULL;
    if (block.encrypted && passphrase.p == NULL) {
        ms_fail(error, "key_encrypted", "the private key is encrypted, and no passphrase was given");
        return NULL;
    }
    pkey = read_block(&block, passphrase, error);
    return pkey == NULL ? NULL : ms_private_key_of(pkey, true, error);
}

/* ---- writing */

/* Not by way of EVP_PKEY2PKCS8, which leaves the key behind in memory that it frees. */
static bool write_plain(BIO *bio, const EVP_PKEY *pkey)
{
    return PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL) == 1;
}

static bool write_encrypted(BIO *bio, const EVP_PKEY *pkey, ms_span passphrase)
{
    PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(pkey);
    X509_SIG *sealed = NULL;
    bool ok;

    if (info != NULL)
        sealed = PKCS8_encrypt(-1, EVP_aes_256_cbc(), passphrase.p, (int)passphrase.n, NULL, 0, ITERATIONS, info);
    ok = sealed != NULL && PEM_write_bio_PKCS8(bio, sealed) == 1;
    X509_SIG_free(sealed);
    PKCS8_PRIV_KEY_INFO_free(info);
    return ok;
}

/* Takes the text out of the BIO in one piece, for a buffer that grows leaves copies behind. */
static bool take(BIO *bio, ms_buf *out)
{
    char *text;
    long n = BIO_get_mem_data(bio, &text);

    if (n <= 0)
        return false;
    ms_buf_add(out, text, (size_t)n);
    return !out->failed;
}

/* A memory BIO and a PKCS8_PRIV_KEY_INFO overwrite what they held. */
bool ms_private_key_pem(const ms_private_key *key, ms_span passphrase, ms_buf *out, ms_error *error)
{
    BIO *bio;
    bool ok;

    if (passphrase.p != NULL && (passphrase.n == 0 || passphrase.n > PASSPHRASE_MOST))
        return ms_fail(error, "bad_passphrase", "a passphrase has 1 to %d octets", PASSPHRASE_MOST);
    ERR_set_mark();
    bio = BIO_new(BIO_s_mem());
    ok = bio != NULL &&
         (passphrase.p == NULL ? write_plain(bio, key->pkey) : write_encrypted(bio, key->pkey, passphrase)) &&
         take(bio, out);
    BIO_free(bio);
    ERR_pop_to_mark();
    return ok || ms_fail_memory(error);
}
