/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stands in for libFuzzer in a normal build: gives every file of a folder to LLVMFuzzerTestOneInput() once,
 * each also cut off at half, so that what fuzzing once found stays fixed without clang at hand.
 *
 * fuzz-replay-X CORPUS        exit status 1 when the folder has nothing to replay
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An allocation of exactly `size` bytes, so that ASan sees a read beyond the input. */
static void give(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy)
        abort();
    memcpy(copy, bytes, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static int replay(int dir, const char *name)
{
    struct stat st;
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0) {
        fprintf(stderr, "%s: %s\n", name, strerror(errno));
        exit(1);
    }
    if (!S_ISREG(st.st_mode)) {
        close(fd);
        return 0;
    }
    size_t size = (size_t)st.st_size;
    uint8_t *bytes = malloc(size ? size : 1);
    if (!bytes || read(fd, bytes, size) != st.st_size) {
        fprintf(stderr, "%s: cannot be read\n", name);
        exit(1);
    }
    give(bytes, size);
    give(bytes, size / 2);
    free(bytes);
    close(fd);
    return 1;
}

int main(int argc, char **argv)
{
    DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
    int n = 0;
    if (!dir) {
        fprintf(stderr, "usage: %s CORPUS (a folder)\n", argv[0]);
        return 1;
    }
    for (struct dirent *entry; (entry = readdir(dir));)
        n += replay(dirfd(dir), entry->d_name);
    closedir(dir);
    printf("%d inputs\n", n);
    return n == 0;
}
