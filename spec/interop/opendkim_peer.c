/* opendkim_peer.c: libopendkim as a peer to interoperate with, spoken to as spec/support/peer.lua says.
 *
 * Reads jobs on standard input, answers on standard output; the directory given holds the keys and
 * the zone. A process of its own, because the library asserts where it is surprised.
 */
#include "spec/support/opendkim.h"

#include <stdlib.h>

static char *read_file(const char *directory, const char *name)
{
    char path[1024];
    char *text = calloc(1, 65536);
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", directory, name);
    file = fopen(path, "rb");
    if (!file || !text || fread(text, 1, 65535, file) == 0) {
        fprintf(stderr, "opendkim_peer: %s cannot be read\n", path);
        exit(2);
    }
    fclose(file);
    return text;
}

/* The zone file: a line a record, "name TAB text". */
static void read_zone(opendkim_zone *zone, char *text)
{
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        char *tab = strchr(line, '\t');
        if (!tab || zone->n == sizeof zone->record / sizeof *zone->record)
            exit(2);
        *tab = '\0';
        snprintf(zone->record[zone->n].name, sizeof zone->record[0].name, "%s", line);
        snprintf(zone->record[zone->n].text, sizeof zone->record[0].text, "%s", tab + 1);
        zone->n++;
    }
}

static void answer(bool good, const char *text)
{
    printf("%s %zu\n%s\n", good ? "ok" : "no", strlen(text), text);
}

static dkim_canon_t canonicalization(const char *name, size_t n)
{
    return n == 7 && memcmp(name, "relaxed", 7) == 0 ? DKIM_CANON_RELAXED : DKIM_CANON_SIMPLE;
}

int main(int argc, char **argv)
{
    static opendkim_zone zone;
    char verb[16], type[16], canon[32], domain[256], selector[64];
    static char out[65536];
    size_t size;
    DKIM_LIB *library = opendkim_open(DKIM_LIBFLAGS_FIXCRLF); /* or it refuses a body without a last CRLF */
    char *rsa, *ed25519;

    if (argc != 2 || !library)
        return 2;
    rsa = read_file(argv[1], "rsa.pem");
    ed25519 = read_file(argv[1], "ed25519.pem");
    read_zone(&zone, read_file(argv[1], "zone"));
    while (scanf("%15s %15s %31s %255s %63s %zu", verb, type, canon, domain, selector, &size) == 6) {
        char *message = malloc(size + 1);
        bool is_rsa = strcmp(type, "rsa") == 0;
        size_t slash = strcspn(canon, "/");
        if (getchar() != '\n' || !message || fread(message, 1, size, stdin) != size)
            return 2;
        if (strcmp(verb, "sign") == 0) {
            opendkim_options options = {
                .domain = domain,
                .selector = selector,
                .pem = is_rsa ? rsa : ed25519,
                .algorithm = is_rsa ? DKIM_SIGN_RSASHA256 : DKIM_SIGN_ED25519SHA256,
                .header = canonicalization(canon, slash),
                .body = canonicalization(canon + slash + 1, strlen(canon + slash) - 1),
            };
            answer(opendkim_sign(library, &options, message, size, out, sizeof out), out);
        } else {
            out[0] = '\0';
            answer(opendkim_verify(library, &zone, message, size, out, sizeof out), out);
        }
        free(message);
    }
    dkim_close(library);
    return 0;
}
