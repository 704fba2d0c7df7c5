/* SPDX-License-Identifier: Apache-2.0 */
/* Product code in a process of its own: answers each line, and ends in order when nobody asks any more. */
#include <stdio.h>

static int answer(const char *line)
{
    return line[0] == 'p' ? 1 : 0;
}

static int never_called(void)
{
    return 2;
}

int main(int argc, char **argv)
{
    char line[64];
    (void)argv;
    while (fgets(line, sizeof line, stdin)) {
        printf("%d\n", answer(line));
        fflush(stdout);
    }
    return argc > 100 ? never_called() : 0;
}
