/* replay.c: a fuzz target without a fuzzer. Gives it every file named, or below a directory named. */
#include <errno.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n);

static unsigned long replayed;

static int replay_file(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    FILE *file;
    size_t n = (size_t)status->st_size;
    uint8_t *octets;

    (void)place;
    if (kind != FTW_F)
        return 0;
    file = fopen(path, "rb");
    /* Of exactly its size, so that a sanitizer sees the first octet read behind it. */
    octets = malloc(n > 0 ? n : 1);
    if (file == NULL || octets == NULL || fread(octets, 1, n, file) != n) {
        fprintf(stderr, "%s cannot be read\n", path);
        exit(1);
    }
    fclose(file);
    LLVMFuzzerTestOneInput(octets, n);
    free(octets);
    replayed++;
    return 0;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (nftw(argv[i], replay_file, 16, FTW_PHYS) != 0) {
            perror(argv[i]);
            return 1;
        }
    }
    printf("%lu inputs\n", replayed);
    return replayed > 0 ? 0 : 1;
}
